// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/base/states.h"
#include "ui/terminal/forward_dialog.h"
#include "ui/terminal/forward_list.h"
#include "ui/terminal/forwards_page.h"
#include "ui/terminal/terminal_page.h"
#include "ui/terminal/terminal_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QTreeView>

using ui::TerminalScreen;

namespace {

ui::PageId shellIn(const char* pod)
{
    return {ui::PageKind::Terminal, support::sampleApp(), QLatin1String(pod)};
}

/// Runs a command in the page's terminal.
void run(support::PageHost<ui::TerminalPage>& host, const QString& command)
{
    auto* edit = host.find<QLineEdit>("terminalCommand");
    edit->setText(command);
    QTest::keyClick(edit, Qt::Key_Return);
    QTRY_VERIFY(host.page->isRunning());
}

} // namespace

class TestTerminal : public QObject
{
    Q_OBJECT

private slots:
    void showsWhatAProgramWrites()
    {
        TerminalScreen screen(20, 4);
        screen.feed("plain \033[1;31mred\033[0m \033[7mback\033[0m");
        QCOMPARE(screen.text(0), QStringLiteral("plain red back"));
        const auto line = screen.line(0);
        QVERIFY(!line[0].ink && !line[0].bold);
        QVERIFY(line[6].ink && line[6].ink->red() > line[6].ink->blue() && line[6].bold);
        QVERIFY(line[10].reverse);
        screen.feed("\033[3;5Hhere");
        QCOMPARE(screen.cursor(), QPoint(8, 2));
        QCOMPARE(screen.text(2), QStringLiteral("    here"));
        screen.feed("\033[?25l");
        QVERIFY(!screen.cursorVisible());
        // Wide characters take two places; a mark stands on its letter; a character may be cut anywhere.
        screen.feed("\033[H\033[J\xe6\xbc");
        screen.feed("\xa2x e\xcc\x81");
        QCOMPARE(screen.text(0), QString::fromUtf8("漢x é").normalized(QString::NormalizationForm_D));
        QCOMPARE(screen.line(0)[0].width, 2);
    }

    void keepsWhatScrolledAway()
    {
        TerminalScreen screen(10, 3);
        for (int i = 0; i < 20; ++i)
            screen.feed(QByteArray::number(i) + "\r\n");
        QCOMPARE(screen.scrolledAway(), 18);
        QCOMPARE(screen.text(-18), QStringLiteral("0"));
        QCOMPARE(screen.text(-1), QStringLiteral("17"));
        // The screen that full-screen programs use leaves it alone.
        screen.feed("\033[?1049h\033[Hvim");
        QCOMPARE(screen.text(0), QStringLiteral("vim"));
        screen.feed("\033[?1049l");
        QCOMPARE(screen.text(0), QStringLiteral("18"));
        QCOMPARE(screen.scrolledAway(), 18);
        screen.resize(5, 2);
        QCOMPARE(screen.columns(), 5);
        screen.feed("\033[999;999Hx"); // stays inside
        QVERIFY(screen.cursor().x() < 5 && screen.cursor().y() < 2);
    }

    void keysBecomeBytes_data()
    {
        QTest::addColumn<int>("key");
        QTest::addColumn<Qt::KeyboardModifiers>("modifiers");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("bytes");
        const Qt::KeyboardModifiers none;
        const Qt::KeyboardModifiers ctrl = Qt::ControlModifier;
        QTest::newRow("letter") << int(Qt::Key_A) << none << "a" << QByteArray("a");
        QTest::newRow("capital") << int(Qt::Key_A) << Qt::KeyboardModifiers(Qt::ShiftModifier) << "A"
                                 << QByteArray("A");
        QTest::newRow("arabic") << int(Qt::Key_unknown) << none << QString::fromUtf8("ش") << QByteArray("\xd8\xb4");
        QTest::newRow("interrupt") << int(Qt::Key_C) << ctrl << "\x03" << QByteArray("\x03");
        QTest::newRow("end of file") << int(Qt::Key_D) << ctrl << "" << QByteArray("\x04");
        QTest::newRow("return") << int(Qt::Key_Return) << none << "\r" << QByteArray("\r");
        QTest::newRow("tab") << int(Qt::Key_Tab) << none << "\t" << QByteArray("\t");
        QTest::newRow("up") << int(Qt::Key_Up) << none << "" << QByteArray("\033[A");
        QTest::newRow("f5") << int(Qt::Key_F5) << none << "" << QByteArray("\033[15~");
        QTest::newRow("word left") << int(Qt::Key_Left) << ctrl << "" << QByteArray("\033[1;5D");
        QTest::newRow("alt") << int(Qt::Key_B) << Qt::KeyboardModifiers(Qt::AltModifier) << "b" << QByteArray("\033b");
    }

