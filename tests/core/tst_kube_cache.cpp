// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/cache.h"
#include "support/fake_transport.h"

#include <QTest>

using namespace core;
using namespace core::kube;
using support::FakeCluster;

namespace {

const ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps"};
const ResourceType kSecrets {"", "v1", "Secret", "secrets"};
const ResourceType kWidgets {"example.com", "v1", "Widget", "widgets"};
const ResourceType kCrds {"apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false};
const Cache::Options kQuick {std::chrono::milliseconds(2), std::chrono::milliseconds(20)};

manifest::Value configMap(const std::string& name, const std::string& value, const std::string& owner = {})
{
    auto object =
        manifest::parseJson(
            fmt::format(
                R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"namespace":"a","name":"{}"}},"data":{{"k":"{}"}}}})",
                name, value))
            .value();
    if (!owner.empty())
        manifest::ensure(object, {"metadata", "ownerReferences"}) = manifest::Array {manifest::Object {{"uid", owner}}};
    return object;
}

manifest::ResourceKey keyOf(const std::string& name)
{
    return {"", "ConfigMap", "a", name};
}

/// The cache's content as the server prints it: name=version.
std::vector<std::string> versions(const std::vector<ObjectPtr>& objects)
{
    std::vector<std::string> out;
    for (const auto& object : objects)
        out.push_back(manifest::toJson(*object));
    return out;
}

std::vector<std::string> versions(const std::vector<manifest::Value>& objects)
{
    std::vector<std::string> out;
    for (const auto& object : objects)
        out.push_back(manifest::toJson(object));
    return out;
}

} // namespace

class TestKubeCache : public QObject
{
    Q_OBJECT

private slots:
    void listsAndFollows();
    void relistsAfterGone();
    void staysEqualUnderFaults_data();
    void staysEqualUnderFaults();
    void readsItsOwnWrites();
    void lateNewsOfOwnWritesChangesNothing();
    void reportsProblems();
    void findsChildren();
    void picksUpNewTypes();
    void recreatedObjectIsDeletedAndAdded();
};

void TestKubeCache::listsAndFollows()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps});
    cluster->put("configmaps", configMap("one", "1"));
    Cache cache(std::make_shared<Client>(cluster), kQuick);
    std::vector<std::string> seen;
    const auto subscription = cache.subscribe([&](const std::vector<Cache::Change>& changes) {
        for (const auto& change : changes)
            seen.push_back((change.before ? (change.after ? "~" : "-") : "+")
                           + std::string(manifest::name(change.object())));
    });
    QVERIFY(cache.watch(kConfigMaps, {}));
    QVERIFY(cache.get(keyOf("one")));
    cluster->put("configmaps", configMap("two", "1"));
    cluster->put("configmaps", configMap("one", "2"));
    cluster->erase("configmaps", "a", "two");
    QTRY_VERIFY(!cache.get(keyOf("two")) && manifest::text(*cache.get(keyOf("one")), {"data", "k"}) == "2");
    cluster->erase("configmaps", "a", "one");
    QTRY_VERIFY(!cache.get(keyOf("one")));
    cache.flush();
    QCOMPARE(seen, (std::vector<std::string> {"+one", "+two", "~one", "-two", "-one"}));
}

void TestKubeCache::relistsAfterGone()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps});
    for (int i = 0; i < 5; ++i)
        cluster->put("configmaps", configMap(fmt::format("c{}", i), "1"));
    Cache cache(std::make_shared<Client>(cluster), kQuick);
    QVERIFY(cache.watch(kConfigMaps, {}));
    std::vector<std::string> seen;
    const auto subscription = cache.subscribe([&](const std::vector<Cache::Change>& changes) {
        for (const auto& change : changes)
            seen.push_back((change.before ? (change.after ? "~" : "-") : "+")
                           + std::string(manifest::name(change.object())));
    });
    // The list that follows must tell what the lost events would have told, and no more.
    FakeCluster::Faults off;
    off.fail = 1;
    cluster->setFaults(off);
    cluster->cutWatches();
    cluster->put("configmaps", configMap("c1", "2"));
    cluster->erase("configmaps", "a", "c3");
    cluster->put("configmaps", configMap("c9", "1"));
    cluster->cutWatches(true);
    cluster->setFaults({});
    QTRY_VERIFY(cache.get(keyOf("c9")) && !cache.get(keyOf("c3")));
    cache.flush();
    std::sort(seen.begin(), seen.end());
    QCOMPARE(seen, (std::vector<std::string> {"+c9", "-c3", "~c1"}));
}

