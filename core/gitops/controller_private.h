// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/compare.h"
#include "core/gitops/controller.h"
#include "core/gitops/sources.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

namespace core::gitops {

struct AppKey
{
    std::string nameSpace;
    std::string name;
    friend auto operator<=>(const AppKey&, const AppKey&) = default;
};

/// How much a refresh looks at (section 7.1).
enum class Level : std::uint8_t { Tree, Recent, Latest, Forced };

enum class Turn : std::uint8_t { InOrder, Soon, Next }; ///< Next: a person waits for it

/// Hooks that run when an application is deleted.
enum class DeletionStage : std::uint8_t { Pre, Post };
[[nodiscard]] std::string deletionFinalizer(DeletionStage stage, bool cleanup);

/// What is known about the cluster's applications, filled from watch events. Thread-safe.
class ApplicationIndex
{
public:
    enum class Applications : std::uint8_t { Here, Elsewhere }; ///< whether its Application objects are ours
    explicit ApplicationIndex(Applications applications)
        : m_applications(applications)
    {
    }
    /// Takes in one change and names the applications it concerns.
    std::vector<std::pair<AppKey, Level>> observe(const kube::Cache::Change& change,
                                                  const std::string& controllerNamespace);
    void reset(const std::vector<kube::ObjectPtr>& objects, const Tracking& tracking);
    /// `orphanNamespace`: whose stray objects the application counts; may be empty.
    void setTree(const AppKey& app, const Comparison& comparison, const std::string& orphanNamespace);
    void forget(const AppKey& app);
    [[nodiscard]] std::vector<manifest::ResourceKey> tracked(const std::string& instance) const;

private:
    void track(const manifest::ResourceKey& key, const manifest::Value* object);

    const Applications m_applications;
    mutable std::mutex m_mutex;
    Tracking m_tracking;
    std::unordered_map<manifest::ResourceKey, std::string> m_instanceOf;
    std::map<std::string, std::set<manifest::ResourceKey>> m_byInstance;
    std::unordered_map<manifest::ResourceKey, std::set<AppKey>> m_managers; ///< managed by comparison
    std::unordered_map<std::string, AppKey> m_uids; ///< of tree nodes
    std::map<std::string, std::set<AppKey>> m_orphanWatchers; ///< by namespace
    std::map<AppKey, std::pair<std::vector<manifest::ResourceKey>, std::vector<std::string>>> m_owned;
};

/// One cluster as the controller knows it.
struct Site
{
    Site(DestinationPtr place, ApplicationIndex::Applications applications)
        : destination(std::move(place))
        , index(applications)
    {
    }
    [[nodiscard]] kube::Client& client() const { return *destination->client; }
    [[nodiscard]] kube::Cache& cache() const { return *destination->cache; }
    [[nodiscard]] bool served(std::string_view apiVersion, std::string_view kind) const;
    [[nodiscard]] std::optional<bool> namespaced(std::string_view apiVersion, std::string_view kind) const;
    /// What the definition of a custom kind says of that version; null where there is none.
    [[nodiscard]] manifest::StructuralSchemaPtr schema(const manifest::GroupKind& kind,
                                                       const std::string& version) const;
    [[nodiscard]] ClusterFacts facts(std::stop_token stop) const;
    void forgetTypes() const;

    DestinationPtr destination;
    ApplicationIndex index;
    std::map<std::string, std::shared_ptr<kube::Client>> impersonated; ///< by user; of the controller's thread
    mutable std::mutex mutex;
    mutable std::vector<kube::ResourceType> types; ///< of discovery; guarded by mutex
    /// By name of the definition and version, with the definition that it was made of; guarded by mutex.
    mutable std::map<std::pair<std::string, std::string>, std::pair<kube::ObjectPtr, manifest::StructuralSchemaPtr>>
        schemas;
    mutable std::optional<std::pair<ClusterFacts, std::chrono::steady_clock::time_point>>
        known; ///< facts() and when they were asked for; guarded by mutex
    kube::Cache::Subscription subscription; ///< last: ends before what its callback uses
};
using SitePtr = std::shared_ptr<Site>;

struct ApplicationController::Private
{
    struct Cached ///< of the controller's thread
    {
        RenderedSources rendered;
        manifest::Value sources; ///< of the spec they were rendered from
        std::string server; ///< of the cluster that they were rendered for
        TimePoint at;
    };

