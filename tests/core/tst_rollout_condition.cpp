// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/expr.h"
#include "core/rollout/condition.h"

#include <QFile>
#include <QTest>

#include <boost/json.hpp>

#include <limits>

using namespace core;
using namespace core::rollout;

namespace {

expr::Value special(const manifest::Value& json)
{
    if (const auto* object = json.if_object()) {
        if (const auto* number = object->if_contains("$float")) {
            const double inf = std::numeric_limits<double>::infinity();
            const auto text = number->as_string();
            return text == "NaN" ? std::numeric_limits<double>::quiet_NaN() : text == "-Inf" ? -inf : inf;
        }
    }
    return {};
}

expr::Value typed(const manifest::Value& row)
{
    const auto kind = manifest::text(row, {"resultType"});
    const auto* result = manifest::find(row, {"result"});
    if (!result || result->is_null())
        return {};
    if (kind == "float64" || kind == "float64Pointer") {
        const auto other = special(*result);
        return other.isNil() ? expr::Value(result->to_number<double>()) : other;
    }
    if (kind == "float64s") {
        expr::Array list;
        list.element = expr::Kind::Float;
        for (const auto& item : result->as_array()) {
            const auto other = special(item);
            list.items.push_back(other.isNil() ? expr::Value(item.to_number<double>()) : other);
        }
        return list;
    }
    if (kind == "json")
        return expr::fromProviderJson(*result);
    return expr::fromJson(*result);
}

} // namespace

class TestRolloutCondition : public QObject
{
    Q_OBJECT

private slots:
    void conformance()
    {
        QFile file(QStringLiteral(CONFORMANCE_DIR "/rollouts/conditions.jsonl"));
        if (!file.open(QIODevice::ReadOnly))
            QSKIP("the conformance data is not here");
        int cases = 0;
        int failures = 0;
        for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
            const auto row =
                manifest::parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size()))).value();
            ++cases;
            const auto kind = manifest::text(row, {"kind"});
            const std::string condition(manifest::text(row, {"condition"}));
            const bool wantError = manifest::flag(row, {"expected", "error"});
            std::string got;
            std::string expected;
            if (kind == "measurement") {
                const auto verdict = judge(manifest::text(row, {"successCondition"}),
                                           manifest::text(row, {"failureCondition"}), typed(row));
                got = verdict.phase;
                expected = manifest::text(row, {"expected", "phase"});
            } else if (kind == "condition") {
                const auto answer = evaluateCondition(condition, typed(row));
                got = !answer ? "error" : *answer ? "true" : "false";
                expected = wantError ? "error" : manifest::flag(row, {"expected", "value"}) ? "true" : "false";
            } else {
                const auto answer = evaluateTime(condition, {});
                got = answer ? formatRfc3339(*answer) : "error";
                expected = wantError ? "error" : std::string(manifest::text(row, {"expected", "value"}));
            }
            if (got != expected) {
                ++failures;
                qWarning("%s\n   gives %s", line.constData(), got.c_str());
            }
        }
        QCOMPARE(cases, 304);
        QCOMPARE(failures, 0);
    }

    void jsonIsTypedAsProvidersHandItOver()
    {
        const auto eval = [](std::string_view condition, std::string_view json) {
            return evaluateCondition(condition, resultFromJson(manifest::parseJson(json).value()));
        };
        QVERIFY(*eval("result[0] >= 0.99", "[1]"));
        QVERIFY(!eval("result >= 0.99", "[1]"));
        QVERIFY(!eval("result[0] == \"x\"", "[1]")); // a list of floats is typed
        QVERIFY(!*eval("result.a == \"x\"", "{\"a\": 1}")); // what lies in an object is not
        QVERIFY(*eval("result == nil", "null"));
        QVERIFY(!eval("result < 1", "null"));
        QCOMPARE(eval("nosuch", "1").error().message, std::string("unknown name nosuch"));
    }

    void wrongConditionsAreFoundBeforehand()
    {
        QVERIFY(checkCondition("result > 1", ResultKind::FloatList));
        QVERIFY(!checkCondition("result > 1", ResultKind::Float));
        QVERIFY(!checkCondition("result[0] > 1 && len(result) > 0", ResultKind::FloatList));
        QVERIFY(!checkCondition("result.data.ok && result.n > 3", ResultKind::Untyped));
        QVERIFY(checkCondition("result.data.ok &&", ResultKind::Untyped));
        QVERIFY(checkCondition("resutl > 3", ResultKind::Untyped));
        QVERIFY(checkCondition("result[0]", ResultKind::FloatList));
    }

    void thresholdsAreRead()
    {
        const auto found =
            thresholds("len(result) > 0 && result[0] >= 0.99 && 1.5e3 > result[1] || default(result, 0) < -2");
        QCOMPARE(found.size(), std::size_t {3}); // how many values there are is no limit of theirs
        QCOMPARE(found[0].comparison, std::string(">="));
        QCOMPARE(found[0].value, 0.99);
        QCOMPARE(found[2].value, -2.0);
        QVERIFY(thresholds("count(filter(result, # > 1), true) > 3").size() == 1); // the one inside
        QCOMPARE(thresholds("all(result, # < 5)").size(), std::size_t {1});
        QVERIFY(thresholds("result == 'ok' || isNaN(result[0])").empty());
    }
};

QTEST_GUILESS_MAIN(TestRolloutCondition)
#include "tst_rollout_condition.moc"
