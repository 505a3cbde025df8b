// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/admin_page.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/removal.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/lists/subscription_form.h"
#include "ui/lists/window_calendar.h"

#include <QAction>
#include <QBoxLayout>
#include <QPushButton>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

namespace {

QString joined(const std::vector<std::string>& parts)
{
    QStringList out;
    for (const auto& part : parts)
        out << qs(part);
    return ltr(out.join(QStringLiteral(", ")));
}

Cell countOf(std::size_t count)
{
    return {count == 0 ? QString() : number(static_cast<qint64>(count)), Glyph::None, Token::Text, false,
            static_cast<qlonglong>(count)};
}

Cell muted(const QString& text)
{
    return {text, Glyph::None, Token::Muted};
}

/// What a repository or cluster is opened with; the engine's words are few and fixed.
QString credentialText(const std::string& credential)
{
    const std::pair<const char*, QString> words[] {{"password", AdminPage::tr("password")},
                                                   {"token", AdminPage::tr("token")},
                                                   {"bearer token", AdminPage::tr("bearer token")},
                                                   {"SSH key", AdminPage::tr("SSH key")},
                                                   {"client certificate", AdminPage::tr("client certificate")},
                                                   {"exec plug-in", AdminPage::tr("exec plug-in")},
                                                   {"cloud", AdminPage::tr("cloud identity")}};
    for (const auto& [word, text] : words)
        if (credential == word)
            return text;
    return credential.empty() ? AdminPage::tr("none") : isolate(credential);
}

/// What CreatePage begins with for another one of the tab; "" where that is not the way.
QString templateOf(AdminPage::Tab tab)
{
    switch (tab) {
    case AdminPage::Projects:
        return QStringLiteral("project");
    case AdminPage::Repositories:
        return QStringLiteral("repository");
    case AdminPage::Clusters:
        return QStringLiteral("cluster");
    case AdminPage::Certificates:
        return QStringLiteral("certificates");
    default:
        return {};
    }
}

} // namespace

AdminPage::AdminPage(const PageContext& context, PageId id, QWidget* parent)
    : ListingPage(context, std::move(id), parent, "adminPage")
    , m_gate(new AccessGate(bridge(), this))
    , m_tabs(new SegmentedBar(&bar()))
    , m_calendar(new WindowCalendar(this))
    , m_form(new SubscriptionForm(this))
    , m_new(new QPushButton(&bar()))
{
    m_tabs->setObjectName(QStringLiteral("adminTabs"));
    bar().addWidget(m_tabs);
    bar().addStretch();
    m_new->setObjectName(QStringLiteral("newObject"));
    bar().addWidget(m_new);
    connect(m_new, &QPushButton::clicked, this, [this] {
        workbench().open({PageKind::Create, {}, templateOf(tab())});
    });
    auto* column = static_cast<QBoxLayout*>(layout());
    column->insertWidget(1, m_form);
    column->insertWidget(1, m_calendar);
    connect(m_tabs, &SegmentedBar::currentChanged, this, &AdminPage::showTab);
    connect(m_gate, &AccessGate::changed, this, &AdminPage::updateActions);
    connect(m_form, &SubscriptionForm::subscribed, this,
            [this](const core::manifest::ResourceKey& owner, const QString& annotation, const QString& value) {
                annotate(tr("Subscribe %1").arg(shortKey(owner)), owner, annotation, value.toStdString());
            });
    setupActions();
    retranslate();
    reload();
}

