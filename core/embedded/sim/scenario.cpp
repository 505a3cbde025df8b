// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/scenario.h"

#include "core/embedded/sim/world.h"
#include "core/manifest/glob.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::globMatches;
using manifest::text;

namespace {

constexpr std::size_t kMaxText = std::size_t {512} << 10;
constexpr std::size_t kMaxStages = 1000;
const kube::ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps"};

using Where = std::vector<std::string>; ///< a field's path

/// Reads fields of one kind each and keeps the first thing that is wrong.
class Reader
{
public:
    Reader(std::string_view yaml, std::string_view source)
        : m_yaml(yaml)
        , m_source(source)
    {
    }

    void wrong(const Where& at, const std::string& message)
    {
        if (m_error)
            return;
        auto mark = manifest::locate(m_yaml, 0, at);
        for (auto outer = at; mark.line == 0 && !outer.empty(); outer.pop_back())
            mark = manifest::locate(m_yaml, 0, outer);
        std::string path;
        for (const auto& part : at)
            path += (path.empty() ? "" : ".") + part;
        m_error = Error {Error::Code::InvalidInput, path.empty() ? message : fmt::format("{}: {}", path, message),
                         fmt::format("{}:{}", m_source, std::max<std::size_t>(mark.line, 1))};
    }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

