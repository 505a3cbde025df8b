// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fake_engine.h"

#include "core/engine/views.h"
#include "core/manifest/yaml.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace support {

namespace {

std::string text(const eng::AppId& app)
{
    return app.nameSpace + "/" + app.name;
}

std::string text(const eng::ObjectRef& object)
{
    return object.cluster.empty() ? object.key.text() : object.key.text() + " in " + object.cluster;
}

const char* actionName(eng::Engine::RolloutAction action)
{
    using Action = eng::Engine::RolloutAction;
    switch (action) {
    case Action::Promote:
        return "promote";
    case Action::PromoteFull:
        return "promote-full";
    case Action::SkipStep:
        return "skip-step";
    case Action::Pause:
        return "pause";
    case Action::Resume:
        return "resume";
    case Action::Abort:
        return "abort";
    case Action::Retry:
        return "retry";
    case Action::Restart:
        return "restart";
    }
    return "?";
}

} // namespace

FakeEngine::FakeEngine(eng::SnapshotPtr snapshot)
    : m_snapshot(std::move(snapshot))
{
}

void FakeEngine::publish(const eng::SnapshotPtr& snapshot)
{
    std::vector<std::function<void(const eng::SnapshotPtr&)>> callbacks;
    {
        const std::lock_guard lock(m_mutex);
        m_snapshot = snapshot;
        for (const auto& [id, callback] : m_callbacks)
            callbacks.push_back(callback);
    }
    for (const auto& callback : callbacks)
        callback(snapshot);
}

void FakeEngine::edit(const std::function<void(eng::Snapshot&)>& change)
{
    auto copy = std::make_shared<eng::Snapshot>(*snapshot());
    ++copy->version;
    change(*copy);
    publish(copy);
}

std::vector<std::string> FakeEngine::commands() const
{
    const std::lock_guard lock(m_mutex);
    return m_commands;
}

void FakeEngine::failWith(std::optional<core::Error> error)
{
    const std::lock_guard lock(m_mutex);
    m_error = std::move(error);
}

core::Result<> FakeEngine::record(std::string command)
{
    const std::lock_guard lock(m_mutex);
    m_commands.push_back(std::move(command));
    if (m_error)
        return core::fail(*m_error);
    return {};
}

core::Result<> FakeEngine::allowed() const
{
    while (questionsTakeLong)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::lock_guard lock(m_mutex);
    if (m_error)
        return core::fail(*m_error);
    return {};
}

eng::SnapshotPtr FakeEngine::snapshot() const
{
    const std::lock_guard lock(m_mutex);
    return m_snapshot;
}

eng::Subscription FakeEngine::subscribe(std::function<void(const eng::SnapshotPtr&)> callback)
{
    const std::lock_guard lock(m_mutex);
    const int id = m_nextCallback++;
    m_callbacks.emplace(id, std::move(callback));
    return eng::Subscription([this, id] {
        const std::lock_guard inner(m_mutex);
        m_callbacks.erase(id);
    });
}

core::Result<> FakeEngine::refresh(const eng::AppId& app, bool hard)
{
    return record((hard ? "hard-refresh " : "refresh ") + text(app));
}

core::Result<> FakeEngine::sync(const eng::AppId& app, const eng::SyncRequest& request)
{
    std::string line = "sync " + text(app);
    if (!request.revision.empty())
        line += " @" + request.revision;
    for (const auto& [on, word] : {std::pair {request.prune, " prune"}, std::pair {request.dryRun, " dry-run"},
                                   std::pair {request.force, " force"}, std::pair {request.replace, " replace"}}) {
        if (on)
            line += word;
    }
    if (request.applyOnly)
        line += " apply-only";
    for (const auto& option : request.options)
        line += " " + option;
    if (request.retryLimit)
        line += " retry " + std::to_string(*request.retryLimit);
    for (const auto& resource : request.resources)
        line += " " + resource.text();
    if (!request.reason.empty())
        line += " because " + request.reason;
    return record(line);
}

core::Result<> FakeEngine::terminate(const eng::AppId& app)
{
    return record("terminate " + text(app));
}

