// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/text_diff.h"

#include <QTest>

#include <random>
#include <string>

using namespace core::diff;

class TestTextDiff : public QObject
{
    Q_OBJECT

private:
    /// Hunks cover both texts, alternate, and equal runs are equal. Returns the number of changed lines.
    static std::size_t check(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b)
    {
        std::size_t i = 0;
        std::size_t j = 0;
        std::size_t changed = 0;
        bool first = true;
        bool lastSame = false;
        for (const auto& hunk : diffLines(a, b)) {
            if (hunk.aBegin != i || hunk.bBegin != j || (!first && hunk.same == lastSame))
                qFatal("runs do not follow each other");
            first = false;
            lastSame = hunk.same;
            if (hunk.same) {
                if (hunk.aEnd - hunk.aBegin != hunk.bEnd - hunk.bBegin)
                    qFatal("an equal run has two lengths");
                for (std::size_t n = 0; n < hunk.aEnd - hunk.aBegin; ++n) {
                    if (a[hunk.aBegin + n] != b[hunk.bBegin + n])
                        qFatal("an equal run differs");
                }
            } else {
                changed += hunk.aEnd - hunk.aBegin + hunk.bEnd - hunk.bBegin;
            }
            i = hunk.aEnd;
            j = hunk.bEnd;
        }
        if (i != a.size() || j != b.size())
            qFatal("runs do not reach the end");
        return changed;
    }

    static std::size_t longestCommon(const std::string& a, const std::string& b)
    {
        std::vector<std::size_t> row(b.size() + 1, 0);
        for (std::size_t i = 1; i <= a.size(); ++i) {
            std::size_t diagonal = 0;
            for (std::size_t j = 1; j <= b.size(); ++j) {
                const auto above = row[j];
                row[j] = a[i - 1] == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.size()];
    }

private slots:
    void oneChangedLine()
    {
        const auto hunks = diffLines("a\nb\nc\n", "a\nB\nc\n");
        const std::vector<Hunk> expected {{true, 0, 1, 0, 1}, {false, 1, 2, 1, 2}, {true, 2, 3, 2, 3}};
        QVERIFY(hunks == expected);
    }

    void emptyTexts()
    {
        QVERIFY(diffLines("", "").empty());
        QVERIFY(diffLines("", "a\nb") == (std::vector<Hunk> {{false, 0, 0, 0, 2}}));
        QVERIFY(diffLines("a\n", "") == (std::vector<Hunk> {{false, 0, 1, 0, 0}}));
    }

    void smallRandomTextsAreMinimalWhereNoAnchorMisleads()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 3000; ++round) {
            std::string a;
            std::string b;
            const auto letters = 2 + random() % 3;
            for (auto n = random() % 24; n > 0; --n)
                a += static_cast<char>('a' + random() % letters);
            for (auto n = random() % 24; n > 0; --n)
                b += static_cast<char>('a' + random() % letters);
            std::vector<std::string_view> linesA;
            std::vector<std::string_view> linesB;
            for (std::size_t i = 0; i < a.size(); ++i)
                linesA.emplace_back(a.data() + i, 1);
            for (std::size_t i = 0; i < b.size(); ++i)
                linesB.emplace_back(b.data() + i, 1);
            const auto changed = check(linesA, linesB);
            const auto least = a.size() + b.size() - 2 * longestCommon(a, b);
            QVERIFY(changed >= least);
            bool unique = false; // an element that occurs once on both sides is an anchor and may cost more
            for (char c = 'a'; c < 'f'; ++c)
                unique = unique || (std::count(a.begin(), a.end(), c) == 1 && std::count(b.begin(), b.end(), c) == 1);
            if (!unique && a.size() > 3 && b.size() > 3)
                QVERIFY2(changed <= least + 8, qPrintable(QString::fromStdString(a + " " + b)));
        }
    }

    void fiftyThousandLines_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("scattered changes") << 0;
        QTest::newRow("nothing in common") << 1;
        QTest::newRow("two alternating lines against random ones") << 2;
    }

    void fiftyThousandLines()
    {
        QFETCH(int, kind);
        std::mt19937 random(3);
        std::string a;
        std::string b;
        for (int i = 0; i < 50'000; ++i) {
            if (kind == 0) {
                a += "key" + std::to_string(i) + ": value\n";
                b += "key" + std::to_string(i) + (i % 97 == 0 ? ": other\n" : ": value\n");
            } else if (kind == 1) {
                a += "a" + std::to_string(i) + "\n";
                b += "b" + std::to_string(i) + "\n";
            } else {
                a += i % 2 == 0 ? "x\n" : "y\n";
                b += random() % 2 == 0 ? "x\n" : "y\n";
            }
        }
        const auto changed = check(splitLines(a), splitLines(b));
        if (kind == 0)
            QCOMPARE(changed, std::size_t {2 * 516});
        if (kind == 1)
            QCOMPARE(changed, std::size_t {100'000});
    }

    void wordsOfALine_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<QString>("removed");
        QTest::addColumn<QString>("added");
        QTest::newRow("image tag") << "image: llm:v1.2"
                                   << "image: llm:v1.3"
                                   << "2"
                                   << "3";
        QTest::newRow("value") << "replicas: 3"
                               << "replicas: 10"
                               << "3"
                               << "10";
        QTest::newRow("words join over spaces") << "a: one two"
                                                << "a: three four"
                                                << "one two"
                                                << "three four";
        QTest::newRow("arabic") << QString::fromUtf8("نص: فشل النشر") << QString::fromUtf8("نص: نجح النشر")
                                << QString::fromUtf8("فشل") << QString::fromUtf8("نجح");
        QTest::newRow("equal") << "x"
                               << "x"
                               << ""
                               << "";
    }

    void wordsOfALine()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(QString, removed);
        QFETCH(QString, added);
        const auto lineA = a.toStdString();
        const auto lineB = b.toStdString();
        const auto words = diffWords(lineA, lineB);
        const auto pick = [](const std::string& line, const std::vector<ByteRange>& ranges) {
            std::string text;
            for (const auto& range : ranges)
                text += (text.empty() ? "" : "|") + line.substr(range.begin, range.end - range.begin);
            return QString::fromStdString(text);
        };
        QCOMPARE(pick(lineA, words.a), removed);
        QCOMPARE(pick(lineB, words.b), added);
    }

    void rowsPairLinesThatResembleEachOther()
    {
        const auto a = splitLines("spec:\n  image: llm:v1\n  old: 1\nend");
        const auto b = splitLines("spec:\n  new: true\n  image: llm:v2\nend");
        const auto rows = sideBySide(a, b);
        const std::vector<Row> expected {
            {0, 0, true}, {std::nullopt, 1, false}, {1, 2, false}, {2, std::nullopt, false}, {3, 3, true}};
        QVERIFY(rows == expected);
    }
};

QTEST_GUILESS_MAIN(TestTextDiff)
#include "tst_text_diff.moc"