void AdminPage::setupActions()
{
    m_edit = addRowAction("editManifest", QKeySequence(Qt::Key_F2), [this](const CellRow& row) {
        workbench().open({PageKind::Resources, {}, qs(row.key->text())});
    });
    m_delete = addRowAction("deleteObject", QKeySequence(Qt::CTRL | Qt::Key_Delete),
                            [this](const CellRow& row) { removeWithPlan(this, engine(), workbench(), *row.key, {}); });
    m_unsubscribe = addRowAction("unsubscribe", QKeySequence::Delete, [this](const CellRow& row) {
        Question question;
        question.title = tr("Remove the subscription of %1?").arg(shortKey(*row.key));
        question.text = tr("Nobody named in it is told by this subscription any more.");
        question.verb = tr("Remove the subscription");
        question.dangerous = true;
        workbench().ask(question, [this, row](const QString&) {
            annotate(tr("Remove the subscription of %1").arg(shortKey(*row.key)), *row.key, row.target, std::nullopt);
        });
    });
}

void AdminPage::annotate(const QString& attempt, const core::manifest::ResourceKey& owner, const QString& annotation,
                         const std::optional<std::string>& value)
{
    workbench().run(
        attempt,
        [&engine = engine(), owner, name = annotation.toStdString(), value] {
            return engine.annotate(owner, name, value);
        },
        [page = QPointer<AdminPage>(this)] {
            if (page)
                page->reload();
        });
}

QString AdminPage::title() const
{
    return tr("Administration");
}

QIcon AdminPage::icon() const
{
    return ui::icon(QLatin1String("settings"));
}

AdminPage::Tab AdminPage::tab() const
{
    return static_cast<Tab>(m_tabs->current());
}

void AdminPage::reload()
{
    ask<eng::Administration>(
        tr("Reading projects, repositories and clusters"),
        [](eng::Engine& engine, std::stop_token stop) { return engine.administration(std::move(stop)); },
        [this](eng::Administration admin) {
            m_admin = std::move(admin);
            m_loaded = true;
            fill();
        });
}

void AdminPage::showTab()
{
    switch (tab()) {
    case Projects:
        setColumns({{tr("Project"), 170},
                    {tr("Description"), 220, true},
                    {tr("Applications"), 100},
                    {tr("Sources"), 240},
                    {tr("Destinations"), 220},
                    {tr("Roles"), 140},
                    {tr("Windows"), 80}});
        setEmptyText(tr("No project is defined: applications live in \"default\"."));
        break;
    case Repositories:
        setColumns({{tr("Repository"), 360, true},
                    {tr("Type"), 70},
                    {tr("Project"), 140},
                    {tr("Credential"), 150},
                    {tr("User"), 120},
                    {tr("Applications"), 100},
                    {tr("Note"), 220}});
        setEmptyText(tr("No repository is known yet."));
        break;
    case Clusters:
        setColumns({{tr("Cluster"), 170},
                    {tr("Server"), 300, true},
                    {tr("Project"), 140},
                    {tr("Namespaces"), 180},
                    {tr("Credential"), 150},
                    {tr("Applications"), 100},
                    {tr("Note"), 220}});
        setEmptyText(tr("No cluster is registered."));
        break;
    case Certificates:
        setColumns({{tr("For"), 220},
                    {tr("Type"), 90},
                    {tr("Subject"), 200},
                    {tr("Expires"), 200},
                    {tr("Fingerprint"), 340, true},
                    {tr("Note"), 180}});
        setEmptyText(tr("No certificate, host key or signing key is configured."));
        break;
    case Accounts:
        setColumns({{tr("Account"), 190},
                    {tr("Kind"), 140},
                    {tr("May"), 150},
                    {tr("Roles"), 200, true},
                    {tr("Tokens"), 80},
                    {tr("Note"), 200}});
        setEmptyText(tr("No account is configured."));
        break;
    case Subscriptions:
        setColumns({{tr("Subscriber"), 240},
                    {tr("Trigger"), 180},
                    {tr("Service"), 120},
                    {tr("Recipients"), 300, true},
                    {tr("Note"), 260}});
        setEmptyText(tr("Nobody is subscribed to anything."));
        break;
    default:
        setColumns({{tr("Project"), 170},
                    {tr("Window"), 300},
                    {tr("State"), 110},
                    {tr("Opens or closes"), 220},
                    {tr("Applications"), 160},
                    {tr("By hand"), 90},
                    {tr("Description"), 200, true}});
        setEmptyText(tr("No project has sync windows: a sync may run at any time."));
        break;
    }
    m_calendar->setVisible(tab() == Windows && !m_admin.windows.empty());
    m_form->setVisible(tab() == Subscriptions);
    m_new->setVisible(!templateOf(tab()).isEmpty());
    fill();
}

