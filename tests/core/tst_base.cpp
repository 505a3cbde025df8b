// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/strings.h"

#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace std::chrono_literals;

class TestBase : public QObject
{
    Q_OBJECT

private slots:
    void goDurations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("nanos");
        QTest::addColumn<QString>("printed");
        QTest::newRow("minutes") << "5m" << qint64 {300'000'000'000} << "5m0s";
        QTest::newRow("mixed") << "1h2m3.5s" << qint64 {3'723'500'000'000} << "1h2m3.5s";
        QTest::newRow("negative") << "-90s" << qint64 {-90'000'000'000} << "-1m30s";
        QTest::newRow("milli") << "300ms" << qint64 {300'000'000} << "300ms";
        QTest::newRow("zero") << "0" << qint64 {0} << "0s";
    }
    void goDurations()
    {
        QFETCH(QString, text);
        QFETCH(qint64, nanos);
        QFETCH(QString, printed);
        const auto duration = core::parseGoDuration(text.toStdString());
        QVERIFY(duration.has_value());
        QCOMPARE(duration->count(), nanos);
        QCOMPARE(QString::fromStdString(core::formatGoDuration(*duration)), printed);
    }
    void badGoDurationsAreRefused()
    {
        for (const auto* text : {"", "5", "m", "1x", "9999999999h", "1..5s", "-"})
            QVERIFY2(!core::parseGoDuration(text).has_value(), text);
    }
    void timesRoundTrip()
    {
        const auto time = core::parseRfc3339("2026-03-01T10:00:00+03:00");
        QVERIFY(time.has_value());
        QCOMPARE(core::formatRfc3339(*time), std::string("2026-03-01T07:00:00Z"));
        QCOMPARE(core::formatRfc3339Micro(*core::parseRfc3339("2026-03-01T07:00:00.5Z")),
                 std::string("2026-03-01T07:00:00.500000Z"));
        for (const auto* text :
             {"2026-02-30T00:00:00Z", "2026-03-01", "2026-03-01T10:00:00", "x", "2026-03-01T25:00:00Z"})
            QVERIFY2(!core::parseRfc3339(text).has_value(), text);
    }
    void manualClockWakesItsWaiters()
    {
        core::ManualClock clock(*core::parseRfc3339("2026-03-01T10:00:00Z"));
        const auto deadline = clock.now() + 10min;
        std::jthread waiter([&](const std::stop_token& stop) {
            while (clock.now() < deadline)
                clock.waitUntil(deadline, stop);
        });
        clock.advance(10min);
        waiter.join();
        QCOMPARE(core::formatRfc3339(clock.now()), std::string("2026-03-01T10:10:00Z"));
    }
    void aFasterRateShortensAWaitInProgress()
    {
        core::ScaledClock clock(1.0);
        std::jthread waiter([&](const std::stop_token& stop) { clock.sleepFor(1h, stop); });
        clock.setRate(1'000'000.0);
        waiter.join();
        QCOMPARE(clock.rate(), 1'000'000.0);
    }
    void aWakeUpBetweenLookingAndWaitingIsNotLost()
    {
        core::ManualClock clock(*core::parseRfc3339("2026-03-01T10:00:00Z"));
        const auto ticket = clock.ticket();
        clock.wakeAll();
        clock.waitUntil(clock.now() + 1h, {}, ticket);
        QVERIFY(clock.ticket() != ticket);
    }
    void stopEndsAWait()
    {
        core::ScaledClock clock;
        std::jthread waiter([&](const std::stop_token& stop) { clock.sleepFor(1h, stop); });
        waiter.request_stop();
        waiter.join();
    }
    void base64RoundTrips()
    {
        for (const std::string bytes : {"", "a", "ab", "abc", "\xff\x00z"})
            QCOMPARE(core::base64Decode(core::base64Encode(bytes)).value(), bytes);
        QVERIFY(!core::base64Decode("a*b=").has_value());
        QVERIFY(!core::base64Decode("abc").has_value());
    }
    void utf8IsChecked()
    {
        QVERIFY(core::isValidUtf8("نموذج"));
        QVERIFY(!core::isValidUtf8("\xC0\x80"));
        QVERIFY(!core::isValidUtf8("\xED\xA0\x80"));
        QVERIFY(!core::isValidUtf8("\xE2\x82"));
    }
    void errorsNameThePlaceAndTheHint()
    {
        const core::Error error {core::Error::Code::InvalidInput, "bad key", "a.yaml:3:1", "remove it"};
        QCOMPARE(error.within("read").text(), std::string("a.yaml:3:1: read: bad key (remove it)"));
    }
    void atomicWriteReplacesTheWholeFile()
    {
        QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "a" / "b.txt";
        QVERIFY(core::paths::writeFileAtomically(path, "one").has_value());
        QVERIFY(core::paths::writeFileAtomically(path, "two", true).has_value());
        QCOMPARE(core::paths::readFile(path).value(), std::string("two"));
        QCOMPARE(core::paths::readFile(path, 2).error().code, core::Error::Code::LimitExceeded);
        QCOMPARE(core::paths::readFile(path.parent_path()).error().code, core::Error::Code::InvalidInput);
        QCOMPARE(core::paths::readFile(path / "x").error().code, core::Error::Code::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestBase)
#include "tst_base.moc"
