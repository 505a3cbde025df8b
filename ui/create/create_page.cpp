// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/create/create_page.h"

#include "core/manifest/yaml.h"
#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/editor_assist.h"
#include "ui/editor/notice_bar.h"

#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QPushButton>
#include <QTextCursor>
#include <QTimer>
#include <QVBoxLayout>

#include <array>

namespace ui {

namespace eng = core::engine;

namespace {

struct Template
{
    const char* name; ///< of its file
    const char* title;
};

constexpr std::array kTemplates {
    Template {"application-kustomize", QT_TRANSLATE_NOOP("ui::CreatePage", "Application: kustomization or manifests")},
    Template {"application-helm", QT_TRANSLATE_NOOP("ui::CreatePage", "Application: Helm chart")},
    Template {"application-set", QT_TRANSLATE_NOOP("ui::CreatePage", "ApplicationSet")},
    Template {"project", QT_TRANSLATE_NOOP("ui::CreatePage", "Project")},
    Template {"repository", QT_TRANSLATE_NOOP("ui::CreatePage", "Repository or credentials")},
    Template {"certificates", QT_TRANSLATE_NOOP("ui::CreatePage", "Certificate authority of a repository host")},
    Template {"cluster", QT_TRANSLATE_NOOP("ui::CreatePage", "Cluster")},
    Template {"namespace", QT_TRANSLATE_NOOP("ui::CreatePage", "Namespace")},
    Template {"blank", QT_TRANSLATE_NOOP("ui::CreatePage", "Anything else")}, // has no file
};

QString templateText(const QString& name)
{
    QFile file(QStringLiteral(":/templates/%1.yaml").arg(name));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

struct Checked
{
    std::optional<core::Error> error;
    std::vector<core::manifest::ResourceKey> keys;
};

Checked checked(const std::string& text)
{
    Checked out;
    const auto documents = core::manifest::parseYaml(text, "manifests");
    if (!documents) {
        out.error = documents.error();
        return out;
    }
    for (const auto& document : *documents)
        if (document.value.is_object())
            out.keys.push_back(core::manifest::keyOf(document.value));
    return out;
}

} // namespace

CreatePage::CreatePage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_gate(new AccessGate(bridge(), this))
    , m_timer(new QTimer(this))
{
    setup();
    retranslate();
    int wanted = 0;
    for (std::size_t i = 0; i < kTemplates.size(); ++i)
        if (this->id().argument == QLatin1String(kTemplates.at(i).name))
            wanted = static_cast<int>(i);
    m_template->setCurrentIndex(wanted);
    useTemplate();
    setFocusProxy(m_editor);
}

CreatePage::~CreatePage()
{
    m_checkStop.request_stop();
    m_askStop.request_stop();
}

void CreatePage::setup()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new PageBar(this);
    m_template = new QComboBox(bar);
    m_template->setObjectName(QStringLiteral("createTemplate"));
    for (std::size_t i = 0; i < kTemplates.size(); ++i)
        m_template->addItem(QString());
    m_ask = new QPushButton(bar);
    m_ask->setObjectName(QStringLiteral("askServer"));
    m_create = new QPushButton(bar);
    m_create->setObjectName(QStringLiteral("createObjects"));
    setButtonRole(m_create, ButtonRole::Primary);
    bar->addWidget(m_template);
    bar->addStretch();
    bar->addWidget(m_ask);
    bar->addWidget(m_create);
    m_error = new ErrorStrip(this);
    m_problem = new NoticeBar(Token::Bad, Token::BadTint, this);
    m_problem->setObjectName(QStringLiteral("createProblem"));
    m_outcome = new NoticeBar(Token::Ok, Token::OkTint, this);
    m_outcome->setObjectName(QStringLiteral("createOutcome"));
    m_open = m_outcome->addButton(QStringLiteral("openCreated"));
    m_editor = new CodeEditor(this);
    m_editor->setObjectName(QStringLiteral("createText"));
    m_assist = new EditorAssist(*m_editor, engine());
    for (QWidget* widget : std::initializer_list<QWidget*> {bar, m_error, m_problem, m_outcome})
        column->addWidget(widget);
    column->addWidget(m_editor, 1);
    m_problem->hide();
    m_outcome->hide();
    m_timer->setSingleShot(true);
    m_timer->setInterval(150);

    auto* run = new QAction(this);
    run->setShortcut(QKeySequence(QStringLiteral("Ctrl+S")));
    run->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(run);
    m_actions = {run};
    connect(run, &QAction::triggered, this, [this] { apply(false); });
    connect(m_create, &QPushButton::clicked, run, &QAction::trigger);
    connect(m_ask, &QPushButton::clicked, this, [this] { apply(true); });
    connect(m_error, &ErrorStrip::retryRequested, this, [this] { apply(true); });
    connect(m_template, &QComboBox::activated, this, &CreatePage::useTemplate);
    connect(m_timer, &QTimer::timeout, this, &CreatePage::check);
    connect(m_gate, &AccessGate::changed, this, &CreatePage::updateButtons);
    connect(m_open, &QPushButton::clicked, this, [this] { workbench().open({PageKind::Tree, m_made, {}}); });
    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] {
        m_keys.clear();
        m_outcome->hide();
        updateButtons();
        m_timer->start();
        emit titleChanged();
    });
}