    explicit Private(Deps dependencies);
    ~Private();

    // Loop
    void run(std::stop_token stop);
    void mark(const AppKey& app, Level level, Turn turn = Turn::InOrder);
    /// What is to be looked at next, or none; with the mutex held.
    std::optional<std::pair<AppKey, Level>> take();
    void takeTimers(); ///< those that are due become dirty; with the mutex held
    void markAll(Level level);
    void putAffectedFirst(const std::stop_token& stop);
    void schedule(const AppKey& app, TimePoint when, Level level);
    void process(const AppKey& app, Level level, std::stop_token stop);

    // Clusters
    /// An application's cluster as it is now; no site while it has never answered. Errors: the spec is wrong.
    struct Where
    {
        SitePtr site;
        std::string server; ///< its address
        std::string problem; ///< why it cannot be compared with; "" = it answers, or it is not known yet
        [[nodiscard]] std::vector<Condition> conditions() const; ///< of the problem
    };
    [[nodiscard]] Result<Where> locate(const Application& app) const;
    /// The same, when it is known whether the cluster answers.
    [[nodiscard]] Result<SitePtr> siteOf(const Application& app, std::stop_token stop) const;
    [[nodiscard]] SitePtr siteAt(const DestinationPtr& destination) const;
    void place(const AppKey& app, const SitePtr& site);
    [[nodiscard]] SitePtr placeOf(const AppKey& app) const; ///< where it was last looked at, or null
    void onClusterChange(const std::string& server);
    void resetIndexes(const Tracking& tracking);
    void dropSites(); ///< of clusters that are closed; of the controller's thread

    // Refresh
    void refresh(const AppKey& app, const manifest::Value& object, Level level, std::stop_token stop);
    void refreshTree(const SitePtr& site, const AppKey& app, const manifest::Value& object);
    /// Whether a failure to load what is wanted is passed over for now (section 3.8).
    [[nodiscard]] bool tolerated(const AppKey& app, const Error& error, Level level);
    void decideSync(const AppKey& app, const manifest::Value& object, const Comparison& comparison,
                    const std::optional<Project>& project, manifest::Value& status, std::stop_token stop);
    void checkSignatures(const Application& app, const Project& project, const std::vector<std::string>& revisions,
                         Comparison& comparison) const;
    /// `site` null: nothing is known of its objects.
    void publish(const SitePtr& site, const AppKey& app, Comparison comparison, const std::string& orphanNamespace);
    [[nodiscard]] Comparison compareRendered(const Site& site, const Application& app, const manifest::Value& object,
                                             const std::optional<Project>& project, const RenderedSources& rendered,
                                             std::optional<manifest::Value> statusObject = {}) const;

    // Operations
    void step(const AppKey& app, const manifest::Value& object, std::stop_token stop);
    void conclude(const AppKey& app, const manifest::Value& object, manifest::Value state, std::string phase,
                  std::string message, std::stop_token stop);
    void finish(const AppKey& app, const manifest::Value& object, manifest::Value state, std::stop_token stop);
    [[nodiscard]] Result<std::shared_ptr<kube::Client>> writerFor(Site& site, const Application& app,
                                                                  const Project& project) const;
    static void keepPlanned(SyncPlan& plan, const manifest::Value& state, const SyncOperation& operation);
    void startOperation(const AppKey& app, const manifest::Value& object, std::stop_token stop);
    void finalize(const AppKey& app, const manifest::Value& object, std::stop_token stop);
    [[nodiscard]] bool cascade(const Site& site, const AppKey& app, const manifest::Value& object,
                               std::stop_token stop);
    void dropFinalizers(const AppKey& app, const manifest::Value& object,
                        const std::function<bool(std::string_view)>& drop, std::stop_token stop);
    void keepDeletionFinalizers(const AppKey& app, const manifest::Value& object, const Comparison& comparison,
                                std::stop_token stop);
    [[nodiscard]] bool runDeletionHooks(const Site& site, const AppKey& app, const manifest::Value& object,
                                        DeletionStage stage, std::stop_token stop);
    [[nodiscard]] bool cleanDeletionHooks(const Site& site, const AppKey& app, const manifest::Value& object,
                                          DeletionStage stage, std::stop_token stop);
    static void removeLive(const Site& site, const manifest::Value& live, kube::Propagation propagation,
                           std::stop_token stop);
    void deletionError(const AppKey& app, const manifest::Value& object, std::string message, std::stop_token stop);

