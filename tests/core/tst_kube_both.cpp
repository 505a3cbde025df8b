// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The client and its cache over HTTPS: the same expectations of a real API server and of the embedded one.
#include "core/base/clock.h"
#include "core/base/strings.h"
#include "core/embedded/cluster.h"
#include "core/kube/cache.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "core/manifest/resource.h"
#include "support/real_cluster.h"

#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <thread>

using namespace core;
using namespace core::kube;
using manifest::Object;
using manifest::Value;

namespace {

Value configMap(const std::string& nameSpace, const std::string& name, const std::string& value)
{
    return Object {{"apiVersion", "v1"},
                   {"kind", "ConfigMap"},
                   {"metadata", Object {{"namespace", nameSpace}, {"name", name}}},
                   {"data", Object {{"k", value}}}};
}

} // namespace

class TestKubeBoth : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void init();
    void writes_data() { servers(); }
    void writes();
    void refusals_data() { servers(); }
    void refusals();
    void lists_data() { servers(); }
    void lists();
    void watches_data() { servers(); }
    void watches();
    void deletes_data() { servers(); }
    void deletes();
    void caches_data() { servers(); }
    void caches();

private:
    static void servers()
    {
        QTest::addColumn<bool>("isReal");
        QTest::newRow("embedded") << false;
        QTest::newRow("real") << true;
    }
    QTemporaryDir m_folder;
    std::unique_ptr<embedded::Cluster> m_embedded;
    std::unique_ptr<support::RealCluster> m_real;
    QString m_whyNot;
    std::shared_ptr<Client> m_client; ///< of the current row
    std::string m_space; ///< a namespace for the current row
};

void TestKubeBoth::initTestCase()
{
    embedded::Cluster::Options options;
    options.clock = std::make_shared<ScaledClock>();
    options.simulate = false;
    options.folder = m_folder.filePath("cluster").toStdString();
    auto cluster = embedded::Cluster::open(options);
    QVERIFY(cluster);
    m_embedded = std::move(*cluster);
    QVERIFY(m_embedded->serve());
    m_real = support::RealCluster::start(m_whyNot);
}

void TestKubeBoth::init()
{
    QFETCH(bool, isReal);
    if (isReal && !m_real)
        QSKIP(qPrintable(m_whyNot));
    const auto access = Kubeconfig::load(m_embedded->kubeconfigPath())->access();
    m_client = std::make_shared<Client>(isReal ? m_real->transport() : curlTransport(*access));
    m_space = std::string("test-") + lower(QTest::currentTestFunction());
    const auto made = m_client->create(
        Object {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Object {{"name", m_space}}}});
    QVERIFY2(made, made ? "" : made.error().text().c_str());
}

void TestKubeBoth::writes()
{
    const auto type = *m_client->resolve("v1", "ConfigMap");
    const auto created = m_client->create(configMap(m_space, "one", "1"));
    QVERIFY2(created, created ? "" : created.error().text().c_str());
    QCOMPARE(manifest::text(*created, {"metadata", "managedFields", "0", "manager"}), std::string_view("pilothouse"));
    auto changed = *created;
    changed.as_object()["data"] = Object {{"k", "2"}};
    const auto replaced = m_client->replace(changed);
    QVERIFY(replaced);
    QCOMPARE(m_client->replace(changed).error().code, Error::Code::Conflict); // an old resourceVersion
    WriteOptions options;
    options.dryRun = true;
    const auto tried =
        m_client->patch(type, m_space, "one", PatchType::Merge, Object {{"data", Object {{"k", "3"}}}}, options);
    QVERIFY(tried);
    QCOMPARE(manifest::text(*tried, {"data", "k"}), std::string_view("3"));
    QCOMPARE(manifest::text(*m_client->get(type, m_space, "one"), {"data", "k"}), std::string_view("2"));
    options = {};
    options.fieldManager = "other";
    const auto conflict = m_client->apply(configMap(m_space, "one", "4"), options);
    QVERIFY(!conflict);
    QCOMPARE(conflict.error().code, Error::Code::Conflict);
    QVERIFY(QString::fromStdString(conflict.error().message).contains("conflict with \"pilothouse\""));
    options.force = true;
    const auto applied = m_client->apply(configMap(m_space, "one", "4"), options);
    QVERIFY(applied);
    const auto again = m_client->apply(configMap(m_space, "one", "4"), options);
    QCOMPARE(manifest::text(*again, {"metadata", "resourceVersion"}),
             manifest::text(*applied, {"metadata", "resourceVersion"})); // nothing changed, nothing written
    const auto patched = m_client->patch(type, m_space, "one", PatchType::Json,
                                         manifest::Array {Object {{"op", "add"}, {"path", "/data/j"}, {"value", "5"}}});
    QCOMPARE(manifest::text(*patched, {"data", "j"}), std::string_view("5"));
}

void TestKubeBoth::refusals()
{
    const auto type = *m_client->resolve("v1", "ConfigMap");
    QCOMPARE(m_client->get(type, m_space, "none").error().code, Error::Code::NotFound);
    QVERIFY(m_client->create(configMap(m_space, "one", "1")));
    QCOMPARE(m_client->create(configMap(m_space, "one", "1")).error().code, Error::Code::AlreadyExists);
    QCOMPARE(m_client->create(configMap(m_space, "Wrong_Name", "1")).error().code, Error::Code::Invalid);
    QCOMPARE(m_client->create(configMap("not-there", "one", "1")).error().code, Error::Code::NotFound);
    auto unknown = configMap(m_space, "two", "1");
    unknown.as_object()["extra"] = 1;
    WriteOptions strict;
    strict.fieldValidation = "Strict";
    const auto refused = m_client->create(unknown, strict);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Error::Code::InvalidInput);
    QVERIFY(QString::fromStdString(refused.error().message).contains("unknown field \"extra\""));
    QCOMPARE(m_client->resolve("nothing.example/v1", "Thing").error().code, Error::Code::NotFound);
}

