// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/editor_assist.h"

#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/editor/code_editor.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QHelpEvent>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QTextBlock>
#include <QToolTip>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr int kHoldsMore = Qt::UserRole + 1;
constexpr int kText = Qt::UserRole + 2;
constexpr qsizetype kLongestDescription = 600;

bool holdsMore(const std::string& type)
{
    // Types of built-in objects carry their names: "core/v1.PodSpec".
    return type == "object" || type.starts_with("map") || type.starts_with("list")
        || type.find('/') != std::string::npos;
}

} // namespace

QString schemaText(const QString& name, const eng::SchemaNode& node)
{
    QString text = QStringLiteral("%1: %2").arg(name, qs(node.type));
    if (!node.values.empty()) {
        QStringList values;
        for (const std::string& value : node.values)
            values.append(qs(value));
        text += QStringLiteral(" (%1)").arg(values.join(QStringLiteral(" | ")));
    }
    if (!node.defaultValue.empty())
        text += QStringLiteral(" = ") + qs(node.defaultValue);
    if (!node.description.empty()) {
        const QString description = qs(node.description).simplified();
        text += u'\n'
            + (description.size() > kLongestDescription ? description.left(kLongestDescription) + u'…' : description);
    }
    return text;
}

EditorAssist::EditorAssist(CodeEditor& editor, eng::Engine& engine)
    : QObject(&editor)
    , m_editor(editor)
    , m_engine(engine)
    , m_model(new QStandardItemModel(this))
    , m_completer(new QCompleter(m_model, this))
{
    m_completer->setWidget(&editor);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->setFilterMode(Qt::MatchStartsWith);
    m_completer->setCompletionRole(kText);
    m_completer->popup()->setObjectName(QStringLiteral("completions"));
    m_completer->popup()->setAccessibleName(tr("Completions"));
    m_completer->popup()->setFont(monoFont());
    m_completer->popup()->setLayoutDirection(Qt::LeftToRight);
    connect(m_completer, qOverload<const QModelIndex&>(&QCompleter::activated), this, [this](const QModelIndex& index) {
        insert(index.data(kText).toString(), index.data(kHoldsMore).toBool());
    });
    connect(&editor, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_completer->popup()->isVisible())
            return;
        const QTextCursor cursor = m_editor.textCursor();
        const auto place = yamlPlaceAt(lines(), cursor.blockNumber(), cursor.positionInBlock());
        if (!place || place->path != m_place.path || place->what != m_place.what) {
            m_completer->popup()->hide();
            return;
        }
        m_place = *place;
        m_completer->setCompletionPrefix(place->prefix);
        m_completer->popup()->setCurrentIndex(m_completer->completionModel()->index(0, 0));
        if (m_completer->completionCount() == 0)
            m_completer->popup()->hide();
    });
    editor.setListOpen([popup = m_completer->popup()] { return popup->isVisible(); });
    editor.installEventFilter(this);
}

EditorAssist::~EditorAssist()
{
    m_stop.request_stop();
}

QStringList EditorAssist::lines() const
{
    return m_editor.toPlainText().split(u'\n');
}

QStringList EditorAssist::proposals() const
{
    QStringList out;
    for (int i = 0; i < m_completer->completionModel()->rowCount(); ++i)
        out.append(m_completer->completionModel()->index(i, 0).data(kText).toString());
    return out;
}

void EditorAssist::complete()
{
    const QTextCursor cursor = m_editor.textCursor();
    const auto place = yamlPlaceAt(lines(), cursor.blockNumber(), cursor.positionInBlock());
    if (!place || place->kind.empty() || m_editor.isReadOnly())
        return;
    m_stop.request_stop();
    m_stop = {};
    runTask(
        this,
        [&engine = m_engine, place = *place] {
            return std::make_shared<core::Result<eng::SchemaNode>>(
                engine.schema(place.apiVersion, place.kind, place.path));
        },
        [this, place = *place, at = cursor.position(),
         stop = m_stop.get_token()](const std::shared_ptr<core::Result<eng::SchemaNode>>& node) {
            if (!stop.stop_requested() && *node && m_editor.textCursor().position() == at)
                showProposals(place, **node);
        });
}

