// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/model_lineage.h"

#include "ui/base/bidi.h"
#include "ui/base/words.h"
#include "ui/lists/lens_pages.h"

#include <algorithm>
#include <map>
#include <set>

namespace ui {

namespace eng = core::engine;

namespace {

using Place = std::pair<std::string, std::string>; ///< cluster for people, namespace

/// One version of a model in one environment.
struct Serving
{
    int share = 0; ///< percent
    bool canary = false;
    eng::Health health = eng::Health::Unknown;
};

struct Version
{
    std::string uri;
    std::map<Place, Serving> places;
};

/// v10 is newer than v2: runs of digits count as numbers.
bool newer(const QString& a, const QString& b)
{
    qsizetype i = 0;
    qsizetype j = 0;
    const auto run = [](const QString& text, qsizetype& at) {
        const qsizetype begin = at;
        while (at < text.size() && text[at].isDigit())
            ++at;
        return QStringView(text).mid(begin, at - begin).toULongLong();
    };
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            const auto left = run(a, i);
            const auto right = run(b, j);
            if (left != right)
                return left > right;
        } else if (a[i] != b[j]) {
            return a[i] > b[j];
        } else {
            ++i;
            ++j;
        }
    }
    return a.size() - i > b.size() - j;
}

std::vector<eng::ModelLane> lanesOf(const eng::ModelRow& model)
{
    if (!model.lanes.empty())
        return model.lanes;
    eng::ModelLane only;
    only.version = model.version;
    only.uri = model.uri;
    only.observed = 100;
    return {only};
}

} // namespace

ModelLineage lineageOf(const std::vector<eng::ModelRow>& models)
{
    std::set<Place> places;
    std::set<std::string> clusters;
    std::map<std::string, std::map<QString, Version>> all;
    for (const auto& model : models) {
        const Place place {model.clusterName, model.key.nameSpace};
        places.insert(place);
        clusters.insert(model.clusterName);
        for (const auto& lane : lanesOf(model)) {
            auto& version = all[model.model][qs(lane.version.empty() ? lane.revision : lane.version)];
            if (version.uri.empty())
                version.uri = lane.uri.empty() ? model.uri : lane.uri;
            auto& serving = version.places[place];
            serving.share = std::max(serving.share, lane.observed.value_or(lane.requested.value_or(100)));
            serving.canary = lane.canary;
            serving.health = model.health;
        }
    }
    ModelLineage out;
    for (const auto& [cluster, nameSpace] : places)
        out.environments << (clusters.size() > 1 ? isolate(cluster) + QStringLiteral(" · ") + ltr(nameSpace)
                                                 : ltr(nameSpace));
    for (const auto& [name, versions] : all) {
        std::vector<QString> order;
        for (const auto& [version, what] : versions)
            order.push_back(version);
        std::ranges::sort(order, newer);
        // The newest that serves anything: a canary that has no share yet leaves nobody behind.
        const auto newest = std::ranges::find_if(order, [&, &all = versions](const QString& version) {
            return std::ranges::any_of(all.at(version).places,
                                       [](const auto& place) { return place.second.share > 0; });
        });
        CellRow row;
        row.id = qs(name);
        row.cells.push_back({ltr(name)});
        for (const Place& place : places) {
            QStringList here;
            bool behind = false;
            std::optional<eng::Health> health;
            for (const QString& version : order) {
                const auto found = versions.at(version).places.find(place);
                if (found == versions.at(version).places.end() || found->second.share == 0)
                    continue;
                behind = here.isEmpty() ? version != *newest : behind;
                here << (found->second.share == 100 ? ltr(version)
                                                    : ltr(version) + u' ' + percent(found->second.share));
                health = found->second.health;
            }
            Cell cell {here.join(QStringLiteral(" · "))};
            if (health)
                cell.glyph = glyphOf(*health);
            if (behind) { // a newer version is served elsewhere
                cell.ink = Token::Warn;
                cell.tip = ModelsPage::tr("%1 is served elsewhere").arg(ltr(*newest));
            }
            row.cells.push_back(std::move(cell));
        }
        row.cells.push_back({});
        for (const QString& version : order) {
            const auto& what = versions.at(version);
            CellRow child;
            child.id = version;
            child.cells.push_back({ltr(version), Glyph::None, Token::Muted});
            for (const Place& place : places) {
                const auto found = what.places.find(place);
                Cell cell;
                if (found != what.places.end()) {
                    cell.text = percent(found->second.share);
                    if (found->second.canary)
                        cell.text += QStringLiteral(" · ") + ModelsPage::tr("canary");
                    cell.share = found->second.share / 100.0;
                    cell.sort = found->second.share;
                }
                child.cells.push_back(std::move(cell));
            }
            child.cells.push_back({ltr(what.uri), Glyph::None, Token::Muted, true});
            row.children.push_back(std::move(child));
        }
        out.rows.push_back(std::move(row));
    }
    return out;
}

} // namespace ui
