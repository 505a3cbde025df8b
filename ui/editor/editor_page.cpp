// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/editor_page.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/diff_view.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/notice_bar.h"
#include "ui/editor/source_tree_model.h"
#include "ui/editor/yaml_lint.h"

#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTimer>
#include <QTreeView>

namespace ui {

using core::engine::AppDiff;
using core::engine::FileText;

namespace {

bool looksLikeYaml(const QString& path)
{
    // Chart templates are not YAML before they are rendered.
    return (path.endsWith(QLatin1String(".yaml")) || path.endsWith(QLatin1String(".yml")))
        && !path.contains(QLatin1String("/templates/"));
}

} // namespace

EditorPage::EditorPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_files(new SourceTreeModel(this))
    , m_filter(new QSortFilterProxyModel(this))
    , m_outlineTimer(new QTimer(this))
    , m_previewTimer(new QTimer(this))
    , m_draftTimer(new QTimer(this))
{
    setObjectName(QStringLiteral("editorPage"));
    setupBar();
    setupBody();
    setupActions();
    m_previewTimer->setSingleShot(true);
    m_previewTimer->setInterval(60);
    connect(m_previewTimer, &QTimer::timeout, this, &EditorPage::preview);
    m_draftTimer->setSingleShot(true);
    m_draftTimer->setInterval(500);
    connect(m_draftTimer, &QTimer::timeout, this, &EditorPage::saveDraft);
    connect(m_editor, &QPlainTextEdit::textChanged, this, &EditorPage::onTextChanged);
    setupAssist();
    retranslate();
    m_editor->setReadOnly(true);
    setFocusProxy(m_editor);
    loadFiles();
    const QString argument = this->id().argument;
    if (!argument.isEmpty())
        openFile(argument.section(u'#', 0, 0), argument.section(u'#', 1, 1).toInt());
}

EditorPage::~EditorPage()
{
    for (std::stop_source* stop : {&m_loadStop, &m_checkStop, &m_previewStop})
        stop->request_stop();
}

QString EditorPage::title() const
{
    return m_file.isEmpty() ? tr("Editor") : m_file.section(u'/', -1);
}

QIcon EditorPage::icon() const
{
    return ui::icon(QLatin1String("edit"));
}

bool EditorPage::isModified() const
{
    return !m_file.isEmpty() && m_editor->toPlainText().toStdString() != m_baseText;
}

bool EditorPage::mayClose()
{
    // The text stays as a draft and is offered when the file is opened again.
    if (isModified())
        saveDraft();
    return true;
}

void EditorPage::loadFiles()
{
    runTask(
        this,
        [&engine = engine(), app = id().app, stop = m_filesStop.get_token()] {
            return std::make_shared<core::Result<std::vector<core::engine::SourceFile>>>(engine.files(app, stop));
        },
        [this](const std::shared_ptr<core::Result<std::vector<core::engine::SourceFile>>>& files) {
            if (!*files) {
                m_error->showError(tr("Listing the files of %1").arg(isolate(id().app.name)), files->error());
                return;
            }
            m_files->setFiles(**files);
            m_tree->expandAll();
            if (!m_file.isEmpty())
                m_tree->setCurrentIndex(m_filter->mapFromSource(m_files->indexOf(m_file)));
            else if (id().argument.isEmpty())
                openFirst();
        });
}

void EditorPage::openFile(const QString& path, int line)
{
    if (path == m_file && !path.isEmpty()) {
        if (line > 0)
            m_editor->goToLine(line - 1);
        return;
    }
    if (isModified())
        saveDraft();
    m_loadStop.request_stop();
    m_loadStop = {};
    struct Loaded
    {
        core::Result<FileText> text;
        std::optional<Draft> draft;
    };
    runTask(
        this,
        [&engine = engine(), app = id().app, path = path.toStdString(), stop = m_loadStop.get_token()] {
            return std::make_shared<Loaded>(
                Loaded {engine.readFile(app, path, stop), DraftStore::standard().load(app, path)});
        },
        [this, path, line, stop = m_loadStop.get_token()](const std::shared_ptr<Loaded>& loaded) {
            if (!stop.stop_requested())
                showText(path, line, std::move(loaded->text), std::move(loaded->draft));
        });
}

void EditorPage::showText(const QString& path, int line, core::Result<FileText> text, std::optional<Draft> draft)
{
    if (!text) {
        m_error->showError(tr("Opening %1").arg(ltr(path)), text.error());
        return;
    }
    m_error->clear();
    m_file = path;
    m_baseText = text->text;
    m_baseCommit = text->commit;
    loadLinks();
    loadDefaults();
    m_loading = true;
    m_editor->setPlainText(qs(text->text));
    m_baseText = m_editor->toPlainText().toStdString(); // as the editor would give it back: line ends are "\n"
    m_editor->setReadOnly(false);
    m_loading = false;
    m_conflictBar->hide();
    m_commitBar->hide();
    m_draftBar->hide();
    if (draft && draft->text != m_baseText) {
        // Bring it back at once; throwing away is the choice that needs a click. It stays undoable.
        replaceText(draft->text);
        const bool moved = draft->baseCommit != m_baseCommit;
        m_draftBar->setText(moved ? tr("Your unsaved draft is back. The branch has moved since it was begun.")
                                  : tr("Your unsaved draft is back."));
        m_draftBar->show();
    }
    if (line > 0)
        m_editor->goToLine(line - 1);
    else
        m_editor->moveCursor(QTextCursor::Start);
    m_tree->setCurrentIndex(m_filter->mapFromSource(m_files->indexOf(path)));
    showPath();
    showState();
    check();
    preview();
    emit titleChanged();
}

void EditorPage::onTextChanged()
{
    if (m_loading)
        return;
    showState();
    check();
    m_previewStop.request_stop();
    m_previewTimer->start();
    m_draftTimer->start();
}

void EditorPage::check()
{
    m_checkStop.request_stop();
    m_checkStop = {};
    if (!looksLikeYaml(m_file)) {
        m_editor->setMarks({});
        m_problem->hide();
        return;
    }
    struct Found
    {
        std::optional<core::Error> error;
        std::vector<EditorMark> marks;
    };
    runTask(
        this,
        [&engine = engine(), text = m_editor->toPlainText().toStdString(), file = m_file.toStdString(),
         stop = m_checkStop.get_token()] {
            auto found = std::make_shared<Found>();
            const auto parsed = core::manifest::parseYaml(text, file);
            if (!parsed) {
                found->error = parsed.error();
                return found;
            }
            found->marks = lintManifests(text, [&](const auto& apiVersion, const auto& kind, const auto& path) {
                if (stop.stop_requested())
                    return core::Result<core::engine::SchemaNode>(
                        core::fail(core::Error::Code::Cancelled, "cancelled"));
                return engine.schema(apiVersion, kind, path);
            });
            return found;
        },
        [this, stop = m_checkStop.get_token()](const std::shared_ptr<Found>& found) {
            if (!stop.stop_requested())
                showMarks(found->error, std::move(found->marks));
        });
}

void EditorPage::showMarks(const std::optional<core::Error>& error, std::vector<EditorMark> lint)
{
    if (!error)
        showValues();
    else
        lint = {markOf(*error)};
    m_editor->setMarks(lint);
    m_problem->setVisible(!lint.empty());
    if (lint.empty())
        return;
    m_problem->setToken(error ? Token::Bad : Token::Warn);
    QString text = tr("Line %1: %2").arg(number(qint64 {lint.front().line} + 1), isolate(lint.front().message));
    if (lint.size() > 1)
        text += QStringLiteral(" · ") + tr("%n more problem(s)", nullptr, static_cast<int>(lint.size()) - 1);
    m_problem->setText(withDigits(text));
}

void EditorPage::preview()
{
    if (m_file.isEmpty())
        return;
    m_previewStop.request_stop();
    m_previewStop = {};
    m_previewTook.start();
    runTask(
        this,
        [&engine = engine(), app = id().app, path = m_file.toStdString(), text = m_editor->toPlainText().toStdString(),
         stop = m_previewStop.get_token()] {
            return std::make_shared<core::Result<AppDiff>>(engine.diffWithText(app, path, text, stop));
        },
        [this, stop = m_previewStop.get_token()](const std::shared_ptr<core::Result<AppDiff>>& diff) {
            if (!stop.stop_requested())
                showPreview(*diff);
        });
}

void EditorPage::showPreview(const core::Result<AppDiff>& diff)
{
    if (!diff) {
        // The last good picture stays below the reason.
        if (diff.error().code != core::Error::Code::Cancelled)
            m_previewError->showError(tr("Rendering %1").arg(isolate(id().app.name)), diff.error());
        return;
    }
    m_previewError->clear();
    m_renderMs = m_previewTook.elapsed();
    m_resources = static_cast<int>(diff->resources.size());
    std::vector<DiffSection> sections;
    for (const core::engine::ResourceDiff& resource : diff->resources)
        if (resource.outOfSync && resource.liveYaml != resource.desiredYaml)
            sections.push_back({resource.key.kind + "/" + resource.key.name, resource.liveYaml, resource.desiredYaml});
    m_changing = static_cast<int>(sections.size());
    showRendered(*diff);
    runTask(
        this,
        [sections = std::move(sections)]() mutable { return std::make_shared<DiffDocument>(std::move(sections), 1); },
        [this, stop = m_previewStop.get_token()](const std::shared_ptr<DiffDocument>& document) {
            if (!stop.stop_requested())
                m_preview->setDocument(std::move(*document));
        });
    showState();
}

void EditorPage::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    const core::engine::ApplicationPtr app = application(*snapshot);
    if (!app || app->revision == m_seenRevision)
        return;
    const bool first = m_seenRevision.empty();
    m_seenRevision = app->revision;
    if (first && m_file.isEmpty() && id().argument.isEmpty())
        openFirst(); // the files may have been listed before the application was known
    if (!first)
        whenBranchMoved();
}

void EditorPage::showPath()
{
    QString path = m_file;
    path.replace(u'/', QLatin1String(" / "));
    m_path->setText(path.isEmpty() ? tr("No file open") : ltr(path));
}

void EditorPage::showState()
{
    const bool modified = isModified();
    m_unsaved->setVisible(modified);
    m_save->setEnabled(modified && !m_committing);
    QStringList parts;
    if (m_renderMs >= 0) {
        parts.append(tr("rendered in %1").arg(ltr(tr("%1 ms").arg(number(m_renderMs)))));
        parts.append(tr("%n resource(s)", nullptr, m_resources));
    }
    m_rendered->setText(parts.join(QStringLiteral(" · ")));
    m_previewCount->setText(tr("%n resource(s)", nullptr, m_changing));
    emit titleChanged();
}

} // namespace ui