    void keysBecomeBytes()
    {
        QFETCH(int, key);
        QFETCH(Qt::KeyboardModifiers, modifiers);
        QFETCH(QString, text);
        QFETCH(QByteArray, bytes);
        TerminalScreen screen(20, 4);
        QByteArray sent;
        connect(&screen, &TerminalScreen::output, this, [&](const QByteArray& more) { sent += more; });
        QVERIFY(screen.key(QKeyEvent(QEvent::KeyPress, key, modifiers, text)));
        QCOMPARE(sent, bytes);
    }

    void pastesWithoutRunningAnything()
    {
        TerminalScreen screen(20, 4);
        QByteArray sent;
        connect(&screen, &TerminalScreen::output, this, [&](const QByteArray& more) { sent += more; });
        screen.paste(QStringLiteral("a\nb"));
        QCOMPARE(sent, QByteArray("a\rb"));
        sent.clear();
        screen.feed("\033[?2004h"); // the program wants to know what is pasted
        screen.paste(QStringLiteral("rm -rf x\n\033[201~"));
        QCOMPARE(sent, QByteArray("\033[200~rm -rf x\r[201~\033[201~"));
    }

    void runsAShell()
    {
        support::PageHost<ui::TerminalPage> host(shellIn("ml-serving/inference-v2-x7k"));
        QTRY_VERIFY(host.page->isRunning()); // the pod's own shell
        QVERIFY(host.engine->commands().back().find("exec Pod") != std::string::npos);
        run(host, QStringLiteral("sh"));
        auto& view = host.page->view();
        view.setFocus();
        QTest::keyClicks(&view, QStringLiteral("echo hi-$((40+2))"));
        QTest::keyClick(&view, Qt::Key_Return);
        QTRY_VERIFY(view.text().contains(QStringLiteral("\nhi-42")));
        // The program knows the size.
        QTest::keyClicks(&view, QStringLiteral("stty size"));
        QTest::keyClick(&view, Qt::Key_Return);
        const QString size = QStringLiteral("\n%1 %2").arg(view.screen().rows()).arg(view.screen().columns());
        QTRY_VERIFY2(view.text().contains(size), qPrintable(view.text()));
        QTest::keyClicks(&view, QStringLiteral("exit 3"));
        QTest::keyClick(&view, Qt::Key_Return);
        QTRY_COMPARE(host.find<QLabel>("terminalState")->text(), QStringLiteral("ended with exit code 3"));
        QVERIFY(!host.page->isRunning());
        QTest::mouseClick(host.find<QPushButton>("terminalRestart"), Qt::LeftButton);
        QTRY_VERIFY(host.page->isRunning());
    }