core::Result<> FakeEngine::rollback(const eng::AppId& app, std::int64_t historyId, const eng::RollbackOptions& options)
{
    return record("rollback " + text(app) + " to " + std::to_string(historyId) + (options.prune ? "" : " no-prune")
                  + (options.hooks ? " hooks" : "") + " because " + options.reason);
}

core::Result<> FakeEngine::pauseAutoSync(const eng::AppId& app, std::optional<core::TimePoint> until,
                                         const std::string& reason)
{
    return record("pause-auto-sync " + text(app) + (until ? " until " + core::formatRfc3339(*until) : "") + " because "
                  + reason);
}

core::Result<> FakeEngine::markRevision(const eng::AppId& app, const std::string& revision,
                                        const std::optional<std::string>& whyBad)
{
    return record("mark " + text(app) + " " + revision + (whyBad ? " bad because " + *whyBad : " good"));
}

core::Result<> FakeEngine::setAutoSync(const eng::AppId& app, bool enabled)
{
    return record("auto-sync " + text(app) + (enabled ? " on" : " off"));
}

core::Result<> FakeEngine::act(const eng::ObjectRef& rollout, RolloutAction action, const std::string& reason)
{
    return record("act " + text(rollout) + " " + actionName(action) + (reason.empty() ? "" : " because " + reason));
}

core::Result<> FakeEngine::undo(const eng::ObjectRef& rollout, std::int64_t revision)
{
    return record("undo " + text(rollout) + " to " + std::to_string(revision));
}

core::Result<> FakeEngine::applyLive(const std::string& yaml)
{
    return record("apply " + yaml);
}

core::Result<std::vector<eng::AppliedObject>>
FakeEngine::applyManifests(const std::string& yaml, const std::string& nameSpace, bool dryRun, std::stop_token)
{
    PH_CHECK(record((dryRun ? "ask about " : "create ") + yaml));
    PH_TRY(const auto documents, core::manifest::parseYaml(yaml, "manifests"));
    std::vector<eng::AppliedObject> out;
    for (const auto& document : documents) {
        auto key = core::manifest::keyOf(document.value);
        if (key.nameSpace.empty())
            key.nameSpace = nameSpace;
        out.push_back({std::move(key), eng::AppliedObject::Outcome::Created});
    }
    return out;
}

core::Result<> FakeEngine::removeLive(const eng::ObjectRef& object)
{
    return record("remove " + object.key.text() + (object.application ? " of " + object.application->name : ""));
}

core::Result<> FakeEngine::setClockRate(double rate)
{
    PH_CHECK(record("clock " + std::to_string(static_cast<int>(rate)) + "x"));
    edit([&](eng::Snapshot& snapshot) { snapshot.clockRate = rate; });
    return {};
}

void FakeEngine::setReadOnly(bool readOnly)
{
    edit([&](eng::Snapshot& snapshot) { snapshot.connection.readOnly = readOnly; });
}

core::Result<> FakeEngine::restart(const core::manifest::ResourceKey& key)
{
    return record("restart " + key.text());
}

core::Result<> FakeEngine::scale(const core::manifest::ResourceKey& key, std::int64_t replicas)
{
    return record("scale " + key.text() + " to " + std::to_string(replicas));
}

core::Result<> FakeEngine::annotate(const core::manifest::ResourceKey& key, const std::string& annotation,
                                    const std::optional<std::string>& value)
{
    return record("annotate " + key.text() + " " + annotation + (value ? "=" + *value : "-"));
}

core::Result<std::string> FakeEngine::revertCommit(const eng::AppId& app, const std::string& commit,
                                                   const std::string& reason)
{
    PH_CHECK(record("revert " + text(app) + " " + commit + " because " + reason));
    return std::string("c3d4e5f60718293a4b5c6d7e8f90112233445566");
}

core::Result<eng::RolloutPreview> FakeEngine::previewRollout(const eng::ObjectRef&, std::stop_token)
{
    PH_CHECK(allowed());
    return rolloutPreview;
}