void AdminPage::fill()
{
    if (!m_loaded)
        return;
    using Rows = std::vector<CellRow> (AdminPage::*)() const;
    constexpr std::array<Rows, TabCount> kRows {
        &AdminPage::projectRows, &AdminPage::repositoryRows,   &AdminPage::clusterRows, &AdminPage::certificateRows,
        &AdminPage::accountRows, &AdminPage::subscriptionRows, &AdminPage::windowRows};
    m_form->setChoices(m_admin, bridge().snapshot()->applications);
    m_calendar->setWindows(m_admin.windows, bridge().snapshot()->at);
    m_calendar->setVisible(tab() == Windows && !m_admin.windows.empty());
    showRows((this->*kRows.at(static_cast<std::size_t>(tab())))());
}

std::vector<CellRow> AdminPage::projectRows() const
{
    std::vector<CellRow> rows;
    for (const auto& project : m_admin.projects) {
        CellRow row;
        row.id = qs(project.key.text());
        row.key = project.key;
        row.cells = {{ltr(project.key.name)},   muted(isolate(project.description)), countOf(project.applications),
                     {joined(project.sources)}, {joined(project.destinations)},      {joined(project.roles)},
                     countOf(project.windows)};
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<CellRow> AdminPage::repositoryRows() const
{
    std::vector<CellRow> rows;
    for (const auto& repository : m_admin.repositories) {
        CellRow row;
        row.id = qs(repository.url + '|' + repository.key.name);
        if (!repository.key.name.empty())
            row.key = repository.key;
        QString note = repository.insecure ? tr("certificates are not checked") : QString();
        if (repository.pattern)
            note = tr("credentials for all below this URL");
        else if (repository.key.name.empty())
            note = tr("not registered: read without credentials");
        row.cells = {{ltr(repository.url)},
                     muted(qs(repository.type)),
                     {repository.project.empty() ? tr("every one") : ltr(repository.project)},
                     {credentialText(repository.credential)},
                     {ltr(repository.username)},
                     countOf(repository.applications),
                     {note, Glyph::None, repository.insecure ? Token::Warn : Token::Muted}};
        if (!repository.problem.empty())
            row.cells.back() = {isolate(repository.problem), Glyph::Degraded, Token::Bad};
        rows.push_back(std::move(row));
    }
    return rows;
}

/// What the server told of a cluster, or what this session sees of it now.
QString AdminPage::problemOf(const eng::AdminCluster& cluster) const
{
    if (!cluster.problem.empty())
        return isolate(cluster.problem);
    for (const auto& other : bridge().snapshot()->clusters)
        if (other.server == cluster.server && other.state != eng::Connection::State::Connected)
            return other.problem.empty() ? tr("does not answer") : isolate(other.problem);
    return {};
}

std::vector<CellRow> AdminPage::clusterRows() const
{
    std::vector<CellRow> rows;
    for (const auto& cluster : m_admin.clusters) {
        CellRow row;
        row.id = qs(cluster.server + '|' + cluster.name);
        if (!cluster.key.name.empty())
            row.key = cluster.key;
        row.cells = {{ltr(cluster.name)},
                     {ltr(cluster.server)},
                     {cluster.project.empty() ? tr("every one") : ltr(cluster.project)},
                     {cluster.namespaces.empty() ? tr("all") : joined(cluster.namespaces)},
                     {cluster.key.name.empty() ? tr("this connection") : credentialText(cluster.credential)},
                     countOf(cluster.applications),
                     {cluster.insecure ? tr("certificates are not checked") : QString(), Glyph::None, Token::Warn}};
        const QString problem = problemOf(cluster);
        if (!problem.isEmpty())
            row.cells.back() = {problem, Glyph::Degraded, Token::Bad};
        else if (!cluster.version.empty() && !cluster.insecure)
            row.cells.back() = {ltr(cluster.version), Glyph::None, Token::Muted};
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<CellRow> AdminPage::certificateRows() const
{
    std::vector<CellRow> rows;
    const core::TimePoint now = bridge().snapshot()->at;
    for (const auto& certificate : m_admin.certificates) {
        CellRow row;
        row.id = QStringLiteral("%1|%2").arg(rows.size()).arg(qs(certificate.name));
        if (!certificate.key.name.empty())
            row.key = certificate.key;
        using Kind = eng::AdminCertificate::Kind;
        QString note = isolate(certificate.problem);
        const bool ends = certificate.expires && *certificate.expires < now + std::chrono::hours(24 * 30);
        if (ends)
            note = *certificate.expires < now ? tr("expired") : tr("expires soon");
        row.cells = {
            {ltr(certificate.name), note.isEmpty() ? Glyph::Healthy : Glyph::Degraded},
            muted(certificate.kind == Kind::Tls       ? QStringLiteral("TLS")
                      : certificate.kind == Kind::Ssh ? QStringLiteral("SSH")
                                                      : QStringLiteral("GPG")),
            {ltr(certificate.subject)},
            {certificate.expires ? exactTime(*certificate.expires) : QString(), Glyph::None, Token::Text, false,
             certificate.expires ? QVariant(static_cast<qlonglong>(certificate.expires->time_since_epoch().count()))
                                 : QVariant(0LL)},
            {ltr(certificate.fingerprint), Glyph::None, Token::Muted, true},
            {note, Glyph::None, Token::Bad}};
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<CellRow> AdminPage::accountRows() const
{
    std::vector<CellRow> rows;
    const core::TimePoint now = bridge().snapshot()->at;
    for (const auto& account : m_admin.accounts) {
        CellRow row;
        row.id = qs(account.name);
        if (!account.key.name.empty())
            row.key = account.key;
        QStringList may;
        for (const auto& capability : account.capabilities)
            may << (capability == "login"        ? tr("sign in")
                        : capability == "apiKey" ? tr("make tokens")
                                                 : isolate(capability));
        const auto spent = std::ranges::count_if(
            account.tokens, [&](const eng::AdminToken& token) { return token.expires && *token.expires < now; });
        row.cells = {{ltr(account.name), account.enabled ? Glyph::Healthy : Glyph::Suspended},
                     muted(account.local ? tr("local account") : tr("user or group")),
                     {may.join(QStringLiteral(", "))},
                     {joined(account.roles)},
                     countOf(account.tokens.size()),
                     {!account.enabled ? tr("turned off")
                          : spent > 0  ? tr("%n token(s) expired", nullptr, static_cast<int>(spent))
                                       : QString(),
                      Glyph::None, account.enabled ? Token::Warn : Token::Muted}};
        for (const auto& token : account.tokens) {
            CellRow child;
            child.id = qs(token.id);
            child.cells = {{ltr(token.id)},
                           muted(tr("token")),
                           {},
                           muted(token.issued ? tr("made %1").arg(relativeTime(*token.issued, now)) : QString()),
                           {},
                           {!token.expires             ? tr("never expires")
                                : *token.expires < now ? tr("expired")
                                                       : tr("expires %1").arg(relativeTime(*token.expires, now)),
                            Glyph::None, token.expires && *token.expires < now ? Token::Bad : Token::Muted}};
            row.children.push_back(std::move(child));
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<CellRow> AdminPage::subscriptionRows() const
{
    std::vector<CellRow> rows;
    for (const auto& subscription : m_admin.subscriptions) {
        CellRow row;
        row.id = QStringLiteral("%1|%2|%3|%4")
                     .arg(qs(subscription.owner.text()), qs(subscription.trigger), qs(subscription.service))
                     .arg(subscription.annotation.empty() ? static_cast<int>(rows.size()) : 0);
        row.key = subscription.owner;
        row.target = qs(subscription.annotation);
        row.cells = {{subscription.owner.kind == "ConfigMap" ? tr("every application") : shortKey(subscription.owner)},
                     {subscription.trigger.empty() ? tr("the default triggers") : ltr(subscription.trigger)},
                     {ltr(subscription.service)},
                     {joined(subscription.recipients)},
                     muted(subscription.annotation.empty() ? tr("from the notifications' configuration") : QString())};
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<CellRow> AdminPage::windowRows() const
{
    std::vector<CellRow> rows;
    const core::TimePoint now = bridge().snapshot()->at;
    for (const auto& window : m_admin.windows) {
        CellRow row;
        row.id = QStringLiteral("%1|%2").arg(rows.size()).arg(qs(window.project));
        for (const auto& project : m_admin.projects)
            if (project.key.name == window.project)
                row.key = project.key;
        QString next;
        if (window.active)
            next = tr("closes %1").arg(relativeTime(window.times.front().second, now));
        else if (!window.times.empty())
            next = tr("opens %1").arg(relativeTime(window.times.front().first, now));
        row.cells = {{ltr(window.project)},
                     {windowText(window.window)},
                     {!window.problem.empty() ? tr("broken")
                          : window.active     ? tr("open")
                                              : tr("closed"),
                      !window.problem.empty() ? Glyph::Degraded
                          : window.active     ? Glyph::Progressing
                                              : Glyph::Suspended},
                     {window.problem.empty() ? next : isolate(window.problem), Glyph::None,
                      window.problem.empty() ? Token::Text : Token::Bad},
                     {joined(window.window.applications)},
                     {window.window.manualSync ? tr("allowed") : tr("held too")},
                     muted(isolate(window.window.description))};
        rows.push_back(std::move(row));
    }
    return rows;
}

void AdminPage::activate(const CellRow& row)
{
    if (row.key)
        workbench().open({PageKind::Resources, {}, qs(row.key->text())});
}

void AdminPage::updateActions()
{
    const CellRow* row = current();
    m_edit->setEnabled(row != nullptr && row->key);
    const auto owner = row != nullptr && row->key ? *row->key : core::manifest::ResourceKey {};
    const bool object = tab() == Projects || tab() == Repositories || tab() == Clusters;
    m_gate->apply(m_delete, object && row != nullptr && row->key,
                  {"delete", owner.groupKind(), {}, owner.nameSpace, {}});
    m_gate->apply(m_unsubscribe, tab() == Subscriptions && row != nullptr && !row->target.isEmpty(),
                  {"patch", owner.groupKind(), {}, owner.nameSpace, {}});
    const auto& apps = bridge().snapshot()->applications;
    m_form->setRefusal(
        tab() != Subscriptions || apps.empty()
            ? QString()
            : m_gate->whyNot({"patch", {"argoproj.io", "Application"}, {}, apps.front()->nameSpace, {}}));
}

QString AdminPage::countText(int shown) const
{
    return tr("%n entry(s)", nullptr, shown);
}

void AdminPage::retranslate()
{
    m_new->setText(tr("New…"));
    m_tabs->setTexts({tr("Projects"), tr("Repositories"), tr("Clusters"), tr("Certificates and keys"), tr("Accounts"),
                      tr("Subscriptions"), tr("Sync windows")});
    m_tabs->setAccessibleName(tr("Administration"));
    m_calendar->setAccessibleName(tr("Calendar of sync windows"));
    view().setAccessibleName(tr("Administration"));
    setFilterHint(tr("Filter…"));
    m_edit->setText(tr("Show and edit the manifest"));
    m_delete->setText(tr("Delete…"));
    m_unsubscribe->setText(tr("Remove the subscription…"));
    showTab();
}

} // namespace ui
