// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/export.h"
#include "ui/base/reasons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/diff_document.h"
#include "ui/diff/diff_page.h"
#include "ui/diff/field_change_model.h"

#include <QClipboard>
#include <QDateTime>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QInputDialog>
#include <QListView>
#include <QPushButton>
#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

// The review of a diff: marks, notes, sign-off, export.

namespace ui {

using core::engine::FieldChange;
using core::engine::ResourceDiff;

QString DiffPage::resourceMarkdown(const ResourceDiff& resource) const
{
    QString text;
    QStringList effects;
    if (resource.restartsPods)
        effects.append(tr("its pods restart"));
    if (resource.gpus != 0)
        effects.append(plain(gpuChange(resource.gpus)));
    if (!effects.isEmpty())
        text += QStringLiteral("**") + effects.join(QStringLiteral(", ")) + QStringLiteral("**\n\n");
    for (const FieldChange& change : resource.changes) {
        if (change.ignored)
            continue;
        const QString badge = plain(fieldBadge(change).text);
        text += QStringLiteral("- `%1`: %2%3\n")
                    .arg(fieldPath(change.path), plain(reasonText(change.reason)),
                         badge.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(badge));
    }
    if (const auto note = m_review.notes.find(resource.key); note != m_review.notes.end())
        text += QStringLiteral("\n> %1\n").arg(qs(note->second).replace(u'\n', QStringLiteral("\n> ")));
    DiffDocument document({{{}, resource.liveYaml, resource.desiredYaml}});
    document.setLayout(DiffDocument::Layout::Unified);
    text += QStringLiteral("\n````diff\n");
    for (const DiffDocument::Row& row : document.rows()) {
        using Kind = DiffDocument::Row::Kind;
        if (row.kind == Kind::Fold)
            text += QStringLiteral("@@ %1 @@\n").arg(document.hiddenLines(row));
        else
            text += (row.kind == Kind::Removed     ? u'-'
                         : row.kind == Kind::Added ? u'+'
                                                   : u' ')
                + qs(row.kind == Kind::Removed ? document.before(row) : document.after(row)) + u'\n';
    }
    return text + QStringLiteral("````\n\n");
}

QString DiffPage::markdown() const
{
    if (!m_model->diff())
        return {};
    const auto& diff = *m_model->diff();
    QString text = QStringLiteral("# %1 @ %2\n\n").arg(qs(id().app.name), shortRevision(diff.revision));
    if (!usual())
        text += plain(
            QStringLiteral("%1 → %2\n\n").arg(sideTitle(m_sides.left, id().app), sideTitle(m_sides.right, id().app)));
    text += plain(tr("%n resource(s) differ", nullptr, m_model->differing())) + QStringLiteral("\n\n");
    if (!m_review.signedBy.empty())
        text += QStringLiteral("Signed off by %1, %2\n\n").arg(qs(m_review.signedBy), qs(m_review.signedAt));
    for (const ResourceDiff& resource : diff.resources)
        if (resource.outOfSync)
            text += QStringLiteral("## %1 (%2)\n\n").arg(qs(resource.key.text()), actionText(resource.action))
                + resourceMarkdown(resource);
    return text;
}

QString DiffPage::comment() const
{
    if (!m_model->diff())
        return {};
    constexpr qsizetype kLimit = 65'536;
    constexpr qsizetype kRoom = 200; // for the last line
    QString text = QStringLiteral("### %1: %2 → %3\n\n")
                       .arg(qs(id().app.name), plain(sideTitle(m_sides.left, id().app)),
                            plain(sideTitle(m_sides.right, id().app)));
    int left = 0;
    for (const ResourceDiff& resource : m_model->diff()->resources) {
        if (!resource.outOfSync)
            continue;
        const QString part =
            QStringLiteral("<details><summary>%1 <b>%2</b> %3</summary>\n\n%4</details>\n\n")
                .arg(m_model->reviewed().contains(resource.key) ? QStringLiteral("☑") : QStringLiteral("☐"),
                     qs(resource.key.kind + "/" + resource.key.name).toHtmlEscaped(), actionText(resource.action),
                     resourceMarkdown(resource));
        if (text.size() + part.size() + kRoom > kLimit)
            ++left;
        else
            text += part;
    }
    if (left > 0)
        text += tr("%n more resource(s) would not fit into a comment.", nullptr, left) + u'\n';
    if (!m_review.signedBy.empty())
        text += QStringLiteral("Signed off by %1, %2\n").arg(qs(m_review.signedBy), qs(m_review.signedAt));
    return text;
}

namespace {

/// Where people see a pull request of a repository, or write a new one; empty where the address tells nothing.
QUrl pullRequestPage(const QString& repository, const QString& number)
{
    QString address = repository;
    static const QRegularExpression kSsh(QStringLiteral("^(?:ssh://)?git@([^:/]+)[:/](.+)$"));
    if (const auto match = kSsh.match(address); match.hasMatch())
        address = QStringLiteral("https://%1/%2").arg(match.captured(1), match.captured(2));
    if (!address.startsWith(QLatin1String("https://")) && !address.startsWith(QLatin1String("http://")))
        return {};
    if (address.endsWith(QLatin1String(".git")))
        address.chop(4);
    const bool gitlab = QUrl(address).host().contains(QLatin1String("gitlab"));
    const bool bitbucket = QUrl(address).host().contains(QLatin1String("bitbucket"));
    return QUrl(address
                + (gitlab          ? QStringLiteral("/-/merge_requests/")
                       : bitbucket ? QStringLiteral("/pull-requests/")
                                   : QStringLiteral("/pull/"))
                + number);
}

} // namespace

void DiffPage::copyComment()
{
    if (!m_model->diff())
        return;
    QGuiApplication::clipboard()->setText(comment());
    m_comment->setText(tr("Comment is copied"));
    const auto& asked = m_sides.right.revision.starts_with("pull/") ? m_sides.right : m_sides.left;
    if (m_app && asked.revision.starts_with("pull/"))
        if (const QUrl page = pullRequestPage(qs(m_app->repoUrl), qs(asked.revision.substr(5))); page.isValid())
            QDesktopServices::openUrl(page);
}

void DiffPage::exportDiff()
{
    exportDocument(*this, workbench(), tr("Export the diff"), qs(id().app.name) + QStringLiteral("-diff"),
                   QStringLiteral("exportDialog"), [this] { return markdown(); });
}

void DiffPage::loadReviews()
{
    const std::string revision = m_model->diff()->revision;
    if (!usual() || (revision == m_review.revision && !revision.empty()))
        return;
    m_review = {};
    m_review.revision = revision;
    m_undo.clear();
    runTask(
        this, [app = id().app, revision] { return std::make_shared<DiffReview>(loadReview(app, revision)); },
        [this](const std::shared_ptr<DiffReview>& review) {
            if (!m_model->diff() || review->revision != m_review.revision)
                return;
            m_review = *review;
            std::set<core::manifest::ResourceKey> reviewed;
            for (const ResourceDiff& resource : m_model->diff()->resources)
                if (review->reviewed.contains(resource.key))
                    reviewed.insert(resource.key);
            m_model->setReviewed(std::move(reviewed));
            if (const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row()))
                showEffect(*resource);
            showReviewed();
        });
}

