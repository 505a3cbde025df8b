// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/client.h"
#include "core/kube/discovery_cache.h"
#include "core/kube/rate_limit.h"
#include "core/kube/websocket.h"
#include "support/fake_transport.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <future>

using namespace core;
using namespace core::kube;
using support::FakeCluster;
using support::FakeTransport;

namespace {

ResourceType type(std::string group, std::string version, std::string kind, std::string plural, bool namespaced = true)
{
    return {std::move(group), std::move(version), std::move(kind), std::move(plural), namespaced};
}

std::shared_ptr<FakeCluster> smallCluster()
{
    return std::make_shared<FakeCluster>(std::vector<ResourceType> {type("", "v1", "ConfigMap", "configmaps"),
                                                                    type("", "v1", "Namespace", "namespaces", false),
                                                                    type("apps", "v1", "Deployment", "deployments")});
}

/// Counts requests on their way.
class Counted final : public Transport
{
public:
    Counted(TransportPtr inner, std::string name)
        : m_inner(std::move(inner))
        , m_name(std::move(name))
    {
    }
    Result<Response> send(const Request& request, std::stop_token stop) override
    {
        ++count;
        return m_inner->send(request, std::move(stop));
    }
    Result<Response> stream(const Request& request, const std::function<bool(std::string_view)>& onChunk,
                            std::stop_token stop) override
    {
        return m_inner->stream(request, onChunk, std::move(stop));
    }
    std::string description() const override { return m_name; }
    int count = 0;

private:
    TransportPtr m_inner;
    std::string m_name;
};

manifest::Value configMap(const std::string& name, const std::string& value)
{
    return manifest::parseJson(
               fmt::format(
                   R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"namespace":"a","name":"{}"}},"data":{{"k":"{}"}}}})",
                   name, value))
        .value();
}

} // namespace

class TestKubeClient : public QObject
{
    Q_OBJECT

private slots:
    void readsAggregatedDiscovery();
    void readsLegacyDiscovery();
    void keepsDiscoveryOnDisk();
    void writesAndReads();
    void pagesThroughLists();
    void listsAgainWhenAPageExpires();
    void typesErrors_data();
    void typesErrors();
    void sendsWhatItShould();
    void retriesOnlyWithRetryAfter();
    void watchReportsGone();
    void watchSurvivesSplitLines();
    void rejectsGarbage();
    void waitsForItsOwnRate();
    void itsOwnRateHidesNoWebSockets();
};

void TestKubeClient::readsAggregatedDiscovery()
{
    Client client(smallCluster());
    const auto deployment = client.resolve("apps/v1", "Deployment");
    QVERIFY(deployment);
    QCOMPARE(deployment->plural, std::string("deployments"));
    QVERIFY(!client.resolve(manifest::GroupKind {"", "Namespace"})->namespaced);
    const auto none = client.resolve("x/v1", "Foo");
    QVERIFY(!none);
    QCOMPARE(none.error().code, Error::Code::NotFound);
    QCOMPARE(none.error().message, std::string("no matches for kind \"Foo\" in version \"x/v1\""));
}

void TestKubeClient::readsLegacyDiscovery()
{
    auto transport = std::make_shared<FakeTransport>();
    const auto answer = [](std::string_view json) { return Response {200, {}, std::string(json)}; };
    transport->on("GET", "/api", answer(R"({"kind":"APIVersions","versions":["v1"]})"));
    transport->on("GET", "/api/v1",
                  answer(R"({"resources":[{"name":"pods","kind":"Pod","namespaced":true,"verbs":["get"]},
        {"name":"pods/log","kind":"Pod","namespaced":true}]})"));
    transport->on("GET", "/apis",
                  answer(R"({"groups":[{"name":"autoscaling","versions":[{"version":"v1"},{"version":"v2"}],
        "preferredVersion":{"version":"v2"}},{"name":"broken.io","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}}]})"));
    const auto hpa = answer(
        R"({"resources":[{"name":"horizontalpodautoscalers","kind":"HorizontalPodAutoscaler","namespaced":true}]})");
    transport->on("GET", "/apis/autoscaling/v1", hpa);
    transport->on("GET", "/apis/autoscaling/v2", hpa);
    transport->on("GET", "/apis/broken.io/v1", Response {503, {}, "no"});
    Client client(transport);
    QCOMPARE(client.resolve(manifest::GroupKind {"autoscaling", "HorizontalPodAutoscaler"})->version,
             std::string("v2"));
    QCOMPARE(client.resolve("v1", "Pod")->subresources, std::vector<std::string> {"log"});
}