    void onlyKnows(const Value& value, const Where& at, std::initializer_list<std::string_view> names)
    {
        if (!value.is_object())
            return wrong(at, "must be a map");
        for (const auto& member : value.get_object()) {
            if (std::find(names.begin(), names.end(), std::string_view(member.key())) == names.end())
                wrong(below(at, member.key()), fmt::format("is not known here; known: {}", fmt::join(names, ", ")));
        }
    }
    void read(const Value& value, const Where& at, const char* name, std::string& out)
    {
        const auto* found = manifest::find(value, {name});
        if (found == nullptr)
            return;
        if (!found->is_string())
            return wrong(below(at, name), "must be a string");
        out = std::string(found->get_string());
    }
    bool read(const Value& value, const Where& at, const char* name, Duration& out)
    {
        if (manifest::find(value, {name}) == nullptr)
            return false;
        std::string written;
        read(value, at, name, written);
        const auto parsed = parseGoDuration(written);
        if (!parsed || *parsed < Duration::zero() || *parsed > std::chrono::hours(24 * 365))
            wrong(below(at, name), "must be a duration such as 30s, 5m or 1h30m");
        else
            out = *parsed;
        return true;
    }
    template<class Number>
    void read(const Value& value, const Where& at, const char* name, Number& out, double least, double most)
    {
        const auto* found = manifest::find(value, {name});
        if (found == nullptr)
            return;
        const bool whole = std::is_floating_point_v<Number> || found->is_int64() || found->is_uint64();
        if (!found->is_number() || !whole || found->to_number<double>() < least || found->to_number<double>() > most)
            return wrong(below(at, name),
                         fmt::format("must be a {}number from {} to {}",
                                     std::is_floating_point_v<Number> ? "" : "whole ", least, most));
        out = found->to_number<Number>();
    }
    void read(const Value& value, const Where& at, const char* name, std::vector<std::string>& out)
    {
        const auto* found = manifest::find(value, {name});
        if (found == nullptr)
            return;
        const bool strings = found->is_array() && !found->get_array().empty()
            && std::all_of(found->get_array().begin(), found->get_array().end(),
                           [](const Value& entry) { return entry.is_string(); });
        if (!strings)
            return wrong(below(at, name), "must be a list of strings");
        out.clear();
        for (const auto& entry : found->get_array())
            out.emplace_back(entry.get_string());
    }
    static Where below(Where at, std::string_view name)
    {
        at.emplace_back(name);
        return at;
    }

private:
    std::string_view m_yaml, m_source;
    std::optional<Error> m_error;
};

void readPods(Reader& reader, const Value& value, const Where& at, Scenario::PodStage stage, Scenario& out)
{
    using Kind = Behaviour::Kind;
    reader.onlyKnows(value, at,
                     {"name", "from", "for", "pods", "behavior", "lives", "exitCode", "readyAfter", "period"});
    const auto subject = Reader::below(at, "pods");
    const auto& pods = *manifest::find(value, {"pods"});
    reader.onlyKnows(pods, subject, {"namespace", "name", "image", "selector"});
    reader.read(pods, subject, "namespace", stage.nameSpace);
    reader.read(pods, subject, "name", stage.pod);
    reader.read(pods, subject, "image", stage.image);
    if (const auto* selector = manifest::find(pods, {"selector"})) {
        reader.onlyKnows(*selector, Reader::below(subject, "selector"), {"matchLabels", "matchExpressions"});
        stage.selector = *selector;
    }
    std::string word;
    reader.read(value, at, "behavior", word);
    const auto kind = behaviourKind(word);
    if (!kind || *kind == Kind::Run)
        reader.wrong(Reader::below(at, "behavior"),
                     "must be one of image-pull, crash-loop, oom, slow-start, never-ready, flap, config-error, fail");
    auto& behaviour = stage.behaviour;
    behaviour.kind = kind.value_or(Kind::Run);
    behaviour.lives = std::chrono::seconds(behaviour.kind == Kind::Oom ? 8 : 3);
    (void)reader.read(value, at, "lives", behaviour.lives);
    (void)reader.read(value, at, "readyAfter", behaviour.slowAfter);
    reader.read(value, at, "exitCode", behaviour.exitCode, 1, 255);
    (void)reader.read(value, at, "period", behaviour.period);
    if (behaviour.period < std::chrono::seconds(1))
        reader.wrong(Reader::below(at, "period"), "must be at least 1s");
    out.pods.push_back(std::move(stage));
}

void readNodes(Reader& reader, const Value& value, const Where& at, Scenario::NodeStage stage, Scenario& out)
{
    reader.onlyKnows(value, at, {"name", "from", "for", "nodes", "behavior", "gpus"});
    const auto subject = Reader::below(at, "nodes");
    const auto& nodes = *manifest::find(value, {"nodes"});
    reader.onlyKnows(nodes, subject, {"name"});
    reader.read(nodes, subject, "name", stage.node);
    std::string word;
    reader.read(value, at, "behavior", word);
    stage.lost = word == "lost";
    if (word == "gpus") {
        int gpus = -1;
        reader.read(value, at, "gpus", gpus, 0, 1024);
        if (gpus < 0)
            reader.wrong(at, "says nothing of gpus: how many are left?");
        stage.gpus = gpus;
    } else if (!stage.lost) {
        reader.wrong(Reader::below(at, "behavior"), "must be one of lost, gpus");
    }
    out.nodes.push_back(std::move(stage));
}

void readRequests(Reader& reader, const Value& value, const Where& at, Scenario::RequestStage stage, Scenario& out)
{
    reader.onlyKnows(
        value, at,
        {"name", "from", "for", "requests", "behavior", "status", "message", "retryAfter", "delay", "after"});
    const auto subject = Reader::below(at, "requests");
    const auto& requests = *manifest::find(value, {"requests"});
    reader.onlyKnows(requests, subject, {"verbs", "resources", "namespace", "user", "share"});
    reader.read(requests, subject, "verbs", stage.verbs);
    reader.read(requests, subject, "resources", stage.resources);
    reader.read(requests, subject, "namespace", stage.nameSpace);
    reader.read(requests, subject, "user", stage.user);
    reader.read(requests, subject, "share", stage.share, 0, 1);
    std::string word;
    reader.read(value, at, "behavior", word);
    if (word == "error") {
        stage.status = 500;
        stage.message = "scripted by the scenario: " + stage.name;
        reader.read(value, at, "status", stage.status, 400, 599);
        reader.read(value, at, "message", stage.message);
        (void)reader.read(value, at, "retryAfter", stage.retryAfter);
    } else if (word == "slow") {
        if (!reader.read(value, at, "delay", stage.delay))
            reader.wrong(at, "says nothing of delay: how slow?");
        if (stage.delay > std::chrono::minutes(5))
            reader.wrong(Reader::below(at, "delay"), "must be at most 5m");
    } else if (word == "cut") {
        Duration after = std::chrono::seconds(10);
        (void)reader.read(value, at, "after", after);
        stage.cutAfter = after;
    } else {
        reader.wrong(Reader::below(at, "behavior"), "must be one of error, slow, cut");
    }
    out.requests.push_back(std::move(stage));
}

void readStage(Reader& reader, const Value& value, const Where& at, std::size_t number, Scenario& out)
{
    Scenario::Stage stage;
    stage.name = fmt::format("stage {}", number);
    reader.read(value, at, "name", stage.name);
    (void)reader.read(value, at, "from", stage.from);
    Duration length {};
    if (reader.read(value, at, "for", length))
        stage.until = stage.from + length;
    const auto has = [&](const char* subject) { return manifest::find(value, {subject}) != nullptr; };
    if (int {has("pods")} + int {has("nodes")} + int {has("requests")} != 1)
        reader.wrong(at, "must be about one of pods, nodes, requests");
    else if (has("pods"))
        readPods(reader, value, at, {stage}, out);
    else if (has("nodes"))
        readNodes(reader, value, at, {stage}, out);
    else
        readRequests(reader, value, at, {stage}, out);
}

} // namespace