    void runsVim()
    {
        const QString vi = QStandardPaths::findExecutable(QStringLiteral("vi"));
        if (vi.isEmpty())
            QSKIP("vi is not installed");
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("note.txt"));
        support::PageHost<ui::TerminalPage> host(shellIn("ml-serving/inference-v2-x7k"));
        run(host, QStringLiteral("%1 %2").arg(vi, file));
        auto& view = host.page->view();
        QTRY_VERIFY(view.text().contains(QStringLiteral("~\n~"))); // its empty lines
        QTest::keyClicks(&view, QStringLiteral("ihello from the pod"));
        QTest::keyClick(&view, Qt::Key_Escape);
        QTRY_VERIFY(view.text().startsWith(QStringLiteral("hello from the pod")));
        QTest::keyClicks(&view, QStringLiteral(":wq"));
        QTest::keyClick(&view, Qt::Key_Return);
        QTRY_COMPARE(host.find<QLabel>("terminalState")->text(), QStringLiteral("ended"));
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(), QByteArray("hello from the pod\n"));
    }

    void aFloodDoesNotStopTheWindow()
    {
        support::PageHost<ui::TerminalPage> host(shellIn("ml-serving/inference-v2-x7k"));
        run(host, QStringLiteral("sh -c \"seq 200000; echo done\""));
        auto& view = host.page->view();
        QTRY_VERIFY_WITH_TIMEOUT(!host.page->isRunning(), 60'000);
        QTRY_VERIFY(view.text().endsWith(QStringLiteral("done")));
        QCOMPARE(view.screen().scrolledAway(), 10'000);
        // Shift+PageUp looks back, a key goes to the end again.
        QTest::keyClick(&view, Qt::Key_PageUp, Qt::ShiftModifier);
        QVERIFY(view.verticalScrollBar()->value() < view.verticalScrollBar()->maximum());
    }

    void selectsAndCopies()
    {
        ui::TerminalView view;
        view.resize(400, 200);
        view.show();
        view.screen().feed("first line\r\nsecond line");
        const QFontMetrics metrics(view.font());
        const auto place = [&](int column, int row) {
            return QPoint(column * metrics.horizontalAdvance(u'M') + 2, row * metrics.height() + 2);
        };
        QTest::mousePress(view.viewport(), Qt::LeftButton, {}, place(6, 0));
        QTest::mouseMove(view.viewport(), place(5, 1));
        QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, place(5, 1));
        QCOMPARE(view.selectedText(), QStringLiteral("line\nsecond"));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("line\nsecond"));
    }

    void nobodyIsCaughtInIt()
    {
        ui::TerminalView view;
        view.show();
        QKeyEvent leave(QEvent::KeyPress, Qt::Key_Tab, Qt::ControlModifier);
        QCoreApplication::sendEvent(&view, &leave);
        QVERIFY(!leave.isAccepted());
        QKeyEvent mine(QEvent::ShortcutOverride, Qt::Key_W, Qt::ControlModifier);
        mine.ignore();
        QCoreApplication::sendEvent(&view, &mine);
        QVERIFY(mine.isAccepted()); // the shell's, not the window's
        view.screen().feed("one\r\ntwo");
        auto* interface = QAccessible::queryAccessibleInterface(&view);
        QCOMPARE(interface->role(), QAccessible::Terminal);
        QCOMPARE(interface->text(QAccessible::Value), QStringLiteral("one\ntwo"));
        QCOMPARE(interface->text(QAccessible::Description), QStringLiteral("two"));
    }

    void aRefusalIsShown()
    {
        auto engine = support::sampleEngine();
        engine->failWith(
            core::Error {core::Error::Code::Forbidden, "pods \"x\" is forbidden: cannot create exec", {}, {}, 0, 0});
        support::PageHost<ui::TerminalPage> host(std::move(engine), shellIn("ml-serving/inference-v2-x7k"));
        QTRY_COMPARE(host.find<QLabel>("terminalState")->text(), QStringLiteral("not connected"));
        auto* strip = host.page->findChild<ui::ErrorStrip*>();
        QVERIFY(strip != nullptr && strip->details().contains(QStringLiteral("cannot create exec")));
    }

    void forwardsPorts()
    {
        support::PageHost<ui::ForwardsPage> host(ui::PageId {ui::PageKind::Forwards, {}, {}});
        const auto service = support::key("Service", "inference-stable");
        auto* dialog = new ui::ForwardDialog({*host.engine, host.bridge, host.workbench}, service, host.page.get());
        dialog->open();
        auto* port = dialog->findChild<QComboBox*>(QStringLiteral("forwardPort"));
        port->setEditText(QStringLiteral("8080 http"));
        dialog->findChild<QSpinBox*>(QStringLiteral("forwardLocalPort"))->setValue(18080);
        dialog->accept();
        QCOMPARE(host.workbench.opened.back().kind, ui::PageKind::Forwards);
        auto& list = ui::ForwardList::of(host.bridge);
        QTRY_VERIFY(!list.entries().empty() && list.entries().front().forward != nullptr);
        QCOMPARE(host.engine->commands().back(), std::string("forward " + service.text() + " 8080"));
        QCOMPARE(host.page->model().rowCount(), 1);
        QVERIFY(host.page->model().row(host.page->model().index(0, 0))->target.endsWith(QStringLiteral(":18080")));
        // A connection that fails is told from another thread.
        std::thread([&] {
            host.engine->onForwardProblem({core::Error::Code::Unavailable, "the pod is gone", {}, {}, 0, 0});
        }).join();
        QTRY_VERIFY(host.page->model()
                        .data(host.page->model().index(0, 3))
                        .toString()
                        .contains(QStringLiteral("the pod is gone")));
        QTRY_VERIFY(host.page->view().model()->rowCount() == 1);
        host.page->view().setCurrentIndex(host.page->view().model()->index(0, 0));
        host.page->activateWindow(); // the dialog is gone
        QVERIFY(QTest::qWaitForWindowActive(host.page.get()));
        QTest::keyClick(&host.page->view(), Qt::Key_Delete);
        QTRY_COMPARE(host.page->model().rowCount(), 0);
        QVERIFY(list.entries().empty());
    }

    void aRefusedForwardGoes()
    {
        auto engine = support::sampleEngine();
        engine->failWith(
            core::Error {core::Error::Code::Unavailable, "no pod behind the service is ready", {}, {}, 0, 0});
        support::PageHost<ui::ForwardsPage> host(std::move(engine), ui::PageId {ui::PageKind::Forwards, {}, {}});
        int failed = 0;
        ui::ForwardList::of(host.bridge).add(support::key("Service", "s"), 80, 0, [&](const core::Error&) {
            ++failed;
        });
        QTRY_COMPARE(failed, 1);
        QVERIFY(ui::ForwardList::of(host.bridge).entries().empty());
    }
};

QTEST_MAIN(TestTerminal)
#include "tst_terminal.moc"
