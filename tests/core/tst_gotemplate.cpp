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
    }
    void limits()
    {
        QFETCH(QString, text);
        const auto result = render(text.toStdString());
        QVERIFY(!result);
        QCOMPARE(result.error().code, Error::Code::LimitExceeded);
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
            while (worked(clock) < std::chrono::milliseconds(20 + 7 * i))
                std::this_thread::yield();
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