Result<Scenario> parseScenario(std::string_view yaml, std::string_view source)
{
    manifest::YamlLimits limits;
    limits.maxBytes = kMaxText;
    PH_TRY(const auto documents, manifest::parseYaml(yaml, source, limits));
    Reader reader(yaml, source);
    if (documents.size() != 1)
        return fail(Error::Code::InvalidInput, "must hold one document of kind Scenario", fmt::format("{}:1", source));
    const auto& document = documents.front().value;
    reader.onlyKnows(document, {}, {"apiVersion", "kind", "metadata", "spec"});
    if (text(document, {"kind"}) != "Scenario")
        reader.wrong({"kind"}, "must be Scenario");
    if (text(document, {"apiVersion"}) != "sim.pilothouse.dev/v1")
        reader.wrong({"apiVersion"}, "must be sim.pilothouse.dev/v1");
    Scenario scenario;
    scenario.name = text(document, {"metadata", "name"});
    const auto* spec = manifest::find(document, {"spec"});
    const auto* stages = manifest::find(document, {"spec", "stages"});
    if (spec == nullptr || stages == nullptr || !stages->is_array() || stages->get_array().size() > kMaxStages)
        reader.wrong({"spec", "stages"}, fmt::format("must be a list of at most {} stages", kMaxStages));
    if (reader.error())
        return fail(*reader.error());
    reader.onlyKnows(*spec, {"spec"}, {"seed", "stages"});
    reader.read(*spec, {"spec"}, "seed", scenario.seed, 0, 4'294'967'295.0);
    std::size_t number = 0;
    for (const auto& stage : stages->get_array()) {
        readStage(reader, stage, {"spec", "stages", std::to_string(number)}, number + 1, scenario);
        ++number;
    }
    if (reader.error())
        return fail(*reader.error());
    return scenario;
}

TimePoint RunningScenario::at(Duration since) const
{
    return since == Duration::max() ? TimePoint::max() : began + since;
}

const Scenario::PodStage* RunningScenario::stageOf(const Value& pod, TimePoint now) const
{
    const auto& containers = manifest::array(pod, {"spec", "containers"});
    const Scenario::PodStage* past = nullptr;
    const Scenario::PodStage* next = nullptr;
    for (const auto& stage : scenario.pods) {
        const bool image = std::any_of(containers.begin(), containers.end(), [&](const Value& container) {
            return globMatches(stage.image, text(container, {"image"}));
        });
        if (!image || !globMatches(stage.nameSpace, manifest::nameSpace(pod))
            || !globMatches(stage.pod, manifest::name(pod))
            || !(stage.selector.is_null() || selects(&stage.selector, pod)))
            continue;
        if (stage.holds(now - began))
            return &stage;
        if (now - began < stage.from)
            next = next == nullptr || stage.from < next->from ? &stage : next;
        else
            past = past == nullptr || stage.until > past->until ? &stage : past;
    }
    return past != nullptr ? past : next;
}

const Scenario::NodeStage* RunningScenario::stageOf(std::string_view node, TimePoint now) const
{
    for (const auto& stage : scenario.nodes) {
        if (stage.holds(now - began) && globMatches(stage.node, node))
            return &stage;
    }
    return nullptr;
}

TimePoint RunningScenario::nextChange(TimePoint now) const
{
    auto next = TimePoint::max();
    const auto look = [&](const Scenario::Stage& stage) {
        for (const auto time : {at(stage.from), at(stage.until)})
            next = time > now ? std::min(next, time) : next;
    };
    std::for_each(scenario.pods.begin(), scenario.pods.end(), look);
    std::for_each(scenario.nodes.begin(), scenario.nodes.end(), look);
    return next;
}

Result<> startScenario(kube::Client& client, std::string_view yaml, std::string_view source, std::stop_token stop)
{
    PH_CHECK(parseScenario(yaml, source));
    PH_CHECK(stopScenario(client, stop)); // a new object begins anew
    const auto created =
        client.create(Object {{"apiVersion", "v1"},
                              {"kind", "ConfigMap"},
                              {"metadata", Object {{"name", kScenarioName}, {"namespace", kScenarioNamespace}}},
                              {"data", Object {{kScenarioKey, yaml}}}},
                      {}, stop);
    if (!created)
        return fail(created.error().within(fmt::format("play the scenario of {}", source)));
    return {};
}

Result<> stopScenario(kube::Client& client, std::stop_token stop)
{
    const auto removed = client.remove(kConfigMaps, kScenarioNamespace, kScenarioName, {}, stop);
    if (!removed && removed.error().code != Error::Code::NotFound)
        return fail(removed.error().within("end the scenario"));
    return {};
}

} // namespace core::embedded::sim
