// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/containers.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QSignalBlocker>

#include <algorithm>

namespace ui {

using core::manifest::Value;

namespace {

constexpr std::size_t kMostAskedAlone = 20; ///< pods that only a question of their own finds

std::vector<std::string> namesIn(const Value& pod)
{
    std::vector<std::string> names;
    for (const char* field : {"containers", "initContainers", "ephemeralContainers"})
        for (const auto& container : core::manifest::array(pod, {"spec", field}))
            names.emplace_back(core::manifest::text(container, {"name"}));
    return names;
}

} // namespace

ContainerNames containersOf(core::engine::Engine& engine, const std::vector<core::engine::LogSource>& pods,
                            std::stop_token stop)
{
    ContainerNames out;
    std::map<std::string, std::vector<Value>> spaces;
    std::size_t alone = 0;
    for (const auto& source : pods) {
        if (stop.stop_requested())
            break;
        const auto& key = source.pod;
        auto space = spaces.find(key.nameSpace);
        if (space == spaces.end())
            space = spaces
                        .emplace(key.nameSpace,
                                 engine.objects(key.groupKind(), key.nameSpace, stop).value_or(std::vector<Value>()))
                        .first;
        const auto live =
            std::ranges::find(space->second, key, [](const Value& pod) { return core::manifest::keyOf(pod); });
        if (live != space->second.end()) {
            out[key] = namesIn(*live);
            continue;
        }
        if (!source.application || source.application->name.empty() || ++alone > kMostAskedAlone)
            continue;
        const auto details = engine.details(*source.application, key, stop); // in another cluster
        const auto documents = details
            ? core::manifest::parseYaml(details->liveYaml, key.text())
            : core::Result<std::vector<core::manifest::YamlDocument>>(core::fail(details.error()));
        if (documents && !documents->empty())
            out[key] = namesIn(documents->front().value);
    }
    return out;
}

void showContainers(QComboBox& box, const ContainerNames& known, bool offerEvery)
{
    QStringList names;
    bool several = false;
    for (const auto& [pod, containers] : known) {
        several = several || containers.size() > 1;
        for (const auto& name : containers)
            if (const QString text = qs(name); !names.contains(text))
                names << text;
    }
    const QString chosen = box.currentData().toString();
    const QSignalBlocker quiet(&box);
    box.clear();
    box.addItem(QCoreApplication::translate("ui::Containers", "the default container"), QString());
    if (offerEvery && several)
        box.addItem(QCoreApplication::translate("ui::Containers", "every container"), QLatin1String(kEveryContainer));
    for (const QString& name : names)
        box.addItem(ltr(name), name);
    box.setCurrentIndex(std::max(0, box.findData(chosen)));
}

} // namespace ui
