// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Whole charts with variations of their values, rendered by Helm's own packages (tests/peers/install gotemplate).
// CHARTS=folder:folder... adds charts, VARIATIONS=n tries more of each.
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/helm.h"
#include "support/helm_peer.h"

#include <QtTest>

#include <boost/json.hpp>

#include <filesystem>
#include <iostream>

using namespace core;
namespace fs = std::filesystem;

namespace {

manifest::YamlLimits lenient()
{
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    return limits;
}

// The documents of a rendering, each with its "# Source:" line.
boost::json::array documents(const std::string& yaml)
{
    boost::json::array result;
    for (std::size_t at = 0; at < yaml.size();) {
        const auto next = yaml.find("\n---\n", at);
        const auto end = next == std::string::npos ? yaml.size() : next + 1;
        const auto text = yaml.substr(at, end - at);
        const auto source = text.find("# Source: ");
        boost::json::array one;
        one.emplace_back(source == std::string::npos ? "" : text.substr(source, text.find('\n', source) - source));
        if (const auto parsed = manifest::parseYaml(text, "x", lenient()))
            for (const auto& document : *parsed)
                one.push_back(document.value);
        else
            one.emplace_back(text);
        result.push_back(std::move(one));
        at = end;
    }
    return result;
}

// Equal but for what differs between two runs of the peer itself: keys, certificates, times.
bool same(const manifest::Value& want, const manifest::Value& have, const manifest::Value& again)
{
    if (want.is_object() && have.is_object() && again.is_object()) {
        const auto& a = want.get_object();
        if (a.size() != have.get_object().size())
            return false;
        return std::all_of(a.begin(), a.end(), [&](const auto& member) {
            const auto* x = have.get_object().if_contains(member.key());
            const auto* y = again.get_object().if_contains(member.key());
            return x != nullptr && y != nullptr && same(member.value(), *x, *y);
        });
    }
    if (want.is_array() && have.is_array() && again.is_array()) {
        const auto& a = want.get_array();
        const auto& b = have.get_array();
        const auto& c = again.get_array();
        if (a.size() != b.size() || a.size() != c.size())
            return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (!same(a[i], b[i], c[i]))
                return false;
        return true;
    }
    return manifest::equal(want, have) || (want.kind() == have.kind() && !manifest::equal(want, again));
}

struct Leaf
{
    std::vector<std::string> path;
    manifest::Value value;
};

void leaves(const manifest::Value& value, std::vector<std::string>& path, std::vector<Leaf>& out)
{
    if (!path.empty())
        out.push_back({path, value});
    if (!value.is_object() || path.size() > 6)
        return;
    for (const auto& member : value.get_object()) {
        path.emplace_back(member.key());
        leaves(member.value(), path, out);
        path.pop_back();
    }
}

manifest::Value nested(const std::vector<std::string>& path, manifest::Value value)
{
    for (auto i = path.size(); i-- > 0;) {
        boost::json::object outer;
        outer[path[i]] = std::move(value);
        value = std::move(outer);
    }
    return value;
}

// Values that differ from the chart's own in one place.
std::vector<manifest::Value> variations(const manifest::Value& values, std::size_t count)
{
    std::vector<Leaf> all;
    std::vector<std::string> path;
    leaves(values, path, all);
    std::vector<manifest::Value> out {boost::json::object {}};
    const auto add = [&](const Leaf& leaf, manifest::Value value) {
        out.push_back(nested(leaf.path, std::move(value)));
    };
    for (const auto& leaf : all)
        if (leaf.value.is_bool())
            add(leaf, !leaf.value.get_bool());
    for (const auto& leaf : all) {
        if (leaf.value.is_object() && leaf.value.get_object().empty())
            add(leaf, boost::json::object {{"a.b/c", "x"}, {"n", 1}});
        else if (leaf.value.is_array() && leaf.value.get_array().empty())
            add(leaf, boost::json::array {"one", "two"});
        else if (leaf.value.is_array())
            add(leaf, boost::json::array {});
        else if (leaf.value.is_string() && leaf.value.get_string().empty())
            add(leaf, "given");
        else if (leaf.value.is_null())
            add(leaf, 7);
    }
    for (const auto& leaf : all) {
        if (leaf.value.is_string() && !leaf.value.get_string().empty())
            add(leaf, 1234567890);
        else if (leaf.value.is_number())
            add(leaf, "text");
        add(leaf, nullptr);
    }
    // Spread over the whole list, the same each time.
    if (out.size() > count) {
        std::vector<manifest::Value> few;
        for (std::size_t i = 0; i < count; ++i)
            few.push_back(out[i * out.size() / count]);
        out = std::move(few);
    }
    return out;
}

std::vector<fs::path> chartsBelow(const fs::path& root)
{
    std::vector<fs::path> charts;
    if (fs::exists(root / "Chart.yaml"))
        return {root};
    if (fs::exists(root))
        for (const auto& entry : fs::directory_iterator(root))
            if (entry.is_directory())
                for (auto& chart : chartsBelow(entry.path()))
                    charts.push_back(std::move(chart));
    std::sort(charts.begin(), charts.end());
    return charts;
}

} // namespace

