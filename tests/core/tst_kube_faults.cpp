// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A cache behind a connection that cuts, delays, truncates and refuses at random, while thousands of objects change: it
// ends equal to the server, and what its listeners are told is what happened, once and in order.
#include "core/base/clock.h"
#include "core/embedded/cluster.h"
#include "core/kube/cache.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "support/fault_server.h"
#include "support/real_cluster.h"

#include <QDeadlineTimer>
#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <random>
#include <thread>

using namespace core;
using namespace core::kube;
using manifest::Object;
using manifest::Value;
using support::Fault;

namespace {

constexpr int kObjects = 10'000;
constexpr int kWriters = 4;
constexpr int kFaults = 40; ///< at least
constexpr const char* kLast = "last";
const ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps"};

Value configMap(const std::string& nameSpace, const std::string& name, int value)
{
    return Object {{"apiVersion", "v1"},
                   {"kind", "ConfigMap"},
                   {"metadata", Object {{"namespace", nameSpace}, {"name", name}}},
                   {"data", Object {{"value", std::to_string(value)}, {"padding", std::string(200, 'x')}}}};
}

std::string versionOf(const Value& object)
{
    return std::string(manifest::text(object, {"metadata", "resourceVersion"}));
}

/// What came to pass with one object: the versions it had, then "gone".
using Story = std::vector<std::string>;
using Stories = std::map<std::string, Story>; ///< by uid

/// Faults by chance, the same ones for the same seed and the same requests.
class Mood
{
public:
    Mood(unsigned seed, bool forgetful)
        : m_random(seed)
        , m_forgetful(forgetful)
    {
    }

    std::optional<Fault> fault(const Request& request)
    {
        const std::scoped_lock lock(m_mutex);
        const bool watch = request.path.find("watch=true") != std::string::npos;
        // A list of many pages starts over when one of them fails: with too many faults it would never end.
        if (!watch && roll(100) < 95)
            return std::nullopt;
        Fault fault;
        fault.delay = std::chrono::milliseconds(roll(20));
        const auto kind = roll(100);
        ++m_faults;
        if (kind < 12) // closed before a word
            return fault;
        if (kind < 24)
            return withDelay(support::statusFault(roll(2) == 0 ? 500 : 503, "InternalError", "no leader"), fault.delay);
        if (kind < 26) {
            fault = withDelay(support::statusFault(429, "TooManyRequests", "too many requests"), fault.delay);
            fault.retryAfter = "1";
            return fault;
        }
        if (kind < 34 && m_forgetful)
            return withDelay(support::statusFault(410, "Expired", "too old resource version: 1 (2)"), fault.delay);
        if (kind < 40)
            return Fault {200, "{\"type\":\"ADD", {}, roll(2) == 0};
        fault.cut = roll(2) == 0;
        fault.through = static_cast<std::size_t>(roll(watch ? 400'000 : 60'000));
        return fault;
    }
    int faults() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_faults;
    }

private:
    int roll(int below) { return std::uniform_int_distribution<int>(0, below - 1)(m_random); }
    static Fault withDelay(Fault fault, std::chrono::milliseconds delay)
    {
        fault.delay = delay;
        return fault;
    }

    mutable std::mutex m_mutex;
    std::minstd_rand m_random;
    const bool m_forgetful;
    int m_faults = 0;
};

/// Writes to its share of the objects: makes the second half of them, changes all, deletes and makes anew some.
void change(Client& client, const std::string& space, int writer, const std::function<void()>& onWrite)
{
    std::minstd_rand random(static_cast<unsigned>(writer) + 1);
    const auto must = [&onWrite](const auto& result) {
        if (!result)
            qFatal("%s", result.error().text().c_str());
        onWrite();
    };
    for (int i = writer; i < kObjects; i += kWriters) {
        const auto name = fmt::format("c-{:05}", i);
        if (i % 2 != 0)
            must(client.create(configMap(space, name, 0)));
        must(client.patch(kConfigMaps, space, name, PatchType::Merge, Object {{"data", Object {{"value", "1"}}}}));
        if (random() % 8 == 0)
            must(client.remove(kConfigMaps, space, name));
        else
            continue;
        if (random() % 2 == 0)
            must(client.create(configMap(space, name, 2)));
    }
}

