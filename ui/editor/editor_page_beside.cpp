// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/preferences.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/diff_view.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/editor_page.h"
#include "ui/editor/find_bar.h"
#include "ui/editor/snippets.h"
#include "ui/editor/source_tree_model.h"
#include "ui/editor/values_form.h"
#include "ui/editor/vi_keys.h"

#include <QAction>
#include <QFileDialog>
#include <QInputDialog>
#include <QScrollBar>
#include <QSettings>
#include <QStackedWidget>

#include <algorithm>

// What stands beside the text, and where the text can go other than into a commit.

namespace ui {

namespace eng = core::engine;

namespace {

enum Beside { Changes, Rendered, Values };

const QString kViKeys = QStringLiteral("editor/viKeys");

bool isValuesFile(const QString& path)
{
    const QString name = path.section(u'/', -1);
    return name.contains(QLatin1String("values"), Qt::CaseInsensitive)
        && (name.endsWith(QLatin1String(".yaml")) || name.endsWith(QLatin1String(".yml")));
}

} // namespace

void EditorPage::setupBeside(QWidget* parent)
{
    m_besideViews = new SegmentedBar(parent);
    m_besideViews->setObjectName(QStringLiteral("besideViews"));
    m_beside = new QStackedWidget(parent);
    m_renderedText = new CodeEditor(parent);
    m_renderedText->setObjectName(QStringLiteral("renderedText"));
    m_renderedText->setReadOnly(true);
    m_values = new ValuesForm(parent);
    for (QWidget* view :
         {static_cast<QWidget*>(m_preview), static_cast<QWidget*>(m_renderedText), static_cast<QWidget*>(m_values)})
        m_beside->addWidget(view);
    connect(m_besideViews, &SegmentedBar::currentChanged, this, &EditorPage::showBeside);
    connect(m_values, &ValuesForm::edited, this, &EditorPage::setValue);
    connect(m_values, &ValuesForm::placeRequested, this,
            [this](const QString& file, int line) { openFile(file, line); });
}

void EditorPage::showBeside(int view)
{
    m_beside->setCurrentIndex(view);
    if (view == Values)
        showValues();
}

/// Everything that the source gives, as it would be written; the place stays while it is typed.
void EditorPage::showRendered(const eng::AppDiff& diff)
{
    QString text;
    for (const auto& resource : diff.resources) {
        if (resource.desiredYaml.empty())
            continue;
        if (!text.isEmpty())
            text += QStringLiteral("---\n");
        text += qs(resource.desiredYaml);
    }
    if (text == m_renderedText->toPlainText())
        return;
    const int at = m_renderedText->verticalScrollBar()->value();
    m_renderedText->setPlainText(text);
    m_renderedText->verticalScrollBar()->setValue(at);
}

/// The values.yaml of the chart that this file gives values to: beside it, or the one that the chart's links name.
void EditorPage::loadDefaults()
{
    m_defaults.clear();
    m_defaultsFile.clear();
    if (!isValuesFile(m_file) || m_file.section(u'/', -1) == QLatin1String("values.yaml"))
        return showValues();
    runTask(
        this,
        [&engine = engine(), app = id().app, file = m_file.toStdString(),
         stop = m_loadStop.get_token()]() -> std::pair<std::string, std::string> {
            std::vector<std::string> candidates;
            const auto folder = file.substr(0, file.rfind('/') + 1);
            candidates.push_back((file.find('/') == std::string::npos ? std::string() : folder) + "values.yaml");
            if (const auto links = engine.links(app, file, stop))
                for (const auto& link : *links)
                    if (link.path.ends_with("Chart.yaml"))
                        candidates.push_back(link.path.substr(0, link.path.size() - 10) + "values.yaml");
            for (const auto& candidate : candidates)
                if (auto text = engine.readFile(app, candidate, stop))
                    return {candidate, std::move(text->text)};
            return {};
        },
        [this, file = m_file](const std::pair<std::string, std::string>& found) {
            if (file != m_file)
                return;
            m_defaultsFile = qs(found.first);
            m_defaults = found.second;
            showValues();
        });
}

void EditorPage::showValues()
{
    const bool chart = isValuesFile(m_file);
    if (!chart && m_besideViews->current() == Values) {
        m_besideViews->setCurrent(Changes);
        m_beside->setCurrentIndex(Changes);
    }
    m_values->setRows(chart ? valueRows(m_editor->toPlainText().toStdString(), m_defaults) : std::vector<ValueRow>(),
                      m_file, m_defaultsFile);
}

void EditorPage::setValue(int row, const QString& value)
{
    const auto& rows = m_values->rows();
    if (row < 0 || row >= static_cast<int>(rows.size()))
        return;
    const auto at = rows[static_cast<std::size_t>(row)];
    const auto text = withValue(m_editor->toPlainText().toStdString(), at, value);
    if (!text) { // a block of text, an alias: there it is edited by hand
        m_values->setRows({}, m_file, m_defaultsFile);
        showValues();
        return openFile(m_file, static_cast<int>(at.own ? at.line : 1));
    }
    replaceText(*text);
    showValues();
}

/// Where people begin: the kustomization, values or chart of the application's path, else its first manifest.
void EditorPage::openFirst()
{
    const auto app = application(*bridge().snapshot());
    if (!app)
        return;
    const QString folder = app->path.empty() || app->path == "." ? QString() : qs(app->path) + u'/';
    for (const char* name : {"kustomization.yaml", "kustomization.yml", "values.yaml", "Chart.yaml"})
        if (m_files->indexOf(folder + QLatin1String(name)).isValid())
            return openFile(folder + QLatin1String(name));
}

// ---- other places for the text

void EditorPage::applyToCluster()
{
    if (m_file.isEmpty())
        return;
    const QString attempt = tr("Apply %1").arg(ltr(m_file));
    const auto app = application(*bridge().snapshot());
    const std::string nameSpace = app ? app->destinationNamespace : std::string();
    runTask(
        this,
        [&engine = engine(), text = m_editor->toPlainText().toStdString(), nameSpace, stop = m_loadStop.get_token()] {
            return std::make_shared<core::Result<std::vector<eng::AppliedObject>>>(
                engine.applyManifests(text, nameSpace, true, stop));
        },
        [this, attempt, nameSpace, text = m_editor->toPlainText().toStdString()](
            const std::shared_ptr<core::Result<std::vector<eng::AppliedObject>>>& tried) {
            if (!*tried)
                return m_error->showError(attempt, tried->error());
            QStringList lines;
            for (const auto& object : **tried) {
                using Outcome = eng::AppliedObject::Outcome;
                lines.append(shortKey(object.key) + QStringLiteral(" · ")
                             + (object.outcome == Outcome::Created       ? tr("is created")
                                    : object.outcome == Outcome::Changed ? tr("is changed")
                                                                         : tr("stays as it is")));
            }
            Question question;
            question.title = tr("Apply %1 to the cluster?").arg(ltr(m_file));
            question.text =
                lines.join(u'\n') + u'\n' + tr("Git stays as it is: automated sync with self-heal takes it back.");
            question.verb = tr("Apply to the cluster");
            workbench().ask(question, [this, attempt, text, nameSpace](const QString&) {
                workbench().run(attempt, [&engine = engine(), text, nameSpace]() -> core::Result<> {
                    return engine.applyManifests(text, nameSpace, false, {}).map([](const auto&) {});
                });
            });
        });
}

void EditorPage::saveAs()
{
    if (m_file.isEmpty())
        return;
    auto* dialog = new QFileDialog(this, tr("Save a copy"), m_file.section(u'/', -1));
    dialog->setObjectName(QStringLiteral("saveAsDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        workbench().run(tr("Save a copy"), [path = path.toStdString(), text = m_editor->toPlainText().toStdString()] {
            return core::paths::writeFileAtomically(path, text);
        });
    });
    dialog->open();
}

