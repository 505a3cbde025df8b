// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <QDialog>

class QComboBox;
class QSpinBox;

namespace ui {

/// Asks which port of a pod or service is to be forwarded, and opens it. The declared ports are offered.
class ForwardDialog : public QDialog
{
    Q_OBJECT

public:
    ForwardDialog(const PageContext& context, core::engine::ObjectRef target, QWidget* parent);
    void accept() override;

private:
    void loadPorts();
    [[nodiscard]] int port() const;

    PageContext m_context;
    core::engine::ObjectRef m_target;
    QComboBox* m_port;
    QSpinBox* m_local;
};

} // namespace ui
