// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/api_request.h"
#include "core/embedded/api_server.h"
#include "core/embedded/status.h"

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace core::embedded {

enum class FieldValidation : std::uint8_t { Ignore, Warn, Strict };

/// What a write carries besides its object.
struct WriteContext
{
    const ApiRequest* request = nullptr;
    ResourcePtr info;
    bool dryRun = false;
    bool force = false;
    FieldValidation validation = FieldValidation::Warn;
    std::string manager;
    std::vector<std::string> warnings;
    std::unique_lock<std::mutex> quota; ///< held while an object is counted and stored
};

struct DeleteRequest
{
    std::optional<std::int64_t> grace;
    std::string uid, resourceVersion;
    std::string propagation; ///< "", "Background", "Foreground", "Orphan"
    bool dryRun = false;
};

/// The addresses that services have, so that each new one need not look at all services. Thread-safe.
class ServiceAddresses
{
public:
    void take(std::string_view address);
    /// One that no service has; those that were given back count once all others were handed out. "": none is left.
    [[nodiscard]] std::string next(const Store& store);

private:
    void read(const Store& store);

    std::mutex m_mutex;
    std::set<std::string, std::less<>> m_used;
    int m_next = kFirst - 1; ///< before the first: nothing was read yet
    static constexpr int kFirst = 10;
};

struct ApiServer::Private
{
    std::unique_ptr<Store> store;
    std::shared_ptr<Clock> clock;
    std::string gitVersion;
    std::size_t maxBodyBytes = 0;

    mutable std::mutex mutex; ///< of the members below
    RegistryPtr registryNow;
    std::string address = "127.0.0.1";
    LogSource logs;
    Extension extension;
    std::shared_ptr<Interferer> interferer;
    std::string tokenKey;
    ServiceAddresses serviceAddresses;
    std::mutex admission; ///< held by writes whose admission counts what is there (quotas)

    [[nodiscard]] RegistryPtr registry() const;
    void rebuildRegistry();

    // api_server.cpp
    /// The request taken apart, with its user, if that user may ask it.
    [[nodiscard]] ApiResult<ApiRequest> admit(const kube::Request& request, const UserPtr& caller) const;
    [[nodiscard]] ApiResult<kube::Response> dispatch(const ApiRequest& request);
    [[nodiscard]] ApiResult<kube::Response> resource(const ApiRequest& request, const ResourcePtr& info);
    [[nodiscard]] ApiResult<kube::Response> nonResource(const ApiRequest& request);
    // reviews.cpp
    [[nodiscard]] ApiResult<kube::Response> review(const ApiRequest& request, const ResourcePtr& info);
    [[nodiscard]] ApiResult<kube::Response> bind(const ApiRequest& request, const ResourcePtr& info,
                                                 const manifest::Value& binding);
    [[nodiscard]] ApiResult<kube::Response> issueToken(const ApiRequest& request, const ResourcePtr& info,
                                                       manifest::Value question);
    [[nodiscard]] manifest::Value reviewStatus(const ApiRequest& request, const ResourcePtr& info,
                                               const manifest::Value& question) const;
    [[nodiscard]] UserPtr userOf(std::string_view token) const;

    // discovery.cpp, openapi.cpp
    [[nodiscard]] ApiResult<kube::Response> discovery(const ApiRequest& request) const;
    [[nodiscard]] ApiResult<kube::Response> openApi(const ApiRequest& request) const;

    // reads.cpp
    [[nodiscard]] ApiResult<StoredPtr> load(const ResourceInfo& info, const ApiRequest& request) const;
    [[nodiscard]] ApiResult<kube::Response> get(const ApiRequest& request, const ResourcePtr& info) const;
    [[nodiscard]] ApiResult<kube::Response> list(const ApiRequest& request, const ResourcePtr& info) const;
    [[nodiscard]] ApiResult<std::unique_ptr<WatchSession>> watch(const ApiRequest& request) const;
    [[nodiscard]] kube::Response answer(const ApiRequest& request, const ResourceInfo& info, const Stored& object,
                                        int code, const std::vector<std::string>& warnings = {}) const;

    // pod_streams.cpp
    /// exec, attach, port-forward and proxies: what a real server says when it does not reach the kubelet.
    [[nodiscard]] ApiResult<kube::Response> connect(const ApiRequest& request, const ResourcePtr& info) const;
    [[nodiscard]] ApiResult<kube::Response>
    logsOf(const ApiRequest& request, const std::function<bool(std::string_view)>& onText, std::stop_token stop) const;

    // writes.cpp
    [[nodiscard]] ApiResult<WriteContext> writeContext(const ApiRequest& request, const ResourcePtr& info) const;
    [[nodiscard]] ApiResult<kube::Response> create(const ApiRequest& request, const ResourcePtr& info);
    [[nodiscard]] ApiResult<kube::Response> replace(const ApiRequest& request, const ResourcePtr& info);
    [[nodiscard]] ApiResult<kube::Response> patch(const ApiRequest& request, const ResourcePtr& info);
    [[nodiscard]] ApiResult<StoredPtr> createObject(WriteContext& context, manifest::Value object,
                                                    bool applied = false);
    using Change = std::function<ApiResult<manifest::Value>(const manifest::Value& current)>;
    /// Loads, changes, checks and stores, again and again while others write in between.
    [[nodiscard]] ApiResult<StoredPtr> updateObject(WriteContext& context, std::string_view nameSpace,
                                                    std::string_view name, std::string_view subresource,
                                                    const Change& change, bool applied = false);
    [[nodiscard]] ApiResult<kube::Response> scale(const ApiRequest& request, const ResourcePtr& info);
    void committed(const ResourceInfo& info);

    // deletes.cpp
    [[nodiscard]] ApiResult<kube::Response> remove(const ApiRequest& request, const ResourcePtr& info);
    [[nodiscard]] ApiResult<kube::Response> removeCollection(const ApiRequest& request, const ResourcePtr& info);
    /// What stays (with its deletionTimestamp) or what was removed, and which of both.
    struct Removed
    {
        StoredPtr object;
        bool gone = false;
    };
    [[nodiscard]] ApiResult<Removed> removeObject(const ResourceInfo& info, std::string_view nameSpace,
                                                  std::string_view name, const DeleteRequest& options);
    [[nodiscard]] ApiResult<kube::Response> evict(const ApiRequest& request, const ResourcePtr& info);

    // admission.cpp
    [[nodiscard]] ApiResult<> admitCreate(WriteContext& context, manifest::Value& object);
    [[nodiscard]] ApiResult<> admitUpdate(WriteContext& context, const manifest::Value& current,
                                          manifest::Value& object);

    [[nodiscard]] std::string now() const { return formatRfc3339(clock->now()); }
};

// codec.cpp: bodies in and views out.
[[nodiscard]] ApiResult<manifest::Value> decodeBody(const ApiRequest& request, std::size_t maxBytes);
/// The object as it lies in the store, from a version of its type, and back.
void toStoredVersion(const ResourceInfo& info, manifest::Value& object);
[[nodiscard]] std::string viewJson(const ResourceInfo& info, const Stored& object);
[[nodiscard]] manifest::Value viewValue(const ResourceInfo& info, const Stored& object);
[[nodiscard]] std::string itemJson(const ResourceInfo& info, const Stored& object);
[[nodiscard]] std::string metadataJson(const Stored& object);

// object_meta.cpp
[[nodiscard]] std::string generatedName(std::string_view prefix);
void prepareMetadata(const ResourceInfo& info, manifest::Value& object, std::string_view now);
/// metadata of an update: what the server owns is kept.
void keepMetadata(const manifest::Value& current, manifest::Value& object);
[[nodiscard]] Causes validateMetadata(const ResourceInfo& info, const manifest::Value& object);
[[nodiscard]] bool hasFinalizer(const manifest::Value& object, std::string_view name);
void removeFinalizer(manifest::Value& object, std::string_view name);
void addFinalizer(manifest::Value& object, std::string_view name);

// fields.cpp: unknown fields, types; drops what is not known and tells of it.
struct FieldProblems
{
    std::vector<std::string> unknown; ///< `unknown field "spec.foo"`
    std::string typeError; ///< "" or why the object does not fit its type at all
    std::string typedError; ///< the same in the words of server-side apply
};
enum class Quantities : std::uint8_t { Normalise, Keep };
/// Drops unknown fields and, of built-in kinds, nulls; writes quantities as Kubernetes does.
[[nodiscard]] FieldProblems checkFields(const manifest::TypeNode* type, manifest::Value& object, bool custom,
                                        Quantities quantities = Quantities::Normalise);

// defaults.cpp
void applyDefaults(const ResourceInfo& info, manifest::Value& object, bool creating);
/// What a server adds to a new object once its defaults are set, and nobody owns.
void completeNew(const ResourceInfo& info, manifest::Value& object);
/// The quality of service that a new pod has by its requests and limits.
void setQosClass(manifest::Value& pod);
// validation.cpp
[[nodiscard]] Causes validate(const ResourceInfo& info, const manifest::Value& object, const manifest::Value* current);
// table.cpp
[[nodiscard]] std::string tableJson(const ResourceInfo& info, const std::vector<StoredPtr>& items, TimePoint now,
                                    std::string_view listMetadata, std::string_view includeObject, bool columns);
// managed_fields.cpp
void trackUpdate(const WriteContext& context, std::string_view subresource, const manifest::Value* current,
                 manifest::Value& object, std::string_view now);
/// Server-side apply: the merged object, its managedFields set.
[[nodiscard]] ApiResult<manifest::Value> applyConfiguration(const WriteContext& context, std::string_view subresource,
                                                            const manifest::Value* current,
                                                            const manifest::Value& configuration, std::string_view now);
// protobuf.cpp
[[nodiscard]] Result<manifest::Value> decodeProtobuf(std::string_view bytes);
// scale.cpp
[[nodiscard]] manifest::Value scaleOf(const ResourceInfo& info, const manifest::Value& object);
[[nodiscard]] const std::string& scaleReplicasPath(const ResourceInfo& info);

} // namespace core::embedded
