// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/tree.h"
#include "core/gotemplate/value.h"
#include "core/manifest/value.h"
#include "core/render/helm_templates.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace core::render::helm {

using gotemplate::Value;

class AssetReader;

struct File
{
    std::string name; ///< relative to the chart
    std::string data;
    std::string path {}; ///< in a tree, where `data` is not read
};

/// Reads files that templates ask for. The first failure is kept, for whoever renders to tell in the end; what could
/// not be read is empty.
class AssetReader
{
public:
    explicit AssetReader(git::TreePtr tree);
    [[nodiscard]] std::string read(const std::string& path);
    [[nodiscard]] const std::optional<Error>& failure() const { return m_failure; }

private:
    git::TreePtr m_tree;
    std::size_t m_bytes = 0;
    std::optional<Error> m_failure;
};

/// A file that is no template. It may be large and most charts never look at it: it is read when a template asks.
struct Asset
{
    std::string name; ///< relative to the chart
    std::string path; ///< in the reader's tree, until it is read
    mutable Value data; ///< Bytes, or none
    std::shared_ptr<AssetReader> reader;
    [[nodiscard]] const Value& bytes() const;
};
using AssetPtr = std::shared_ptr<const Asset>; ///< who reads it reads it for all

struct Dependency
{
    std::string name, version, repository, condition, alias;
    std::vector<std::string> tags;
    std::vector<manifest::Value> importValues; ///< still to import
    std::vector<Value> imported; ///< done, as .Chart shows them
    bool enabled = false;
};

struct Chart;
using ChartPtr = std::shared_ptr<Chart>;

/// A chart and the charts in its charts/ folder. Working out dependencies changes it: load it for each rendering.
struct Chart
{
    std::string name, version, apiVersion, kubeVersion, type;
    manifest::Value metadata; ///< Chart.yaml
    manifest::Value requirements; ///< what has the `dependencies`: Chart.yaml, or requirements.yaml
    manifest::Value lock; ///< Chart.lock or requirements.lock; null where there is none
    std::vector<std::shared_ptr<Dependency>> dependencies;
    std::vector<ChartPtr> charts;
    Value values; ///< of values.yaml
    std::string valuesText; ///< values.yaml itself
    std::string schema; ///< of values.schema.json, or ""
    std::vector<TemplateFile> templates;
    std::vector<AssetPtr> files; ///< `.Files`, and crds/ among them
    Chart* parent = nullptr;
    ChartPtr original; ///< what an aliased chart is a copy of; its charts may still name that as their parent
    std::string folder; ///< path in the tree, "" for what came out of an archive
    std::shared_ptr<AssetReader> assets; ///< null for what came out of an archive

    /// "root/charts/child": what template names begin with.
    [[nodiscard]] std::string fullPath() const;
    void setCharts(std::vector<ChartPtr> list);
    /// Fails where a file of it, or of a chart below, was asked for and could not be read.
    [[nodiscard]] Result<> checkAssets() const;
};

/// A scalar where Go has a string: as sigs.k8s.io/yaml makes text of numbers ("1.10" -> "1.1") and booleans.
[[nodiscard]] std::string textOfScalar(const manifest::Value& value);

/// When templates and values.yaml are read: with the chart, or when they are needed. Errors of a chart have an order;
/// who loads `Later` and meets one has to load the chart anew to know which is the first.
enum class Loading : std::uint8_t { Whole, Later };
/// Reads a chart from a folder of a tree. Archives in charts/ are read within bounds.
[[nodiscard]] Result<ChartPtr> loadChart(const git::TreePtr& tree, const std::string& path, std::stop_token stop,
                                         Loading loading = Loading::Whole);
/// Parses values.yaml of a chart that was loaded `Later`, and of the charts in it.
[[nodiscard]] Result<> readValues(Chart& chart);
/// Reads a packaged chart (.tgz).
[[nodiscard]] Result<ChartPtr> loadArchive(std::string_view bytes, std::string_view name, std::stop_token stop = {});
/// A packaged chart's files are all in one folder, which the names come back without; other archives are as they are.
enum class Packed : std::uint8_t { Chart, Anything };
/// The files of an archive. Refuses what leads out of it, and archives that are too large: 100 MiB unpacked, 5 MiB for
/// one file, 20,000 entries.
[[nodiscard]] Result<std::vector<File>> unpack(std::string_view bytes, std::string_view name,
                                               const std::stop_token& stop = {}, Packed what = Packed::Chart);

/// Keeps the dependencies that conditions and tags enable, under their aliases, and imports values. As Helm's
/// ProcessDependenciesWithMerge.
[[nodiscard]] Result<> processDependencies(Chart& chart, const Value& values);
/// The values that templates see: the user's over the charts' own.
[[nodiscard]] Result<Value> coalesceValues(Chart& chart, const Value& values, bool merge = false);

/// Path of a file that is never shipped, by .helmignore's rules.
class IgnoreRules
{
public:
    [[nodiscard]] static Result<IgnoreRules> parse(std::string_view text);
    [[nodiscard]] bool ignores(const std::string& path, bool isFolder) const;

private:
    struct Pattern
    {
        std::string glob;
        bool isText = false, isEnding = false; ///< without wildcards, or a star before such
        bool negate = false, mustBeFolder = false, baseOnly = false;
    };
    [[nodiscard]] static bool matches(const Pattern& pattern, std::string_view name);
    std::vector<Pattern> m_patterns;
};
/// Go's filepath.Match.
[[nodiscard]] bool matchPath(std::string_view pattern, std::string_view name);

} // namespace core::render::helm