    // Helpers
    /// The sources as an application's project reaches them.
    [[nodiscard]] Resolve resolveFor(const Application& app) const;
    [[nodiscard]] Tags tagsFor(const Application& app) const;
    [[nodiscard]] std::optional<Project> projectOf(const Application& app) const;
    /// The view borrows the site.
    [[nodiscard]] ClusterView clusterView(const Site& site) const;
    [[nodiscard]] std::shared_ptr<const health::Customizations> customizations() const;
    [[nodiscard]] std::shared_ptr<const Settings> currentSettings() const;
    /// What a source's tool is told of a cluster and of the settings.
    [[nodiscard]] ClusterFacts factsOf(const Site& site, std::stop_token stop) const;
    /// Merge-patches the Application; the answer goes into the cache.
    Result<> patch(const AppKey& app, const manifest::Value& patch, std::stop_token stop);
    void writeStatus(const AppKey& app, const manifest::Value& object, const manifest::Value& status,
                     std::stop_token stop);
    void answerRefresh(const AppKey& app, const manifest::Value& object, std::stop_token stop);
    void event(const AppKey& app, const std::string& reason, const std::string& message, bool warning,
               std::stop_token stop);
    void audit(const AppKey& app, std::string who, std::string action, std::string objectText, std::string revision,
               std::string result) const;
    void loadCustomizations();
    void lookForOthers();

    Deps deps;
    mutable std::mutex mutex;
    std::condition_variable_any changed;
    std::map<AppKey, Level> dirty;
    std::set<AppKey> urgent; ///< among the dirty ones
    std::set<AppKey> soon; ///< likewise
    int takenSoon = 0; ///< one after another
    std::atomic<bool> sourcesMoved = false; ///< since putAffectedFirst() looked
    AppKey lastTaken; ///< the others come in turn from here
    std::map<AppKey, std::pair<TimePoint, Level>> timers;
    TimePoint soonest = TimePoint::max(); ///< no timer is due before this
    std::map<AppKey, ComparisonPtr> comparisons;
    SitePtr own; ///< where the Applications are
    mutable std::map<std::string, SitePtr> sites; ///< of other clusters, by server
    std::map<AppKey, SitePtr> places; ///< where applications were last looked at
    std::map<AppKey, Cached> cached;
    std::map<AppKey, TimePoint> unreachable; ///< since when an application's repositories do not answer
    std::map<AppKey, Cached> operationSources; ///< of running operations
    std::shared_ptr<const health::Customizations> health;
    std::shared_ptr<const Settings> settings = std::make_shared<const Settings>();
    mutable std::map<std::string, std::vector<git::SignatureCheck>>
        signatures; ///< by what was checked, with which keys
    std::atomic<bool> observing = false; ///< Argo CD's controller runs here
    std::optional<manifest::Value> pending; ///< operation that the current refresh decided on
    struct KnownProject
    {
        std::vector<kube::ObjectPtr> objects; ///< its own and the global ones'
        Clusters::List clusters;
        std::shared_ptr<const Settings> settings;
        std::uint64_t repositories = 0;
        Project project;
    };
    mutable std::map<std::string, KnownProject> projects; ///< by name
    std::atomic<std::uint64_t> repositories = 0; ///< another number after each change of a repository's Secret
    std::atomic<bool> sitesChanged = false;
    kube::Cache::Subscription repositorySubscription;
    kube::Cache::Subscription clusterSubscription; ///< last: ends before what its callback uses
};

[[nodiscard]] manifest::ResourceKey applicationKey(const AppKey& app);
[[nodiscard]] std::string initiator(const manifest::Value& operation);
[[nodiscard]] std::string revisionText(const manifest::Value& operationState);

} // namespace core::gitops