class TestHelmPeer : public QObject
{
    Q_OBJECT

private slots:
    void chartsWithVariedValues_data()
    {
        QTest::addColumn<QString>("folder");
        std::vector<fs::path> charts = chartsBelow(fs::path(TEST_DATA) / "charts");
        for (auto& chart : chartsBelow(fs::path(CONFORMANCE_DIR) / "charts"))
            charts.push_back(std::move(chart));
        if (qEnvironmentVariableIsSet("CHARTS")) {
            charts.clear();
            for (const auto& folder : split(qEnvironmentVariable("CHARTS").toStdString(), ':'))
                for (auto& chart : chartsBelow(folder))
                    charts.push_back(std::move(chart));
        }
        for (const auto& chart : charts) {
            const auto name = QString::fromStdString(chart.string());
            QTest::newRow(qPrintable(name.right(60))) << name;
        }
    }

    void chartsWithVariedValues()
    {
        if (!tests::HelmPeer::isInstalled())
            QSKIP("the peer is not installed: tests/peers/install gotemplate");
        QFETCH(QString, folder);
        const auto chart = folder.toStdString();
        const auto tree = git::openFolder(chart);
        QVERIFY(tree);
        manifest::Value own = boost::json::object {};
        if (const auto text = paths::readFile(fs::path(chart) / "values.yaml"))
            if (const auto parsed = manifest::parseYaml(*text, "values.yaml", lenient()); parsed && !parsed->empty())
                own = parsed->front().value;
        int bad = 0;
        tests::HelmPeer helm;
        for (const auto& values : variations(
                 own, qEnvironmentVariable("VARIATIONS", chart.starts_with(TEST_DATA) ? "300" : "4").toULongLong())) {
            const auto text = boost::json::serialize(values);
            const auto want = helm.ask({{"chart", chart}, {"valueText", text}});
            render::Request request;
            request.tree = *tree;
            request.helm.releaseName = "rel";
            request.helm.nameSpace = "rel";
            request.helm.kubeVersion = "1.33.0";
            request.helm.values = text;
            const auto have = render::renderHelm(request);
            if (want.failed) {
                if (!have && tests::errorPlace(have.error().message) == tests::errorPlace(want.text))
                    continue;
                std::cerr << "VALUES " << text << "\n  want: ERROR " << want.text.substr(0, 600)
                          << "\n  have: " << (have ? "no error" : have.error().message.substr(0, 600)) << "\n";
            } else if (!have) {
                std::cerr << "VALUES " << text << "\n  have: ERROR " << have.error().text().substr(0, 600) << "\n";
            } else {
                if (want.text == (*have)->yaml)
                    continue;
                const auto a = documents(want.text);
                const auto b = documents((*have)->yaml);
                if (same(a, b, documents(helm.ask({{"chart", chart}, {"valueText", text}}).text)))
                    continue;
                std::cerr << "VALUES " << text << "\n  " << a.size() << " documents wanted, " << b.size()
                          << " printed\n";
                for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
                    if (!manifest::equal(a[i], b[i])) {
                        std::cerr << "  want: " << boost::json::serialize(a[i]).substr(0, 3000)
                                  << "\n  have: " << boost::json::serialize(b[i]).substr(0, 3000) << "\n";
                        break;
                    }
            }
            ++bad;
        }
        QCOMPARE(bad, 0);
    }
};

QTEST_GUILESS_MAIN(TestHelmPeer)
#include "tst_helm_peer.moc"