void EditorAssist::showProposals(const YamlPlace& place, const eng::SchemaNode& node)
{
    m_place = place;
    m_model->clear();
    const auto add = [this](const QString& text, const QString& label, bool more, const QString& tip) {
        auto* item = new QStandardItem(label);
        item->setData(text, kText);
        item->setData(more, kHoldsMore);
        item->setToolTip(tip);
        m_model->appendRow(item);
    };
    if (place.what == YamlPlace::What::Value) {
        for (const std::string& value : node.values)
            add(qs(value), qs(value), false, {});
        if (node.type == "boolean")
            for (const auto* value : {"true", "false"})
                add(QLatin1String(value), QLatin1String(value), false, {});
    } else {
        for (const eng::SchemaField& field : node.fields)
            add(qs(field.name),
                QStringLiteral("%1%2  %3")
                    .arg(qs(field.name), field.required ? QStringLiteral("*") : QString(), qs(field.type)),
                holdsMore(field.type), qs(field.description).left(kLongestDescription));
    }
    m_completer->setCompletionPrefix(place.prefix);
    if (m_completer->completionCount() == 0)
        return;
    QRect at = m_editor.cursorRect();
    at.setWidth(std::min(420,
                         m_completer->popup()->sizeHintForColumn(0)
                             + m_completer->popup()->verticalScrollBar()->sizeHint().width() + 12));
    m_completer->popup()->setCurrentIndex(m_completer->completionModel()->index(0, 0));
    m_completer->complete(at);
    emit completed(m_completer->completionCount());
}

void EditorAssist::insert(const QString& proposal, bool more)
{
    QTextCursor cursor = m_editor.textCursor();
    cursor.beginEditBlock();
    cursor.setPosition(cursor.block().position() + m_place.column, QTextCursor::KeepAnchor);
    cursor.insertText(m_place.what == YamlPlace::What::Value ? proposal
                          : more                             ? proposal + u':'
                                                             : proposal + QLatin1String(": "));
    cursor.endEditBlock();
    m_editor.setTextCursor(cursor);
}

void EditorAssist::explain()
{
    explainLine(m_editor.textCursor().blockNumber(),
                m_editor.viewport()->mapToGlobal(m_editor.cursorRect().bottomLeft()));
}

void EditorAssist::explainLine(int line, const QPoint& globalPosition)
{
    const auto place = yamlKeyAt(lines(), line);
    if (!place || place->kind.empty())
        return;
    m_stop.request_stop();
    m_stop = {};
    runTask(
        this,
        [&engine = m_engine, place = *place] {
            return std::make_shared<core::Result<eng::SchemaNode>>(
                engine.schema(place.apiVersion, place.kind, place.path));
        },
        [this, name = place->prefix, globalPosition,
         stop = m_stop.get_token()](const std::shared_ptr<core::Result<eng::SchemaNode>>& node) {
            if (stop.stop_requested() || !*node)
                return;
            const QString text = schemaText(name, **node);
            // As rich text it wraps; the text is the schema's, never markup.
            QToolTip::showText(
                globalPosition,
                QStringLiteral("<p dir=\"ltr\">%1</p>").arg(text.toHtmlEscaped().replace(u'\n', QLatin1String("<br>"))),
                &m_editor);
            emit explained(text);
        });
}

bool EditorAssist::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPoint at = m_editor.viewport()->mapFrom(&m_editor, help->pos());
        const int line = m_editor.cursorForPosition(at).blockNumber();
        const bool marked =
            std::ranges::any_of(m_editor.marks(), [&](const EditorMark& mark) { return mark.line == line; });
        if (!marked && yamlKeyAt(lines(), line)) {
            explainLine(line, help->globalPos());
            return true;
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace ui