void TestKubeBoth::lists()
{
    const auto type = *m_client->resolve("v1", "ConfigMap");
    for (int i = 0; i < 25; ++i) {
        auto object = configMap(m_space, fmt::format("c-{:02}", i), "x");
        manifest::setLabel(object, "even", i % 2 == 0 ? "yes" : "no");
        QVERIFY(m_client->create(object));
    }
    ListOptions options;
    options.labelSelector = "even=yes";
    options.limit = 4; // four requests
    const auto even = m_client->list(type, m_space, options);
    QVERIFY2(even, even ? "" : even.error().text().c_str());
    QCOMPARE(even->items.size(), std::size_t {13});
    QCOMPARE(manifest::name(even->items.back()), std::string_view("c-24"));
    QCOMPARE(manifest::kind(even->items.back()), std::string_view("ConfigMap"));
    options = {};
    options.fieldSelector = "metadata.name=c-07";
    QCOMPARE(m_client->list(type, m_space, options)->items.size(), std::size_t {1});
    options.fieldSelector = "spec.nothing=1";
    QCOMPARE(m_client->list(type, m_space, options).error().code, Error::Code::InvalidInput);
}

void TestKubeBoth::watches()
{
    const auto type = *m_client->resolve("v1", "ConfigMap");
    ListOptions from;
    from.labelSelector = "seen=yes";
    from.resourceVersion = m_client->list(type, m_space)->resourceVersion;
    auto object = configMap(m_space, "w", "1");
    manifest::setLabel(object, "seen", "yes");
    QVERIFY(m_client->create(object));
    const auto merge = [&](Value patch) { QVERIFY(m_client->patch(type, m_space, "w", PatchType::Merge, patch)); };
    merge(Object {{"data", Object {{"k", "2"}}}});
    merge(Object {{"metadata", Object {{"labels", Object {{"seen", "no"}}}}}}); // leaves the selection
    merge(Object {{"data", Object {{"k", "3"}}}}); // unseen
    merge(Object {{"metadata", Object {{"labels", Object {{"seen", "yes"}}}}}}); // comes back
    QVERIFY(m_client->remove(type, m_space, "w"));
    std::vector<std::string> events;
    const auto done =
        m_client->watch(type, m_space, from,
                        [&](const WatchEvent& event) {
                            static constexpr std::array kNames {"added", "modified", "deleted", "bookmark"};
                            if (event.type != WatchEvent::Type::Bookmark)
                                events.push_back(fmt::format("{} {}", kNames.at(static_cast<std::size_t>(event.type)),
                                                             manifest::text(event.object, {"data", "k"})));
                            return events.size() < 5;
                        },
                        {});
    QVERIFY2(done, done ? "" : done.error().text().c_str());
    QCOMPARE(events, (std::vector<std::string> {"added 1", "modified 2", "deleted 2", "added 3", "deleted 3"}));
}

void TestKubeBoth::deletes()
{
    const auto type = *m_client->resolve("v1", "ConfigMap");
    const auto owner = *m_client->create(configMap(m_space, "owner", "1"));
    auto child = configMap(m_space, "child", "1");
    manifest::ensure(child, {"metadata", "ownerReferences"}) = manifest::Array {Object {{"apiVersion", "v1"},
                                                                                        {"kind", "ConfigMap"},
                                                                                        {"name", "owner"},
                                                                                        {"uid", manifest::uid(owner)},
                                                                                        {"blockOwnerDeletion", true}}};
    QVERIFY(m_client->create(child));
    DeleteOptions options;
    options.uid = "00000000-0000-0000-0000-000000000000";
    QCOMPARE(m_client->remove(type, m_space, "owner", options).error().code, Error::Code::Conflict);
    options = {};
    options.dryRun = true;
    QVERIFY(m_client->remove(type, m_space, "owner", options));
    QVERIFY(m_client->get(type, m_space, "owner"));
    options = {};
    options.propagation = Propagation::Foreground;
    QVERIFY(m_client->remove(type, m_space, "owner", options));
    QTRY_VERIFY_WITH_TIMEOUT(!m_client->get(type, m_space, "owner"), 60'000);
    QVERIFY(!m_client->get(type, m_space, "child"));
}

void TestKubeBoth::caches()
{
    const auto type = *m_client->resolve("v1", "ConfigMap");
    Cache cache(m_client);
    const auto watched = cache.watch(type, {});
    QVERIFY2(watched, watched ? "" : watched.error().text().c_str());
    {
        std::vector<std::jthread> writers;
        for (int writer = 0; writer < 4; ++writer) {
            writers.emplace_back([&, writer] {
                for (int i = 0; i < 40; ++i) {
                    const auto name = fmt::format("c-{}-{}", writer, i % 20);
                    if (i >= 30)
                        (void)m_client->remove(type, m_space, name);
                    else if (!m_client->apply(configMap(m_space, name, std::to_string(i))))
                        std::terminate();
                }
            });
        }
    }
    const auto same = [&] {
        const auto server = m_client->list(type, m_space);
        const auto known = cache.list({"", "ConfigMap"}, m_space);
        return server && server->items.size() == known.size()
            && std::all_of(server->items.begin(), server->items.end(), [&](const Value& object) {
                   const auto mine = cache.get(manifest::keyOf(object));
                   return mine && manifest::equal(*mine, object);
               });
    };
    QTRY_VERIFY_WITH_TIMEOUT(same(), 30'000);
    QVERIFY(cache.problems().empty());
}

QTEST_GUILESS_MAIN(TestKubeBoth)
#include "tst_kube_both.moc"
