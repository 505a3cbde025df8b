// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/palette.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/shell/application.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QSettings>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int kRecent = 50;

} // namespace

std::optional<int> fuzzyScore(const QString& query, const QString& text)
{
    if (query.isEmpty())
        return 0;
    const QString wanted = query.toCaseFolded();
    const QString given = text.toCaseFolded();
    if (const auto at = given.indexOf(wanted); at >= 0)
        return 1000 - static_cast<int>(std::min<qsizetype>(at, 200)) + (at == 0 ? 200 : 0)
            - static_cast<int>(std::min<qsizetype>(given.size(), 200)) / 4;
    int score = 0;
    qsizetype position = 0;
    qsizetype last = -1;
    for (const QChar c : wanted) {
        if (c.isSpace())
            continue;
        const auto found = given.indexOf(c, position);
        if (found < 0)
            return std::nullopt;
        const bool wordStart = found == 0 || !given.at(found - 1).isLetterOrNumber();
        score += wordStart ? 30 : found == last + 1 ? 20 : 2;
        last = found;
        position = found + 1;
    }
    return score - static_cast<int>(std::min<qsizetype>(given.size(), 200)) / 8;
}

void PaletteModel::setEntries(std::vector<PaletteEntry> entries, const QStringList& recent)
{
    beginResetModel();
    m_entries = std::move(entries);
    m_recentRank.clear();
    for (const auto& entry : m_entries) {
        const auto at = recent.indexOf(entry.id);
        m_recentRank.push_back(at < 0 ? 0 : 50 - static_cast<int>(std::min<qsizetype>(at, 49)));
    }
    m_order.clear();
    endResetModel();
    setQuery({});
}

void PaletteModel::setQuery(const QString& query)
{
    std::vector<std::pair<int, std::size_t>> scored;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (const auto score = fuzzyScore(query, plain(m_entries[i].text)))
            scored.emplace_back(*score + m_recentRank[i], i);
    }
    std::ranges::stable_sort(scored, [](const auto& a, const auto& b) { return a.first > b.first; });
    if (scored.size() > 100)
        scored.resize(100);
    beginResetModel();
    m_order.clear();
    for (const auto& [score, index] : scored)
        m_order.push_back(index);
    endResetModel();
}

const PaletteEntry& PaletteModel::entry(int row) const
{
    return m_entries.at(m_order.at(static_cast<std::size_t>(row)));
}

int PaletteModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_order.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const PaletteEntry& item = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return item.text;
    case Qt::DecorationRole:
        return item.icon;
    case DetailRole:
        return item.detail;
    default:
        return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return entry(index.row()).enabled ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::ItemIsSelectable;
}

namespace {

class PaletteDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        painter->save();
        painter->setPen(color(Token::Muted));
        painter->setFont(uiFont(0.9));
        painter->drawText(option.rect.adjusted(8, 0, -8, 0), static_cast<int>(Qt::AlignRight | Qt::AlignVCenter),
                          index.data(PaletteModel::DetailRole).toString());
        painter->restore();
    }
};

} // namespace

Palette::Palette(QWidget* window)
    : QFrame(window)
    , m_input(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_model(new PaletteModel(this))
    , m_recent(settings()->value(QStringLiteral("palette/recent")).toStringList().mid(0, kRecent))
{
    setObjectName(QStringLiteral("palette"));
    m_input->setObjectName(QStringLiteral("paletteInput"));
    m_list->setObjectName(QStringLiteral("paletteList"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->addWidget(m_input);
    layout->addWidget(m_list, 1);
    m_input->installEventFilter(this);
    connect(m_input, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->setQuery(text);
        m_list->setCurrentIndex(m_model->index(0));
    });
    connect(m_list, &QListView::clicked, this, [this] { runCurrent(); });
    retranslate();
    hide();
}

void Palette::retranslate()
{
    m_input->setPlaceholderText(tr("Search or run…"));
    m_input->setAccessibleName(tr("Search or run"));
    m_list->setAccessibleName(tr("Results"));
}

void Palette::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void Palette::popup(std::vector<PaletteEntry> entries)
{
    m_model->setEntries(std::move(entries), m_recent);
    m_input->clear();
    if (!isVisible())
        m_before = window()->focusWidget();
    const QWidget* around = parentWidget();
    const int width = std::min(640, around->width() - 40);
    const int height = std::min(420, around->height() - 80);
    setGeometry((around->width() - width) / 2, 48, width, height);
    show();
    raise();
    m_list->setCurrentIndex(m_model->index(0));
    m_input->setFocus(Qt::ShortcutFocusReason);
}

void Palette::runCurrent()
{
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid() || !m_model->entry(current.row()).enabled)
        return;
    const PaletteEntry entry = m_model->entry(current.row());
    m_recent.removeAll(entry.id);
    m_recent.prepend(entry.id);
    m_recent = m_recent.mid(0, kRecent);
    settings()->setValue(QStringLiteral("palette/recent"), m_recent);
    dismiss();
    entry.run();
}

void Palette::dismiss()
{
    hide();
    if (m_before != nullptr) // the keys go on where they were
        m_before->setFocus(Qt::PopupFocusReason);
}

bool Palette::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusOut) {
        hide();
    } else if (event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent*>(event)->key();
        const int row = m_list->currentIndex().row();
        switch (key) {
        case Qt::Key_Down:
            m_list->setCurrentIndex(m_model->index(std::min(row + 1, m_model->rowCount() - 1)));
            return true;
        case Qt::Key_Up:
            m_list->setCurrentIndex(m_model->index(std::max(row - 1, 0)));
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            runCurrent();
            return true;
        case Qt::Key_Escape:
            dismiss();
            return true;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void Palette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(Token::Accent), 1));
    painter.setBrush(color(Token::Raised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

} // namespace ui
