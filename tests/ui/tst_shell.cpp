// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fake_engine.h"
#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/shell/actions.h"
#include "ui/shell/application.h"
#include "ui/shell/feed_model.h"
#include "ui/shell/main_window.h"
#include "ui/shell/palette.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QDialog>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <algorithm>
#include <cmath>

class TestShell : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qputenv("PILOTHOUSE_HOME", m_home.path().toUtf8());
        ui::setupApplication(*qApp);
        ui::setLanguage(QStringLiteral("en"));
        m_engine = support::sampleEngine();
    }
    void cleanup() { ui::setLanguage(QStringLiteral("en")); }

    void opensWithTheApplications()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        QVERIFY(window.currentPage() != nullptr);
        QVERIFY(window.currentPage()->id().kind == ui::PageKind::Applications);
        QCOMPARE(window.findChild<QLabel*>(QStringLiteral("statusCounts"))->text(), QStringLiteral("7 applications"));
    }

    void refreshButtonReachesTheEngine()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.inspect(support::sampleApp(), std::nullopt);
        window.actionSet().get(QLatin1String("refresh"))->trigger();
        QTRY_VERIFY(!m_engine->commands().empty());
        QCOMPARE(m_engine->commands().back(), std::string("refresh argocd/llm-service"));
    }

    void abortAsksForAReason()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.inspect(support::sampleApp(), std::nullopt);
        const auto before = m_engine->commands().size();
        window.actionSet().get(QLatin1String("abort"))->trigger();
        auto* dialog = window.findChild<QDialog*>(QStringLiteral("askDialog"));
        QVERIFY(dialog != nullptr);
        auto* go = dialog->findChild<QPushButton*>(QStringLiteral("askGo"));
        QVERIFY(!go->isEnabled());
        QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("askReason")), QStringLiteral("too slow"));
        QVERIFY(go->isEnabled());
        QTest::mouseClick(go, Qt::LeftButton);
        QTRY_COMPARE(m_engine->commands().size(), before + 1);
        QCOMPARE(m_engine->commands().back(),
                 std::string("act Rollout/ml-serving/inference-rollout abort because too slow"));
    }

    void refusalIsShownWithItsReason()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.inspect({"argocd", "embeddings"}, std::nullopt);
        m_engine->failWith(core::Error {core::Error::Code::Forbidden, "sync windows deny it",
                                        "AppProject/ml-production", "Wait until 18:00", 0, 0});
        window.actionSet().get(QLatin1String("sync"))->trigger();
        auto* strip = window.findChild<QWidget*>(QStringLiteral("errorStrip"));
        QTRY_VERIFY(
            window.actionSet().get(QLatin1String("copy-error")) != nullptr
            && std::ranges::any_of(window.findChildren<QLabel*>(QStringLiteral("errorText")), [](QLabel* label) {
                   return label->text().contains(QStringLiteral("sync windows deny it"))
                       && label->text().contains(QStringLiteral("Wait until 18:00"));
               }));
        QVERIFY(strip != nullptr);
        m_engine->failWith(std::nullopt);
    }

    void paletteFindsAndRuns()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.actionSet().get(QLatin1String("palette"))->trigger();
        auto& palette = window.commandPalette();
        const QAbstractItemModelTester tester(&palette.model());
        QVERIFY(palette.isVisible());
        QTest::keyClicks(&palette.input(), QStringLiteral("llm-serv"));
        QVERIFY(palette.model().rowCount() > 0);
        QTest::keyClick(&palette.input(), Qt::Key_Return);
        QTRY_VERIFY(window.currentPage()->id().kind == ui::PageKind::Tree);
        QCOMPARE(window.currentPage()->id().app, support::sampleApp());
    }

    void fuzzyPrefersTheStart()
    {
        QVERIFY(!ui::fuzzyScore(QStringLiteral("xyz"), QStringLiteral("Sync")).has_value());
        QVERIFY(*ui::fuzzyScore(QStringLiteral("sy"), QStringLiteral("Sync"))
                > *ui::fuzzyScore(QStringLiteral("sy"), QStringLiteral("Automated sync")));
        QVERIFY(ui::fuzzyScore(QStringLiteral("rb"), QStringLiteral("Roll back")).has_value());
    }

    void languageSwitchesAndMirrors()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        auto* left = window.findChild<QDockWidget*>(QStringLiteral("connectionsPanel"));
        QCOMPARE(window.dockWidgetArea(left), Qt::LeftDockWidgetArea);
        QCOMPARE(window.actionSet().get(QLatin1String("sync"))->text(), QStringLiteral("Sync"));
        ui::setLanguage(QStringLiteral("ar"));
        QTRY_COMPARE(window.actionSet().get(QLatin1String("sync"))->text(), QStringLiteral("مزامنة"));
        QCOMPARE(window.layoutDirection(), Qt::RightToLeft);
        QCOMPARE(window.dockWidgetArea(left), Qt::RightDockWidgetArea);
        QCOMPARE(window.currentPage()->title(), QStringLiteral("التطبيقات"));
        ui::setLanguage(QStringLiteral("en"));
        QTRY_COMPARE(window.dockWidgetArea(left), Qt::LeftDockWidgetArea);
    }

    void nothingIsUntranslated()
    {
        QFile file(QStringLiteral(SOURCE_DIR "/resources/translations/pilothouse_ar.ts"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QXmlStreamReader reader(&file);
        QString source;
        int messages = 0;
        while (!reader.atEnd()) {
            reader.readNext();
            if (!reader.isStartElement())
                continue;
            if (reader.name() == QLatin1String("source")) {
                source = reader.readElementText();
                ++messages;
            } else if (reader.name() == QLatin1String("translation")) {
                QVERIFY2(reader.attributes().value(QLatin1String("type")) != QLatin1String("unfinished"),
                         qPrintable(source));
                const QString text = reader.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
                QVERIFY2(!text.isEmpty(), qPrintable(source));
                QCOMPARE(text.contains(QLatin1String("%1")), source.contains(QLatin1String("%1")));
            }
        }
        QVERIFY(messages > 300);
    }

    void contrastOfEveryScheme()
    {
        const auto luminance = [](const QColor& colour) {
            const auto part = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
            return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
        };
        const auto contrast = [&](const QColor& a, const QColor& b) {
            const double x = luminance(a) + 0.05;
            const double y = luminance(b) + 0.05;
            return std::max(x, y) / std::min(x, y);
        };
        using ui::Token;
        for (int i = 0; i < static_cast<int>(ui::Scheme::Count); ++i) {
            const auto scheme = static_cast<ui::Scheme>(i);
            for (const auto token : {Token::Text, Token::Muted, Token::Accent, Token::Ok, Token::Warn, Token::Bad,
                                     Token::Progress, Token::Suspended, Token::Unknown}) {
                for (const auto ground : {Token::Bg, Token::Surface, Token::Raised}) {
                    const double value = contrast(ui::tokenColor(scheme, token), ui::tokenColor(scheme, ground));
                    QVERIFY2(
                        value >= 4.5,
                        qPrintable(
                            QStringLiteral("scheme %1 token %2: %3").arg(i).arg(static_cast<int>(token)).arg(value)));
                }
            }
        }
    }

    void feedInsertsAtTheFront()
    {
        ui::FeedModel model;
        const QAbstractItemModelTester tester(&model);
        auto rows = ui::eventRows(support::sampleSnapshot());
        model.setRows(std::vector<ui::FeedRow>(rows.begin() + 2, rows.end()));
        const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setRows(rows);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(model.rowCount(), 4);
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }

    void isolatesKeepDirections()
    {
        QCOMPARE(ui::plain(ui::isolate(QStringLiteral("a")) + ui::ltr(QStringLiteral(">= 1"))),
                 QStringLiteral("a>= 1"));
        ui::setDigits(ui::Digits::ArabicIndic);
        QCOMPARE(ui::number(qint64 {42}), QStringLiteral("٤٢"));
        ui::setDigits(ui::Digits::Western);
        QCOMPARE(ui::number(qint64 {12345}), QStringLiteral("12,345"));
    }

private:
    QTemporaryDir m_home;
    std::unique_ptr<support::FakeEngine> m_engine;
};

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