// ---- the keys of vi

void EditorPage::setupVi()
{
    m_vi = new ViKeys(*m_editor);
    m_viAction = new QAction(this);
    m_viAction->setObjectName(QStringLiteral("viKeys"));
    m_viAction->setCheckable(true);
    connect(m_viAction, &QAction::toggled, this, [this](bool on) {
        m_vi->setEnabled(on);
        preferences()->setValue(kViKeys, on);
    });
    connect(m_vi, &ViKeys::modeChanged, this, &EditorPage::showViMode);
    connect(m_vi, &ViKeys::saveRequested, this, &EditorPage::askForMessage);
    connect(m_vi, &ViKeys::findRequested, this, [this] { m_find->open(); });
    connect(m_vi, &ViKeys::commandRequested, this, &EditorPage::askViCommand);
    m_viAction->setChecked(preferences()->value(kViKeys, false).toBool());
}

void EditorPage::showViMode()
{
    m_viMode->setVisible(m_vi->isEnabled());
    const bool insert = m_vi->mode() == ViKeys::Mode::Insert;
    m_viMode->setText(insert ? tr("insert") : tr("normal"));
    m_viMode->setTokens(insert ? Token::Ok : Token::Muted, insert ? Token::OkTint : Token::UnknownTint);
}

void EditorPage::askViCommand()
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("viCommand"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Command"));
    dialog->setLabelText(tr("w commits, a number goes to the line"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& text) {
        if (text == QLatin1String("w") || text == QLatin1String("wq") || text == QLatin1String("x"))
            askForMessage();
        else if (const int line = text.toInt(); line > 0)
            m_editor->goToLine(line - 1);
    });
    dialog->open();
}

void EditorPage::insertSnippet()
{
    if (m_file.isEmpty())
        return;
    auto* palette = new SnippetPalette(*m_editor, this);
    palette->open();
}

} // namespace ui
