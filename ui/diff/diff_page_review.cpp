// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/diff_document.h"
#include "ui/diff/diff_page.h"
#include "ui/diff/field_change_model.h"

#include <QBuffer>
#include <QDateTime>
#include <QFileDialog>
#include <QInputDialog>
#include <QListView>
#include <QPdfWriter>
#include <QTextDocument>

#include <algorithm>

// The review of a diff: marks, notes, sign-off, export.

namespace ui {

using core::engine::FieldChange;
using core::engine::ResourceDiff;

QString DiffPage::markdown() const
{
    if (!m_model->diff())
        return {};
    const auto& diff = *m_model->diff();
    QString text = QStringLiteral("# %1 @ %2\n\n").arg(qs(id().app.name), shortRevision(diff.revision));
    if (!usual())
        text += plain(
            QStringLiteral("%1 → %2\n\n").arg(sideTitle(m_sides.left, id().app), sideTitle(m_sides.right, id().app)));
    if (!m_review.signedBy.empty())
        text += QStringLiteral("Signed off by %1, %2\n\n").arg(qs(m_review.signedBy), qs(m_review.signedAt));
    for (const ResourceDiff& resource : diff.resources) {
        if (!resource.outOfSync)
            continue;
        text += QStringLiteral("## %1 (%2)\n\n").arg(qs(resource.key.text()), actionText(resource.action));
        for (const FieldChange& change : resource.changes)
            if (!change.ignored)
                text += QStringLiteral("- `%1`: %2\n").arg(fieldPath(change.path), qs(change.reason));
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
        text += QStringLiteral("````\n\n");
    }
    return text;
}

namespace {

QByteArray pdf(const QTextDocument& document)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setPageSize(QPageSize(QPageSize::A4));
        document.print(&writer);
    }
    return bytes;
}

} // namespace

void DiffPage::exportDiff()
{
    const QStringList filters {QStringLiteral("Markdown (*.md)"), QStringLiteral("HTML (*.html)"),
                               QStringLiteral("PDF (*.pdf)")};
    auto* dialog = new QFileDialog(this, tr("Export the diff"), qs(id().app.name) + QStringLiteral("-diff.md"));
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setNameFilters(filters);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        QByteArray bytes = markdown().toUtf8();
        if (path.endsWith(QLatin1String(".html")) || path.endsWith(QLatin1String(".pdf"))) {
            QTextDocument document;
            document.setMarkdown(markdown());
            bytes = path.endsWith(QLatin1String(".pdf")) ? pdf(document) : document.toHtml().toUtf8();
        }
        workbench().run(tr("Export the diff"), [path = path.toStdString(), text = bytes.toStdString()] {
            return core::paths::writeFileAtomically(path, text);
        });
    });
    dialog->open();
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
    m_undo.emplace_back(m_model->reviewed(), m_staged);
    if (m_undo.size() > kMost)
        m_undo.erase(m_undo.begin());
}

void DiffPage::undo()
{
    if (m_undo.empty())
        return;
    auto [reviewed, staged] = std::move(m_undo.back());
    m_undo.pop_back();
    m_model->setReviewed(std::move(reviewed));
    m_staged = std::move(staged);
    showStaged();
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