void TestKubeClient::keepsDiscoveryOnDisk()
{
    namespace fs = std::filesystem;
    const QTemporaryDir home;
    const auto folder = fs::path(home.path().toStdString()) / "discovery";
    const auto open = [&](std::shared_ptr<Counted>& transport, TransportPtr inner, const std::string& name) {
        transport = std::make_shared<Counted>(std::move(inner), name);
        auto client = std::make_unique<Client>(transport);
        client->keepDiscovery(folder);
        return client;
    };
    const std::string server = "https://[::1]:6443/a/../b";
    std::shared_ptr<Counted> transport;
    const auto types = *open(transport, smallCluster(), server)->discover();
    QVERIFY(transport->count > 0);
    QCOMPARE(types.size(), std::size_t {3});
    const auto file = DiscoveryCache(folder, server).file();
    QCOMPARE(file.parent_path(), folder); // whatever the server is called
    QCOMPARE(fs::status(folder).permissions(), fs::perms::owner_all);
    QCOMPARE(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);

    auto bigger = smallCluster();
    bigger->addType(type("example.com", "v1", "Ship", "ships"));
    {
        const auto client = open(transport, bigger, server);
        QCOMPARE(*client->discover(), types);
        QVERIFY(client->resolve("apps/v1", "Deployment"));
        QCOMPARE(transport->count, 0);
        QVERIFY(client->resolve("example.com/v1", "Ship")); // what is unknown is looked for on the server
        QVERIFY(transport->count > 0);
    }
    {
        const auto client = open(transport, smallCluster(), server);
        QCOMPARE(client->discover()->size(), std::size_t {4}); // the new type was kept
        client->invalidateDiscovery();
        QCOMPARE(client->discover()->size(), std::size_t {3});
    }
    (void)open(transport, smallCluster(), "https://other:6443")->discover();
    QVERIFY(transport->count > 0); // another server has another file
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(7));
    (void)open(transport, smallCluster(), server)->discover();
    QVERIFY(transport->count > 0); // too old
    (void)open(transport, smallCluster(), server)->discover();
    QCOMPARE(transport->count, 0);
    std::ofstream(file) << "{\"format\":1,\"types\":[{";
    QCOMPARE(open(transport, smallCluster(), server)->discover()->size(), std::size_t {3});
    QVERIFY(transport->count > 0); // not to be trusted
}

void TestKubeClient::writesAndReads()
{
    auto cluster = smallCluster();
    Client client(cluster);
    const auto created = client.create(configMap("one", "1"));
    QVERIFY(created);
    QVERIFY(!manifest::uid(*created).empty());
    const auto again = client.create(configMap("one", "1"));
    QCOMPARE(again.error().code, Error::Code::AlreadyExists);
    QCOMPARE(again.error().where, std::string("ConfigMap/a/one"));
    const auto type = *client.resolve("v1", "ConfigMap");
    auto stale = *created;
    QVERIFY(client.replace(configMap("one", "2")));
    QCOMPARE(client.replace(stale).error().code, Error::Code::Conflict);
    QVERIFY(client.patch(type, "a", "one", PatchType::Merge, *manifest::parseJson(R"({"data":{"x":"y"}})")));
    const auto read = client.get(type, "a", "one");
    QCOMPARE(manifest::text(*read, {"data", "k"}), std::string_view("2"));
    QCOMPARE(manifest::text(*read, {"data", "x"}), std::string_view("y"));
    QVERIFY(client.remove(type, "a", "one"));
    QCOMPARE(client.get(type, "a", "one").error().code, Error::Code::NotFound);
    QCOMPARE(client.get(type, "a", "one").error().httpStatus, 404);
}

void TestKubeClient::pagesThroughLists()
{
    auto cluster = smallCluster();
    for (int i = 0; i < 1203; ++i)
        cluster->put("configmaps", configMap(fmt::format("c{:05}", i), "x"));
    Client client(cluster);
    const auto all = client.list(*client.resolve("v1", "ConfigMap"), {});
    QVERIFY(all);
    QCOMPARE(all->items.size(), std::size_t {1203});
    QCOMPARE(manifest::name(all->items.back()), std::string_view("c01202"));
    QCOMPARE(manifest::kind(all->items.front()), std::string_view("ConfigMap"));
    const auto requests = cluster->requests();
    QCOMPARE(std::count_if(requests.begin(), requests.end(),
                           [](const Request& r) { return r.path.find("/configmaps") != std::string::npos; }),
             std::ptrdiff_t {3});
}

