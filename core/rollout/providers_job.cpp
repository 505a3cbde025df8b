// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/resource.h"
#include "core/rollout/analysis.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kUidLabel = "analysisrun.argoproj.io/uid";
constexpr std::size_t kLongestName = 63; ///< the name becomes a label of the pods

/// Of a metric's next measurement. What is too long is taken from the metric's name.
std::string jobName(const Value& run, std::string_view metric)
{
    std::int64_t number = 1;
    for (const auto& result : manifest::array(run, {"status", "metricResults"}))
        if (text(result, {"name"}) == metric)
            number +=
                manifest::integer(result, {"count"}).value_or(0) + manifest::integer(result, {"error"}).value_or(0);
    const auto tail = fmt::format(".{}", number);
    std::string front = fmt::format("{}.", manifest::uid(run));
    const auto room = kLongestName - std::min(kLongestName, front.size() + tail.size());
    return front + std::string(metric.substr(0, room)) + tail;
}

Value jobOf(const Value& run, const Value& metric)
{
    const auto& metadata = manifest::object(metric, {"provider", "job", "metadata"});
    Value job = Object {{"apiVersion", "batch/v1"},
                        {"kind", "Job"},
                        {"metadata",
                         Object {{"name", jobName(run, text(metric, {"name"}))},
                                 {"namespace", manifest::nameSpace(run)},
                                 {"ownerReferences",
                                  Array {Value(Object {{"apiVersion", "argoproj.io/v1alpha1"},
                                                       {"kind", "AnalysisRun"},
                                                       {"name", manifest::name(run)},
                                                       {"uid", manifest::uid(run)},
                                                       {"controller", true},
                                                       {"blockOwnerDeletion", true}})}}}},
                        {"spec", manifest::object(metric, {"provider", "job", "spec"})}};
    for (const std::string_view field : {"labels", "annotations"})
        if (const auto* given = metadata.if_contains(boost::json::string_view(field.data(), field.size())))
            objectAt(job, {"metadata"})[field] = *given;
    objectAt(job, {"metadata", "labels"})[kUidLabel] = manifest::uid(run);
    objectAt(job, {"spec", "template", "metadata", "labels"})[kUidLabel] = manifest::uid(run);
    auto& annotations = objectAt(job, {"metadata", "annotations"});
    annotations["analysisrun.argoproj.io/name"] = manifest::name(run);
    annotations["analysisrun.argoproj.io/namespace"] = manifest::nameSpace(run);
    annotations["analysisrun.argoproj.io/metric-name"] = text(metric, {"name"});
    return job;
}

/// The first container that will never start by itself; "" where there is none.
std::string stuckContainer(const std::vector<Value>& pods)
{
    static constexpr std::array<std::string_view, 3> kReasons {"ErrImagePull", "ImagePullBackOff", "InvalidImageName"};
    for (const auto& pod : pods)
        for (const std::string_view field : {"initContainerStatuses", "containerStatuses"})
            for (const auto& container : manifest::array(pod, {"status", field})) {
                const auto reason = text(container, {"state", "waiting", "reason"});
                if (std::find(kReasons.begin(), kReasons.end(), reason) != kReasons.end())
                    return fmt::format("Pod {}, container {} has terminal error ({}): {}", manifest::name(pod),
                                       text(container, {"name"}), reason,
                                       text(container, {"state", "waiting", "message"}));
            }
    return {};
}

} // namespace

Value jobMeasurement(const Value& run, const Value& metric, const Value& previous, TimePoint now,
                     const MeasureDeps& deps)
{
    const std::string stamp = formatRfc3339(now);
    Value measurement = previous.is_object() ? previous : Value(Object {{"phase", "Running"}, {"startedAt", stamp}});
    auto& fields = measurement.get_object();
    const auto finish = [&](std::string_view phase, std::string message) {
        fields["phase"] = boost::json::string(phase);
        fields["finishedAt"] = stamp;
        fields.erase("resumeAt");
        if (!message.empty())
            fields["message"] = std::move(message);
        return measurement;
    };
    if (!deps.createJob || !deps.getJob)
        return finish("Error", "Jobs cannot be made here");
    if (!previous.is_object()) {
        const auto job = jobOf(run, metric);
        if (const auto created = deps.createJob(job); !created) {
            const auto present = created.error().code == Error::Code::AlreadyExists
                ? deps.getJob(std::string(manifest::name(job)))
                : Result<Value>(fail(created.error()));
            const Value other = present ? *present : Value();
            const auto& owners = manifest::array(other, {"metadata", "ownerReferences"});
            if (std::none_of(owners.begin(), owners.end(), [&](const Value& owner) {
                    return manifest::flag(owner, {"controller"}) && text(owner, {"uid"}) == manifest::uid(run);
                }))
                return finish("Error", created.error().message);
        }
        fields["metadata"] = Object {{"job-name", manifest::name(job)}, {"job-namespace", manifest::nameSpace(run)}};
        fields["resumeAt"] = stamp; // short ones may be done already
        return measurement;
    }
    const std::string name(text(previous, {"metadata", "job-name"}));
    if (name.empty())
        return finish("Error", "job metadata reference missing");
    if (isTerminating(run)) {
        if (deps.deleteJob)
            if (const auto gone = deps.deleteJob(name); !gone && gone.error().code != Error::Code::NotFound)
                return finish("Error", gone.error().message);
        return finish("Inconclusive", "Metric Terminated");
    }
    const auto job = deps.getJob(name);
    if (!job)
        return finish("Error", job.error().message);
    for (const auto& known : manifest::array(*job, {"status", "conditions"})) {
        if (text(known, {"type"}) == "Complete")
            return finish("Successful", {});
        if (text(known, {"type"}) == "Failed")
            return finish("Failed", {});
    }
    if (deps.jobPods)
        if (auto stuck = stuckContainer(deps.jobPods(*job)); !stuck.empty())
            return finish("Inconclusive", std::move(stuck));
    const auto started = parseRfc3339(text(measurement, {"startedAt"})).value_or(now);
    const double elapsed = std::max(0.0, static_cast<double>((now - started).count()) / 1e9);
    // Times are kept in whole seconds; the next look is never at once.
    fields["resumeAt"] = formatRfc3339(
        now + std::chrono::seconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(std::sqrt(2 * elapsed)))));
    return measurement;
}

} // namespace core::rollout
