// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/shortcuts_dialog.h"

#include "ui/base/bidi.h"
#include "ui/base/page.h"
#include "ui/base/widgets.h"
#include "ui/shell/application.h"
#include "ui/shell/deep_link.h"

#include <QAction>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr auto kBuiltIn = "pilothouseBuiltInShortcut";

QString keyOf(const QAction& action)
{
    return QStringLiteral("shortcuts/") + shortcutId(action);
}

QString labelOf(const QAction& action)
{
    return action.text().remove(u'&');
}

} // namespace

QString shortcutId(const QAction& action)
{
    if (const auto* page = qobject_cast<const Page*>(action.parent()))
        return pageKindName(page->id().kind) + u'.' + action.objectName();
    return action.objectName();
}

void applyStoredShortcut(QAction& action)
{
    if (action.objectName().isEmpty())
        return;
    if (!action.property(kBuiltIn).isValid())
        action.setProperty(kBuiltIn, action.shortcut().toString());
    const QVariant stored = settings()->value(keyOf(action));
    action.setShortcut(stored.isValid() ? QKeySequence(stored.toString()) : builtInShortcut(action));
}

void storeShortcut(QAction& action, const QKeySequence& keys)
{
    action.setShortcut(keys);
    settings()->setValue(keyOf(action), keys.toString());
}

void resetShortcut(QAction& action)
{
    action.setShortcut(builtInShortcut(action));
    settings()->remove(keyOf(action));
}

QKeySequence builtInShortcut(const QAction& action)
{
    return QKeySequence(action.property(kBuiltIn).toString());
}

ShortcutsDialog::ShortcutsDialog(std::vector<QAction*> actions, QWidget* parent)
    : QDialog(parent)
    , m_actions(std::move(actions))
    , m_search(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
    , m_keys(new QKeySequenceEdit(this))
    , m_conflict(new TokenLabel(Token::Warn, this))
    , m_assign(new QPushButton(tr("Assign"), this))
    , m_remove(new QPushButton(tr("Remove"), this))
    , m_reset(new QPushButton(tr("As it was"), this))
{
    std::erase_if(m_actions, [](const QAction* action) { return labelOf(*action).isEmpty(); });
    setObjectName(QStringLiteral("shortcutsDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keyboard shortcuts"));
    resize(620, 520);
    setupList();
    auto* row = new QHBoxLayout;
    row->addWidget(m_keys, 1);
    for (QPushButton* button : {m_assign, m_remove, m_reset}) {
        button->setAutoDefault(false);
        row->addWidget(button);
    }
    auto* close = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* column = new QVBoxLayout(this);
    column->addWidget(m_search);
    column->addWidget(m_list, 1);
    column->addLayout(row);
    column->addWidget(m_conflict);
    column->addWidget(close);
    connect(close, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_search, &QLineEdit::textChanged, this, &ShortcutsDialog::filter);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &ShortcutsDialog::showCurrent);
    connect(m_keys, &QKeySequenceEdit::keySequenceChanged, this, [this](const QKeySequence& keys) {
        const QAction* other = keys.isEmpty() ? nullptr : holder(keys);
        m_conflict->setText(other == nullptr
                                ? QStringLiteral(" ")
                                : tr("%1 has these keys. Assigning takes them from it.").arg(isolate(labelOf(*other))));
        m_assign->setEnabled(current() != nullptr && keys != current()->shortcut());
    });
    connect(m_assign, &QPushButton::clicked, this, &ShortcutsDialog::assign);
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (QAction* action = current())
            storeShortcut(*action, {});
        refresh();
    });
    connect(m_reset, &QPushButton::clicked, this, [this] {
        if (QAction* action = current())
            resetShortcut(*action);
        refresh();
    });
    m_list->setCurrentItem(m_list->topLevelItem(0));
}

void ShortcutsDialog::setupList()
{
    m_search->setObjectName(QStringLiteral("shortcutSearch"));
    m_search->setPlaceholderText(tr("Find an action or keys"));
    m_search->setAccessibleName(tr("Find an action or keys"));
    m_keys->setObjectName(QStringLiteral("shortcutKeys"));
    m_keys->setAccessibleName(tr("New keys"));
    m_assign->setObjectName(QStringLiteral("shortcutAssign"));
    m_reset->setObjectName(QStringLiteral("shortcutReset"));
    m_conflict->setObjectName(QStringLiteral("shortcutConflict"));
    m_list->setObjectName(QStringLiteral("shortcutList"));
    m_list->setAccessibleName(tr("Actions"));
    m_list->setHeaderLabels({tr("Action"), tr("Keys")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (std::size_t i = 0; i < m_actions.size(); ++i) {
        auto* item = new QTreeWidgetItem(m_list);
        item->setText(0, labelOf(*m_actions[i]));
        item->setIcon(0, m_actions[i]->icon());
        item->setData(0, Qt::UserRole, static_cast<qulonglong>(i));
    }
    refresh();
}

QAction* ShortcutsDialog::current() const
{
    const QTreeWidgetItem* item = m_list->currentItem();
    return item == nullptr ? nullptr : m_actions[item->data(0, Qt::UserRole).toULongLong()];
}

QAction* ShortcutsDialog::holder(const QKeySequence& keys) const
{
    // Pages have keys of their own: two pages may use the same ones, a page and the window may not.
    const QAction* mine = current();
    const auto found = std::ranges::find_if(m_actions, [&](const QAction* action) {
        const bool apart = mine != nullptr && qobject_cast<Page*>(action->parent()) != nullptr
            && qobject_cast<Page*>(mine->parent()) != nullptr && action->parent() != mine->parent();
        return action != mine && !apart && action->shortcut() == keys;
    });
    return found == m_actions.end() ? nullptr : *found;
}

void ShortcutsDialog::refresh()
{
    for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
        QTreeWidgetItem* item = m_list->topLevelItem(i);
        const QAction* action = m_actions[item->data(0, Qt::UserRole).toULongLong()];
        item->setText(1, ltr(action->shortcut().toString(QKeySequence::NativeText)));
        QFont font = item->font(1);
        font.setBold(action->shortcut() != builtInShortcut(*action));
        item->setFont(1, font);
    }
    showCurrent();
}

void ShortcutsDialog::showCurrent()
{
    const QAction* action = current();
    m_keys->setKeySequence(action == nullptr ? QKeySequence() : action->shortcut());
    m_assign->setEnabled(false);
    m_remove->setEnabled(action != nullptr && !action->shortcut().isEmpty());
    m_reset->setEnabled(action != nullptr && action->shortcut() != builtInShortcut(*action));
    m_conflict->setText(QStringLiteral(" "));
}

void ShortcutsDialog::assign()
{
    QAction* action = current();
    if (action == nullptr)
        return;
    const QKeySequence keys = m_keys->keySequence();
    if (QAction* other = holder(keys))
        storeShortcut(*other, {});
    storeShortcut(*action, keys);
    refresh();
}

void ShortcutsDialog::filter(const QString& text)
{
    for (int i = 0; i < m_list->topLevelItemCount(); ++i) {
        QTreeWidgetItem* item = m_list->topLevelItem(i);
        const bool fits = item->text(0).contains(text, Qt::CaseInsensitive)
            || plain(item->text(1)).contains(text, Qt::CaseInsensitive);
        item->setHidden(!fits);
    }
}

} // namespace ui
