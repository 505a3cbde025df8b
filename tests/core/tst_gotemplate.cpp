// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/template.h"

#include <QtTest>

#include <pthread.h>

#include <thread>

using namespace core;
using namespace core::gotemplate;

namespace {

Result<std::string> render(const std::string& text, const char* json = "{}", Options options = {})
{
    TemplateSet set(std::move(options));
    PH_CHECK(set.parse("t", text));
    PH_TRY(const auto data, manifest::parseJson(json));
    return set.execute("t", Value::from(data, Numbers::KeepIntegers));
}

QString shown(const Result<std::string>& result)
{
    return QString::fromStdString(result ? *result : "ERROR " + result.error().message);
}

} // namespace

class TestGoTemplate : public QObject
{
    Q_OBJECT

private slots:
    void executes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* text, const char* expected) { QTest::newRow(text) << text << expected; };
        row("a {{- \" b \" -}} c", "a b c");
        row("{{ range $i, $e := .list }}{{ if $i }},{{ end }}{{ $e }}{{ else }}none{{ end }}", "x,y");
        row("{{ range .none }}x{{ else }}none{{ end }}", "none");
        row("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ $y }}{{ end }}{{ $x }}", "32");
        row("{{ with .map }}{{ .a }}{{ $.n }}{{ end }}", "15");
        row("{{ define \"d\" }}<{{ . }}>{{ end }}{{ template \"d\" .n }}", "<5>");
        row("{{ block \"b\" .n }}[{{ . }}]{{ end }}", "[5]");
        row("{{ range .list }}{{ if eq . \"y\" }}{{ break }}{{ end }}{{ . }}{{ end }}", "x");
        row("{{ range 3 }}{{ . }}{{ end }}", "012");
        row("{{/* note */}}{{ .missing }}", "<no value>");
        row("{{ printf \"%5.2f|%-4d|%04d|%q|%v\" 3.14159 7 42 \"a\\n\" .map }}", " 3.14|7   |0042|\"a\\n\"|map[a:1]");
        row("{{ eq .n 5 }} {{ and 0 .boom.x }} {{ or 0 \"z\" }}", "true 0 z");
        row("{{ .n | add 1 | mul 2 }}", "12");
        // Found by the generated corpus.
        row("{{ title \"it's a_b c-d\" }}", "It'S A_b C-D");
        row("{{ snakecase \"aGVsbG8=\" }} {{ kebabcase \"1.2.3-rc.1+b5\" }} {{ snakecase \"HTTP2xxOK\" }}",
            "a_g_vsb_g8_= 1.2.3-rc.1-+-b5 http_2xx_ok");
        row("{{ camelcase \"  some words \" | quote }}", "\"  SomeWords \"");
        row("{{ printf \"%.3T|%9w|%#w\" true 1e-9 \"x\" }}", "boo|%!w(float64=    1e-09)|%!w(string=\"x\")");
        row("{{ printf \"%+b %#11X\" 0.25 1.0 }}", "+4503599627370496p-54    0X1.P+00");
        row("{{ $x := $x }}", "ERROR template: t:1:9: executing \"t\" at <$x>: undefined variable: $x");
        row("{{ chunk -3 (list 1) }}", "[[1]]");
        row("{{ toJson (float64 9223372036854775807) }}", "9223372036854776000");
        row("{{ range $i := semver \"v1.2\" }}{{ end }}",
            "ERROR template: t:1:22: executing \"t\" at <\"v1.2\">: range can't iterate over 1.2.0");
        row("{{ toDate \"2006-01-02T15:04:05Z07:00\" \"2024-02-29T23:59:58+02:00\" }}",
            "2024-02-29 23:59:58 +0200 +0200");
        row("{{ mustMergeOverwrite .none (dict \"a\" 1) }}", "map[a:1]");
        row("{{ if }}", "ERROR template: t:1: missing value for if");
        row("{{ urlJoin (dict \"scheme\" \"p\" \"userinfo\" \"a:1e%2B09\" \"host\" \"h i\" \"path\" \"/x y\") }}",
            "p://a:1e+09@h%20i/x%20y");
        row("{{ urlJoin (dict \"path\" \"a:b/c\") }} {{ urlJoin (dict \"path\" \"*\") }}", "./a:b/c *");
        row("{{ urlJoin (dict \"userinfo\" \"a b\") }}",
            "ERROR template: t:1:3: executing \"t\" at <urlJoin (dict \"userinfo\" \"a b\")>: error calling urlJoin: "
            "unable to parse userinfo in dict: parse \"proto://a b@host\": net/url: invalid userinfo");
        row("{{ urlParse \"http://h/%zz#f\" }}",
            "ERROR template: t:1:3: executing \"t\" at <urlParse \"http://h/%zz#f\">: error calling urlParse: "
            "unable to parse url: parse \"http://h/%zz\": invalid URL escape \"%zz\"");
        row("{{ urlParse \"http://x[::1]/\" }}",
            "ERROR template: t:1:3: executing \"t\" at <urlParse \"http://x[::1]/\">: error calling urlParse: "
            "unable to parse url: parse \"http://x[::1]/\": invalid IP-literal");
        row("{{ html .none 1 }} {{ .missing | urlquery }} {{ js nil }} {{ print .missing }}",
            "&lt;no value&gt;1 %3Cno+value%3E \\u003Cno value\\u003E <nil>");
        row("{{ nope }}", "ERROR template: t:1: function \"nope\" not defined");
        row("\n{{ index .list 7 }}",
            "ERROR template: t:2:3: executing \"t\" at <index .list 7>: error calling index: "
            "index out of range: 7");
        row("{{ env \"HOME\" }}", "ERROR template: t:1: function \"env\" not defined");
    }
    void executes()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(shown(render(text.toStdString(), R"({"list": ["x", "y"], "map": {"a": 1}, "n": 5})")), expected);
    }

    void tomlAsHelmPrintsIt()
    {
        Options options;
        options.functions = FunctionMap::helm();
        QCOMPARE(shown(render("{{ toToml . }}", "{\"a\": {\"b\": {\"c\": \"x\\b\\f\\u007f\"}}, \"l\": [{\"t\": {}}]}",
                              options)),
                 QString("[a]\n  [a.b]\n    c = \"x\\b\\f\\u007f\"\n\n[[l]]\n  [l.t]\n"));
    }

    void missingKeys()
    {
        Options options;
        options.missingKey = MissingKey::Error;
        QVERIFY(!render("{{ .a }}", "{}", options));
        options.missingKey = MissingKey::Zero;
        QCOMPARE(shown(render("{{ .a }}", "{}", options)), QString("<no value>"));
    }

    void ownFunctionsAndDelimiters()
    {
        auto functions = std::make_shared<FunctionMap>(*FunctionMap::sprig());
        functions->add("twice", "s", [](Call& c) -> Result<Value> { return Value::string(c.text(0) + c.text(0)); });
        Options options;
        options.functions = functions;
        options.leftDelimiter = "<<";
        options.rightDelimiter = ">>";
        QCOMPARE(shown(render("{{ << twice \"ab\" >> }}", "{}", options)), QString("{{ abab }}"));
        // A function as a member of a map is called with `call`.
        TemplateSet set;
        QVERIFY(set.parse("t", "{{ call .time.Now \"x\" }}"));
        auto data = Value::map();
        auto time = Value::map();
        time.set("Now", Value::function(makeFunction("Now", "s", [](Call& c) -> Result<Value> { return c[0]; })));
        data.set("time", time);
        QCOMPARE(shown(set.execute("t", data)), QString("x"));
    }

    void limits_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("endless template") << "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}";
        QTest::newRow("long loop")
            << "{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}{{ end }}";
        QTest::newRow("huge text") << "{{ repeat 1000000000 \"abc\" }}";
        QTest::newRow("growing text")
            << "{{ $x := \"aaaaaaaaaaaaaaaa\" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}";
        QTest::newRow("wide number") << "{{ range until 1000000 }}{{ printf \"%999999d\" 1 }}{{ end }}";
        QTest::newRow("endless number") << "{{ range 9223372036854775807 }}{{ end }}";
        QTest::newRow("long lists")
            << "{{ $l := list }}{{ range until 1000 }}{{ $l = append $l (until 3000000) }}{{ end }}";
        QTest::newRow("kept text")
            << "{{ $l := list }}{{ range until 100000 }}{{ $l = append $l (repeat 16000000 \"a\") }}{{ end }}";
        QTest::newRow("kept parses")
            << "{{ range until 3000000 }}{{ $x := tpl (print \"{{/*\" . \"*/}}\") . }}{{ end }}";
        QTest::newRow("endless tpl") << "{{ $m := dict \"t\" \"{{ tpl .t . }}\" }}{{ tpl $m.t $m }}";
        QTest::newRow("growing tpl") << "{{ $m := dict \"t\" \"{{ $_ := set . \\\"t\\\" (print .t \\\" \\\") }}{{ tpl "
                                        ".t . }}\" }}{{ tpl $m.t $m }}";
        QTest::newRow("shared lists")
            << "{{ $x := list 1 }}{{ range until 40 }}{{ $x = list $x $x }}{{ end }}{{ $y := toYaml $x }}";
        QTest::newRow("shared maps, printed")
            << "{{ $x := dict }}{{ range until 40 }}{{ $x = dict \"a\" $x \"b\" $x }}{{ end }}{{ $x }}";
        QTest::newRow("shared maps, compared")
            << "{{ $x := dict }}{{ $y := dict }}{{ range until 40 }}{{ $x = dict \"a\" $x \"b\" $x }}"
               "{{ $y = dict \"a\" $y \"b\" $y }}{{ end }}{{ deepEqual $x $y }}";
        QTest::newRow("shared maps, merged")
            << "{{ $x := dict \"z\" 1 }}{{ $y := dict \"y\" 1 }}{{ range until 40 }}{{ $x = dict \"a\" $x \"b\" $x }}"
               "{{ $y = dict \"a\" $y \"b\" $y }}{{ end }}{{ $m := merge $x $y }}";
        QTest::newRow("joined text")
            << "{{ $t := repeat 16000000 \"a\" }}{{ $l := list $t $t $t $t $t $t $t $t }}{{ $x := join \",\" $l }}";
        QTest::newRow("long separator") << "{{ $x := join (repeat 1000000 \"a\") (until 100000) }}";
        QTest::newRow("long line ends") << "{{ $x := wrapWith 1 (repeat 1000000 \"a\") (repeat 100000 \"ab\") }}";
        QTest::newRow("many parts") << "{{ $x := splitList \"\" (repeat 15000000 \"a\") }}";
        QTest::newRow("many members") << "{{ $x := split \",\" (repeat 1000000 \"a,\") }}";
        QTest::newRow("many matches") << "{{ $x := regexFindAll \".\" (repeat 15000000 \"a\") -1 }}";
        QTest::newRow("matches that look far")
            << "{{ $t := repeat 2000000 \"ab\" }}{{ $x := regexReplaceAll \"a[ab]*c|a\" $t \"x\" }}";
        QTest::newRow("large automaton")
            << "{{ $t := repeat 8000000 \"ab\" }}{{ $x := regexMatch \"(a|b)*a(a|b){500}c\" $t }}";
        QTest::newRow("growing replacement")
            << "{{ $x := regexReplaceAll \"a+\" (repeat 8000000 \"a\") \"${0}${0}${0}\" }}";
        QTest::newRow("alias bomb") << "{{ $t := \"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\\n\" }}{{ range until 9 }}"
                                       "{{ $t = printf \"%sa%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, "
                                       "*a%d]\\n\" $t (add1 .) (add1 .) "
                                       ". . . . . . . . . }}{{ end }}{{ $y := fromYaml $t }}";
        QTest::newRow("much YAML")
            << "{{ $t := repeat 300000 \"- a\\n\" }}{{ range until 1000000 }}{{ $y := fromYamlArray $t }}{{ end }}";
        QTest::newRow("hashes") << "{{ range until 100000 }}{{ $x := bcrypt \"a\" }}{{ end }}";
        QTest::newRow("large map")
            << "{{ $m := dict }}{{ range $i := until 3000000 }}{{ $_ := set $m (toString (sub 0 $i)) $i }}{{ end }}";
        QTest::newRow("large output") << "{{ $t := repeat 1000000 \"a\" }}{{ range until 100 }}{{ $t }}{{ end }}";
    }
    void limits()
    {
        QFETCH(QString, text);
        Options options;
        options.functions = FunctionMap::helm();
        TemplateSet set(options);
        QVERIFY(set.parse("t", text.toStdString()));
        Session session;
        session.limits.steps /= 8; // builds without optimisation are that much slower
        const auto result = set.execute("t", Value::map(), session);
        QVERIFY(!result);
        QVERIFY2(result.error().code == Error::Code::LimitExceeded, result.error().message.substr(0, 400).c_str());
        QVERIFY(result.error().message.size() < 1'000'000);
    }

    // Searches that take each other's time in other programs.
    void findsInLinearTime()
    {
        QCOMPARE(shown(render("{{ contains (print (repeat 500000 \"a\") \"b\") (repeat 5000000 \"a\") }}")),
                 QString("false"));
        QCOMPARE(shown(render("{{ trimAll (repeat 1000000 \"abc\") (repeat 1000000 \"ab\") }}")), QString());
    }

    void deepValuesAreFreed()
    {
        QVERIFY(render("{{ $x := list }}{{ range until 300000 }}{{ $x = list $x }}{{ end }}{{ len $x }}"));
    }

    void nestingIsBounded()
    {
        std::string text;
        for (int i = 0; i < 20000; ++i)
            text += "{{ if 1 }}";
        QVERIFY(!render(text));
        QVERIFY(!render("{{ " + std::string(50000, '(')));
    }

    void cancels_data()
    {
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name, const char* text) { QTest::newRow(name) << text; };
        row("loops", "{{ range until 5000 }}{{ range until 5000 }}{{ end }}{{ end }}");
        row("include",
            "{{ define \"a\" }}{{ if lt (len .) 400 }}{{ include \"a\" (append . 1) }}{{ include \"a\" (append . 1) }}"
            "{{ end }}{{ end }}{{ include \"a\" list }}");
        row("tpl", "{{ range until 100000 }}{{ tpl (print \"{{ .a }}{{/* \" . \" */}}\") (dict \"a\" 1) }}{{ end }}");
        row("regex",
            "{{ $t := repeat 200000 \"ab1 \" }}{{ range until 10000 }}"
            "{{ $x := regexReplaceAll \"(a|b)*[0-9]\" $t \"$1\" }}{{ end }}");
        row("large output", "{{ $t := repeat 1000 \"some text\\n\" }}{{ range until 1000000 }}{{ print $t }}{{ end }}");
        row("large YAML", "{{ $l := until 4000 }}{{ range until 100000 }}{{ $x := toYaml $l }}{{ end }}");
        row("regex that looks far",
            "{{ $t := repeat 100000 \"ab\" }}{{ range until 1000 }}{{ $x := regexReplaceAll \"a[ab]*c|a\" $t \"x\" "
            "}}{{ end }}");
        row("sort",
            "{{ $l := list }}{{ range $i := until 1000 }}{{ $l = append $l (mod (mul $i 7919) 1000) }}{{ end }}"
            "{{ range until 9 }}{{ $l = concat $l $l }}{{ end }}{{ range until 1000 }}{{ $x := sortAlpha $l }}{{ end "
            "}}");
        row("one large YAML",
            "{{ $l := list }}{{ range until 200000 }}{{ $l = list $l 1 2 }}{{ end }}{{ $l = until 900000 }}"
            "{{ range until 1000 }}{{ $x := toYaml $l }}{{ end }}");
        row("reading YAML",
            "{{ $t := repeat 500000 \"- a\\n\" }}{{ range until 1000 }}{{ $x := fromYamlArray $t }}{{ end }}");
        row("hashes", "{{ range until 1000 }}{{ $x := bcrypt \"a\" }}{{ end }}");
        row("passwords", "{{ range until 1000 }}{{ $x := derivePassword 1 \"long\" \"a\" \"b\" \"c\" }}{{ end }}");
        row("keys", "{{ range until 1000 }}{{ $x := genPrivateKey \"rsa\" }}{{ end }}");
    }
    void cancels()
    {
        QFETCH(QString, text);
        Options options;
        options.functions = FunctionMap::helm();
        TemplateSet set(options);
        QVERIFY(set.parse("t", text.toStdString()));
        // What a machine with other work does between is not counted: only what the thread itself still works.
        const auto worked = [](clockid_t clock) {
            timespec time {};
            clock_gettime(clock, &time);
            return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
        };
        std::chrono::nanoseconds least = std::chrono::hours(1);
        for (int i = 0; i < 5 && least > std::chrono::milliseconds(50); ++i) {
            Session session;
            session.limits.steps = session.limits.outputBytes = SIZE_MAX;
            std::stop_source source;
            session.stop = source.get_token();
            Result<std::string> result;
            std::chrono::nanoseconds ended {};
            std::thread worker([&] {
                result = set.execute("t", Value::map(), session);
                ended = worked(CLOCK_THREAD_CPUTIME_ID);
            });
            clockid_t clock {};
            QCOMPARE(pthread_getcpuclockid(worker.native_handle(), &clock), 0);
            // The work may be that of another thread, for which this one waits.
            const auto begun = worked(CLOCK_PROCESS_CPUTIME_ID);
            while (worked(CLOCK_PROCESS_CPUTIME_ID) - begun < std::chrono::milliseconds(20 + 7 * i))
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            const auto asked = worked(clock);
            source.request_stop();
            worker.join();
            QVERIFY(!result);
            QCOMPARE(result.error().code, Error::Code::Cancelled);
            least = std::min(least, ended - asked);
        }
        QVERIFY2(least <= std::chrono::milliseconds(50), qPrintable(QString("%1 us").arg(least.count() / 1000)));
    }

    void runsOnManyThreads()
    {
        TemplateSet set;
        QVERIFY(set.parse("t", "{{ range until 100 }}{{ printf \"%d\" . | quote }}{{ end }}"));
        const auto expected = set.execute("t", Value::map());
        QVERIFY(expected);
        std::atomic<int> same = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] { same += set.execute("t", Value::map()) == expected ? 1 : 0; });
        }
        QCOMPARE(same.load(), 4);
    }
};

QTEST_GUILESS_MAIN(TestGoTemplate)
#include "tst_gotemplate.moc"
