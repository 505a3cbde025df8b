// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/widgets.h"

#include <optional>

class QMimeData;

namespace ui {

/// An object of an application, on its way to be compared.
struct ComparedObject
{
    core::engine::AppId app;
    core::manifest::ResourceKey key;
    friend bool operator==(const ComparedObject&, const ComparedObject&) = default;
};

/// For a drag; owned by the drag.
[[nodiscard]] QMimeData* mimeOf(const ComparedObject& object);
[[nodiscard]] std::optional<ComparedObject> objectIn(const QMimeData& data);

/// Two manifests of one kind as files that meet each other in a comparison: the second takes the name of the first.
/// Answers the argument of a diff page. [blocking]
[[nodiscard]] core::Result<QString> comparisonOf(core::engine::Engine& engine, const ComparedObject& first,
                                                 const ComparedObject& second);

/// Takes an object by drag and drop or from a menu, and with the second one asks for their comparison. What lies in it
/// lies in the slots of all trees, so that objects of different applications meet.
class CompareSlot : public Chip
{
    Q_OBJECT

public:
    explicit CompareSlot(QWidget* parent = nullptr);
    ~CompareSlot() override;
    void put(const ComparedObject& object);
    void clear();
    [[nodiscard]] static const std::optional<ComparedObject>& content();
    void retranslate();

signals:
    void comparisonWanted(const ui::ComparedObject& first, const ui::ComparedObject& second);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    static void tellAll();
};

} // namespace ui
