// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/expr.h"
#include "core/manifest/value.h"

#include <QFile>
#include <QTest>

#include <boost/json.hpp>

#include <cmath>
#include <limits>

using namespace core;
using namespace core::expr;

namespace {

/// The data's {"$float": "NaN"} and the like become values.
expr::Value decode(const manifest::Value& json)
{
    if (const auto* object = json.if_object()) {
        if (const auto* special = object->if_contains("$float")) {
            const auto text = special->as_string();
            const double inf = std::numeric_limits<double>::infinity();
            return text == "NaN" ? std::numeric_limits<double>::quiet_NaN() : text == "-Inf" ? -inf : inf;
        }
        if (const auto* bytes = object->if_contains("$bytes")) {
            Bytes out;
            for (const auto& byte : bytes->as_array())
                out.data += static_cast<char>(byte.to_number<int>());
            return out;
        }
        Map out;
        if (const auto* pairs = object->if_contains("$map")) {
            out.anyKeys = true;
            for (const auto& pair : pairs->as_array())
                out.set(decode(pair.as_array()[0]), decode(pair.as_array()[1]));
            return out;
        }
        for (const auto& [key, value] : *object)
            out.items.emplace_back(std::string(key), decode(value));
        return out;
    }
    if (const auto* array = json.if_array()) {
        Array out;
        for (const auto& item : *array)
            out.items.push_back(decode(item));
        return out;
    }
    return fromJson(json);
}

/// As the data shows values: NaN equals NaN, months and weekdays are numbers, map order and key kinds aside.
bool same(const expr::Value& a, const expr::Value& b)
{
    if (a.asFloat() && b.asFloat())
        return (std::isnan(*a.asFloat()) && std::isnan(*b.asFloat())) || *a.asFloat() == *b.asFloat();
    if (a.asString() && b.asString()) // JSON cannot hold a cut character
        return QString::fromStdString(*a.asString()) == QString::fromStdString(*b.asString());
    if (a.asArray() && b.asArray()) {
        const auto& x = a.asArray()->items;
        const auto& y = b.asArray()->items;
        return x.size() == y.size() && std::equal(x.begin(), x.end(), y.begin(), same);
    }
    if (a.asMap() && b.asMap()) {
        const auto& x = *a.asMap();
        const auto& y = *b.asMap();
        return x.items.size() == y.items.size() && std::all_of(x.items.begin(), x.items.end(), [&](const auto& item) {
                   return std::any_of(y.items.begin(), y.items.end(), [&](const auto& other) {
                       return same(item.first, other.first) && same(item.second, other.second);
                   });
               });
    }
    return a.deepEquals(b);
}

} // namespace