void TestKubeClient::listsAgainWhenAPageExpires()
{
    auto transport = std::make_shared<FakeTransport>();
    const Response first {
        200, {}, R"({"metadata":{"resourceVersion":"5","continue":"c"},"items":[{"metadata":{"name":"a"}}]})"};
    const Response full {
        200,
        {},
        R"({"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]})"};
    transport->on("GET", "/api/v1/configmaps", first);
    transport->on("GET", "/api/v1/configmaps", support::statusResponse(410, "Expired", "too old"));
    transport->on("GET", "/api/v1/configmaps", full);
    Client client(transport);
    const auto all = client.list(type("", "v1", "ConfigMap", "configmaps"), {});
    QVERIFY(all);
    QCOMPARE(all->items.size(), std::size_t {2});
    QCOMPARE(all->resourceVersion, std::string("9"));
}

void TestKubeClient::typesErrors_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, int status, const char* body, Error::Code code, const char* message) {
        QTest::newRow(name) << status << body << static_cast<int>(code) << message;
    };
    using Code = Error::Code;
    row("reason before code", 409, R"({"kind":"Status","reason":"AlreadyExists","message":"x exists","code":409})",
        Code::AlreadyExists, "x exists");
    row("conflict", 409, R"({"kind":"Status","reason":"Conflict","message":"m","code":409})", Code::Conflict, "m");
    row("invalid", 422, R"({"kind":"Status","reason":"Invalid","message":"bad","code":422})", Code::Invalid, "bad");
    row("gone", 410, R"({"kind":"Status","reason":"Gone","message":"old","code":410})", Code::Gone, "old");
    row("forbidden", 403, R"({"kind":"Status","reason":"Forbidden","message":"no","code":403})", Code::Forbidden, "no");
    row("unauthorized", 401, R"({"kind":"Status","reason":"Unauthorized","message":"Unauthorized","code":401})",
        Code::Unauthorized, "Unauthorized");
    row("no reason", 500, R"({"kind":"Status","message":"boom","code":500})", Code::Unavailable, "boom");
    row("plain text", 404, "404 page not found\n", Code::NotFound, "404 page not found");
    row("html of a proxy", 502, "<html><body>Bad gateway</body></html>", Code::Unavailable,
        "the server answered with status 502");
    row("nothing", 503, "", Code::Unavailable, "the server answered with status 503");
    row("binary", 500, "\xff\xfe", Code::Unavailable, "the server answered with status 500");
}

void TestKubeClient::typesErrors()
{
    QFETCH(int, status);
    QFETCH(QString, body);
    QFETCH(int, code);
    QFETCH(QString, message);
    auto transport = std::make_shared<FakeTransport>();
    const auto bytes =
        QTest::currentDataTag() == std::string_view("binary") ? std::string("\xff\xfe") : body.toStdString();
    transport->on("GET", "/version", Response {status, {}, bytes});
    Client client(transport);
    const auto result = client.serverVersion();
    QVERIFY(!result);
    QCOMPARE(static_cast<int>(result.error().code), code);
    QCOMPARE(QString::fromStdString(result.error().message), message);
    QCOMPARE(result.error().httpStatus, status);
}

void TestKubeClient::sendsWhatItShould()
{
    auto cluster = smallCluster();
    Client client(cluster);
    WriteOptions options;
    options.force = true;
    options.dryRun = true;
    options.fieldManager = "a b";
    QVERIFY(client.apply(configMap("x", "1"), options));
    const auto applied = cluster->requests().back();
    QCOMPARE(applied.method, std::string("PATCH"));
    QCOMPARE(applied.path, std::string("/api/v1/namespaces/a/configmaps/x?fieldManager=a%20b&dryRun=All&force=true"));
    QCOMPARE(applied.headers.front().second, std::string("application/apply-patch+yaml"));
    DeleteOptions remove;
    remove.uid = "u";
    (void)client.remove(*client.resolve("v1", "ConfigMap"), "a", "x", remove);
    QCOMPARE(
        cluster->requests().back().body,
        std::string(
            R"({"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"Background","preconditions":{"uid":"u"}})"));
}

void TestKubeClient::retriesOnlyWithRetryAfter()
{
    auto transport = std::make_shared<FakeTransport>();
    transport->on("GET", "/version", Response {429, {{"retry-after", "1"}}, ""});
    transport->on("GET", "/version", Response {200, {}, R"({"major":"1"})"});
    Client client(transport);
    QVERIFY(client.serverVersion());
    QCOMPARE(transport->requests().size(), std::size_t {2});
    auto plain = std::make_shared<FakeTransport>();
    plain->on("GET", "/version", Response {500, {}, ""});
    QVERIFY(!Client(plain).serverVersion());
    QCOMPARE(plain->requests().size(), std::size_t {1});
}