QString CreatePage::title() const
{
    return tr("New");
}

QIcon CreatePage::icon() const
{
    return ui::icon(QLatin1String("create"));
}

void CreatePage::setSnapshot(const eng::SnapshotPtr&)
{
    updateButtons();
}

bool CreatePage::isModified() const
{
    return !m_editor->toPlainText().trimmed().isEmpty() && m_editor->toPlainText() != m_untouched;
}

bool CreatePage::mayClose()
{
    if (m_closing || !isModified())
        return true;
    Question question;
    question.title = tr("Close without creating?");
    question.text = tr("The text that you wrote is not kept anywhere.");
    question.verb = tr("Close");
    question.dangerous = true;
    workbench().ask(question, [this](const QString&) {
        m_closing = true;
        emit closeRequested();
    });
    return false;
}

void CreatePage::useTemplate()
{
    const QString text =
        templateText(QLatin1String(kTemplates.at(static_cast<std::size_t>(m_template->currentIndex())).name));
    // Through a cursor: undo brings back what was there.
    QTextCursor cursor(m_editor->document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(text);
    m_untouched = text;
    m_editor->moveCursor(QTextCursor::Start);
    m_error->clear();
    check();
    emit titleChanged();
}

void CreatePage::check()
{
    m_checkStop.request_stop();
    m_checkStop = {};
    runTask(
        this, [text = m_editor->toPlainText().toStdString()] { return checked(text); },
        [this, stop = m_checkStop.get_token()](const Checked& result) {
            if (stop.stop_requested())
                return;
            m_keys = result.keys;
            m_problem->setVisible(result.error.has_value());
            std::vector<EditorMark> marks;
            if (result.error) {
                marks.push_back(markOf(*result.error));
                m_problem->setText(
                    tr("Line %1: %2").arg(number(qint64 {marks.front().line} + 1), isolate(marks.front().message)));
            }
            m_editor->setMarks(std::move(marks));
            updateButtons();
        });
}

void CreatePage::updateButtons()
{
    QString why;
    for (const auto& key : m_keys)
        if (why.isEmpty())
            why = m_gate->whyNot({"create", key.groupKind(), {}, key.nameSpace, {}});
    m_ask->setEnabled(!m_keys.empty() && !m_running);
    m_create->setEnabled(!m_keys.empty() && !m_running && why.isEmpty());
    m_create->setToolTip(why);
    m_actions.front()->setEnabled(m_create->isEnabled());
}

void CreatePage::apply(bool dryRun)
{
    if (m_running || m_keys.empty())
        return;
    m_running = true;
    m_error->clear();
    updateButtons();
    const QString text = m_editor->toPlainText();
    runTask(
        this,
        [&engine = engine(), text = text.toStdString(), dryRun, stop = m_askStop.get_token()] {
            // What is being written is not given up when the page closes.
            return std::make_shared<core::Result<Applied>>(
                engine.applyManifests(text, "default", dryRun, dryRun ? stop : std::stop_token()));
        },
        [this, text, dryRun](const std::shared_ptr<core::Result<Applied>>& result) {
            m_running = false;
            updateButtons();
            if (!*result) {
                m_editor->setMarks({markOf(result->error())});
                return m_error->showError(dryRun ? tr("Asking the server") : tr("Creating"), result->error());
            }
            if (!dryRun) {
                m_untouched = text;
                emit titleChanged();
            }
            showOutcome(**result, !dryRun);
        });
}

void CreatePage::showOutcome(const Applied& applied, bool done)
{
    using Outcome = eng::AppliedObject::Outcome;
    QStringList lines;
    m_made = {};
    for (const auto& [key, outcome] : applied) {
        const QString name = shortKey(key);
        if (done)
            lines << (outcome == Outcome::Created       ? tr("%1 was created").arg(name)
                          : outcome == Outcome::Changed ? tr("%1 was changed").arg(name)
                                                        : tr("%1 was like that already").arg(name));
        else
            lines << (outcome == Outcome::Created       ? tr("%1 would be created").arg(name)
                          : outcome == Outcome::Changed ? tr("%1 is there and would be changed").arg(name)
                                                        : tr("%1 is there, like this").arg(name));
        if (done && key.kind == "Application" && m_made.name.empty())
            m_made = {key.nameSpace, key.name};
    }
    m_open->setVisible(!m_made.name.empty());
    m_outcome->setText(lines.join(QLatin1Char('\n')));
    m_outcome->show();
}

void CreatePage::retranslate()
{
    for (std::size_t i = 0; i < kTemplates.size(); ++i)
        m_template->setItemText(static_cast<int>(i), tr(kTemplates.at(i).title));
    m_template->setAccessibleName(tr("What to begin with"));
    m_editor->setAccessibleName(tr("Manifests"));
    m_ask->setText(tr("Ask the server"));
    m_ask->setToolTip(tr("A dry run: nothing is written"));
    m_create->setText(tr("Create"));
    m_actions.front()->setText(tr("Create"));
    m_open->setText(tr("Open its tree"));
    emit titleChanged();
}

} // namespace ui
