// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/verdict.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace core::rollout;

class TestRolloutVerdict : public QObject
{
    Q_OBJECT

    /// How often, of many rollouts that are looked at after each of 50 intervals, an opinion is reached.
    static double shareOf(Opinion opinion, double stableRate, double canaryRate, double canaryShare, int rollouts)
    {
        std::mt19937 random(7);
        int reached = 0;
        for (int i = 0; i < rollouts; ++i) {
            std::vector<RateSample> samples;
            for (int interval = 0; interval < 50; ++interval) {
                const double traffic = 4000;
                RateSample sample;
                sample.canaryRequests = std::poisson_distribution<std::int64_t>(traffic * canaryShare)(random);
                sample.stableRequests = std::poisson_distribution<std::int64_t>(traffic * (1 - canaryShare))(random);
                sample.canaryFailures =
                    std::binomial_distribution<std::int64_t>(sample.canaryRequests, canaryRate)(random);
                sample.stableFailures =
                    std::binomial_distribution<std::int64_t>(sample.stableRequests, stableRate)(random);
                samples.push_back(sample);
                if (judgeRates(samples).opinion != Opinion::Undecided)
                    break;
            }
            reached += judgeRates(samples).opinion == opinion ? 1 : 0;
        }
        return static_cast<double>(reached) / rollouts;
    }

private slots:
    void ratesAlarmFalselyAsRarelyAsPromised_data()
    {
        QTest::addColumn<double>("rate");
        QTest::addColumn<double>("share");
        for (const double rate : {0.001, 0.01, 0.05})
            for (const double share : {0.1, 0.5})
                QTest::addRow("%g failing, %g of the traffic", rate, share) << rate << share;
    }
    void ratesAlarmFalselyAsRarelyAsPromised()
    {
        QFETCH(double, rate);
        QFETCH(double, share);
        const double alarms = shareOf(Opinion::Worse, rate, rate, share, 1000);
        QVERIFY2(alarms <= 0.02, std::to_string(alarms).c_str()); // 0.01, and what chance adds in 1000 trials
    }
    void aVersionThatIsTwiceAsBadIsFound()
    {
        QVERIFY(shareOf(Opinion::Worse, 0.01, 0.02, 0.2, 300) > 0.85);
        QVERIFY(shareOf(Opinion::NotWorse, 0.01, 0.01, 0.2, 300) > 0.95);
    }

    void littleTrafficIsUndecided()
    {
        const auto verdict = judgeRates({{900, 9, 100, 2}});
        QCOMPARE(verdict.opinion, Opinion::Undecided);
        QVERIFY(verdict.sure >= 0.5 && verdict.sure < 0.99);
        QVERIFY(verdict.needed && *verdict.needed > 100);
        QCOMPARE(judgeRates({}).opinion, Opinion::Undecided);
        QVERIFY(!judgeRates({}).needed);
        QVERIFY(!judgeRates({{900, 0, 100, 0}}).needed); // nothing fails: nobody knows how long
    }
    void theTrafficStillNeededIsAboutRight()
    {
        std::mt19937 random(3);
        std::vector<RateSample> samples {{3600, 36, 400, 5}};
        const auto needed = judgeRates(samples).needed;
        QVERIFY(needed);
        std::int64_t used = 0;
        while (judgeRates(samples).opinion == Opinion::Undecided && used < 1'000'000) {
            samples.push_back({900, std::binomial_distribution<std::int64_t>(900, 0.01)(random), 100,
                               std::binomial_distribution<std::int64_t>(100, 0.01)(random)});
            used += 100;
        }
        QVERIFY2(used < *needed * 10 && *needed < used * 10,
                 (std::to_string(used) + " used, " + std::to_string(*needed) + " foreseen").c_str());
    }

    void latenciesAlarmFalselyAsRarelyAsPromised()
    {
        std::mt19937 random(11);
        std::lognormal_distribution<double> latency(-2, 0.6);
        int alarms = 0;
        for (int i = 0; i < 1000; ++i) {
            std::vector<double> stable;
            std::vector<double> canary;
            for (int look = 1; look <= 8; ++look) {
                for (int n = 0; n < 20; ++n) {
                    stable.push_back(latency(random));
                    canary.push_back(latency(random));
                }
                if (judgeLatencies(stable, canary, look).opinion == Opinion::Worse) {
                    ++alarms;
                    break;
                }
            }
        }
        QVERIFY2(alarms <= 20, std::to_string(alarms).c_str());
    }
    void slowerLatenciesAreFound()
    {
        std::mt19937 random(5);
        std::lognormal_distribution<double> latency(-2, 0.6);
        std::vector<double> stable;
        std::vector<double> canary;
        std::vector<double> equal;
        for (int n = 0; n < 300; ++n) {
            stable.push_back(latency(random));
            canary.push_back(latency(random) * 1.6);
            equal.push_back(latency(random));
        }
        const auto slower = judgeLatencies(stable, canary);
        QCOMPARE(slower.opinion, Opinion::Worse);
        QVERIFY(slower.sure > 0.99);
        QCOMPARE(judgeLatencies(stable, equal).opinion, Opinion::NotWorse);
        std::reverse(canary.begin(), canary.end());
        QCOMPARE(judgeLatencies(canary, stable).opinion, Opinion::NotWorse); // faster
        const auto few = judgeLatencies({1, 2, 3, 4}, {2, 3, 4, 5});
        QCOMPARE(few.opinion, Opinion::Undecided);
        QVERIFY(few.needed && *few.needed > 5);
        QCOMPARE(judgeLatencies({1, 1, 1, 1}, {1, 1, 1, 1}).opinion, Opinion::Undecided); // all equal says nothing
        QCOMPARE(judgeLatencies({1, 2, NAN, 3, 4}, {NAN, 2}).opinion, Opinion::Undecided);
    }
};

QTEST_APPLESS_MAIN(TestRolloutVerdict)
#include "tst_rollout_verdict.moc"