void TestKubeClient::watchReportsGone()
{
    auto cluster = smallCluster();
    cluster->put("configmaps", configMap("x", "1"));
    cluster->put("configmaps", configMap("y", "1"));
    cluster->cutWatches(true);
    Client client(cluster);
    ListOptions from;
    from.resourceVersion = "1";
    const auto ended = client.watch(*client.resolve("v1", "ConfigMap"), {}, from, [](WatchEvent) { return true; }, {});
    QVERIFY(!ended);
    QCOMPARE(ended.error().code, Error::Code::Gone);
}

void TestKubeClient::watchSurvivesSplitLines()
{
    auto transport = std::make_shared<FakeTransport>();
    transport->onStream(
        "/api/v1/configmaps", [](const Request&, const auto& onChunk, std::stop_token) -> Result<Response> {
            const std::string text = "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"\xd8\xa7\"}}}\n\n{"
                                     "\"type\":\"FUTURE\",\"object\":{}}\n"
                                     "{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"b\"}}}\n";
            for (const char c : text) {
                if (!onChunk(std::string_view(&c, 1)))
                    break;
            }
            return Response {200, {}, {}};
        });
    Client client(transport);
    std::vector<std::string> names;
    QVERIFY(client.watch(type("", "v1", "ConfigMap", "configmaps"), {}, {},
                         [&](WatchEvent event) {
                             names.emplace_back(manifest::name(event.object));
                             return true;
                         },
                         {}));
    QCOMPARE(names, (std::vector<std::string> {"\xd8\xa7", "b"}));
}

void TestKubeClient::rejectsGarbage()
{
    auto transport = std::make_shared<FakeTransport>();
    transport->on("GET", "/api/v1/configmaps", Response {200, {}, R"({"items":7})"});
    transport->onStream("/api/v1/configmaps",
                        [](const Request&, const auto& onChunk, std::stop_token) -> Result<Response> {
                            (void)onChunk("not json\n");
                            return Response {200, {}, {}};
                        });
    Client client(transport);
    const auto configMaps = type("", "v1", "ConfigMap", "configmaps");
    QVERIFY(!client.list(configMaps, {}));
    QVERIFY(!client.watch(configMaps, {}, {}, [](WatchEvent) { return true; }, {}));
}

/// Terminals and forwarded ports ask the transport whether it can open sockets.
void TestKubeClient::itsOwnRateHidesNoWebSockets()
{
    class Sockets final : public Transport, public WebSocketTransport
    {
    public:
        Result<Response> send(const Request&, std::stop_token) override { return Response(); }
        Result<Response> stream(const Request&, const std::function<bool(std::string_view)>&, std::stop_token) override
        {
            return Response();
        }
        [[nodiscard]] std::string description() const override { return "sockets"; }
        Result<std::unique_ptr<WebSocket>> openWebSocket(const std::string& path, const std::vector<std::string>&,
                                                         std::stop_token) override
        {
            return fail(Error::Code::NotFound, path);
        }
    };
    const auto limited = rateLimited(std::make_shared<Sockets>(), {});
    auto* opens = dynamic_cast<WebSocketTransport*>(limited.get());
    QVERIFY(opens != nullptr);
    QCOMPARE(opens->openWebSocket("/exec", {}, {}).error().message, std::string("/exec"));
    QVERIFY(dynamic_cast<WebSocketTransport*>(rateLimited(smallCluster(), {}).get()) == nullptr);
}

void TestKubeClient::waitsForItsOwnRate()
{
    using namespace std::chrono_literals;
    const auto clock = std::make_shared<ManualClock>(TimePoint {1h});
    const auto transport = rateLimited(smallCluster(), {10, 2}, clock);
    const Request request {"GET", "/api/v1/namespaces", {}, {}};
    std::stop_source stop;
    const auto later = [&] {
        return std::async(std::launch::async, [&] { return transport->send(request, stop.get_token()); });
    };
    for (int i = 0; i < 2; ++i)
        QVERIFY(transport->send(request, {}));
    auto third = later();
    QCOMPARE(third.wait_for(50ms), std::future_status::timeout);
    clock->advance(99ms);
    QCOMPARE(third.wait_for(50ms), std::future_status::timeout);
    clock->advance(1ms);
    QVERIFY(third.get());
    // However long it was quiet, no more than a burst.
    clock->advance(1h);
    for (int i = 0; i < 2; ++i)
        QVERIFY(transport->send(request, {}));
    auto fifth = later();
    QCOMPARE(fifth.wait_for(50ms), std::future_status::timeout);
    stop.request_stop();
    const auto stopped = fifth.get();
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, Error::Code::Cancelled);
    clock->advance(100ms); // whoever stopped has given the token back
    QVERIFY(transport->send(request, {}));
}

QTEST_GUILESS_MAIN(TestKubeClient)
#include "tst_kube_client.moc"