void DiffPage::saveReviews()
{
    m_review.reviewed = m_model->reviewed();
    if (!usual())
        return;
    runTask(
        this,
        [app = id().app, review = m_review, edition = nextReviewEdition()] {
            return std::make_shared<core::Result<>>(saveReview(app, review, edition));
        },
        [this](const std::shared_ptr<core::Result<>>& result) {
            if (!*result)
                m_area->error().showError(tr("Keeping the review"), result->error());
        });
}

void DiffPage::remember()
{
    constexpr std::size_t kMost = 100;
    m_undo.push_back({m_model->reviewed(), m_staged, m_review.notes});
    if (m_undo.size() > kMost)
        m_undo.erase(m_undo.begin());
}

void DiffPage::undo()
{
    if (m_undo.empty())
        return;
    Undo before = std::move(m_undo.back());
    m_undo.pop_back();
    m_model->setReviewed(std::move(before.reviewed));
    m_staged = std::move(before.staged);
    m_review.notes = std::move(before.notes);
    showStaged();
    if (const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row()))
        showEffect(*resource);
    saveReviews();
}

void DiffPage::noteCurrent()
{
    const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row());
    if (resource == nullptr)
        return;
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("noteDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Note on %1").arg(shortKey(resource->key)));
    dialog->setLabelText(tr("It is kept with the review of this revision and goes into the export."));
    dialog->setOption(QInputDialog::UsePlainTextEditForTextInput);
    const auto note = m_review.notes.find(resource->key);
    dialog->setTextValue(note == m_review.notes.end() ? QString() : qs(note->second));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, key = resource->key](const QString& text) {
        remember();
        if (text.trimmed().isEmpty())
            m_review.notes.erase(key);
        else
            m_review.notes[key] = text.trimmed().toStdString();
        if (const ResourceDiff* current = m_model->resource(m_list->currentIndex().row()))
            showEffect(*current);
        saveReviews();
    });
    dialog->open();
}

void DiffPage::signOff()
{
    if (!m_model->diff() || !usual())
        return;
    const int left = m_model->differing() - m_model->reviewedCount();
    if (left > 0) {
        workbench().report(tr("Sign off"),
                           {core::Error::Code::Conflict,
                            std::to_string(left) + " resources that differ are not reviewed yet", id().app.name,
                            "review each of them (r) and sign off again", 0, 0});
        return;
    }
    Question question;
    question.title = tr("Sign off %1 at %2?").arg(isolate(id().app.name), ltr(shortRevision(m_review.revision)));
    question.text = tr("Your name goes with the review of this revision. Another revision begins anew.");
    question.verb = tr("Sign off");
    workbench().ask(question, [this](const QString&) {
        const QString user = qEnvironmentVariable("USER", QStringLiteral("unknown"));
        m_review.signedBy = user.toStdString();
        m_review.signedAt = QDateTime::currentDateTimeUtc().toString(Qt::ISODate).toStdString();
        showReviewed();
        saveReviews();
    });
}

} // namespace ui