/// Whether `told` is what happened from some moment on: `told` ends as `happened` does and is in its order.
bool isTail(const Story& told, const Story& happened)
{
    return !told.empty() && told.size() <= happened.size() && std::equal(told.rbegin(), told.rend(), happened.rbegin());
}

/// Whether `told` leaves out things, but neither invents, doubles nor disorders any, and knows the end. What came and
/// went between two lists may never be told of.
bool isExcerpt(const Story& told, const Story& happened)
{
    auto at = happened.begin();
    for (const auto& step : told) {
        at = std::find(at, happened.end(), step);
        if (at == happened.end())
            return false;
        ++at;
    }
    return told.empty() ? happened.back() == "gone" : told.back() == happened.back();
}

} // namespace

class TestKubeFaults : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void endsEqual_data();
    void endsEqual();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<support::RealCluster> m_real;
    QString m_whyNot;
};

void TestKubeFaults::initTestCase()
{
    if (qEnvironmentVariableIsEmpty("KUBE_FAULTS_REAL"))
        return;
    support::RealCluster::Options options;
    options.controllers.clear();
    m_real = support::RealCluster::start(m_whyNot, options);
}

void TestKubeFaults::endsEqual_data()
{
    QTest::addColumn<bool>("isReal");
    QTest::addColumn<bool>("forgetful");
    QTest::newRow("embedded") << false << false;
    QTest::newRow("embedded, 410") << false << true;
    if (qEnvironmentVariableIsEmpty("KUBE_FAULTS_REAL"))
        return; // a real server takes minutes for as many objects
    QTest::newRow("real") << true << false;
    QTest::newRow("real, 410") << true << true;
}

