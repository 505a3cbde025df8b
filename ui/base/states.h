// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QFrame>
#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;
class QStackedLayout;
class QTimer;
class QToolButton;

namespace ui {

/// One sentence and one action, for a page with nothing to show.
class EmptyState : public QWidget
{
    Q_OBJECT

public:
    explicit EmptyState(QWidget* parent = nullptr);
    void setText(const QString& sentence, const QString& actionText = {});
    /// A lock above the sentence: what is missing is the right to see it.
    void setLocked(bool locked);

signals:
    void actionTriggered();

protected:
    void changeEvent(QEvent* event) override;

private:
    QLabel* m_lock;
    QLabel* m_text;
    QPushButton* m_action;
};

/// Grey bars where rows will be.
class Skeleton : public QWidget
{
    Q_OBJECT

public:
    explicit Skeleton(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {320, 200}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;
};

/// What was tried, where, why it failed, what to do next; with Retry and Copy details. Hidden until show(error).
class ErrorStrip : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorStrip(QWidget* parent = nullptr);
    void showError(const QString& attempt, const core::Error& error);
    void clear();
    [[nodiscard]] QString details() const { return m_details; }
    void setRetryVisible(bool visible);

signals:
    void retryRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_retry;
    QToolButton* m_copy;
    QToolButton* m_close;
    QString m_details;
};

/// A hatched strip that says since when what is shown may be out of date. Hidden until showAge().
class StaleStrip : public QFrame
{
    Q_OBJECT

public:
    explicit StaleStrip(QWidget* parent = nullptr);
    void showText(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_text;
};

/// Content, skeleton (after 200 ms), empty state and strips around a page's main widget.
class StatefulArea : public QWidget
{
    Q_OBJECT

public:
    explicit StatefulArea(QWidget* content, QWidget* parent = nullptr);
    enum class State { Content, Loading, Empty, Forbidden };
    void setState(State state);
    /// An error over the content. Where there is none and the reason is that the user may not see it, that is the state
    /// of the page.
    void showFailure(const QString& attempt, const core::Error& error, bool nothingShown);
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] EmptyState& empty() const { return *m_empty; }
    [[nodiscard]] ErrorStrip& error() const { return *m_error; }
    [[nodiscard]] StaleStrip& stale() const { return *m_stale; }

private:
    State m_state = State::Content;
    QWidget* m_content;
    Skeleton* m_skeleton;
    EmptyState* m_empty;
    EmptyState* m_forbidden;
    ErrorStrip* m_error;
    StaleStrip* m_stale;
    QStackedLayout* m_stack;
    QTimer* m_delay;
};

} // namespace ui
