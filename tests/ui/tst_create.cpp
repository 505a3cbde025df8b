// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/create/create_page.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/notice_bar.h"

#include <QComboBox>
#include <QPushButton>

#include <algorithm>

using Host = support::PageHost<ui::CreatePage>;

class TestCreate : public QObject
{
    Q_OBJECT

private slots:
    void everyTemplateIsAManifest()
    {
        Host host(ui::PageId {ui::PageKind::Create, {}, {}});
        auto* templates = host.find<QComboBox>("createTemplate");
        auto* editor = host.find<ui::CodeEditor>("createText");
        auto* create = host.find<QPushButton>("createObjects");
        QVERIFY(templates->count() > 5);
        QVERIFY(editor->toPlainText().contains(QStringLiteral("kind: Application\n"))); // what one wants most often
        for (int i = 0; i < templates->count(); ++i) {
            choose(*templates, i);
            if (i == templates->count() - 1) { // anything else: an empty page
                QVERIFY(editor->toPlainText().isEmpty());
                QTRY_VERIFY(!create->isEnabled());
                continue;
            }
            QVERIFY2(editor->toPlainText().startsWith(QStringLiteral("apiVersion: ")),
                     qPrintable(templates->itemText(i)));
            QTRY_VERIFY2(create->isEnabled(), qPrintable(templates->itemText(i)));
            QVERIFY(!host.page->isModified());
        }
    }

    void whatIsTypedIsChecked()
    {
        Host host(ui::PageId {ui::PageKind::Create, {}, QStringLiteral("namespace")});
        auto* editor = host.find<ui::CodeEditor>("createText");
        auto* create = host.find<QPushButton>("createObjects");
        QTRY_VERIFY(create->isEnabled());
        editor->moveCursor(QTextCursor::End);
        QTest::keyClicks(editor, QStringLiteral("oops: [1"));
        QVERIFY(!create->isEnabled());
        auto* problem = host.find<ui::NoticeBar>("createProblem");
        QTRY_VERIFY(problem->isVisible());
        QVERIFY2(ui::plain(problem->text()).startsWith(QStringLiteral("Line ")), qPrintable(problem->text()));
        QTRY_COMPARE(editor->marks().size(), std::size_t {1});
        QVERIFY(host.page->isModified());
        // Unfinished work is not thrown away by a slip.
        QVERIFY(!host.page->mayClose());
        QCOMPARE(host.workbench.questions.size(), std::size_t {1});
        for (int i = 0; i < 8; ++i)
            QTest::keyClick(editor, Qt::Key_Backspace);
        QTRY_VERIFY(create->isEnabled() && !problem->isVisible());
    }

    void theServerIsAskedAndTheApplicationCreated()
    {
        Host host(ui::PageId {ui::PageKind::Create, {}, QStringLiteral("application-helm")});
        QTRY_VERIFY(host.find<QPushButton>("createObjects")->isEnabled());
        QTest::mouseClick(host.find<QPushButton>("askServer"), Qt::LeftButton);
        auto* outcome = host.find<ui::NoticeBar>("createOutcome");
        QTRY_VERIFY(outcome->isVisible());
        QVERIFY2(ui::plain(outcome->text()).contains(QStringLiteral("my-chart would be created")),
                 qPrintable(outcome->text()));
        QVERIFY(!host.find<QPushButton>("openCreated")->isVisible());
        QVERIFY(host.engine->commands().back().starts_with("ask about apiVersion"));

        host.page->setFocus();
        QTest::keyClick(host.find<ui::CodeEditor>("createText"), Qt::Key_S, Qt::ControlModifier);
        QTRY_VERIFY(ui::plain(outcome->text()).contains(QStringLiteral("my-chart was created")));
        QVERIFY(host.engine->commands().back().starts_with("create apiVersion"));
        QTest::mouseClick(host.find<QPushButton>("openCreated"), Qt::LeftButton);
        QCOMPARE(host.workbench.opened.back().kind, ui::PageKind::Tree);
        QCOMPARE(host.workbench.opened.back().app.name, std::string("my-chart"));
    }

    void undoBringsBackWhatATemplateReplaced()
    {
        Host host(ui::PageId {ui::PageKind::Create, {}, {}});
        auto* editor = host.find<ui::CodeEditor>("createText");
        editor->setPlainText(QStringLiteral("kind: Mine\n"));
        choose(*host.find<QComboBox>("createTemplate"), 3);
        QVERIFY(editor->toPlainText().contains(QStringLiteral("AppProject")));
        editor->undo();
        QCOMPARE(editor->toPlainText(), QStringLiteral("kind: Mine\n"));
    }

    void whatMayNotBeCreatedIsGreyed()
    {
        auto engine = support::sampleEngine();
        engine->denied.insert("create AppProject.argoproj.io in argocd");
        Host host(std::move(engine), ui::PageId {ui::PageKind::Create, {}, QStringLiteral("project")});
        auto* create = host.find<QPushButton>("createObjects");
        QTRY_VERIFY(ui::plain(create->toolTip()).contains(QStringLiteral("create AppProject.argoproj.io in argocd")));
        QVERIFY(!create->isEnabled());
    }

private:
    /// As a person does: a choice made in code alone tells nobody.
    static void choose(QComboBox& box, int index)
    {
        box.setCurrentIndex(index);
        emit box.activated(index);
    }
};

QTEST_MAIN(TestCreate)
#include "tst_create.moc"