void TestKubeFaults::endsEqual()
{
    QFETCH(bool, isReal);
    QFETCH(bool, forgetful);
    if (isReal && !m_real)
        QSKIP(qPrintable(m_whyNot));
    std::unique_ptr<embedded::Cluster> cluster;
    if (!isReal) {
        embedded::Cluster::Options options;
        options.clock = std::make_shared<ScaledClock>();
        options.simulate = false;
        cluster = *embedded::Cluster::open(options);
    }
    const auto transport = isReal ? m_real->transport() : cluster->transport();
    Client admin(transport);
    const std::string space = forgetful ? "forgetful" : "faithful";
    QVERIFY(admin.create(Object {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Object {{"name", space}}}}));

    // What really happens, over a connection without faults.
    Stories happened;
    std::atomic<bool> over = false; ///< the last object was seen
    ListOptions from;
    from.resourceVersion = admin.list(kConfigMaps, space)->resourceVersion;
    std::jthread recorder([&](std::stop_token stop) {
        while (!stop.stop_requested()) {
            const auto ended = admin.watch(
                kConfigMaps, space, from,
                [&](const WatchEvent& event) {
                    from.resourceVersion = versionOf(event.object);
                    over = over || manifest::name(event.object) == kLast;
                    if (event.type == WatchEvent::Type::Deleted)
                        happened[std::string(manifest::uid(event.object))].emplace_back("gone");
                    else if (event.type != WatchEvent::Type::Bookmark)
                        happened[std::string(manifest::uid(event.object))].push_back(versionOf(event.object));
                    return true;
                },
                stop);
            if (!ended && !stop.stop_requested())
                qFatal("%s", ended.error().text().c_str());
        }
    });

    const auto share = [&](const auto& work) {
        std::vector<std::jthread> writers;
        for (int writer = 0; writer < kWriters; ++writer)
            writers.emplace_back([&work, writer] { work(writer); });
    };
    share([&](int writer) {
        for (int i = writer; i < kObjects; i += kWriters)
            if (i % 2 == 0 && !admin.create(configMap(space, fmt::format("c-{:05}", i), 0)))
                std::terminate();
    });

    Mood mood(20260301, forgetful);
    std::atomic<int> lists = 0;
    std::atomic<bool> calm = false;
    support::FaultServer server(transport);
    server.setFaults([&](const Request& request) -> std::optional<Fault> {
        const bool first = request.path.find("watch=") == std::string::npos
            && request.path.find("continue=") == std::string::npos && !request.path.ends_with("limit=1");
        if (first)
            ++lists;
        return calm ? std::nullopt : mood.fault(request);
    });
    const auto file = m_folder.filePath("kubeconfig").toStdString();
    {
        QFile out(QString::fromStdString(file));
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(server.kubeconfig().c_str());
    }
    const auto client = std::make_shared<Client>(curlTransport(*Kubeconfig::load(file)->access()));
    Cache cache(client, {std::chrono::milliseconds(5), std::chrono::milliseconds(40)});
    Stories told;
    std::map<std::string, ObjectPtr> last;
    std::atomic<int> seen = 0; ///< changes
    std::string wrong; ///< the first change that does not follow from those before
    const auto subscription = cache.subscribe([&](const std::vector<Cache::Change>& changes) {
        for (const auto& change : changes) {
            if (manifest::nameSpace(change.object()) != space)
                continue;
            ++seen;
            const std::string uid(manifest::uid(change.object()));
            auto& before = last[uid];
            if (before != change.before && wrong.empty())
                wrong = fmt::format("{} {}", manifest::name(change.object()), versionOf(change.object()));
            before = change.after;
            told[uid].push_back(change.after ? versionOf(*change.after) : "gone");
        }
    });
    (void)cache.watch(kConfigMaps, {}); // the first attempt may fail
    const auto same = [&] {
        const auto truth = admin.list(kConfigMaps, space);
        const auto known = cache.list({"", "ConfigMap"}, space);
        return truth && truth->items.size() == known.size()
            && std::equal(known.begin(), known.end(), truth->items.begin(),
                          [](const ObjectPtr& a, const Value& b) { return manifest::equal(*a, b); });
    };
    // Looks seldom: each look is a list of everything, and a real server has enough to do.
    const auto becomesSame = [&] {
        const QDeadlineTimer end(isReal ? 600'000 : 120'000);
        bool is = same();
        for (; !is && !end.hasExpired(); is = same())
            QTest::qWait(isReal ? 2'000 : 50);
        return is;
    };
    QVERIFY(becomesSame());
    const auto listsBefore = lists.load();
    // A server forgets old events (the embedded one keeps 8,192): who must not miss one may not be too far behind.
    std::atomic<int> written = 0;
    const auto seenBefore = seen.load();
    const auto pace = [&] {
        ++written;
        for (int nap = 0; !forgetful && nap < 30'000 && written - (seen - seenBefore) > 4'000; ++nap)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    share([&](int writer) { change(admin, space, writer, pace); });
    // How often the cache asks depends on the machine: changes go on until it has met enough faults.
    const auto all = admin.list(kConfigMaps, space)->items;
    for (int value = 0; mood.faults() <= kFaults && value < 100'000; ++value) {
        const std::string name(manifest::name(all[static_cast<std::size_t>(value) % all.size()]));
        QVERIFY(admin.patch(kConfigMaps, space, name, PatchType::Merge,
                            Object {{"data", Object {{"value", fmt::format("more {}", value)}}}}));
        pace();
    }
    QVERIFY(admin.create(configMap(space, kLast, 0)));

    QVERIFY(becomesSame());
    calm = true;
    QTest::qWait(300); // late news would make it unequal again
    QVERIFY(same());
    cache.flush();
    QTRY_VERIFY_WITH_TIMEOUT(over, 60'000);
    recorder.request_stop();
    recorder.join();

    QCOMPARE(wrong, std::string());
    const bool resumed = lists == listsBefore; // never had to list again: nothing may be missing
    QVERIFY(resumed || forgetful);
    for (const auto& [uid, story] : happened) {
        const auto& mine = told[uid];
        QVERIFY2(resumed ? isTail(mine, story) : isExcerpt(mine, story), uid.c_str());
    }
    QVERIFY2(mood.faults() > kFaults, std::to_string(mood.faults()).c_str());
    qInfo("%d faults, %d lists, %zu objects", mood.faults(), lists.load(), happened.size());
}

int main(int argc, char** argv)
{
    qputenv("QTEST_FUNCTION_TIMEOUT", "3600000"); // all rows are one function; busy machines take their time
    const QCoreApplication application(argc, argv);
    TestKubeFaults test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_kube_faults.moc"
