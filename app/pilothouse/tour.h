// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QDir>
#include <QObject>
#include <QTimer>

namespace ui {
class MainWindow;
struct PageId;
} // namespace ui

/// The story of the first start told by the real window over the real engine: sync, a canary that proves itself, one
/// that fails and is undone. Leaves pictures and prints progress; for machines without a display and for README. Can be
/// told again: it starts from what the last one left.
class Tour : public QObject
{
    Q_OBJECT

public:
    Tour(core::engine::Engine& engine, ui::MainWindow& window, const QString& folder);
    void start();

private:
    enum class Stage { Sync, GoodCanary, GoodEnd, BadCanary, BackToGood, Done };

    void look();
    void enter(Stage stage);
    void say(const QString& line) const;
    void picture(const QString& name, const ui::PageId& page);
    /// Light and dark, English and Arabic.
    void pictures(const QString& name, const ui::PageId& page);
    [[nodiscard]] bool setVersion(const QString& tag);
    void end(int code);

    core::engine::Engine& m_engine;
    ui::MainWindow& m_window;
    QDir m_folder;
    QTimer m_timer;
    Stage m_stage = Stage::Sync;
    QString m_lastLine;
    QString m_good; ///< the tag that proves itself
    bool m_tidied = false;
    int m_looks = 0;
};