core::Result<eng::SetPreview> FakeEngine::previewSet(const core::manifest::Value&, bool, std::stop_token)
{
    PH_CHECK(allowed());
    return setPreview;
}

core::Result<eng::GpuInventory> FakeEngine::gpus(std::stop_token)
{
    PH_CHECK(allowed());
    return gpuInventory;
}

core::Result<std::vector<eng::ModelRow>> FakeEngine::models(std::stop_token)
{
    PH_CHECK(allowed());
    return modelRows;
}

core::Result<eng::Administration> FakeEngine::administration(std::stop_token)
{
    PH_CHECK(allowed());
    return admin;
}

core::Result<> FakeEngine::runObjectAction(const eng::ObjectRef& object, const std::string& action,
                                           const core::health::ActionArguments& arguments)
{
    auto command = "action " + action + " of " + object.key.text();
    for (const auto& [name, value] : arguments)
        command += " " + name + "=" + value;
    return record(std::move(command));
}

core::Result<std::vector<core::health::ResourceAction>> FakeEngine::objectActions(const eng::ObjectRef& object,
                                                                                  std::stop_token)
{
    PH_CHECK(allowed());
    const auto found = actions.find(object.key);
    return found == actions.end() ? std::vector<core::health::ResourceAction>() : found->second;
}

core::Result<eng::UsageTable> FakeEngine::usage(std::stop_token)
{
    PH_CHECK(allowed());
    if (usageTable.empty())
        return core::fail(core::Error::Code::Unsupported, "the cluster has no metrics server");
    return usageTable;
}

core::Result<std::vector<eng::AccessAnswer>> FakeEngine::access(const std::vector<eng::AccessQuestion>& questions,
                                                                std::stop_token)
{
    PH_CHECK(allowed());
    std::vector<eng::AccessAnswer> answer;
    for (const auto& question : questions)
        answer.push_back({!denied.contains(question.text()), {}});
    return answer;
}

core::Result<eng::RemovalPlan> FakeEngine::removalPlan(const eng::ObjectRef& object, std::stop_token)
{
    const auto& key = object.key;
    PH_CHECK(allowed());
    const auto found = removalPlans.find(key);
    return found == removalPlans.end() ? eng::RemovalPlan {{key}, {}, {}, {}} : found->second;
}

core::Result<eng::PrintedTable> FakeEngine::printed(const core::manifest::GroupKind& kind, const std::string& nameSpace,
                                                    std::stop_token)
{
    PH_CHECK(allowed());
    const auto found = printedTables.find(kind);
    if (found == printedTables.end())
        return core::fail(core::Error::Code::Unsupported, "print: no table of this kind", kind.kind);
    auto answer = found->second;
    std::erase_if(answer.rows, [&](const auto& row) { return !nameSpace.empty() && row.first.nameSpace != nameSpace; });
    return answer;
}

eng::Subscription FakeEngine::followLogs(const std::vector<eng::LogSource>& sources, const eng::LogOptions& options,
                                         std::function<void(eng::LogChunk)> callback)
{
    int id = 0;
    {
        const std::lock_guard lock(m_mutex);
        id = m_nextCallback++;
        m_followers.emplace(id, Follower {sources, callback});
        std::string command = "follow";
        for (const auto& source : sources)
            command += " " + source.pod.name;
        m_commands.push_back(command + (options.previous ? " previous" : "")
                             + (options.sinceSeconds > 0 ? " since " + std::to_string(options.sinceSeconds) : ""));
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
        eng::LogChunk chunk {i, {}, false, {}};
        if (const auto known = podLogs.find(sources[i].pod); known != podLogs.end()) {
            std::size_t begin = 0;
            for (std::size_t end = 0; (end = known->second.find('\n', begin)) != std::string::npos; begin = end + 1)
                chunk.lines.push_back({i, snapshot()->at, known->second.substr(begin, end - begin)});
        } else {
            chunk.ended = true;
            chunk.error = core::Error {core::Error::Code::NotFound, "read logs: no such pod", sources[i].pod.text()};
        }
        callback(std::move(chunk));
    }
    return eng::Subscription([this, id] {
        const std::lock_guard lock(m_mutex);
        m_followers.erase(id);
    });
}

