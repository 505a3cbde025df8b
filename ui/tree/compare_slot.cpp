// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/compare_slot.h"

#include "core/base/paths.h"
#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/words.h"

#include <QDragEnterEvent>
#include <QMimeData>

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr QLatin1String kMime("application/x-pilothouse-object");

std::optional<ComparedObject>& slotContent()
{
    static std::optional<ComparedObject> content;
    return content;
}

std::vector<CompareSlot*>& allSlots()
{
    static std::vector<CompareSlot*> all;
    return all;
}

/// What every object has of its own, and what says nothing about how two of them differ.
void makeComparable(core::manifest::Value& object, const core::manifest::ResourceKey& as)
{
    auto* metadata = core::manifest::find(object, {"metadata"});
    if (metadata == nullptr || !metadata->is_object())
        return;
    auto& fields = metadata->get_object();
    for (const char* own :
         {"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "generateName"})
        fields.erase(own);
    fields["name"] = as.name;
    if (!as.nameSpace.empty())
        fields["namespace"] = as.nameSpace;
}

} // namespace

QMimeData* mimeOf(const ComparedObject& object)
{
    auto* data = new QMimeData;
    const std::array parts {object.app.nameSpace, object.app.name,      object.key.group,
                            object.key.kind,      object.key.nameSpace, object.key.name};
    QByteArray text;
    for (const std::string& part : parts)
        text += QByteArray::fromStdString(part) + '\n';
    data->setData(kMime, text);
    data->setText(qs(object.key.text()));
    return data;
}

std::optional<ComparedObject> objectIn(const QMimeData& data)
{
    const QList<QByteArray> parts = data.data(kMime).split('\n');
    if (parts.size() < 6)
        return std::nullopt;
    const auto part = [&](int i) { return parts.at(i).toStdString(); };
    return ComparedObject {{part(0), part(1)}, {part(2), part(3), part(4), part(5)}};
}

core::Result<QString> comparisonOf(eng::Engine& engine, const ComparedObject& first, const ComparedObject& second)
{
    if (first.key.kind != second.key.kind || first.key.group != second.key.group)
        return core::fail(core::Error::Code::InvalidInput,
                          "a " + first.key.kind + " and a " + second.key.kind + " have nothing to compare",
                          second.key.text(), "choose two objects of one kind");
    std::array<std::string, 2> files;
    const std::array<const ComparedObject*, 2> both {&first, &second};
    for (std::size_t i = 0; i < both.size(); ++i) {
        PH_TRY(const auto details, engine.details(both[i]->app, both[i]->key, {}));
        PH_TRY(auto documents, core::manifest::parseYaml(details.liveYaml, both[i]->key.text()));
        if (documents.empty())
            return core::fail(core::Error::Code::NotFound, "it is not in the cluster", both[i]->key.text());
        auto object = documents.front().value;
        makeComparable(object, first.key);
        // One folder a side: the files are called as the objects are, and may be called the same.
        const auto file = core::paths::cache() / "compare" / std::to_string(i) / (both[i]->key.name + ".yaml");
        PH_CHECK(core::paths::writeFileAtomically(file, core::manifest::toYaml(object), true));
        files[i] = file.string();
    }
    return QStringLiteral("path:") + qs(files[0]) + QStringLiteral("...path:") + qs(files[1]);
}

CompareSlot::CompareSlot(QWidget* parent)
    : Chip({}, parent)
{
    setObjectName(QStringLiteral("compareSlot"));
    setAcceptDrops(true);
    allSlots().push_back(this);
    connect(this, &Chip::clicked, this, &CompareSlot::clear);
    retranslate();
}

CompareSlot::~CompareSlot()
{
    std::erase(allSlots(), this);
}

const std::optional<ComparedObject>& CompareSlot::content()
{
    return slotContent();
}

void CompareSlot::tellAll()
{
    for (CompareSlot* slot : allSlots())
        slot->retranslate();
}

void CompareSlot::put(const ComparedObject& object)
{
    const auto first = slotContent();
    if (first == object)
        return;
    if (!first) {
        slotContent() = object;
        return tellAll();
    }
    slotContent().reset();
    tellAll();
    emit comparisonWanted(*first, object);
}

void CompareSlot::clear()
{
    slotContent().reset();
    tellAll();
}

void CompareSlot::retranslate()
{
    const auto& object = slotContent();
    setText(object ? tr("Compare %1 with…").arg(shortKey(object->key)) + QStringLiteral("  ✕") : tr("Compare"));
    setToolTip(object ? tr("Drop a second object here, or press C on it. A click empties the slot.")
                      : tr("Drop an object of the tree here, or press C on it, and then a second one."));
    setAccessibleName(plain(text()));
    setAccessibleDescription(toolTip());
    updateGeometry();
    update();
}

void CompareSlot::dragEnterEvent(QDragEnterEvent* event)
{
    if (objectIn(*event->mimeData()))
        event->acceptProposedAction();
}

void CompareSlot::dropEvent(QDropEvent* event)
{
    if (const auto object = objectIn(*event->mimeData())) {
        event->acceptProposedAction();
        put(*object);
    }
}

} // namespace ui
