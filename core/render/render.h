// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/tree.h"
#include "core/manifest/resource.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace core::render {

enum class SourceKind : std::uint8_t { Directory, Kustomize, Helm };

/// One step that touched a field on its way into the output.
struct Step
{
    std::string file; ///< path in the tree
    std::string what; ///< "resource", "patch", "images", "configMapGenerator", "namespace", "values", "template" ...
    /// Where in that file the rule stands ("images/0"), "" where the file holds the field at its own path.
    std::string place {};
    std::size_t document = 0; ///< in that file
    std::size_t line = 0; ///< in the file, 1-based; 0: see lineOf()
};

/// One step and the field paths that it set, joined by '/'. A list's part is an index, "[key=value]" for the element
/// that has it, "[-]" for the last, or left out where all of them are meant.
struct Touch
{
    Step step;
    std::vector<std::string> paths;
};

/// Works out where fields come from when it is asked, where that cannot be known for all of them beforehand.
/// Immutable; any number of threads may ask.
class FieldOrigins
{
public:
    virtual ~FieldOrigins() = default;
    /// The steps that made the field of the object that was rendered, last one first; empty where nothing is known.
    /// A chart: the values file (or flag) that set it, where it is a plain value, then the template that printed it.
    [[nodiscard]] virtual std::vector<Step> explain(const manifest::Value& object,
                                                    const std::vector<std::string>& path) const = 0;
};

/// Where a resource's fields came from. Paths are field paths joined by '/', "" is the whole resource.
/// The origin of a field is the entry with the longest path that is a prefix of it.
struct Provenance
{
    std::string file; ///< that gave the resource
    std::size_t document = 0; ///< number of the document in that file
    std::map<std::string, std::vector<Step>> fields;
    /// What touched several resources alike, shared by them, in the order it happened (after `fields`).
    std::vector<std::shared_ptr<const Touch>> touches;
    std::shared_ptr<const FieldOrigins> origins; ///< of charts; null for all others
};

struct Rendered
{
    std::shared_ptr<const manifest::Value>
        object; ///< never null; outputs of one renderer share what they have in common
    std::shared_ptr<const Provenance> provenance; ///< never null
};

/// What was rendered. Immutable, shared between readers.
struct Output
{
    SourceKind kind = SourceKind::Directory;
    std::vector<Rendered> resources; ///< in output order
    std::string yaml; ///< exactly the bytes of the tool's own stdout (kustomize build, helm template)
    std::vector<std::string> warnings;
};
using OutputPtr = std::shared_ptr<const Output>;

struct DirectoryOptions
{
    bool recurse = false;
    std::string include; ///< glob, or "" for all
    std::string exclude;
};

/// Argo CD's `source.kustomize` (reference 1.6) and kustomize's own flags.
struct KustomizeOptions
{
    std::string namePrefix, nameSuffix, nameSpace;
    std::vector<std::string> images;
    std::vector<std::pair<std::string, std::string>> replicas;
    std::map<std::string, std::string> commonLabels, commonAnnotations;
    bool forceCommonLabels = false, forceCommonAnnotations = false, labelWithoutSelector = false,
         labelIncludeTemplates = false;
    bool commonAnnotationsEnvsubst = false;
    std::vector<manifest::Value> patches;
    std::vector<std::string> components;
    bool ignoreMissingComponents = false;
    bool loadRestrictionsNone = false;
    /// Bases and components in other repositories. `fetch` gives the tree of a revision ("" is the default branch); it
    /// is only called where they are allowed.
    bool allowRemoteBases = false;
    std::function<Result<git::TreePtr>(const std::string& url, const std::string& revision, std::stop_token stop)>
        fetch;
};

/// `helm template` flags, and Argo CD's `source.helm`.
struct HelmOptions
{
    std::string releaseName = "release-name";
    std::string nameSpace = "default";
    std::vector<std::string> valueFiles; ///< paths in the tree, relative to the chart, "/x" from the root; or "$ref/x"
    bool ignoreMissingValueFiles = false;
    std::string values; ///< YAML text, after the files
    std::vector<std::string> set, setString, setJson, setFile; ///< as on helm's command line, in order
    std::string kubeVersion;
    std::vector<std::string> apiVersions;
    bool includeCrds = false, skipCrds = false, skipTests = false, skipSchemaValidation = false;
    bool isUpgrade = false;
    bool passCredentials = false; ///< of a repository to other hosts that its index names
    std::map<std::string, git::TreePtr> refs; ///< `ref` sources by name
    /// Charts that charts/ lacks (as `helm dependency build`) and values files at http and https addresses, both by
    /// their location (render/helm_repository.h). Empty: they are errors.
    std::function<Result<git::TreePtr>(const std::string& location, const std::string& version, std::stop_token stop)>
        fetch;
    /// Answers `lookup`; empty = nothing is found.
    std::function<manifest::Value(const std::string& apiVersion, const std::string& kind, const std::string& nameSpace,
                                  const std::string& name)>
        lookup;
};

struct Request
{
    git::TreePtr tree;
    std::string path; ///< folder in the tree
    std::optional<SourceKind> kind; ///< empty: detected (Chart.yaml, then kustomization file, then directory)
    DirectoryOptions directory;
    KustomizeOptions kustomize;
    HelmOptions helm;
};

/// Renders sources. Thread-safe; keeps parsed files and results by tree object id, within a bounded memory.
class Renderer
{
public:
    /// What stays after a render. Nothing: for a process that renders once; sources are changed in place then.
    enum class Keep : std::uint8_t { Results, Nothing };
    explicit Renderer(Keep keep = Keep::Results);
    ~Renderer();
    /// Error.where is "path/file.yaml:line:column" where a file is to blame. Honours `stop` within 50 ms (Cancelled).
    [[nodiscard]] Result<OutputPtr> render(const Request& request, std::stop_token stop = {});
    /// Chart.yaml -> Helm, kustomization.{yaml,yml}/Kustomization -> Kustomize, else Directory.
    [[nodiscard]] static SourceKind detect(const git::Tree& tree, std::string_view path);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

/// The steps that made the field at `path` (keys and indexes), last one first. Never empty.
[[nodiscard]] std::vector<Step> explain(const Rendered& resource, const std::vector<std::string>& path);
/// The last of them that is a line in a file of the source: what an editor opens.
[[nodiscard]] Step explainInFile(const Rendered& resource, const std::vector<std::string>& path);

/// The line of a step in the text of its file (Step::file) for the field at `path`; 0 where none speaks of it.
[[nodiscard]] std::size_t lineOf(const Rendered& resource, const Step& step, std::string_view text,
                                 const std::vector<std::string>& path);

} // namespace core::render
