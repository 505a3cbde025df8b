// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/resource.h"
#include "core/manifest/value.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core::manifest;

class TestValue : public QObject
{
    Q_OBJECT

private slots:
    void findsByPath()
    {
        const auto value = parseJson(R"({"spec":{"containers":[{"name":"a"},{"name":"b"}],"replicas":3}})").value();
        QCOMPARE(text(value, {"spec", "containers", "1", "name"}), std::string_view("b"));
        QCOMPARE(integer(value, {"spec", "replicas"}), std::optional<std::int64_t>(3));
        QVERIFY(find(value, {"spec", "containers", "2"}) == nullptr);
        QVERIFY(find(value, {"spec", "containers", "name"}) == nullptr);
    }
    void eraseKeepsTheOrder()
    {
        auto value = parseJson(R"({"a":1,"b":2,"c":3,"d":4})").value();
        QVERIFY(erase(value, {"b"}));
        QVERIFY(!erase(value, {"b"}));
        QCOMPARE(toJson(value), std::string(R"({"a":1,"c":3,"d":4})"));
    }
    void equalityIgnoresOrderAndNumberType()
    {
        QVERIFY(equal(parseJson(R"({"a":1,"b":[1.0]})").value(), parseJson(R"({"b":[1],"a":1.0})").value()));
        QVERIFY(!equal(parseJson("[1,2]").value(), parseJson("[2,1]").value()));
        QVERIFY(!equal(parseJson("18446744073709551615").value(), parseJson("-1").value()));
    }
    void sortedJsonSortsEveryLevel()
    {
        QCOMPARE(toSortedJson(parseJson(R"({"b":{"d":1,"c":2},"a":[]})").value()),
                 std::string(R"({"a":[],"b":{"c":2,"d":1}})"));
        // As Go writes it: a program of Go's printed these.
        QCOMPARE(toSortedJson(Value("<a&b> \xe2\x80\xa8\xe2\x80\xa9 \"\\ \t\n\x01 \xd8\xb3")),
                 std::string("\"\\u003ca\\u0026b\\u003e \\u2028\\u2029 \\\"\\\\ \\t\\n\\u0001 \xd8\xb3\""));
        for (const auto& [number, text] :
             std::initializer_list<std::pair<double, std::string>> {{0.95, "0.95"},
                                                                    {1.0, "1"},
                                                                    {-0.125, "-0.125"},
                                                                    {1e-6, "0.000001"},
                                                                    {1.5e-7, "1.5e-7"},
                                                                    {1e-10, "1e-10"},
                                                                    {1e20, "100000000000000000000"},
                                                                    {1e21, "1e+21"},
                                                                    {0.0, "0"}})
            QCOMPARE(toSortedJson(Value(number)), text);
    }
    void deepAndBrokenJsonIsAnError()
    {
        QVERIFY(!parseJson(std::string(100'000, '[')).has_value());
        QVERIFY(!parseJson("{} x").has_value());
        QVERIFY(!parseJson("{\"a\":}").has_value());
    }
    void keysNameObjects()
    {
        auto value =
            parseJson(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x","namespace":"n"}})")
                .value();
        QCOMPARE(keyOf(value).text(), std::string("Deployment/n/x"));
        QCOMPARE(keyOf(value).group, std::string("apps"));
        setAnnotation(value, "a/b", "c");
        QCOMPARE(annotation(value, "a/b"), std::string_view("c"));
    }
};

QTEST_GUILESS_MAIN(TestValue)
#include "tst_value.moc"