void TestKubeCache::staysEqualUnderFaults_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 12; ++seed)
        QTest::addRow("%u", seed) << seed;
}

void TestKubeCache::staysEqualUnderFaults()
{
    QFETCH(unsigned, seed);
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps, kSecrets});
    auto client = std::make_shared<Client>(cluster);
    Cache cache(client, kQuick);
    std::map<std::string, std::string> replica; // what a listener would know
    bool consistent = true;
    const auto subscription = cache.subscribe([&](const std::vector<Cache::Change>& changes) {
        for (const auto& change : changes) {
            const std::string name(manifest::name(change.object()));
            const auto had = replica.find(name);
            consistent &= (had != replica.end()) == (change.before != nullptr);
            if (change.before)
                consistent &= had != replica.end() && had->second == manifest::toJson(*change.before);
            if (change.after)
                replica[name] = manifest::toJson(*change.after);
            else
                replica.erase(name);
        }
    });
    FakeCluster::Faults faults;
    faults.cut = 0.1;
    faults.expire = 0.2;
    faults.duplicate = 0.2;
    faults.fail = 0.2;
    faults.seed = seed;
    cluster->setFaults(faults);
    (void)cache.watch(kConfigMaps, {});
    std::mt19937 random(seed);
    for (int step = 0; step < 600; ++step) {
        const auto name = fmt::format("c{}", random() % 30);
        switch (random() % 6) {
        case 0:
            cluster->erase("configmaps", "a", name);
            break;
        case 1: {
            const auto written = client->create(configMap(name, fmt::format("{}", step)));
            if (written)
                cache.observe(*written);
            break;
        }
        case 2: {
            const auto written = client->replace(configMap(name, fmt::format("{}", step)));
            if (written)
                cache.observe(*written);
            break;
        }
        default:
            cluster->put("configmaps", configMap(name, fmt::format("{}", step)));
        }
        if (random() % 100 == 0)
            cluster->cutWatches(random() % 2 == 0);
        if (random() % 16 == 0)
            std::this_thread::yield();
    }
    cluster->setFaults({});
    QTRY_COMPARE(versions(cache.list({"", "ConfigMap"})), versions(cluster->objects("configmaps")));
    cache.flush();
    QVERIFY(consistent);
    std::map<std::string, std::string> expected;
    for (const auto& object : cluster->objects("configmaps"))
        expected[std::string(manifest::name(object))] = manifest::toJson(object);
    QVERIFY(replica == expected);
    QTRY_VERIFY(cache.problems().empty()); // a watch that was cut last is on its way back
}

void TestKubeCache::readsItsOwnWrites()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps});
    auto client = std::make_shared<Client>(cluster);
    Cache cache(client, kQuick);
    QVERIFY(cache.watch(kConfigMaps, {}));
    for (int i = 0; i < 50; ++i) {
        const auto written = client->apply(configMap("x", fmt::format("{}", i)));
        QVERIFY(written);
        cache.observe(*written);
        QCOMPARE(manifest::text(*cache.get(keyOf("x")), {"data", "k"}), std::string_view(fmt::format("{}", i)));
    }
}

void TestKubeCache::lateNewsOfOwnWritesChangesNothing()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps});
    auto client = std::make_shared<Client>(cluster);
    Cache cache(client, kQuick);
    QVERIFY(cache.watch(kConfigMaps, {}));
    const auto written = client->create(configMap("x", "1"));
    QTRY_VERIFY(cache.get(keyOf("x")));
    cluster->erase("configmaps", "a", "x");
    QTRY_VERIFY(!cache.get(keyOf("x")));
    cache.observe(*written); // the writer is late: the object has come and gone
    QVERIFY(!cache.get(keyOf("x")));
}

