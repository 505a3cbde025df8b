// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/sets_page.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/editor/code_editor.h"

#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QPushButton>
#include <QSplitter>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <array>

namespace ui {

namespace eng = core::engine;
using core::manifest::Value;
using Action = eng::SetPreview::Application::Action;

namespace {

constexpr int kYaml = Qt::UserRole;

struct ActionLook
{
    QString text;
    Token ink;
};

ActionLook lookOf(Action action)
{
    switch (action) {
    case Action::Create:
        return {SetsPage::tr("creates"), Token::Ok};
    case Action::Update:
        return {SetsPage::tr("changes"), Token::Warn};
    case Action::Delete:
        return {SetsPage::tr("deletes"), Token::Bad};
    case Action::Invalid:
        return {SetsPage::tr("invalid"), Token::Bad};
    case Action::None:
        break;
    }
    return {SetsPage::tr("stays"), Token::Muted};
}

/// A set as a person edits it: without what the server keeps for itself.
QString editable(Value set)
{
    for (const auto* field : {"managedFields", "uid", "resourceVersion", "generation", "creationTimestamp"})
        core::manifest::erase(set, {"metadata", field});
    core::manifest::erase(set, {"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"});
    core::manifest::erase(set, {"status"});
    return qs(core::manifest::toYamlOrdered(set));
}

} // namespace

SetsPage::SetsPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("setsPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    setupBody();
    m_timer->setSingleShot(true);
    m_timer->setInterval(300);
    connect(m_timer, &QTimer::timeout, this, &SetsPage::preview);
    m_area->setState(StatefulArea::State::Loading);
    retranslate();
    load();
}

SetsPage::~SetsPage()
{
    m_stop.request_stop();
}

void SetsPage::setupBar()
{
    auto* bar = new PageBar(this);
    m_choice = new QComboBox(bar);
    m_choice->setObjectName(QStringLiteral("setChoice"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_summary = new TokenLabel(Token::Muted, bar);
    m_summary->setObjectName(QStringLiteral("setSummary"));
    m_manifests = new Chip({}, bar);
    m_manifests->setObjectName(QStringLiteral("setManifests"));
    m_manifests->setCheckable(true);
    m_manifests->setChecked(true);
    m_apply = new QPushButton(bar);
    m_apply->setObjectName(QStringLiteral("applySet"));
    setButtonRole(m_apply, ButtonRole::Primary);
    bar->addWidget(m_choice);
    bar->addWidget(m_summary);
    bar->addStretch();
    bar->addWidget(m_manifests);
    bar->addWidget(m_apply);
    layout()->addWidget(bar);
    connect(m_choice, &QComboBox::activated, this, &SetsPage::showSet);
    connect(m_manifests, &Chip::toggled, this, &SetsPage::preview);
    connect(m_apply, &QPushButton::clicked, this, &SetsPage::apply);
}

void SetsPage::setupBody()
{
    auto* splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    m_text = new CodeEditor(splitter);
    m_text->setObjectName(QStringLiteral("setText"));
    auto* right = new QSplitter(Qt::Vertical, splitter);
    m_tree = new QTreeWidget(right);
    m_tree->setObjectName(QStringLiteral("setTree"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setColumnCount(3);
    m_tree->setUniformRowHeights(true);
    m_tree->header()->setStretchLastSection(true);
    m_tree->setColumnWidth(0, 280);
    m_tree->setColumnWidth(1, 90);
    m_shown = new CodeEditor(right);
    m_shown->setObjectName(QStringLiteral("setShown"));
    m_shown->setReadOnly(true);
    right->setSizes({400, 300});
    splitter->setSizes({460, 640});
    splitter->setStretchFactor(1, 1);
    m_area = new StatefulArea(splitter, this);
    layout()->addWidget(m_area);
    setFocusProxy(m_tree);
    connect(m_text, &QPlainTextEdit::textChanged, m_timer, qOverload<>(&QTimer::start));
    connect(m_text, &QPlainTextEdit::textChanged, this, &Page::titleChanged);
    connect(m_tree, &QTreeWidget::currentItemChanged, this, &SetsPage::showItem);
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, [this] { m_loaded ? preview() : load(); });
    connect(&m_area->empty(), &EmptyState::actionTriggered, this, [this] {
        workbench().open({PageKind::Create, {}, QStringLiteral("application-set")});
    });
    auto* again = new QAction(this);
    again->setObjectName(QStringLiteral("reloadSets"));
    again->setShortcut(Qt::Key_F5);
    again->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(again, &QAction::triggered, this, &SetsPage::load);
    addAction(again);
    m_actions = {again};
}

QString SetsPage::title() const
{
    return tr("ApplicationSets");
}

QIcon SetsPage::icon() const
{
    return ui::icon(QLatin1String("apps"));
}

bool SetsPage::isModified() const
{
    return m_loaded && m_text->toPlainText() != m_original;
}

void SetsPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    m_apply->setEnabled(!snapshot->connection.readOnly);
}

void SetsPage::load()
{
    runTask(
        this,
        [&engine = engine(), stop = m_stop.get_token()] {
            return std::make_shared<core::Result<std::vector<Value>>>(
                engine.objects({"argoproj.io", "ApplicationSet"}, {}, stop));
        },
        [this](const std::shared_ptr<core::Result<std::vector<Value>>>& sets) {
            if (!*sets)
                return m_area->showFailure(tr("Reading the ApplicationSets"), sets->error(), !m_loaded);
            m_area->error().clear();
            showSets(std::move(**sets));
        });
}

void SetsPage::showSets(std::vector<Value> sets)
{
    const QString before = m_choice->currentText();
    const bool typed = isModified();
    m_sets = std::move(sets);
    m_choice->clear();
    int current = 0;
    for (const Value& set : m_sets) {
        const QString name =
            qs(std::string(core::manifest::nameSpace(set)) + "/" + std::string(core::manifest::name(set)));
        if (name == (m_loaded ? before : id().argument))
            current = m_choice->count();
        m_choice->addItem(name);
    }
    m_area->setState(m_sets.empty() ? StatefulArea::State::Empty : StatefulArea::State::Content);
    m_loaded = true;
    if (m_sets.empty())
        return;
    m_choice->setCurrentIndex(current);
    if (!typed) // what is being written is not thrown away
        showSet(current);
}

void SetsPage::showSet(int index)
{
    if (index < 0 || index >= static_cast<int>(m_sets.size()))
        return;
    m_original = editable(m_sets[static_cast<std::size_t>(index)]);
    m_text->setPlainText(m_original);
    m_original = m_text->toPlainText();
    preview();
    emit titleChanged();
}

void SetsPage::preview()
{
    m_timer->stop();
    if (!m_loaded)
        return;
    m_stop.request_stop();
    m_stop = {};
    runTask(
        this,
        [&engine = engine(), text = m_text->toPlainText().toStdString(), manifests = m_manifests->isChecked(),
         stop = m_stop.get_token()] {
            const auto run = [&]() -> core::Result<eng::SetPreview> {
                PH_TRY(const auto documents, core::manifest::parseYaml(text, "ApplicationSet"));
                if (documents.size() != 1)
                    return core::fail(core::Error::Code::InvalidInput, "one ApplicationSet is wanted", {},
                                      "keep one document in the text");
                return engine.previewSet(documents.front().value, manifests, stop);
            };
            return std::make_shared<core::Result<eng::SetPreview>>(run());
        },
        [this, stop = m_stop.get_token()](const std::shared_ptr<core::Result<eng::SetPreview>>& preview) {
            if (!stop.stop_requested())
                showPreview(*preview);
        });
}

void SetsPage::showPreview(const core::Result<eng::SetPreview>& preview)
{
    if (!preview || !preview->error.empty()) {
        const core::Error error = preview
            ? core::Error {core::Error::Code::InvalidInput, preview->error, {}, "nothing would happen", 0, 0}
            : preview.error();
        if (error.code != core::Error::Code::Cancelled)
            m_area->error().showError(tr("Previewing the ApplicationSet"), error);
        m_text->setMarks(!preview && error.code == core::Error::Code::InvalidInput
                                 && error.where.find(':') != std::string::npos
                             ? std::vector<EditorMark> {markOf(error)}
                             : std::vector<EditorMark> {});
        return;
    }
    m_area->error().clear();
    m_text->setMarks({});
    const QString chosen = m_tree->currentItem() != nullptr ? m_tree->currentItem()->text(0) : QString();
    m_tree->clear();
    std::array<int, 5> counts {};
    for (const auto& application : preview->applications) {
        ++counts.at(static_cast<std::size_t>(application.action));
        addApplication(application);
    }
    QStringList parts;
    for (const Action action : {Action::Create, Action::Update, Action::Delete, Action::Invalid, Action::None})
        if (const int count = counts.at(static_cast<std::size_t>(action)); count > 0)
            parts.append(lookOf(action).text + u' ' + number(qint64 {count}));
    m_summary->setText(parts.isEmpty() ? tr("makes no application") : parts.join(QStringLiteral(" · ")));
    const auto same = m_tree->findItems(chosen, Qt::MatchExactly | Qt::MatchRecursive, 0);
    if (!same.isEmpty() && !chosen.isEmpty())
        m_tree->setCurrentItem(same.front());
    else if (m_tree->topLevelItemCount() > 0)
        m_tree->setCurrentItem(m_tree->topLevelItem(0));
    showItem();
}

void SetsPage::addApplication(const eng::SetPreview::Application& application)
{
    const ActionLook look = lookOf(application.action);
    auto* item = new QTreeWidgetItem(m_tree, {qs(application.name), look.text, isolate(application.problem)});
    item->setForeground(1, color(look.ink));
    if (!application.problem.empty())
        item->setForeground(2, color(Token::Bad));
    item->setToolTip(2, item->text(2));
    std::string yaml = application.object.is_null() ? std::string() : core::manifest::toYamlOrdered(application.object);
    if (!application.patch.is_null())
        yaml = "# what changes on the live Application\n" + core::manifest::toYamlOrdered(application.patch) + "---\n"
            + yaml;
    item->setData(0, kYaml, qs(yaml));
    for (const Value& manifest : application.manifests) {
        const auto key = core::manifest::keyOf(manifest);
        auto* child = new QTreeWidgetItem(item, {qs(key.kind + "/" + key.name), QString(), isolate(key.nameSpace)});
        child->setFont(0, monoFont());
        child->setData(0, kYaml, qs(core::manifest::toYamlOrdered(manifest)));
    }
    if (!application.manifests.empty())
        item->setText(2,
                      item->text(2).isEmpty()
                          ? withDigits(tr("%n manifest(s)", nullptr, static_cast<int>(application.manifests.size())))
                          : item->text(2));
    item->setExpanded(application.action != Action::None && m_tree->topLevelItemCount() <= 3);
}

void SetsPage::showItem()
{
    const auto* item = m_tree->currentItem();
    m_shown->setPlainText(item != nullptr ? item->data(0, kYaml).toString() : QString());
}

void SetsPage::apply()
{
    Question question;
    question.title = tr("Apply the ApplicationSet?");
    question.text = plain(m_summary->text());
    question.verb = tr("Apply");
    question.wantsReason = false;
    workbench().ask(question, [this, text = m_text->toPlainText()](const QString&) {
        workbench().run(
            tr("Apply the ApplicationSet"),
            [&engine = engine(), yaml = text.toStdString()]() -> core::Result<> {
                return engine.applyManifests(yaml, "argocd", false, {}).map([](const auto&) {});
            },
            [this, text] {
                m_original = text;
                load();
            });
    });
}

void SetsPage::retranslate()
{
    m_choice->setAccessibleName(tr("ApplicationSet"));
    m_manifests->setText(tr("manifests"));
    m_manifests->setToolTip(tr("Render the sources of what is created or changed"));
    m_apply->setText(tr("Apply…"));
    m_text->setAccessibleName(tr("The ApplicationSet"));
    m_tree->setAccessibleName(tr("What it makes"));
    m_tree->setHeaderLabels({tr("Application"), tr("Action"), tr("Note")});
    m_shown->setAccessibleName(tr("Manifest"));
    m_area->empty().setText(tr("The cluster has no ApplicationSets."), tr("New ApplicationSet…"));
    m_actions.front()->setText(tr("Read the ApplicationSets again"));
    if (m_loaded)
        preview();
}

} // namespace ui
