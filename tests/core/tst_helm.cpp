// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/helm.h"
#include "core/render/helm_chart.h"
#include "core/render/json_schema.h"

#include <QtTest>

using namespace core;
using namespace core::render;

namespace {

using Files = std::map<std::string, std::string>;

const char* const kChart = "apiVersion: v2\nname: demo\nversion: 1.0.0\n";
const char* const kDump =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  v: |\n    {{- .Values | toJson | nindent 4 }}\n";

Request requestFor(Files files)
{
    files.try_emplace("Chart.yaml", kChart);
    Request request;
    request.tree = git::memoryTree(std::move(files));
    return request;
}

// The values that templates see, as JSON.
QString values(Request request)
{
    const auto result = renderHelm(request);
    if (!result)
        return QString::fromStdString("ERROR " + result.error().message);
    for (const auto& resource : (*result)->resources)
        if (manifest::name(*resource.object) == "x")
            return QString::fromStdString(std::string(manifest::text(*resource.object, {"data", "v"}))).trimmed();
    return "no dump";
}

std::string object(const char* kind, const char* name, const char* more = "")
{
    return std::string("apiVersion: v1\nkind: ") + kind + "\nmetadata:\n  name: " + name + "\n" + more;
}

// A tar of files that are all zeros.
QByteArray tar(const std::vector<std::pair<std::string, std::size_t>>& files)
{
    QByteArray bytes;
    for (const auto& [name, size] : files) {
        QByteArray header(512, '\0');
        const auto put = [&header](qsizetype at, const QByteArray& text) { header.replace(at, text.size(), text); };
        put(0, QByteArray::fromStdString(name));
        put(100, "0000644");
        put(124, QByteArray::number(static_cast<qulonglong>(size), 8).rightJustified(11, '0'));
        put(148, "        ");
        put(156, "0");
        put(257, "ustar");
        unsigned sum = 0;
        for (const char c : std::as_const(header))
            sum += static_cast<unsigned char>(c);
        put(148, QByteArray::number(sum, 8).rightJustified(6, '0'));
        bytes += header + QByteArray(static_cast<qsizetype>((size + 511) / 512 * 512), '\0');
    }
    return bytes + QByteArray(1024, '\0');
}

} // namespace

