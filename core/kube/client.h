// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/transport.h"
#include "core/manifest/resource.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace core::kube {

/// One served resource type, from discovery.
struct ResourceType
{
    std::string group; ///< "" = core
    std::string version;
    std::string kind;
    std::string plural;
    bool namespaced = true;
    std::vector<std::string> verbs {};
    std::vector<std::string> shortNames {};
    std::vector<std::string> categories {};
    std::vector<std::string> subresources {}; ///< "status", "scale" ...
    [[nodiscard]] manifest::GroupKind groupKind() const { return {group, kind}; }
    [[nodiscard]] std::string apiVersion() const { return group.empty() ? version : group + "/" + version; }
    friend bool operator==(const ResourceType&, const ResourceType&) = default;
};

struct ListOptions
{
    std::string labelSelector;
    std::string fieldSelector;
    std::string resourceVersion;
    std::int64_t limit = 0; ///< page size; 0 = the client's own paging (500), transparent to the caller
};

struct List
{
    std::vector<manifest::Value> items; ///< each with apiVersion and kind
    std::string resourceVersion;
};

enum class PatchType : std::uint8_t { Json, Merge, Strategic, Apply };
enum class Propagation : std::uint8_t { Default, Background, Foreground, Orphan };

struct WriteOptions
{
    std::string fieldManager = "pilothouse";
    bool dryRun = false;
    bool force = false; ///< server-side apply: take over conflicting fields
    std::string subresource; ///< "status", "scale"
    std::string fieldValidation; ///< "", "Ignore", "Warn", "Strict"
};

struct DeleteOptions
{
    Propagation propagation = Propagation::Default;
    std::optional<std::int64_t> gracePeriodSeconds;
    std::string uid; ///< precondition
    std::string resourceVersion; ///< precondition
    bool dryRun = false;
};

struct WatchEvent
{
    enum class Type : std::uint8_t { Added, Modified, Deleted, Bookmark };
    Type type = Type::Added;
    manifest::Value object;
};

/// A Kubernetes API client over any Transport. Thread-safe. Errors are typed from the server's Status (Error::Code,
/// httpStatus, message as the server wrote it, where = resource key or URL).
class Client
{
public:
    explicit Client(TransportPtr transport);
    ~Client();

    [[nodiscard]] const TransportPtr& transport() const;

    /// Keeps what discovery tells in this folder for the next process (DiscoveryCache). Before the first request.
    void keepDiscovery(const std::filesystem::path& folder);
    /// What an earlier process was told, of this server and not long ago; once, and while this one has not asked yet.
    [[nodiscard]] std::optional<std::vector<ResourceType>> keptDiscovery();
    /// All served types; read once (from the kept file where there is one) and known until invalidateDiscovery() or a
    /// type is missing.
    [[nodiscard]] Result<std::vector<ResourceType>> discover(std::stop_token stop = {});
    void invalidateDiscovery(); ///< the server is asked next, whatever is kept
    /// The type of an apiVersion and kind. NotFound: `no matches for kind "X" in version "g/v"`.
    [[nodiscard]] Result<ResourceType> resolve(std::string_view apiVersion, std::string_view kind,
                                               std::stop_token stop = {});
    /// The preferred version of a group and kind.
    [[nodiscard]] Result<ResourceType> resolve(const manifest::GroupKind& groupKind, std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> serverVersion(std::stop_token stop = {});

    [[nodiscard]] Result<manifest::Value> get(const ResourceType& type, std::string_view nameSpace,
                                              std::string_view name, std::stop_token stop = {});
    [[nodiscard]] Result<List> list(const ResourceType& type, std::string_view nameSpace,
                                    const ListOptions& options = {}, std::stop_token stop = {});
    /// The same list page by page, for many objects; returns its resourceVersion. `first`: what came before is void.
    using TakePage = std::function<void(std::vector<manifest::Value> items, bool first)>;
    [[nodiscard]] Result<std::string> listPages(const ResourceType& type, std::string_view nameSpace,
                                                const ListOptions& options, const TakePage& take, std::stop_token stop);
    /// The following take the object's own apiVersion, kind, namespace and name, and return the object as the server
    /// stored it.
    [[nodiscard]] Result<manifest::Value> create(const manifest::Value& object, const WriteOptions& options = {},
                                                 std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> replace(const manifest::Value& object, const WriteOptions& options = {},
                                                  std::stop_token stop = {});
    /// Server-side apply.
    [[nodiscard]] Result<manifest::Value> apply(const manifest::Value& object, const WriteOptions& options = {},
                                                std::stop_token stop = {});
    [[nodiscard]] Result<manifest::Value> patch(const ResourceType& type, std::string_view nameSpace,
                                                std::string_view name, PatchType patchType,
                                                const manifest::Value& patch, const WriteOptions& options = {},
                                                std::stop_token stop = {});
    [[nodiscard]] Result<> remove(const ResourceType& type, std::string_view nameSpace, std::string_view name,
                                  const DeleteOptions& options = {}, std::stop_token stop = {});
    /// Blocks: delivers events until the stream ends (then returns), stop, or onEvent returns false. 410 comes as
    /// Error::Code::Gone.
    [[nodiscard]] Result<> watch(const ResourceType& type, std::string_view nameSpace, const ListOptions& options,
                                 const std::function<bool(WatchEvent)>& onEvent, std::stop_token stop);
    /// Container log; follow blocks until the container ends or stop.
    struct LogOptions
    {
        std::string container;
        bool follow = false, previous = false, timestamps = false;
        std::optional<std::int64_t> tailLines, sinceSeconds;
    };
    [[nodiscard]] Result<> logs(std::string_view nameSpace, std::string_view pod, const LogOptions& options,
                                const std::function<bool(std::string_view)>& onText, std::stop_token stop);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::kube
