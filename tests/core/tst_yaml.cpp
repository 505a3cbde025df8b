// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "core/manifest/yaml_node.h"
#include "core/manifest/yaml_printer.h"
#include "support/yaml_nodes.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <boost/json.hpp>

#include <algorithm>

using namespace core::manifest;

namespace {

std::string json(std::string_view yaml)
{
    const auto documents = parseYaml(yaml, "t.yaml");
    if (!documents)
        return "error: " + documents.error().message;
    std::string out;
    for (const auto& document : *documents)
        out += (out.empty() ? "" : "|") + toJson(document.value);
    return out;
}

std::string reprint(const char* jsonText)
{
    return toYaml(parseJson(jsonText).value());
}

/// Whether the reader of blocks takes the text; fails the test where it reads it otherwise than libyaml.
bool readsAlike(const std::string& text, const NodeLimits& limits)
{
    const auto reading = tests::readBeside(text, limits);
    if (reading == tests::BlockReading::Otherwise)
        QTest::qFail(("read otherwise: " + text.substr(0, 2000)).c_str(), __FILE__, __LINE__);
    return reading != tests::BlockReading::Refused;
}

} // namespace

class TestYaml : public QObject
{
    Q_OBJECT

private slots:
    void scalarsResolveAsGoDoes_data()
    {
        QTest::addColumn<QString>("yaml");
        QTest::addColumn<QString>("expected");
        const std::pair<const char*, const char*> rows[] {
            {"a: yes", R"({"a":true})"},
            {"a: off", R"({"a":false})"},
            {"a: 'yes'", R"({"a":"yes"})"},
            {"a: 0755", R"({"a":493})"},
            {"a: 0o17", R"({"a":15})"},
            {"a: 08", R"({"a":8E0})"},
            {"a: 1_000", R"({"a":1000})"},
            {"a: -0x1F", R"({"a":-31})"},
            {"a: 0b11", R"({"a":3})"},
            {"a: 18446744073709551615", R"({"a":18446744073709551615})"},
            {"a: 1.5e3", R"({"a":1.5E3})"},
            {"a: 12:30", R"({"a":"12:30"})"},
            {"a: 2021-01-01", R"({"a":"2021-01-01"})"},
            {"a: ~", R"({"a":null})"},
            {"a:", R"({"a":null})"},
            {"a: !!str 1", R"({"a":"1"})"},
            {"a: !!binary aGk=", R"({"a":"hi"})"},
            {"a: !foo 12", R"({"a":"12"})"},
            {"1: x\ntrue: z", R"({"1":"x","true":"z"})"},
            {"a: &x {b: 1}\nc: *x", R"({"a":{"b":1},"c":{"b":1}})"},
            {"a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", R"({"a":{"b":1,"c":2},"d":{"b":1,"c":3}})"},
            {"a: {name:, b: 1}", R"({"a":{"name:":null,"b":1}})"},
            {"a: [x:, [y:], {z:}]\nb: [c:d, 'e:', f: g]",
             R"({"a":["x:",["y:"],{"z:":null}],"b":["c:d","e:",{"f":"g"}]})"},
            {"a: [\xC3\xA9:]", "{\"a\":[\"\xC3\xA9:\"]}"},
            {"a: {b:{c: 1}}", "error: yaml: line 1: while parsing a flow mapping: did not find expected ',' or '}'"},
            {"a: [http://x?y=1]",
             "error: yaml: line 1: while parsing a flow sequence: did not find expected ',' or ']'"},
            {"a: {? b: '?'}\nc: d?e", R"({"a":{"b":"?"},"c":"d?e"})"},
            {"a: 1\n---\n# only a comment\n---\nb: 2", R"({"a":1}|{"b":2})"},
            {"# nothing", ""},
            {"a: 1\na: 2", "error: yaml: line 2: mapping key \"a\" already defined at line 1"},
            {"a: .inf", "error: json: unsupported value: +Inf"},
            {"a: &x [*x]", "error: yaml: line 1: anchor 'x' value contains itself"},
            {"a: *y", "error: yaml: line 1: unknown anchor 'y' referenced"},
        };
        for (const auto& [yaml, expected] : rows)
            QTest::newRow(yaml) << QString::fromUtf8(yaml) << QString::fromUtf8(expected);
    }
    void scalarsResolveAsGoDoes()
    {
        QFETCH(QString, yaml);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(json(yaml.toStdString())), expected);
    }
    void errorsNameTheirPlace()
    {
        const auto result = parseYaml("a:\n  b: [1\nc: 2\n", "dir/f.yaml");
        QVERIFY(!result);
        QVERIFY2(result.error().where.starts_with("dir/f.yaml:3"), result.error().where.c_str());
        QCOMPARE(result.error().code, core::Error::Code::InvalidInput);
    }
    void bombsEndInAnError()
    {
        std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 12; ++i) {
            const auto last = "*a" + std::to_string(i - 1);
            bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
            for (int n = 0; n < 9; ++n)
                bomb += "," + last;
            bomb += "]\n";
        }
        const auto result = parseYaml(bomb, "bomb");
        QVERIFY(!result);
        QCOMPARE(result.error().code, core::Error::Code::LimitExceeded);
        const auto deep = parseYaml(std::string(5'000, '['), "deep");
        QVERIFY(!deep);
        QCOMPARE(deep.error().code, core::Error::Code::LimitExceeded);
    }
    void duplicateKeysMayBeAllowed()
    {
        YamlLimits limits;
        limits.allowDuplicateKeys = true;
        const auto documents = parseYaml("a: 1\nb: 2\na: 3", "t", limits);
        QCOMPARE(toJson(documents->front().value), std::string(R"({"a":3,"b":2})"));
    }
    void printsAsGoDoes_data()
    {
        QTest::addColumn<QString>("input");
        QTest::addColumn<QString>("expected");
        const std::pair<const char*, const char*> rows[] {
            {R"({"b":[{"x":1,"a":[]}],"a":{}})", "a: {}\nb:\n- a: []\n  x: 1\n"},
            {R"([[1,2],[{"a":null}]])", "- - 1\n  - 2\n- - a: null\n"},
            {R"({"a":"true","b":"1","c":"","d":"y","e":"2021-01-01","f":"12:30","g":"<<","h":"="})",
             "a: \"true\"\nb: \"1\"\nc: \"\"\nd: \"y\"\ne: \"2021-01-01\"\nf: \"12:30\"\ng: <<\nh: =\n"},
            {R"({"a":"x: y","b":"- x","c":"-x","d":" x","e":"it's","f":"a #b","g":"'q'"})",
             "a: 'x: y'\nb: '- x'\nc: -x\nd: ' x'\ne: it's\nf: 'a #b'\ng: '''q'''\n"},
            {R"({"a":"l1\nl2","b":"l1\n","c":"l1\n\n","d":" l\n","e":"t\tx\n","f":"x \ny"})",
             "a: |-\n  l1\n  l2\nb: |\n  l1\nc: |+\n  l1\n\nd: |2\n   l\ne: \"t\\tx\\n\"\nf: \"x \\ny\"\n"},
            {R"({"n":1,"k10":1,"k9":2,"K":3,"_a":4,"1":5})", "_a: 4\n\"1\": 5\nK: 3\nk9: 2\nk10: 1\n\"n\": 1\n"},
            {R"({"a":1.0,"b":1234567.5,"c":1e21,"d":0.00001,"e":1.5,"f":-0.0,"g":100000000000000000000.0})",
             "a: 1\nb: 1.2345675e+06\nc: 1e+21\nd: 1e-05\ne: 1.5\nf: 0\ng: 1e+20\n"},
            {"{\"a\":\"\\u0001\\u007f\xF0\x9F\x98\x80\"}", "a: \"\\x01\\x7F\\U0001F600\"\n"},
            {R"("text")", "text\n"},
            {R"([])", "[]\n"},
        };
        for (const auto& [input, expected] : rows)
            QTest::newRow(input) << QString::fromUtf8(input) << QString::fromUtf8(expected);
    }
    void printsAsGoDoes()
    {
        QFETCH(QString, input);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(reprint(input.toUtf8().constData())), expected);
    }
    /// Of hexadecimal digits go-yaml's order of keys makes circles.
    void keysInCirclesArePrintedOnceEach()
    {
        QVERIFY(naturalLess("a10c", "a1b") && naturalLess("a1b", "a2c") && naturalLess("a2c", "a10c"));
        Object object;
        std::uint32_t number = 1;
        for (int i = 0; i < 20'000; ++i) {
            number = number * 1'664'525U + 1'013'904'223U;
            object["k" + QByteArray::number(number, 16).toStdString()] = i;
        }
        const Value value(object);
        const auto printed = toYaml(value);
        const auto read = parseYaml(printed, "t.yaml");
        QVERIFY(read.has_value() && read->size() == 1);
        QVERIFY(read->front().value == value);
        std::string ofNodes;
        QVERIFY(!appendYaml(ofNodes, toNode(value)) || ofNodes == printed);
    }
    void longLinesFoldAfterColumn80()
    {
        std::string words;
        for (int i = 0; i < 30; ++i)
            words += (i > 0 ? " " : "") + std::string("word");
        const auto out = toYaml(Value(Object {{"k", words}}));
        QCOMPARE(out.find('\n'), std::size_t {82});
        QCOMPARE(out.substr(82, 7), std::string("\n  word"));
        QCOMPARE(parseYaml(out, "t")->front().value, Value(Object {{"k", words}}));
    }
    void longKeysTakeTheExplicitForm()
    {
        const std::string key(130, 'k');
        QCOMPARE(toYaml(Value(Object {{key, 1}})), "? " + key + "\n: 1\n");
    }
    void orderedKeepsTheOrder()
    {
        QCOMPARE(toYamlOrdered(parseJson(R"({"kind":"A","apiVersion":"v1"})").value()),
                 std::string("kind: A\napiVersion: v1\n"));
    }
    void locatesPaths()
    {
        const std::string text = "# c\na: 1\n---\nspec:\n  list:\n  - name: x\n    image: y\n";
        const auto mark = locate(text, 1, {"spec", "list", "0", "image"});
        QCOMPARE(mark.line, std::size_t {7});
        QCOMPARE(mark.column, std::size_t {12});
        QCOMPARE(locate(text, 1, {"spec", "list", "4"}).line, std::size_t {0});
        QCOMPARE(locate(text, 5, {}).line, std::size_t {0});
    }
    void version3KeepsWordsAsText()
    {
        const auto nodes = parseNodes("a: yes\nb: 2021-1-2\nc: 0o17\nd: true\n", "t");
        QVERIFY(nodes.has_value());
        QCOMPARE(toJson(toValue(nodes->front(), YamlDialect::V3).value()),
                 std::string(R"({"a":"yes","b":"2021-01-02T00:00:00Z","c":15,"d":true})"));
        const auto keys = parseNodes("a: {1: x}", "t");
        QVERIFY(!toValue(keys->front(), YamlDialect::V3));
    }
    void nodesPrintAsTheirValues_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("prints");
        const std::pair<const char*, bool> rows[] {
            {"b: 1\na:\n- x\n- {d: [], c: {}}\n- - y\n  - ~\nv10: no\nv9: 'no'\n", true},
            {"a: 0x1F\nb: 1.50\nc: 2021-1-2\nd: true\ne: 18446744073709551615\nf: -0.0\ng: 1e3\n", true},
            {"a: |\n  two\n  lines\nb: \"tab\\t\"\n'': x\n\"12:30\": \"12:30\"\n", true},
            {"a: {b: , c: null}\n", true},
            {"- x\n", true},
            {"{}\n", true},
            {"\xC3\xA9: \xC3\xA9\n", true},
            {"a: 1\na: 2\n", false},
            {"a: {b: {c: 1, c: 1}}\n", false},
            {"1: a\n", false},
            {"a: .inf\n", false},
            {"a: !!int x\n", false},
            {"a: \"\\x7F\"\n", false},
            {"a: \"\\N\"\n", false},
            {"\"\\x7F\": a\n", false},
        };
        for (const auto& [text, prints] : rows)
            QTest::newRow(text) << QString::fromUtf8(text) << prints;
    }
    void nodesPrintAsTheirValues()
    {
        QFETCH(QString, text);
        QFETCH(bool, prints);
        NodeLimits limits;
        limits.keepDuplicates = true;
        const auto nodes = parseNodes(text.toStdString(), "t", limits);
        QVERIFY2(nodes.has_value() && !nodes->empty(), nodes ? "" : nodes.error().text().c_str());
        std::string out = "before\n";
        QCOMPARE(appendYaml(out, nodes->front()), prints);
        const auto value = toValue(nodes->front(), YamlDialect::V3);
        QCOMPARE(out, "before\n" + (prints ? toYaml(value.value()) : std::string {}));
    }
    void blocksReadAsLibyamlReads_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("taken");
        const std::pair<const char*, bool> rows[] {
            {"a: 1\nb:\n- x\n-\n- - y\n  - z: 1\n    w:\nc:\n  d: ''\n", true},
            {"# c\n\n---\na: b # c\n---\n# none\n---\nb: c\n", true},
            {"a: one\n  two\n\n  three # c\nb: x#y\nc: http://d\n", true},
            {"a: 'it''s\n  two  \n\n  three'\nb: \"x\\\"y\\n\\\n    z \\\\\"\n'c d' : \"e\"\n\"f\": -1\n", true},
            {"a: |\n\n  one\n   two\n\nb: >-\n  x\n  y\n\n  z\n   w\n  v\nc: |+\n  d\n\n\n", true},
            {"- |\n one\n- >+\n  two\n  \n- a\n  - b\n", true},
            {"a: |\nb: >-\n\nc:\n  - |\n  - >\n  - d: |-\n\n# c\n    e: 1\nf: |\n", true},
            {"a:\n  b: |\n      \n  c: 1\n", true},
            {"a: |+\n\nb: 1\n", false},
            {"\xC3\xA9: {}\nb\xC3\xA9: []\n", true},
            {"a:\n  text\n  more\nb:\n  'q'\n", true},
            {"", true},
            {"a: &x 1\nb: *x\n", false},
            {"a: !!str 1\n", false},
            {"a: {b: c}\n", false},
            {"a:\tb\n", false},
            {"<<: {}\n", false},
            {"a: b: c\n", false},
            {"a: b\n c: d\n", false},
            {"a:\n    b: 1\n  c: 2\n", false},
            {"a: 1\na: 2\n", false},
            {"a: |2\n   x\n", false},
            {"a: 'x\n", false},
            {"a: 1\nb\n", false},
            {"a: 1\n...\n", false},
            {"? a\n: b\n", false},
            {"text\n", false},
            {"a: \xFF\n", false},
        };
        for (const auto& [text, taken] : rows)
            QTest::newRow(text) << QString::fromLatin1(text) << taken;
    }
    void blocksReadAsLibyamlReads()
    {
        QFETCH(QString, text);
        QFETCH(bool, taken);
        for (const auto dialect : {YamlDialect::V2, YamlDialect::V3}) {
            NodeLimits limits;
            limits.dialect = dialect;
            QCOMPARE(readsAlike(text.toLatin1().toStdString(), limits), taken);
        }
    }
    /// All YAML of the conformance inputs, as it is and with a few bytes changed.
    void blocksOfFilesReadAsLibyamlReads()
    {
        const QString root = QStringLiteral(CONFORMANCE_DIR "/kustomize");
        if (!QDir(root).exists())
            QSKIP("conformance data is not here");
        QDirIterator files(root, {"*.yaml"}, QDir::Files, QDirIterator::Subdirectories);
        std::size_t taken = 0;
        std::size_t state = 1;
        const auto below = [&](std::size_t count) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            return (state >> 33U) % count;
        };
        NodeLimits limits;
        limits.keepDuplicates = true;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto text = file.readAll().toStdString();
            taken += readsAlike(text, limits) ? 1 : 0;
            constexpr std::size_t kLong = 4000;
            for (int i = 0; i < 8 && !text.empty() && text.size() < kLong; ++i) {
                auto changed = text;
                constexpr std::string_view kBytes = " \n-:#'\"|>a0{[\\";
                for (auto n = 1 + below(2); n > 0; --n) {
                    const auto at = below(changed.size());
                    if (below(2) == 0)
                        changed.insert(at, 1, kBytes[below(kBytes.size())]);
                    else
                        changed.erase(at, changed.size() > 1 ? 1 : 0);
                }
                (void)readsAlike(changed, limits);
            }
        }
        QVERIFY2(taken > 1000, std::to_string(taken).c_str());
    }
    /// Every document that the real kustomize printed is printed again to the same bytes.
    void reprintsConformanceOutput()
    {
        const QString root = QStringLiteral(CONFORMANCE_DIR "/kustomize");
        if (!QDir(root).exists())
            QSKIP("conformance data is not here");
        QDirIterator files(root, {"expect.yaml"}, QDir::Files, QDirIterator::Subdirectories);
        int count = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto text = file.readAll().toStdString();
            const auto documents = parseYaml(text, file.fileName().toStdString());
            QVERIFY2(documents.has_value(), documents ? "" : documents.error().text().c_str());
            std::string again;
            for (const auto& document : *documents)
                again += (again.empty() ? "" : "---\n") + toYaml(document.value);
            QCOMPARE(QString::fromStdString(again), QString::fromStdString(text));
            ++count;
        }
        QVERIFY(count > 200);
    }
};

QTEST_APPLESS_MAIN(TestYaml)
#include "tst_yaml.moc"