void FakeEngine::writeLog(const core::manifest::ResourceKey& pod, const std::vector<std::string>& lines)
{
    std::map<int, Follower> followers;
    {
        const std::lock_guard lock(m_mutex);
        followers = m_followers;
    }
    for (const auto& [id, follower] : followers)
        for (std::size_t i = 0; i < follower.sources.size(); ++i) {
            if (follower.sources[i].pod != pod)
                continue;
            eng::LogChunk chunk {i, {}, false, {}};
            for (const auto& line : lines)
                chunk.lines.push_back({i, snapshot()->at, line});
            follower.callback(std::move(chunk));
        }
}

std::size_t FakeEngine::followers() const
{
    const std::lock_guard lock(m_mutex);
    return m_followers.size();
}

namespace {

/// A program of this machine with a pseudo terminal.
class LocalTerminal final : public eng::Terminal
{
public:
    LocalTerminal(const std::vector<std::string>& command, eng::TerminalEvents events)
        : m_events(std::move(events))
    {
        std::vector<char*> arguments;
        for (const std::string& word : command)
            arguments.push_back(const_cast<char*>(word.c_str())); // NOLINT: exec does not write
        arguments.push_back(nullptr);
        m_child = forkpty(&m_descriptor, nullptr, nullptr, nullptr);
        if (m_child == 0) {
            setenv("TERM", "xterm-256color", 1);
            execvp(arguments.front(), arguments.data());
            _exit(127);
        }
        m_reader = std::jthread([this] { read(); });
    }
    ~LocalTerminal() override
    {
        kill(m_child, SIGKILL);
        m_reader.join();
        close(m_descriptor);
    }
    void send(std::string_view bytes) override
    {
        while (!bytes.empty()) {
            const auto written = write(m_descriptor, bytes.data(), bytes.size());
            if (written <= 0)
                return;
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void resize(int columns, int rows) override
    {
        winsize size {};
        size.ws_col = static_cast<unsigned short>(columns);
        size.ws_row = static_cast<unsigned short>(rows);
        ioctl(m_descriptor, TIOCSWINSZ, &size);
    }

private:
    void read()
    {
        std::array<char, 4096> buffer {};
        for (;;) {
            const auto got = ::read(m_descriptor, buffer.data(), buffer.size());
            if (got <= 0)
                break; // EIO: the program has ended
            m_events.output({buffer.data(), static_cast<std::size_t>(got)});
        }
        int status = 0;
        waitpid(m_child, &status, 0);
        m_events.ended(WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    }

    eng::TerminalEvents m_events;
    int m_descriptor = -1;
    pid_t m_child = -1;
    std::jthread m_reader;
};

class FakeForward final : public eng::Forward
{
public:
    FakeForward(unsigned short port, core::manifest::ResourceKey pod)
        : m_port(port)
        , m_pod(std::move(pod))
    {
    }
    [[nodiscard]] unsigned short localPort() const override { return m_port; }
    [[nodiscard]] const core::manifest::ResourceKey& pod() const override { return m_pod; }

private:
    unsigned short m_port;
    core::manifest::ResourceKey m_pod;
};

} // namespace

core::Result<std::unique_ptr<eng::Terminal>> FakeEngine::openTerminal(const eng::ObjectRef& pod,
                                                                      const std::string& container,
                                                                      const std::vector<std::string>& command,
                                                                      eng::TerminalEvents events, std::stop_token)
{
    PH_CHECK(record("exec " + pod.key.text() + (container.empty() ? "" : " -c " + container)));
    return std::make_unique<LocalTerminal>(command, std::move(events));
}

core::Result<std::unique_ptr<eng::Forward>> FakeEngine::forwardPort(const eng::ObjectRef& target, unsigned short port,
                                                                    unsigned short localPort,
                                                                    std::function<void(const core::Error&)> onProblem,
                                                                    std::stop_token)
{
    PH_CHECK(record("forward " + target.key.text() + " " + std::to_string(port)));
    onForwardProblem = std::move(onProblem);
    return std::make_unique<FakeForward>(localPort != 0 ? localPort : 34567, target.key);
}

core::Result<eng::AppDiff> FakeEngine::diff(const eng::AppId& app, std::stop_token)
{
    PH_CHECK(allowed());
    const auto found = diffs.find(app);
    if (found == diffs.end())
        return core::fail(core::Error::Code::NotFound, "compare: no such application", text(app));
    return found->second;
}

core::Result<eng::AppDiff> FakeEngine::diffWithText(const eng::AppId& app, const std::string& path,
                                                    const std::string& text, std::stop_token stop)
{
    if (const auto found = textDiffs.find(text); found != textDiffs.end())
        return found->second;
    if (!fileTexts.contains(path))
        return core::fail(core::Error::Code::NotFound, "render: no such file", path);
    PH_TRY(auto answer, diff(app, stop));
    answer.unsaved = true;
    return answer;
}

namespace {

std::string text(const eng::DiffSide& side)
{
    using Kind = eng::DiffSide::Kind;
    const std::string app = side.app.nameSpace + "/" + side.app.name;
    switch (side.kind) {
    case Kind::Live:
        return "live " + app;
    case Kind::LastApplied:
        return "last-applied " + app;
    case Kind::Revision:
        return app + "@" + side.revision;
    case Kind::Path:
        return "path " + side.path;
    }
    return "?";
}

std::string text(const eng::IgnoreRule& rule)
{
    std::string out = rule.kind + "/" + rule.name;
    for (const auto* list : {&rule.jsonPointers, &rule.jqPathExpressions, &rule.managedFieldsManagers})
        for (const auto& entry : *list)
            out += " " + entry;
    return out;
}

} // namespace

core::Result<eng::AppDiff> FakeEngine::compare(const eng::DiffSide& left, const eng::DiffSide& right, std::stop_token)
{
    PH_CHECK(record("compare " + text(left) + " with " + text(right)));
    return comparison;
}

core::Result<eng::AppDiff> FakeEngine::diffIgnoring(const eng::AppId& app, const eng::IgnoreRule& rule,
                                                    std::stop_token stop)
{
    PH_CHECK(record("preview ignoring " + text(rule)));
    PH_TRY(auto answer, diff(app, stop));
    for (auto& resource : answer.resources)
        if (resource.key.kind == rule.kind)
            for (auto& change : resource.changes) {
                std::string pointer;
                for (const auto& part : change.path)
                    pointer += "/" + part;
                change.ignored =
                    change.ignored || std::ranges::find(rule.jsonPointers, pointer) != rule.jsonPointers.end();
            }
    return answer;
}

core::Result<> FakeEngine::addIgnoreRule(const eng::AppId& app, const eng::IgnoreRule& rule)
{
    return record("ignore " + text(app) + " " + text(rule));
}

core::Result<eng::Plan> FakeEngine::planStaged(const eng::AppId&, const std::vector<eng::StagedField>& fields,
                                               std::stop_token)
{
    PH_CHECK(allowed());
    eng::Plan answer;
    for (const auto& field : fields) {
        eng::PlanTask task;
        task.key = field.key;
        task.phase = "Sync";
        task.action = eng::ResourceDiff::Action::Patch;
        task.restartsPods = field.path.size() > 2;
        answer.tasks.push_back(std::move(task));
    }
    return answer;
}

core::Result<> FakeEngine::syncStaged(const eng::AppId& app, const std::vector<eng::StagedField>& fields,
                                      const std::string& reason)
{
    return record("sync " + text(app) + " staged " + std::to_string(fields.size()) + " because " + reason);
}

core::Result<eng::SchemaNode> FakeEngine::schema(const std::string& apiVersion, const std::string& kind,
                                                 const std::vector<std::string>& path)
{
    const auto* type = core::manifest::builtinType(apiVersion, kind);
    const auto found = type != nullptr ? eng::schemaNode(*type, path) : std::nullopt;
    if (!found)
        return core::fail(core::Error::Code::NotFound, "no schema is known for this place", apiVersion + " " + kind);
    return *found;
}

core::Result<std::vector<eng::SourceLink>> FakeEngine::links(const eng::AppId&, const std::string& path,
                                                             std::stop_token)
{
    PH_CHECK(allowed());
    const auto found = fileLinks.find(path);
    return found == fileLinks.end() ? std::vector<eng::SourceLink> {} : found->second;
}

core::Result<eng::FileText> FakeEngine::readFileAt(const eng::AppId& app, const std::string& path,
                                                   const std::string& commit, std::stop_token stop)
{
    const auto found = oldTexts.find(path);
    if (found == oldTexts.end())
        return readFile(app, path, stop);
    return eng::FileText {found->second, commit};
}

core::Result<eng::Plan> FakeEngine::plan(const eng::AppId& app, const eng::SyncRequest&, std::stop_token stop)
{
    PH_CHECK(allowed());
    while (plansTakeLong && !stop.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (stop.stop_requested())
        return core::fail(core::Error::Code::Cancelled, "cancelled");
    const auto found = plans.find(app);
    if (found == plans.end())
        return core::fail(core::Error::Code::NotFound, "plan: no such application", text(app));
    return found->second;
}

core::Result<eng::ResourceDetails> FakeEngine::details(const eng::AppId&, const core::manifest::ResourceKey& key,
                                                       std::stop_token)
{
    PH_CHECK(allowed());
    const auto found = resourceDetails.find(key);
    if (found == resourceDetails.end())
        return core::fail(core::Error::Code::NotFound, "read the resource: not in the cluster", key.text());
    return found->second;
}

core::Result<std::string> FakeEngine::logs(const eng::ObjectRef& pod, const std::string&, std::int64_t, std::stop_token)
{
    PH_CHECK(allowed());
    const auto found = podLogs.find(pod.key);
    if (found == podLogs.end())
        return core::fail(core::Error::Code::NotFound, "read logs: no such pod", pod.key.text());
    return found->second;
}

core::Result<std::vector<core::manifest::Value>> FakeEngine::objects(const core::manifest::GroupKind& kind,
                                                                     const std::string& nameSpace, std::stop_token)
{
    PH_CHECK(allowed());
    std::vector<core::manifest::Value> answer;
    for (const auto& object : liveObjects) {
        const auto key = core::manifest::keyOf(object);
        if ((kind.kind.empty() || key.groupKind() == kind) && (nameSpace.empty() || key.nameSpace == nameSpace))
            answer.push_back(object);
    }
    return answer;
}

core::Result<std::vector<eng::SourceFile>> FakeEngine::files(const eng::AppId&, std::stop_token)
{
    PH_CHECK(allowed());
    std::vector<eng::SourceFile> answer;
    for (const auto& [path, text] : fileTexts)
        answer.push_back({path, false});
    return answer;
}

core::Result<eng::FileText> FakeEngine::readFile(const eng::AppId&, const std::string& path, std::stop_token)
{
    PH_CHECK(allowed());
    const auto found = fileTexts.find(path);
    if (found == fileTexts.end())
        return core::fail(core::Error::Code::NotFound, "read: no such file", path);
    return eng::FileText {found->second, "a1b2c3d4e5f60718293a4b5c6d7e8f9011223344"};
}

core::Result<std::string> FakeEngine::commitFile(const eng::AppId& app, const std::string& path,
                                                 const std::string& text, const std::string& baseCommit,
                                                 const std::string& message)
{
    PH_CHECK(record("commit " + support::text(app) + " " + path + " on " + baseCommit + ": " + message));
    const std::lock_guard lock(m_mutex);
    fileTexts[path] = text;
    return std::string("b2c3d4e5f60718293a4b5c6d7e8f901122334455");
}

core::Result<std::vector<eng::AuditEntry>> FakeEngine::audit(std::size_t limit)
{
    PH_CHECK(allowed());
    auto answer = auditEntries;
    if (answer.size() > limit)
        answer.resize(limit);
    return answer;
}

core::Result<> FakeEngine::verifyAudit()
{
    return record("verify-audit");
}

} // namespace support
