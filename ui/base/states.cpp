// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/states.h"

#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/style.h"
#include "ui/base/theme.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStackedLayout>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent)
    , m_lock(new QLabel(this))
    , m_text(new QLabel(this))
    , m_action(new QPushButton(this))
{
    m_text->setObjectName(QStringLiteral("emptyText"));
    m_text->setWordWrap(true);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_action->setObjectName(QStringLiteral("emptyAction"));
    m_action->hide();
    m_lock->setObjectName(QStringLiteral("emptyLock"));
    m_lock->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(12);
    layout->addStretch(2);
    layout->addWidget(m_lock, 0, Qt::AlignHCenter);
    layout->addWidget(m_text);
    layout->addWidget(m_action, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    connect(m_action, &QPushButton::clicked, this, &EmptyState::actionTriggered);
}

void EmptyState::setText(const QString& sentence, const QString& actionText)
{
    m_text->setText(sentence);
    m_action->setText(actionText);
    m_action->setVisible(!actionText.isEmpty());
}

void EmptyState::setLocked(bool locked)
{
    constexpr int kSize = 40;
    m_lock->setPixmap(icon(QLatin1String("lock"), Token::Muted).pixmap(kSize, kSize));
    m_lock->setVisible(locked);
}

void EmptyState::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        setLocked(m_lock->isVisibleTo(this));
}

Skeleton::Skeleton(QWidget* parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Loading"));
}

void Skeleton::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        setAccessibleName(tr("Loading"));
}

void Skeleton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Hover));
    const int row = Theme::instance().rowHeight();
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    int index = 0;
    for (int y = 16; y + row < height() && index < 12; y += row + 4, ++index) {
        const int wide = (width() - 32) * (60 + (index * 37) % 40) / 100;
        painter.drawRoundedRect(rtl ? width() - 16 - wide : 16, y + 5, wide, row - 12, 4, 4);
    }
}

ErrorStrip::ErrorStrip(QWidget* parent)
    : QFrame(parent)
    , m_title(new QLabel(this))
    , m_text(new QLabel(this))
    , m_retry(new QPushButton(this))
    , m_copy(new QToolButton(this))
    , m_close(new QToolButton(this))
{
    setObjectName(QStringLiteral("errorStrip"));
    m_title->setObjectName(QStringLiteral("errorTitle"));
    m_title->setFont(uiFont(1, true));
    m_title->setWordWrap(true);
    m_text->setObjectName(QStringLiteral("errorText"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_retry->setObjectName(QStringLiteral("errorRetry"));
    m_copy->setObjectName(QStringLiteral("errorCopy"));
    m_close->setObjectName(QStringLiteral("errorClose"));
    m_copy->setAutoRaise(true);
    m_close->setAutoRaise(true);
    m_copy->setIcon(icon(QLatin1String("copy")));
    m_close->setIcon(icon(QLatin1String("close")));
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(m_title);
    words->addWidget(m_text);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 14, 8);
    layout->addLayout(words, 1);
    layout->addWidget(m_retry, 0, Qt::AlignTop);
    layout->addWidget(m_copy, 0, Qt::AlignTop);
    layout->addWidget(m_close, 0, Qt::AlignTop);
    connect(m_retry, &QPushButton::clicked, this, &ErrorStrip::retryRequested);
    connect(m_close, &QToolButton::clicked, this, &ErrorStrip::clear);
    connect(m_copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_details); });
    retranslate();
    hide();
}

void ErrorStrip::retranslate()
{
    m_retry->setText(tr("Try again"));
    m_copy->setToolTip(tr("Copy details"));
    m_copy->setAccessibleName(tr("Copy details"));
    m_close->setToolTip(tr("Dismiss"));
    m_close->setAccessibleName(tr("Dismiss"));
}

void ErrorStrip::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void ErrorStrip::showError(const QString& attempt, const core::Error& error)
{
    m_title->setText(attempt.isEmpty() ? errorCodeText(error.code)
                                       : tr("%1: %2").arg(attempt, errorCodeText(error.code)));
    m_text->setText(errorText(error));
    m_details =
        plain(attempt) + QLatin1String("\n") + qs(core::name(error.code)) + QLatin1String(": ") + qs(error.text());
    for (auto* label : {m_title, m_text})
        alignToLayout(*label);
    setAccessibleName(plain(m_title->text()));
    setAccessibleDescription(plain(m_text->text()));
    show();
}

void ErrorStrip::clear()
{
    m_details.clear();
    hide();
}

void ErrorStrip::setRetryVisible(bool visible)
{
    m_retry->setVisible(visible);
}

void ErrorStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::BadTint));
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    painter.fillRect(rtl ? width() - 4 : 0, 0, 4, height(), color(Token::Bad));
}

StaleStrip::StaleStrip(QWidget* parent)
    : QFrame(parent)
    , m_text(new QLabel(this))
{
    setObjectName(QStringLiteral("staleStrip"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 4, 16, 4);
    m_text->setWordWrap(true);
    layout->addWidget(m_text, 1);
    hide();
}

void StaleStrip::showText(const QString& text)
{
    m_text->setText(text);
    setAccessibleName(plain(text));
    setVisible(!text.isEmpty());
}

void StaleStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::WarnTint));
    QColor hatch = color(Token::Warn);
    hatch.setAlphaF(0.18F);
    painter.fillRect(rect(), QBrush(hatch, Qt::BDiagPattern));
}

StatefulArea::StatefulArea(QWidget* content, QWidget* parent)
    : QWidget(parent)
    , m_content(content)
    , m_skeleton(new Skeleton(this))
    , m_empty(new EmptyState(this))
    , m_forbidden(new EmptyState(this))
    , m_error(new ErrorStrip(this))
    , m_stale(new StaleStrip(this))
    , m_stack(new QStackedLayout)
    , m_delay(new QTimer(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_stale);
    layout->addWidget(m_error);
    layout->addLayout(m_stack, 1);
    m_stack->addWidget(m_content);
    m_stack->addWidget(m_skeleton);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_forbidden);
    m_empty->setObjectName(QStringLiteral("emptyState"));
    m_forbidden->setObjectName(QStringLiteral("forbiddenState"));
    m_forbidden->setLocked(true);
    m_delay->setSingleShot(true);
    m_delay->setInterval(200);
    connect(m_delay, &QTimer::timeout, this, [this] { m_stack->setCurrentWidget(m_skeleton); });
}

void StatefulArea::showFailure(const QString& attempt, const core::Error& error, bool nothingShown)
{
    if (error.code == core::Error::Code::Forbidden && nothingShown) {
        m_forbidden->setText(tr("You may not see this: %1").arg(isolate(error.message)));
        m_error->clear();
        setState(State::Forbidden);
        return;
    }
    setState(State::Content);
    m_error->showError(attempt, error);
}

void StatefulArea::setState(State state)
{
    if (state == m_state)
        return;
    m_state = state;
    m_delay->stop();
    if (state == State::Loading)
        m_delay->start();
    else
        m_stack->setCurrentWidget(state == State::Empty           ? m_empty
                                      : state == State::Forbidden ? static_cast<QWidget*>(m_forbidden)
                                                                  : m_content);
}

} // namespace ui
