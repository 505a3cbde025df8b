// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Generated templates, answered by Go's own engine with Sprig and Helm's functions (tests/peers/install gotemplate).
// CASES=n and SEED=n make longer and other runs; STRICT=1 compares the words of errors too.
#include "core/base/strings.h"
#include "core/render/helm.h"

#include <QtTest>

#include <boost/json.hpp>

#include <iostream>

using namespace core;

namespace {

QString peer()
{
    const auto root = qEnvironmentVariable("PILOTHOUSE_PEERS", QDir::homePath() + "/.cache/pilothouse-peers");
    return root + "/bin/gotemplate";
}

// "t.yaml:1:3" of an error, for templates of one file.
std::string place(const std::string& message)
{
    const auto start = message.find("templates/t.yaml:");
    if (start == std::string::npos)
        return {};
    auto end = message.find_first_not_of("0123456789:", start + 17);
    end = end == std::string::npos ? message.size() : end;
    while (message[end - 1] == ':')
        --end;
    return message.substr(start, end - start);
}

std::string cause(const std::string& message)
{
    const auto last = message.rfind(": ");
    return last == std::string::npos ? message : message.substr(last + 2);
}

// As JSON can say it: a replacement character for each byte that is no UTF-8.
std::string sayable(const std::string& text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toStdString();
}

render::Request requestFor(const manifest::Value& values)
{
    render::Request request;
    request.tree = git::memoryTree({
        {"Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: v9\n"},
        {"files/a.txt", "alpha\nbeta\n"},
        {"files/b.txt", "b"},
        {"cfg/x.json", "{\"a\":1}"},
        {"templates/t.yaml", "x"},
        {"values.yaml", boost::json::serialize(values)},
    });
    request.helm.releaseName = "rel";
    request.helm.nameSpace = "ns";
    request.helm.kubeVersion = "v1.33.0";
    return request;
}

} // namespace

class TestGoTemplatePeer : public QObject
{
    Q_OBJECT

private slots:
    void generatedTemplates()
    {
        if (!QFileInfo(peer()).isExecutable())
            QSKIP("the peer is not installed: tests/peers/install gotemplate");
        const auto count = qEnvironmentVariable("CASES", "1500");
        const auto seed = qEnvironmentVariable("SEED", "1");
        QProcess process;
        process.start(peer(), {"-generate", seed, count});
        QVERIFY(process.waitForFinished(240000));
        QCOMPARE(process.exitCode(), 0);
        const auto text = process.readAllStandardOutput().toStdString();
        render::Request request;
        int total = 0;
        int good = 0;
        const bool strict = qEnvironmentVariableIsSet("STRICT");
        for (const auto& line : split(text, '\n')) {
            if (line.empty())
                continue;
            const auto test = manifest::parseJson(line);
            QVERIFY2(test, line.c_str());
            if (const auto* values = manifest::find(*test, {"values"})) {
                request = requestFor(*values);
                continue;
            }
            ++total;
            const std::string source(manifest::text(*test, {"template"}));
            const auto result = render::renderTemplateText(request, "templates/t.yaml", source);
            const auto* expected = manifest::find(*test, {"answer", "output"});
            const std::string error(manifest::text(*test, {"answer", "error"}));
            const auto have = sayable(result ? *result : result.error().message);
            if (expected != nullptr
                    ? result && have == std::string_view(expected->get_string())
                    : !result && place(have) == place(error) && (!strict || cause(have) == cause(error))) {
                ++good;
                continue;
            }
            std::cerr << "TEMPLATE " << source
                      << "\n  want: " << (expected != nullptr ? std::string(expected->get_string()) : "ERROR " + error)
                      << "\n  have: " << (result ? "" : "ERROR ") << have << "\n";
        }
        std::cerr << "generated templates: " << good << " of " << total << "\n";
        QVERIFY(total > 0);
        QVERIFY2(good * 1000 >= total * 994, qPrintable(QString("%1 of %2").arg(good).arg(total)));
    }
};

QTEST_GUILESS_MAIN(TestGoTemplatePeer)
#include "tst_gotemplate_peer.moc"