class TestExpr : public QObject
{
    Q_OBJECT

private slots:
    void conformance()
    {
        QFile file(QStringLiteral(CONFORMANCE_DIR "/expr/cases.jsonl"));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("the conformance data is not here");
        int cases = 0;
        int failures = 0;
        for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
            const auto row =
                manifest::parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
            QVERIFY(row.has_value());
            Env env;
            for (const auto& [key, value] : manifest::object(*row, {"env"}))
                env[std::string(key)] = decode(value);
            const auto mode = manifest::text(*row, {"mode"});
            const std::string expression(manifest::text(*row, {"expr"}));
            for (const bool strict : {true, false}) {
                if (mode == (strict ? "dynamic" : "strict"))
                    continue;
                ++cases;
                const auto program = strict ? compileStrict(expression, env) : compileDynamic(expression);
                std::string wrong;
                if (manifest::flag(*row, {"error"})) {
                    const bool atCompile = manifest::text(*row, {"stage"}) == "compile";
                    if (atCompile && program)
                        wrong = "compiles";
                    else if (!atCompile && !program)
                        wrong = "does not compile: " + program.error().message;
                    else if (!atCompile) {
                        if (const auto result = program->run(env))
                            wrong = "gives " + result->text();
                    }
                } else if (!program) {
                    wrong = "does not compile: " + program.error().text();
                } else if (const auto result = program->run(env); !result) {
                    wrong = "fails: " + result.error().text();
                } else if (const auto* expected = manifest::find(*row, {"expected"});
                           !same(*result, expected ? decode(*expected) : expr::Value {})) {
                    wrong = "gives " + result->typeName() + " " + result->text();
                }
                if (!wrong.empty()) {
                    ++failures;
                    qWarning("%s (%s): %s\n    %s\n    expected %s", std::string(manifest::text(*row, {"id"})).c_str(),
                             strict ? "strict" : "dynamic", expression.c_str(), wrong.c_str(),
                             manifest::flag(*row, {"error"})
                                 ? std::string(manifest::text(*row, {"message"})).c_str()
                                 : manifest::toJson(*manifest::find(*row, {"expected"})).c_str());
                }
            }
        }
        qInfo("%d evaluations", cases);
        QVERIFY(cases > 4000);
        QCOMPARE(failures, 0);
    }

    void boundsEndEveryRun_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nested parentheses") << QByteArray(100'000, '(');
        QTest::newRow("nested not") << QByteArray(100'000, '!') + "true";
        QTest::newRow("nested lists") << QByteArray(50'000, '[') + QByteArray(50'000, ']');
        QTest::newRow("long sum") << QByteArray("1") + QByteArray("+1").repeated(20'000);
        QTest::newRow("loops in loops") << QByteArray("all(1..9999, all(1..9999, all(1..9999, all(1..9999, # > 0))))");
        QTest::newRow("doubling text") << QByteArray("reduce(1..99, #acc + #acc, 'ab')");
        QTest::newRow("growing lists") << QByteArray("reduce(1..99, concat(#acc, #acc), [1, 2])");
        QTest::newRow("ternaries") << QByteArray("true ? ").repeated(50'000);
        QTest::newRow("ifs") << QByteArray("if true {1} else ").repeated(50'000);
    }
    void boundsEndEveryRun()
    {
        QFETCH(QByteArray, text);
        const auto program = compileDynamic(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
        if (program)
            QVERIFY(!program->run({}).has_value());
        else
            QVERIFY(!program.error().message.empty());
    }

    void damagedTextNeverCrashes()
    {
        QFile file(QStringLiteral(CONFORMANCE_DIR "/expr/cases.jsonl"));
        std::vector<std::string> seeds {"map(filter([1, 2], # > 1), {#.a?.b ?? 'x'})[1:] | len() in {a: 1}"};
        if (file.open(QIODevice::ReadOnly)) {
            for (int i = 0; i < 3000; ++i) {
                const QByteArray line = file.readLine();
                if (line.isEmpty() || i % 15 != 0)
                    continue;
                const auto row =
                    manifest::parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
                seeds.emplace_back(manifest::text(*row, {"expr"}));
            }
        }
        std::uint32_t state = 12345;
        const auto random = [&](std::size_t below) {
            state = state * 1664525U + 1013904223U;
            return static_cast<std::size_t>(state >> 8U) % below;
        };
        std::size_t answers = 0;
        for (const auto& seed : seeds) {
            for (int round = 0; round < 20; ++round) {
                std::string text = seed;
                for (int edit = 0; edit < 2 && !text.empty(); ++edit) {
                    const auto at = random(text.size());
                    static constexpr std::string_view kPieces = "()[]{}#.?:|,;\"'`\\0x1e9\xff and";
                    if (random(2) == 0)
                        text.erase(at, 1 + random(3));
                    else
                        text.insert(at, 1, kPieces[random(kPieces.size())]);
                }
                if (const auto program = compileDynamic(text))
                    answers += program->run({}).has_value() ? 1U : 0U;
            }
        }
        QVERIFY(answers > 0);
    }

    void errorsNameLineAndColumn()
    {
        const auto program = compileStrict("1 +\n  nosuch", {});
        QVERIFY(!program);
        QCOMPARE(program.error().message, std::string("unknown name nosuch"));
        QCOMPARE(program.error().where, std::string("2:3"));
    }

    void functionsAreCheckedAndCalled()
    {
        Env env;
        env["half"] = std::make_shared<const Function>(Function {
            "half", {Kind::Float}, Kind::Float, [](std::span<const expr::Value> arguments) -> Result<expr::Value> {
                return arguments[0].number() / 2;
            }});
        env["n"] = 3;
        QCOMPARE(compileStrict("half(3)", env)->run(env)->number(), 1.5);
        QVERIFY(!compileStrict("half(n)", env));
        QVERIFY(!compileStrict("half()", env));
        QVERIFY(!compileStrict("half(1.0) == 'x'", env));
    }
};

QTEST_GUILESS_MAIN(TestExpr)
#include "tst_expr.moc"
