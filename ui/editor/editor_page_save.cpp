// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/merge.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/editor_page.h"
#include "ui/editor/notice_bar.h"

#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QTimer>

namespace ui {

void EditorPage::saveDraft()
{
    m_draftTimer->stop();
    if (m_file.isEmpty())
        return;
    Draft draft {id().app, m_file.toStdString(), m_baseCommit, m_editor->toPlainText().toStdString()};
    const bool same = draft.text == m_baseText;
    runTask(
        this,
        [draft = std::move(draft), same] {
            const DraftStore store = DraftStore::standard();
            if (!same)
                return std::make_shared<core::Result<>>(store.save(draft));
            store.remove(draft.app, draft.path);
            return std::make_shared<core::Result<>>();
        },
        [this](const std::shared_ptr<core::Result<>>& result) {
            if (!*result)
                m_error->showError(tr("Keeping a draft of %1").arg(ltr(m_file)), result->error());
        });
}

void EditorPage::replaceText(const std::string& text)
{
    QTextCursor cursor(m_editor->document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(qs(text));
}

void EditorPage::discardDraft()
{
    m_draftBar->hide();
    replaceText(m_baseText);
    saveDraft();
}

void EditorPage::askForMessage()
{
    if (!isModified() || m_committing)
        return;
    if (hasConflictMarks()) {
        m_error->showError(tr("Committing %1").arg(ltr(m_file)),
                           {core::Error::Code::Conflict, "the text still holds marks of a conflict",
                            m_file.toStdString(), "decide each part between <<<<<<< and >>>>>>> and delete the marks",
                            0, 0});
        return;
    }
    m_error->clear();
    if (m_message->text().isEmpty())
        m_message->setText(tr("Change %1").arg(m_file.section(u'/', -1)));
    m_commitBar->show();
    m_message->setFocus();
    m_message->selectAll();
}

void EditorPage::commit()
{
    const std::string message = m_message->text().trimmed().toStdString();
    if (message.empty() || m_committing)
        return;
    m_committing = true;
    m_commit->setEnabled(false);
    const std::string text = m_editor->toPlainText().toStdString();
    runTask(
        this,
        [&engine = engine(), app = id().app, path = m_file.toStdString(), text, base = m_baseCommit, message] {
            return std::make_shared<core::Result<std::string>>(engine.commitFile(app, path, text, base, message));
        },
        [this, text](const std::shared_ptr<core::Result<std::string>>& result) { committed(*result, text); });
}

void EditorPage::committed(const core::Result<std::string>& commit, const std::string& text)
{
    m_committing = false;
    m_commit->setEnabled(true);
    if (commit) {
        m_baseCommit = *commit;
        m_baseText = text; // what was typed meanwhile stays unsaved
        m_commitBar->hide();
        m_conflictBar->hide();
        m_draftBar->hide();
        m_error->clear();
        m_message->clear();
        saveDraft();
        m_editor->setFocus();
    } else if (commit.error().code == core::Error::Code::Conflict) {
        m_commitBar->hide();
        m_conflictBar->show();
    } else {
        m_error->showError(tr("Committing %1").arg(ltr(m_file)), commit.error());
    }
    showState();
}

void EditorPage::readTheirs(std::function<void(const core::engine::FileText& theirs)> then)
{
    runTask(
        this,
        [&engine = engine(), app = id().app, path = m_file.toStdString(), stop = m_loadStop.get_token()] {
            return std::make_shared<core::Result<core::engine::FileText>>(engine.readFile(app, path, stop));
        },
        [this, file = m_file,
         then = std::move(then)](const std::shared_ptr<core::Result<core::engine::FileText>>& theirs) {
            if (file != m_file)
                return;
            if (*theirs)
                then(**theirs);
            else
                m_error->showError(tr("Opening %1").arg(ltr(m_file)), theirs->error());
        });
}

void EditorPage::setBase(const core::engine::FileText& base)
{
    m_baseText = base.text;
    m_baseCommit = base.commit;
    m_conflictBar->hide();
    showState();
}

void EditorPage::keepMine()
{
    // Their version becomes the base: the preview and the next commit are against it, the text stays mine.
    readTheirs([this](const core::engine::FileText& theirs) {
        setBase(theirs);
        preview();
    });
}

void EditorPage::takeTheirs()
{
    readTheirs([this](const core::engine::FileText& theirs) {
        setBase(theirs);
        discardDraft();
        showState();
    });
}

void EditorPage::merge()
{
    readTheirs([this](const core::engine::FileText& theirs) {
        const auto merged = core::git::mergeTexts(m_baseText, m_editor->toPlainText().toStdString(), theirs.text);
        if (!merged) {
            m_error->showError(tr("Merging %1").arg(ltr(m_file)), merged.error());
            return;
        }
        setBase(theirs);
        replaceText(merged->text);
        if (!merged->clean) {
            const auto at = qs(merged->text).split(u'\n');
            for (int line = 0; line < at.size(); ++line)
                if (at[line].startsWith(QLatin1String("<<<<<<<"))) {
                    m_editor->goToLine(line);
                    break;
                }
        }
        m_draftBar->setText(merged->clean ? tr("Both changes are merged. Undo brings your text back.")
                                          : tr("Some lines were changed by both: decide between the marked parts."));
        m_draftBar->show();
        m_editor->setFocus();
    });
}

bool EditorPage::hasConflictMarks() const
{
    static const QRegularExpression marks(QStringLiteral("^(<<<<<<<|>>>>>>>) "), QRegularExpression::MultilineOption);
    return m_editor->toPlainText().contains(marks);
}

void EditorPage::whenBranchMoved()
{
    if (m_file.isEmpty() || m_committing)
        return;
    readTheirs([this](const core::engine::FileText& theirs) {
        if (m_committing)
            return;
        if (theirs.text == m_baseText) {
            m_baseCommit = theirs.commit;
            preview();
        } else if (!isModified()) {
            setBase(theirs);
            discardDraft();
        } else {
            m_conflictBar->show();
        }
    });
}

} // namespace ui
