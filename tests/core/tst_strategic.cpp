// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"
#include "core/manifest/strategic.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace core::manifest;

namespace {

Value yaml(const QString& text)
{
    const auto parsed = parseYaml(text.toStdString(), "test");
    return parsed && !parsed->empty() ? parsed->front().value : Value();
}

const TypeNode* deployment()
{
    return builtinType("apps/v1", "Deployment");
}

QString pod(const QString& spec)
{
    return "spec: {template: {spec: " + spec + "}}";
}

} // namespace

class TestStrategic : public QObject
{
    Q_OBJECT

private slots:
    void appliesByMergeKeys_data()
    {
        QTest::addColumn<QString>("current");
        QTest::addColumn<QString>("patch");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const QString& current, const QString& patch, const QString& expected) {
            QTest::newRow(name) << current << patch << expected;
        };
        row("change element", pod("{containers: [{name: a, image: x}, {name: b, image: y}]}"),
            pod("{containers: [{name: b, image: z}]}"),
            pod("{containers: [{name: a, image: x}, {name: b, image: z}]}"));
        row("new elements go first", pod("{volumes: [{name: v1, emptyDir: {}}]}"),
            pod("{volumes: [{name: v3, emptyDir: {}}]}"),
            pod("{volumes: [{name: v3, emptyDir: {}}, {name: v1, emptyDir: {}}]}"));
        row("the order that is asked for wins", pod("{containers: [{name: a}, {name: b}]}"),
            pod("{$setElementOrder/containers: [{name: a}, {name: b}, {name: c}], containers: [{name: c}]}"),
            pod("{containers: [{name: a}, {name: b}, {name: c}]}"));
        row("delete element", pod("{containers: [{name: a}, {name: b}]}"),
            pod("{containers: [{name: a, $patch: delete}]}"), pod("{containers: [{name: b}]}"));
        row("replace list", pod("{containers: [{name: a}, {name: b}]}"),
            pod("{containers: [{$patch: replace}, {name: c}]}"), pod("{containers: [{name: c}]}"));
        row("replace map", "metadata: {labels: {a: b, c: d}}", "metadata: {labels: {$patch: replace, e: f}}",
            "metadata: {labels: {e: f}}");
        row("atomic lists replace", pod("{tolerations: [{key: a}], nodeSelector: {x: y}}"),
            pod("{tolerations: [{key: b}], nodeSelector: {z: w}}"),
            pod("{tolerations: [{key: b}], nodeSelector: {x: y, z: w}}"));
        row("nested env", pod("{containers: [{name: a, env: [{name: X, value: '1'}, {name: Y, value: '2'}]}]}"),
            pod("{containers: [{name: a, env: [{name: Y, value: '3'}]}]}"),
            pod("{containers: [{name: a, env: [{name: X, value: '1'}, {name: Y, value: '3'}]}]}"));
        row("nulls remove", "metadata: {annotations: {a: b, c: d}}", "metadata: {annotations: {a: null}}",
            "metadata: {annotations: {c: d}}");
        row("retained keys", "spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}",
            "spec: {strategy: {$retainKeys: [type], type: Recreate}}", "spec: {strategy: {type: Recreate}}");
        row("volume source changes", pod("{volumes: [{name: v, emptyDir: {}}]}"),
            pod("{volumes: [{name: v, $retainKeys: [name, hostPath], hostPath: {path: /x}}]}"),
            pod("{volumes: [{name: v, hostPath: {path: /x}}]}"));
        row("scalars of a set", "metadata: {finalizers: [a/b, c/d]}",
            "metadata: {$deleteFromPrimitiveList/finalizers: [a/b], finalizers: [e/f], $setElementOrder/finalizers: "
            "[c/d, e/f]}",
            "metadata: {finalizers: [c/d, e/f]}");
    }
    void appliesByMergeKeys()
    {
        QFETCH(QString, current);
        QFETCH(QString, patch);
        QFETCH(QString, expected);
        Value value = yaml(current);
        const auto done = strategicMerge(value, yaml(patch), deployment());
        QVERIFY2(done, done ? "" : done.error().message.c_str());
        QCOMPARE(toSortedJson(value), toSortedJson(yaml(expected)));
    }

    void refusesWhatCannotBe_data()
    {
        QTest::addColumn<QString>("patch");
        QTest::newRow("no key") << pod("{containers: [{image: x}]}");
        QTest::newRow("unknown directive") << pod("{$patch: frobnicate}");
        QTest::newRow("order without the element")
            << pod("{$setElementOrder/containers: [{name: a}], containers: [{name: c}]}");
        QTest::newRow("keys not retained") << "spec: {strategy: {$retainKeys: [type], type: A, rollingUpdate: {}}}";
    }
    void refusesWhatCannotBe()
    {
        QFETCH(QString, patch);
        const Value before = yaml("spec: {strategy: {type: A}, template: {spec: {containers: [{name: a}]}}}");
        Value value = before;
        QVERIFY(!strategicMerge(value, yaml(patch), deployment()));
        QVERIFY(value == before);
    }

    void computedPatchesLeadThere_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        const auto row = [](const char* name, const QString& from, const QString& to) {
            QTest::newRow(name) << from << to;
        };
        row("nothing", pod("{containers: [{name: a}]}"), pod("{containers: [{name: a}]}"));
        row("image", pod("{containers: [{name: a, image: x}]}"), pod("{containers: [{name: a, image: y}]}"));
        row("reordered", pod("{containers: [{name: a}, {name: b}]}"), pod("{containers: [{name: b}, {name: a}]}"));
        row("removed", pod("{containers: [{name: a}, {name: b}]}"), pod("{containers: [{name: b}]}"));
        row("added and removed", pod("{containers: [{name: a}, {name: b}]}"),
            pod("{containers: [{name: c, image: q}, {name: b}]}"));
        row("strategy", "spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}",
            "spec: {strategy: {type: Recreate}}");
        row("volumes", pod("{volumes: [{name: v, emptyDir: {}}]}"), pod("{volumes: [{name: v, hostPath: {path: /}}]}"));
        row("finalizers", "metadata: {finalizers: [a/b, c/d]}", "metadata: {finalizers: [c/d, e/f]}");
        row("labels", "metadata: {labels: {a: b, c: d}}", "metadata: {labels: {c: e}}");
        row("args", pod("{containers: [{name: a, args: [x, y]}]}"), pod("{containers: [{name: a, args: [y]}]}"));
    }
    void computedPatchesLeadThere()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        Value value = yaml(from);
        const auto patch = createStrategicPatch(value, yaml(to), deployment());
        QVERIFY(patch);
        QVERIFY(strategicMerge(value, *patch, deployment()));
        QCOMPARE(toSortedJson(value), toSortedJson(yaml(to)));
        if (from == to)
            QCOMPARE(toJson(*patch), std::string("{}"));
    }

    void threeWayPatchKeepsWhatOthersSet()
    {
        const auto original = yaml(pod("{containers: [{name: a, image: x}, {name: gone}]}"));
        const auto modified = yaml(pod("{containers: [{name: a, image: y}]}"));
        Value current =
            yaml(pod("{containers: [{name: a, image: x, imagePullPolicy: Always}, {name: gone}, {name: other}]}"));
        const auto patch = createThreeWayStrategicPatch(original, modified, current, deployment());
        QVERIFY(patch);
        QVERIFY(strategicMerge(current, *patch, deployment()));
        QCOMPARE(
            toSortedJson(current),
            toSortedJson(yaml(pod("{containers: [{name: a, image: y, imagePullPolicy: Always}, {name: other}]}"))));
    }

    /// Elements that lose a field stand among those that change, in the order that the patch itself demands.
    void threeWayPatchesStandInOrder()
    {
        std::minstd_rand dice(11);
        const auto below = [&](unsigned limit) { return static_cast<unsigned>(dice() >> 8U) % limit; };
        const auto containers = [&] {
            std::vector<std::string> names {"a", "b", "c", "d"};
            std::shuffle(names.begin(), names.end(), dice);
            names.resize(1 + below(4));
            QStringList list;
            for (const auto& name : names)
                list << QString("{name: %1, image: 'x:%2'%3%4}")
                            .arg(QString::fromStdString(name))
                            .arg(below(2))
                            .arg(below(2) == 0 ? ", args: [one]" : "", below(2) == 0 ? ", env: [{name: A}]" : "");
            return yaml(pod("{containers: [" + list.join(", ") + "]}"));
        };
        for (int i = 0; i < 2'000; ++i) {
            const auto original = containers();
            const auto modified = containers();
            Value current = original;
            const auto patch = createThreeWayStrategicPatch(original, modified, current, deployment());
            QVERIFY(patch);
            const auto merged = strategicMerge(current, *patch, deployment());
            QVERIFY2(merged, merged ? "" : merged.error().text().c_str());
            QCOMPARE(toSortedJson(current), toSortedJson(modified));
        }
    }

    void threeWayMergePatchOfCustomKinds()
    {
        Value current = yaml("spec: {a: 1, b: 2, c: 3}");
        const auto patch = createThreeWayMergePatch(yaml("spec: {a: 1, b: 2}"), yaml("spec: {a: 5}"), current);
        mergePatch(current, patch);
        QCOMPARE(toSortedJson(current), std::string(R"({"spec":{"a":5,"c":3}})"));
    }

    void jsonPatchSpeaksTheServersDialect_data()
    {
        QTest::addColumn<QString>("operations");
        QTest::addColumn<QString>("expected");
        QTest::newRow("add") << R"([{"op":"add","path":"/b/-","value":3}])"
                             << R"({"a":1,"b":[1,2,3]})";
        QTest::newRow("replace adds") << R"([{"op":"replace","path":"/c","value":3}])"
                                      << R"({"a":1,"b":[1,2],"c":3})";
        QTest::newRow("test null") << R"([{"op":"test","path":"/zz","value":null}])"
                                   << R"({"a":1,"b":[1,2]})";
        QTest::newRow("negative index") << R"([{"op":"remove","path":"/b/-1"}])"
                                        << R"({"a":1,"b":[1]})";
        QTest::newRow("move") << R"([{"op":"move","from":"/a","path":"/b/0"}])"
                              << R"({"b":[1,1,2]})";
        QTest::newRow("copy missing") << R"([{"op":"copy","from":"/q","path":"/r"}])"
                                      << R"({"a":1,"b":[1,2],"r":null})";
        QTest::newRow("all or nothing") << R"([{"op":"remove","path":"/a"},{"op":"remove","path":"/nope"}])"
                                        << "";
        QTest::newRow("bad index") << R"([{"op":"add","path":"/b/9","value":1}])"
                                   << "";
        QTest::newRow("failed test") << R"([{"op":"test","path":"/a","value":2}])"
                                     << "";
        QTest::newRow("unknown") << R"([{"op":"frob","path":"/a"}])"
                                 << "";
        QTest::newRow("no array") << R"({"op":"remove","path":"/a"})"
                                  << "";
    }
    void jsonPatchSpeaksTheServersDialect()
    {
        QFETCH(QString, operations);
        QFETCH(QString, expected);
        const auto before = *parseJson(R"({"a":1,"b":[1,2]})");
        Value value = before;
        const auto done = jsonPatch(value, *parseJson(operations.toStdString()));
        QCOMPARE(bool(done), !expected.isEmpty());
        QCOMPARE(toSortedJson(value), expected.isEmpty() ? toSortedJson(before) : expected.toStdString());
    }

    void mergePatchesRoundTrip()
    {
        const auto from = *parseJson(R"({"a":{"b":1,"c":[1]},"d":2})");
        const auto to = *parseJson(R"({"a":{"b":2},"e":{"f":null}})");
        Value value = from;
        mergePatch(value, createMergePatch(from, to));
        QCOMPARE(toSortedJson(value), std::string(R"({"a":{"b":2},"e":{}})"));
    }
};

QTEST_GUILESS_MAIN(TestStrategic)
#include "tst_strategic.moc"
