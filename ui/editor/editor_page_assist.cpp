// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/editor_assist.h"
#include "ui/editor/editor_page.h"
#include "ui/editor/yaml_place.h"

#include <QLabel>
#include <QMenu>
#include <QTimer>
#include <QToolButton>
#include <QTreeWidget>

#include <array>

// What helps to find one's way: outline, breadcrumbs, the files that belong together.

namespace ui {

namespace eng = core::engine;

namespace {

QString roleText(eng::SourceLink::Role role)
{
    using Role = eng::SourceLink::Role;
    switch (role) {
    case Role::Base:
        return EditorPage::tr("Base");
    case Role::Resource:
        return EditorPage::tr("Resource");
    case Role::Component:
        return EditorPage::tr("Component");
    case Role::Patch:
        return EditorPage::tr("Patch");
    case Role::Generator:
        return EditorPage::tr("Generator");
    case Role::Values:
        return EditorPage::tr("Values");
    case Role::Chart:
        return EditorPage::tr("Chart");
    case Role::Template:
        return EditorPage::tr("Template");
    case Role::UsedBy:
        return EditorPage::tr("Used by");
    }
    return {};
}

} // namespace

void EditorPage::setupAssist()
{
    m_assist = new EditorAssist(*m_editor, engine());
    m_outlineTimer->setSingleShot(true);
    m_outlineTimer->setInterval(150);
    connect(m_outlineTimer, &QTimer::timeout, this, &EditorPage::refreshOutline);
    connect(m_editor, &QPlainTextEdit::textChanged, m_outlineTimer, qOverload<>(&QTimer::start));
    connect(m_editor, &QPlainTextEdit::cursorPositionChanged, this, &EditorPage::showCrumbs);
    const auto go = [this](const QTreeWidgetItem* item) { m_editor->goToLine(item->data(0, Qt::UserRole).toInt()); };
    connect(m_outline, &QTreeWidget::itemClicked, this, go);
    connect(m_outline, &QTreeWidget::itemActivated, this, [this, go](const QTreeWidgetItem* item) {
        go(item);
        m_editor->setFocus();
    });
    connect(m_crumbs, &QLabel::linkActivated, this, &EditorPage::goToCrumb);
    m_related->setMenu(new QMenu(m_related));
    m_related->setEnabled(false);
}

void EditorPage::refreshOutline()
{
    const auto entries = yamlOutline(m_editor->toPlainText().split(u'\n'));
    m_outline->clear();
    std::vector<QTreeWidgetItem*> open;
    for (const OutlineEntry& entry : entries) {
        open.resize(std::min(open.size(), static_cast<std::size_t>(entry.depth)));
        auto* item = open.empty() ? new QTreeWidgetItem(m_outline) : new QTreeWidgetItem(open.back());
        item->setText(0, entry.text);
        item->setData(0, Qt::UserRole, entry.line);
        item->setExpanded(entry.depth == 0);
        open.push_back(item);
    }
    showCrumbs();
}

void EditorPage::showCrumbs()
{
    const QString path = yamlPathText(m_editor->toPlainText().split(u'\n'), m_editor->textCursor().blockNumber());
    QStringList parts;
    for (qsizetype end = 0; end < path.size();) {
        const qsizetype begin = end;
        for (bool inside = false; end < path.size() && (inside || path[end] != u'.' || end == begin); ++end)
            inside = path[end] == u'[' || (inside && path[end] != u']');
        parts.append(QStringLiteral("<a href=\"%1\" style=\"color:%3;text-decoration:none\">%2</a>")
                         .arg(path.left(end).toHtmlEscaped(), path.mid(begin, end - begin).toHtmlEscaped(),
                              color(Token::Muted).name()));
        ++end;
    }
    m_crumbs->setText(parts.isEmpty() ? QString(QChar::Nbsp) : parts.join(QStringLiteral(" › ")));
}

void EditorPage::goToCrumb(const QString& path)
{
    const QStringList lines = m_editor->toPlainText().split(u'\n');
    for (int line = m_editor->textCursor().blockNumber(); line >= 0; --line) {
        if (lines[line].startsWith(QLatin1String("---")))
            return;
        if (yamlPathText(lines, line) == path)
            return m_editor->goToLine(line);
    }
}

void EditorPage::loadLinks()
{
    showLinks({});
    runTask(
        this,
        [&engine = engine(), app = id().app, path = m_file.toStdString(), stop = m_loadStop.get_token()] {
            return std::make_shared<core::Result<std::vector<eng::SourceLink>>>(engine.links(app, path, stop));
        },
        [this, file = m_file](const std::shared_ptr<core::Result<std::vector<eng::SourceLink>>>& links) {
            // Files that belong together are a help: where they cannot be told, the button stays grey.
            if (file == m_file && *links)
                showLinks(**links);
        });
}

void EditorPage::showLinks(const std::vector<eng::SourceLink>& links)
{
    m_links = links;
    m_related->setEnabled(!links.empty());
    QMenu* menu = m_related->menu();
    menu->clear();
    for (const eng::SourceLink& link : links) {
        const QString path = qs(link.path);
        connect(menu->addAction(roleText(link.role) + QStringLiteral(":  ") + ltr(path)), &QAction::triggered, this,
                [this, path] { openFile(path); });
    }
}

void EditorPage::followLine()
{
    const auto line = static_cast<std::size_t>(m_editor->textCursor().blockNumber()) + 1;
    const auto found = std::ranges::find(m_links, line, &eng::SourceLink::line);
    if (found != m_links.end())
        openFile(qs(found->path));
}

} // namespace ui