class TestHelm : public QObject
{
    Q_OBJECT

private slots:
    void setGrammar_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* text, const char* expected) { QTest::newRow(text) << text << expected; };
        row("a=1,b=x", R"({"a":1,"b":"x"})");
        row("a.b.c=true", R"({"a":{"b":{"c":true}}})");
        row("a[1]=x,a[0]=y", R"({"a":["y","x"]})");
        row("a[0].b=1,a[0].c=2", R"({"a":[{"b":1,"c":2}]})");
        row("l={a,2,true}", R"({"l":["a",2,true]})");
        row("l={}", R"({"l":[""]})");
        row("a\\.b=c\\,d", R"({"a.b":"c,d"})");
        row("a=007,b=0,c=", R"({"a":"007","b":0,"c":""})");
        row("a=null", R"({})");
        row("a", "ERROR failed parsing --set data: key \"a\" has no value");
        row("a[-1]=x", "ERROR failed parsing --set data: negative -1 index not allowed");
        row("a[99999999]=x",
            "ERROR failed parsing --set data: index of 99999999 is greater than maximum supported index of 65536");
        row("l={a", "ERROR failed parsing --set data: list must terminate with '}'");
        row("a..b=1", "ERROR failed parsing --set data: key map \"a\" has no value");
        row("a.=1", "ERROR failed parsing --set data: key map \"a\" has no value");
        row("a.", R"({})");
    }
    void setGrammar()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        auto request = requestFor({{"templates/a.yaml", kDump}, {"values.yaml", text == "a=null" ? "a: 1\n" : "{}"}});
        request.helm.set = {text.toStdString()};
        QCOMPARE(values(request), expected);
    }

    void valuesComeInOrder()
    {
        auto request = requestFor({{"templates/a.yaml", kDump},
                                   {"values.yaml", "a: 1\nm: {x: 1, w: 2, z: 3}\n"},
                                   {"v1.yaml", "b: 1\nm: {x: 10, z: null}\n"},
                                   {"v2.yaml", "b: 2\n"}});
        request.helm.valueFiles = {"v1.yaml", "/v2.yaml"};
        request.helm.values = "c: 3\n";
        request.helm.set = {"d=4"};
        request.helm.setString = {"e=5"};
        request.helm.setJson = {"f={\"g\":[1]}"};
        QCOMPARE(values(request), QString(R"({"a":1,"b":2,"c":3,"d":4,"e":"5","f":{"g":[1]},"m":{"w":2,"x":10}})"));
        request.helm.valueFiles = {"absent.yaml"};
        QVERIFY(values(request).startsWith("ERROR open absent.yaml"));
        request.helm.ignoreMissingValueFiles = true;
        QVERIFY(!values(request).startsWith("ERROR"));
        request.helm.valueFiles = {"../../etc/passwd"};
        QVERIFY(values(request).startsWith("ERROR"));
    }

    void dependencies_data()
    {
        QTest::addColumn<QString>("set");
        QTest::addColumn<QString>("sources");
        QTest::newRow("defaults") << ""
                                  << "demo/charts/one/templates/o.yaml,demo/charts/second/templates/t.yaml";
        QTest::newRow("condition") << "one.enabled=false"
                                   << "demo/charts/second/templates/t.yaml";
        QTest::newRow("tag") << "tags.back=false"
                             << "demo/charts/one/templates/o.yaml";
        QTest::newRow("condition wins over tag")
            << "tags.front=false,one.enabled=true"
            << "demo/charts/one/templates/o.yaml,demo/charts/second/templates/t.yaml";
    }
    void dependencies()
    {
        QFETCH(QString, set);
        QFETCH(QString, sources);
        auto request = requestFor({{"Chart.yaml",
                                    "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n"
                                    "- {name: one, version: '>=1', condition: one.enabled, tags: [front]}\n"
                                    "- {name: two, version: 2.x, alias: second, tags: [back]}\n"},
                                   {"charts/one/Chart.yaml", "apiVersion: v2\nname: one\nversion: 1.2.3\n"},
                                   {"charts/one/templates/o.yaml", object("ConfigMap", "o")},
                                   {"charts/two/Chart.yaml", "apiVersion: v2\nname: two\nversion: 2.0.0\n"},
                                   {"charts/two/templates/t.yaml", object("ConfigMap", "t")}});
        if (!set.isEmpty())
            request.helm.set = {set.toStdString()};
        const auto result = renderHelm(request);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QStringList found;
        for (const auto& line : split((*result)->yaml, '\n'))
            if (line.starts_with("# Source: "))
                found << QString::fromStdString(line.substr(10));
        QCOMPARE(found.join(','), sources);
    }

    void oneChartUnderTwoNamesHasTheChartBelowOnce()
    {
        auto request =
            requestFor({{"Chart.yaml",
                         "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n"
                         "- {name: mid, version: '*'}\n- {name: mid, version: '*', alias: other}\n"},
                        {"values.yaml", "mid: {leaf: {v: first}}\nother: {leaf: {v: second}}\n"},
                        {"charts/mid/Chart.yaml", "apiVersion: v2\nname: mid\nversion: 1.0.0\n"},
                        {"charts/mid/charts/leaf/Chart.yaml", "apiVersion: v2\nname: leaf\nversion: 1.0.0\n"},
                        {"charts/mid/charts/leaf/templates/a.yaml", kDump}});
        const auto result = renderHelm(request);
        QVERIFY(result);
        QCOMPARE((*result)->resources.size(), 1U);
        QCOMPARE(values(request), QString(R"({"global":{},"v":"second"})"));
    }

    // What `helm template` 3.22 prints for the same expression.
    void expressions_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* expression, const char* expected) {
            QTest::newRow(expression) << expression << expected;
        };
        row(R"(dig "a" "b" "none" .Values.AsMap | toJson)", R"({"c":1})");
        row(R"((.Values.Table "a").YAML | quote)", R"("b:\n  c: 1\n")");
        row(R"(.Values.PathValue "a.b.c")", "1");
        row(R"(.Values.PathValue "a.b")", R"(error calling PathValue: "b" is not a value)");
        row(R"(.Values.Table "s")", R"(error calling Table: "s" is not a table)");
        row(R"(set .Values "q" 1 | typeOf)", "map[string]interface {}");
        row(R"(mergeOverwrite (dict "b" 1 "x" "y" "z" (dict "q" 1) "l" (list 1)) (dict "b" nil "x" "" "z" (dict "q" nil "r" 0) "l" list) | toJson)",
            R"({"b":null,"l":[],"x":"","z":{"q":null,"r":0}})");
        row(R"(merge (dict "m" (dict)) (dict "m" (dict "c" 0 "n" nil) "n" nil) | toJson)", R"({"m":{"c":0}})");
        row(R"(toToml (dict "a" 1000000.0 "b" 1.5 "c" 2.0) | quote)", R"("a = 1e+06\nb = 1.5\nc = 2.0\n")");
        row(R"(toToml (dict "a" (dict "b" (list 1 nil))))", "toml: cannot encode array with nil element");
        row(R"(get (fromYaml "a: {{ .x }}") "Error")",
            "error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}"
            "{\".x\":interface {}(nil)}");
        row(R"(toToml nil)", R"(error calling toToml: reflect: call of reflect.Value.Type on zero Value)");
        row(R"(eq (dict) (dict "a" 1.5))",
            R"(error calling eq: non-comparable type map[a:%!s(float64=1.5)]: map[string]interface {})");
        row(R"(toYamlPretty (dict "a" (list 1 (list 2) (dict "b" 1e20))) | quote)",
            R"("a:\n  - 1\n  - - 2\n  - b: 1e+20")");
        row(R"((semver "v1.2.3-a+b").IncPatch)", "1.2.3");
        row(R"((semver "1.2.3").IncMinor)", "1.3.0");
        row(R"((semver "1.2").IncMajor)", "2.0.0");
        row(R"((semver "1.2.3").SetPrerelease "rc.1")", "1.2.3-rc.1");
        row(R"((semver "1.2.3").SetPrerelease "rc_1")", "error calling SetPrerelease: invalid prerelease string");
        row(R"((semver "1.2.3").IncMajor.Original)", "can't evaluate field Original in type semver.Version");
        row(R"(list .Chart.Keywords .Chart.Sources .Chart.Maintainers .Chart.Dependencies .Chart.Annotations | toJson)",
            "[null,null,null,null,null]");
        row(R"(dict "k" .Chart.Keywords "a" .Chart.Annotations | toYaml)", "a: null\nk: null");
        row(R"(printf "%v %d %t" .Chart.Keywords (len .Chart.Keywords) (empty .Chart.Annotations))", "[] 0 true");
        row(R"(derivePassword (int 1) "long" "p" "u" "s")", "wrong type for value; expected uint32; got int");
        row(R"(derivePassword 1.5 "long" "p" "u" "s")", "expected unsigned integer; found 1.5");
        const auto yaml = [](const char* text, const char* expected) {
            QTest::newRow(text) << QString("get (fromYaml `%1`) \"Error\"").arg(text)
                                << QString("error converting YAML to JSON: ") + expected;
        };
        yaml("a: \"\\/b\"", "yaml: found unknown escape character");
        yaml("x: 1\na: 'b\\/'\nb: \"c\\\\/ \n d\\/\"", "yaml: line 4: found unknown escape character");
        yaml("x: 1\na: \"\\q\"", "yaml: line 2: found unknown escape character");
        yaml("%YAML 1.2\n---\na: b", "yaml: found incompatible YAML document");
        yaml("# c\n%YAML 1.2\n---\na: b", "yaml: line 1: found incompatible YAML document");
        row("fromYaml `a: b\n---\nc: [` | toJson", R"({"a":"b"})");
        row("fromYaml `---\n---\na: b` | toJson", "{}");
        row("fromYaml `x: z\n...\n%YAML 1.2\n---\na: b` | toJson", R"({"x":"z"})");
        yaml("%YAML 1.1\n%YAML 1.1\n---\na: b", "yaml: line 1: found duplicate %YAML directive");
        yaml("%FOO x\n---\na: b", "yaml: found unknown directive name");
        yaml("b: 1\na: *x", "yaml: unknown anchor 'x' referenced");
        yaml("a: &b [*b]", "yaml: anchor 'b' value contains itself");
        yaml("a: 'b", "yaml: found unexpected end of stream");
        yaml("a: !!int x", "yaml: cannot decode !!str `x` as a !!int");
        yaml("a: !!binary x", "yaml: !!binary value contains invalid base64 data");
        yaml("<<: 1", "yaml: map merge requires map or sequence of maps as the value");
        yaml("~: b", "unsupported map key of type: %!s(<nil>), key: <nil>, value: \"b\"");
        yaml("null: [1, a, {yes: 1.5}, 0x10, ~]",
             "unsupported map key of type: %!s(<nil>), key: <nil>, value: []interface {}{1, \"a\", map[interface "
             "{}]interface {}{true:1.5}, 16, interface {}(nil)}");
        yaml("~: .inf", "unsupported map key of type: %!s(<nil>), key: <nil>, value: +Inf");
    }
    void expressions()
    {
        QFETCH(const QString, expression);
        QFETCH(const QString, expected);
        const auto request = requestFor({{"values.yaml", "a: {b: {c: 1}}\ns: text\n"}});
        const auto text = renderTemplateText(request, "templates/x.yaml", "{{ " + expression.toStdString() + " }}");
        const auto shown = QString::fromStdString(text ? *text : text.error().message);
        QVERIFY2(text ? shown == expected : shown.endsWith(expected), qPrintable(shown));
    }

    // As Helm, which reads the first document of each part.
    void nothingBehindDotsIsRead()
    {
        const auto made = renderHelmText(requestFor({{"templates/a.yaml", "a: b\n...\nfoo: [\n"}}));
        QVERIFY2(made.has_value(), made ? "" : made.error().message.c_str());
        QCOMPARE(QString::fromStdString((*made)->yaml),
                 QString("---\n# Source: demo/templates/a.yaml\na: b\n...\nfoo: [\n"));
    }

    // Whatever is read first, the first error of a chart is told.
    void errorsHaveAnOrder()
    {
        auto request = requestFor(
            {{"Chart.yaml", "apiVersion: v2\nname: y\n"}, {"values.yaml", "a: ["}, {"templates/a.yaml", "{{ if }}"}});
        auto made = renderHelm(request);
        QVERIFY(!made);
        QVERIFY2(made.error().message.starts_with("cannot load values.yaml: "), made.error().message.c_str());
        request = requestFor({{"values.yaml", "a: ["}, {"templates/a.yaml", "{{ if }}"}});
        made = renderHelmText(request);
        QVERIFY(!made);
        QVERIFY2(made.error().message.starts_with("cannot load values.yaml: "), made.error().message.c_str());
    }

    // More templates than one thread parses: names, order and errors are those of one.
    void manyTemplates()
    {
        Files files;
        for (int i = 10; i < 90; ++i) {
            const auto name = "m" + std::to_string(i);
            files["templates/" + name + ".yaml"] = "{{ template \"t\" . }}\n---\n"
                + object("ConfigMap", "{{ .Template.Name | base }}", "data: {v: \"{{ include \"t\" . }}\"}\n");
            files["templates/_" + name + ".tpl"] = "{{ define \"t\" }}# " + name + "{{ end }}";
        }
        for (int round = 0; round < 20; ++round) {
            const auto text = renderHelmText(requestFor(files));
            QVERIFY2(text.has_value(), text ? "" : text.error().message.c_str());
            const auto all = renderHelm(requestFor(files));
            QVERIFY(all.has_value());
            QCOMPARE(QString::fromStdString((*text)->yaml), QString::fromStdString((*all)->yaml));
            QCOMPARE((*all)->resources.size(), std::size_t {80});
            QVERIFY((*text)->yaml.find("data: {v: \"# m10\"}") != std::string::npos);
            QVERIFY((*text)->yaml.find("# m11") == std::string::npos);
        }
        files["templates/m50.yaml"] = files["templates/m20.yaml"] = "a\n{{ end }}";
        const auto failed = renderHelmText(requestFor(files));
        QVERIFY(!failed);
        QCOMPARE(QString::fromStdString(failed.error().message),
                 QString("parse error at (demo/templates/m50.yaml:2): unexpected {{end}}"));
    }

    // One chart under two names: its templates are parsed under each.
    void aliasedTemplatesHaveTheirOwnNames()
    {
        const Files files {
            {"Chart.yaml",
             "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n- {name: c, version: 1.x, alias: one}\n- "
             "{name: "
             "c, version: 1.x, alias: two}\n"},
            {"charts/c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
            {"charts/c/templates/a.yaml", "{{ if eq .Chart.Name .Values.bad }}{{ .Values.x.y }}{{ end }}"},
        };
        for (const auto* name : {"one", "two"}) {
            auto request = requestFor(files);
            request.helm.values = "one: {bad: " + std::string(name) + "}\ntwo: {bad: " + name + "}";
            const auto made = renderHelm(request);
            QVERIFY(!made);
            const auto place = std::string("template: demo/charts/") + name + "/templates/a.yaml:1:";
            QVERIFY2(made.error().message.starts_with(place), made.error().message.c_str());
        }
    }

    void chartMetadataIsText()
    {
        const Files files {{"Chart.yaml", "apiVersion: v2\nname: y\nversion: 1.0.0\nappVersion: 1.10\n"}};
        const auto text = renderTemplateText(requestFor(files), "templates/x.yaml",
                                             "{{ .Chart.Name }} {{ .Chart.AppVersion }} {{ .Chart.Version }}");
        QVERIFY(text.has_value());
        QCOMPARE(QString::fromStdString(*text), QString("true 1.1 1.0.0"));
        const auto list =
            renderTemplateText(requestFor({{"Chart.yaml", "apiVersion: v2\nname: [y]\nversion: 1.0.0\n"}}), "a", "");
        QVERIFY(!list
                && list.error().message.find("cannot unmarshal array into Go struct field Metadata.name")
                    != std::string::npos);
    }

    void missingDependency()
    {
        const auto result = renderHelm(requestFor(
            {{"Chart.yaml",
              "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies: [{name: gone, version: 1.0.0}]\n"}}));
        QVERIFY(!result);
        QVERIFY(result.error().message.find("missing in charts/ directory: gone") != std::string::npos);
    }

    void globalsAndImports()
    {
        const auto request =
            requestFor({{"Chart.yaml",
                         "apiVersion: v2\nname: demo\nversion: 1.0.0\ndependencies:\n"
                         "- {name: sub, version: 1.0.0, import-values: [data, {child: deep.er, parent: got}]}\n"},
                        {"values.yaml", "global: {g: 1}\nsub: {own: 2}\n"},
                        {"charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"},
                        {"charts/sub/values.yaml", "own: 1\nexports: {data: {imported: 7}}\ndeep: {er: {k: 8}}\n"},
                        {"charts/sub/templates/a.yaml", kDump},
                        {"templates/b.yaml",
                         "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\nstringData:\n"
                         "  v: {{ .Values.imported }}-{{ .Values.got.k }}\n"}});
        QCOMPARE(values(request),
                 QString(R"({"deep":{"er":{"k":8}},"exports":{"data":{"imported":7}},"global":{"g":1},"own":2})"));
        const auto result = renderHelm(request);
        QVERIFY(result);
        QCOMPARE(std::string(manifest::text(*(*result)->resources.front().object, {"stringData", "v"})),
                 std::string("7-8"));
    }

    void libraryChartsGiveOnlyPartials()
    {
        const auto result = renderHelm(
            requestFor({{"charts/lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n"},
                        {"charts/lib/templates/_h.tpl", "{{ define \"lib.name\" }}from-lib{{ end }}"},
                        {"charts/lib/templates/no.yaml", "{{ fail \"never\" }}"},
                        {"templates/a.yaml", "kind: ConfigMap\nmetadata:\n  name: {{ include \"lib.name\" . }}\n"}}));
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(QString::fromStdString((*result)->yaml),
                 QString("---\n# Source: demo/templates/a.yaml\nkind: ConfigMap\nmetadata:\n  name: from-lib\n"));
    }

    void ordersKindsAndHooks()
    {
        auto request =
            requestFor({{"templates/a.yaml", object("Deployment", "d") + "---\n" + object("Service", "s")},
                        {"templates/b.yaml", object("Thing", "t") + "---\n" + object("Namespace", "ns")},
                        {"templates/h.yaml", object("Job", "h", "  annotations: {helm.sh/hook: pre-install}\n")},
                        {"templates/t.yaml", object("Pod", "p", "  annotations: {helm.sh/hook: test}\n")},
                        {"templates/NOTES.txt", "{{ .Release.Name }}"},
                        {"crds/c.yaml", object("CustomResourceDefinition", "c")}});
        request.helm.includeCrds = true;
        const auto names = [](const Request& r) {
            const auto result = renderHelm(r);
            QStringList list;
            if (result)
                for (const auto& resource : (*result)->resources)
                    list << QString::fromStdString(std::string(manifest::name(*resource.object)));
            return list.join(' ');
        };
        QCOMPARE(names(request), QString("c ns s d t p h"));
        request.helm.skipTests = true;
        request.helm.includeCrds = false;
        QCOMPARE(names(request), QString("ns s d t h"));
    }

    void errorsTellWhere()
    {
        auto request = requestFor({{"templates/a.yaml", "a: b\nc: {{ .Values.x.y.z }}\n"}});
        auto result = renderHelm(request);
        QVERIFY(!result);
        QCOMPARE(result.error().where, std::string("templates/a.yaml:2:13"));
        QCOMPARE(
            result.error().message,
            std::string(
                "template: demo/templates/a.yaml:2:13: executing \"demo/templates/a.yaml\" at <.Values.x.y.z>: nil "
                "pointer evaluating interface {}.y"));
        result = renderHelm(requestFor({{"templates/a.yaml", "{{ required \"say x\" .Values.x }}"}}));
        QVERIFY(!result);
        QCOMPARE(result.error().message, std::string("execution error at (demo/templates/a.yaml:1:3): say x"));
        result = renderHelm(requestFor({{"templates/a.yaml", "a: [\n"}}));
        QVERIFY(!result);
        QVERIFY(result.error().message.starts_with("YAML parse error on demo/templates/a.yaml: "));
        QVERIFY(!renderHelm(requestFor({{"Chart.yaml", "name: x\nversion: nope\n"}})));
        request.path = "nowhere";
        QVERIFY(!renderHelm(request));
    }

    void schemaIsChecked()
    {
        const Files files {
            {"values.schema.json",
             "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \"object\", \"properties\": "
             "{\"port\": {\"$ref\": \"#/$defs/port\"}}, \"$defs\": {\"port\": {\"type\": \"integer\", \"minimum\": "
             "1}}}"},
            {"templates/a.yaml", kDump}};
        auto request = requestFor(files);
        request.helm.set = {"port=80"};
        QCOMPARE(values(request), QString(R"({"port":80})"));
        request.helm.set = {"port=x"};
        QVERIFY(values(request).startsWith("ERROR values don't meet the specifications of the schema(s)"));
        request.helm.skipSchemaValidation = true;
        QCOMPARE(values(request), QString(R"({"port":"x"})"));
    }

    void schemasElsewhereAreFetched()
    {
        auto request = requestFor({
            {"values.schema.json",
             "{\"properties\": {\"port\": {\"$ref\": \"https://schemas.example/1/port.json#/$defs/port\"}}}"},
            {"templates/a.yaml", kDump},
        });
        request.helm.set = {"port=0"};
        QVERIFY2(values(request).contains("schemas are not fetched here"), qPrintable(values(request)));
        int asked = 0;
        const auto fetch = [&asked](const std::string& location, const std::string&,
                                    const std::stop_token&) -> Result<git::TreePtr> {
            ++asked;
            if (location != "file+https://schemas.example/1/port.json")
                return fail(Error::Code::NotFound, "404", location);
            return git::memoryTree({{"file", "{\"$defs\": {\"port\": {\"minimum\": 1}}}"}});
        };
        const auto failing = [](const std::string&, const std::string&,
                                const std::stop_token&) -> Result<git::TreePtr> {
            return fail(Error::Code::Unavailable, "no network");
        };
        request.helm.fetch = failing;
        const auto offline = renderHelm(request);
        QVERIFY(!offline);
        QCOMPARE(offline.error().code, Error::Code::Unavailable);
        QVERIFY2(offline.error().message.find("schema") != std::string::npos, offline.error().message.c_str());
        request.helm.fetch = {};
        request.kustomize.fetch = fetch; // as of pilotctl
        QVERIFY(values(request).contains("schemas are not fetched here")); // a preview
        request.kustomize.allowRemoteBases = true;
        QVERIFY2(values(request).contains("minimum: got 0, want 1"), qPrintable(values(request)));
        request.helm.set = {"port=1"};
        QCOMPARE(values(request), QString("{\"port\":1}"));
        QCOMPARE(asked, 1); // kept with the schema
    }

    void schemasAreBounded()
    {
        std::string many = "{\"definitions\": {";
        for (int i = 0; i < 5000; ++i)
            many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\": {\"$id\": \"https://a.example/"
                + std::to_string(i) + ".json\"}";
        auto request = requestFor({{"values.schema.json", many + "}}"}, {"templates/a.yaml", kDump}});
        const auto result = renderHelm(request);
        QVERIFY(!result);
        QCOMPARE(result.error().code, Error::Code::LimitExceeded);
        std::stop_source stopped;
        stopped.request_stop();
        const auto cancelled = render::JsonSchema::compile(*manifest::parseJson("{\"type\": \"object\"}"),
                                                           "file:///s.json", {}, stopped.get_token());
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, Error::Code::Cancelled);
    }

    void ignoresFiles()
    {
        const auto result =
            renderHelm(requestFor({{".helmignore", "# note\n*.bak\n/secret/\n"},
                                   {"a.bak", "x"},
                                   {"secret/s.txt", "x"},
                                   {"keep.txt", "x"},
                                   {"templates/.hidden.yaml", "{{ fail \"never\" }}"},
                                   {"templates/a.yaml", "f: {{ range $p, $_ := .Files }}{{ $p }} {{ end }}\n"}}));
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(std::string(manifest::text(*(*result)->resources.front().object, {"f"})),
                 std::string(".helmignore keep.txt"));
    }

    void readsFilesThatAreAskedFor()
    {
        const QTemporaryDir folder;
        const auto write = [&folder](const char* name, const char* text) {
            QVERIFY(QDir(folder.path()).mkpath(QFileInfo(QString::fromUtf8(name)).path()));
            QFile file(folder.filePath(QString::fromUtf8(name)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
        };
        write("Chart.yaml", kChart);
        write("files/small.txt", "\xEF\xBB\xBFsmall");
        write("files/large.txt", "");
        QVERIFY(QFile::resize(folder.filePath("files/large.txt"), 1LL << 30U)); // larger than trees read
        const auto render = [&folder] {
            Request request;
            request.tree = *git::openFolder(folder.path().toStdString());
            return renderHelm(request);
        };
        write("templates/a.yaml", "v: {{ .Files.Get \"files/small.txt\" }}-{{ len (.Files.Glob \"files/s*\") }}\n");
        auto result = render();
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        QCOMPARE(std::string(manifest::text(*(*result)->resources.front().object, {"v"})), std::string("small-1"));
        for (const char* text : {"v: {{ .Files.Get \"files/large.txt\" }}\n", "v: {{ len .Files }}\n",
                                 "v: {{ (.Files.Glob \"**\").AsConfig | len }}\n",
                                 "{{ if not (.Files.Get \"files/large.txt\") }}{{ fail \"empty\" }}{{ end }}\n"}) {
            write("templates/a.yaml", text);
            result = render();
            QVERIFY2(!result, text);
            QCOMPARE(result.error().code, Error::Code::LimitExceeded);
        }
    }

    void certificatesAndPasswords()
    {
        const auto result = renderHelm(requestFor(
            {{"templates/a.yaml",
              "{{ $ca := genCA \"ca\" 10 }}{{ $c := genSignedCert \"svc\" (list \"10.0.0.1\") (list \"svc.ns\" "
              "\"svc\") 5 $ca }}\n"
              "kind: Secret\nmetadata: {name: s}\ndata:\n  ca: {{ $ca.Cert | b64enc }}\n  crt: {{ $c.Cert | b64enc }}\n"
              "  key: {{ $c.Key | b64enc }}\n  pw: {{ randAlphaNum 24 | b64enc }}\n  self: {{ (genSelfSignedCert \"x\" "
              "nil nil 1).Cert | b64enc }}\n"}}));
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const auto& secret = *(*result)->resources.front().object;
        const auto decoded = [&secret](std::string_view key) {
            return *base64Decode(manifest::text(secret, {"data", key}));
        };
        QVERIFY(decoded("crt").starts_with("-----BEGIN CERTIFICATE-----\n"));
        QVERIFY(decoded("key").starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
        QVERIFY(decoded("self").starts_with("-----BEGIN CERTIFICATE-----\n"));
        QCOMPARE(decoded("pw").size(), std::size_t {24});
    }

    void archivesAreBounded()
    {
        for (const std::string& bytes :
             {std::string(), std::string("not an archive"), std::string("\x1f\x8b\x08\x00zzzz", 8)}) {
            const auto result = renderHelm(requestFor({{"charts/x-1.0.0.tgz", bytes}}));
            QVERIFY(!result);
            QVERIFY(result.error().message.find("error unpacking subchart x-1.0.0.tgz in demo") != std::string::npos);
        }
    }

    void archivesHaveBounds_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<Error::Code>("code");
        constexpr std::size_t kMiB = std::size_t {1} << 20;
        QTest::newRow("file") << tar({{"x/a", 6 * kMiB}}) << Error::Code::LimitExceeded;
        std::vector<std::pair<std::string, std::size_t>> large;
        for (int i = 0; i < 26; ++i)
            large.emplace_back("x/" + std::to_string(i), 4 * kMiB);
        QTest::newRow("all files") << tar(large) << Error::Code::LimitExceeded;
        std::vector<std::pair<std::string, std::size_t>> many;
        for (int i = 0; i <= 20000; ++i)
            many.emplace_back("x/" + std::to_string(i), 0);
        QTest::newRow("entries") << tar(many) << Error::Code::LimitExceeded;
        QTest::newRow("out of the folder") << tar({{"x/../../a", 1}}) << Error::Code::Forbidden;
        QTest::newRow("inside out") << tar({{"x/a/../../../b", 1}}) << Error::Code::Forbidden;
        QTest::newRow("above") << tar({{"../x/a", 1}}) << Error::Code::Forbidden;
        QTest::newRow("absolute") << tar({{"/x/a", 1}}) << Error::Code::Forbidden;
        QTest::newRow("backslashes") << tar({{"x\\..\\..\\a", 1}}) << Error::Code::Forbidden;
        QTest::newRow("beside the folder") << tar({{"a", 1}}) << Error::Code::InvalidInput;
    }
    void archivesHaveBounds()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const Error::Code, code);
        const auto files = helm::unpack({bytes.data(), static_cast<std::size_t>(bytes.size())}, "x.tgz");
        QVERIFY(!files);
        QCOMPARE(files.error().code, code);
        std::stop_source source;
        source.request_stop();
        const auto large = tar({{"x/a", std::size_t {4} << 20U}});
        const auto stopped =
            helm::unpack({large.data(), static_cast<std::size_t>(large.size())}, "x.tgz", source.get_token());
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, Error::Code::Cancelled);
    }

    void cancels()
    {
        const auto stop = std::make_unique<std::stop_source>();
        stop->request_stop();
        const auto result = renderHelm(requestFor({{"templates/a.yaml", "x"}}), stop->get_token());
        QVERIFY(!result);
        QCOMPARE(result.error().code, Error::Code::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestHelm)
#include "tst_helm.moc"