void TestKubeCache::reportsProblems()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps});
    FakeCluster::Faults faults;
    faults.fail = 1;
    cluster->setFaults(faults);
    Cache cache(std::make_shared<Client>(cluster), kQuick);
    const auto failed = cache.watch(kConfigMaps, {});
    QVERIFY(!failed);
    QCOMPARE(failed.error().code, Error::Code::Unavailable);
    QCOMPARE(cache.problems().size(), std::size_t {1});
    cluster->setFaults({});
    QTRY_VERIFY(cache.problems().empty());
    QVERIFY(cache.watch(kConfigMaps, {}));
    std::stop_source stop;
    stop.request_stop();
    FakeCluster::Faults again;
    again.fail = 1;
    cluster->setFaults(again);
    QCOMPARE(cache.watch(kSecrets, stop.get_token()).error().code == Error::Code::Cancelled
                 || !cache.problems().empty(),
             true);
}

void TestKubeCache::findsChildren()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps});
    cluster->put("configmaps", configMap("a", "1", "u1"));
    cluster->put("configmaps", configMap("b", "1", "u1"));
    cluster->put("configmaps", configMap("c", "1", "u2"));
    Cache cache(std::make_shared<Client>(cluster), kQuick);
    QVERIFY(cache.watch(kConfigMaps, {}));
    QCOMPARE(cache.children("u1").size(), std::size_t {2});
    cluster->put("configmaps", configMap("b", "1", "u2"));
    cluster->erase("configmaps", "a", "c");
    QTRY_COMPARE(cache.children("u1").size(), std::size_t {1});
    QTRY_COMPARE(cache.children("u2").size(), std::size_t {1});
    QCOMPARE(manifest::name(*cache.children("u2").front()), std::string_view("b"));
    QVERIFY(cache.children("").empty());
}

void TestKubeCache::picksUpNewTypes()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps, kCrds});
    Cache cache(std::make_shared<Client>(cluster), kQuick);
    QVERIFY(cache.watchAll({}));
    QCOMPARE(cache.types().size(), std::size_t {2});
    cluster->addType(kWidgets);
    const auto crd =
        R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"}})";
    cluster->put("customresourcedefinitions", *manifest::parseJson(crd));
    QTRY_COMPARE(cache.types().size(), std::size_t {3});
    cluster->put("widgets",
                 *manifest::parseJson(
                     R"({"apiVersion":"example.com/v1","kind":"Widget","metadata":{"namespace":"a","name":"w"}})"));
    const manifest::ResourceKey widget {"example.com", "Widget", "a", "w"};
    QTRY_VERIFY(cache.get(widget));
    cluster->removeType("widgets");
    QTRY_VERIFY(!cache.get(widget));
    QTRY_COMPARE(cache.types().size(), std::size_t {2});
}

void TestKubeCache::recreatedObjectIsDeletedAndAdded()
{
    auto cluster = std::make_shared<FakeCluster>(std::vector {kConfigMaps});
    cluster->put("configmaps", configMap("x", "1"));
    Cache cache(std::make_shared<Client>(cluster), kQuick);
    QVERIFY(cache.watch(kConfigMaps, {}));
    std::string seen;
    const auto subscription = cache.subscribe([&](const std::vector<Cache::Change>& changes) {
        for (const auto& change : changes)
            seen += change.before ? (change.after ? "~" : "-") : "+";
    });
    FakeCluster::Faults off;
    off.fail = 1;
    cluster->setFaults(off);
    cluster->cutWatches();
    cluster->erase("configmaps", "a", "x");
    cluster->put("configmaps", configMap("x", "2"));
    cluster->cutWatches(true);
    cluster->setFaults({});
    QTRY_VERIFY(manifest::text(*cache.get(keyOf("x")), {"data", "k"}) == "2");
    cache.flush();
    QCOMPARE(seen, std::string("-+"));
}

QTEST_GUILESS_MAIN(TestKubeCache)
#include "tst_kube_cache.moc"
