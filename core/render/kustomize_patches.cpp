// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::render::kustomize {

namespace {

using manifest::find;
using manifest::flag;
using manifest::text;

tl::unexpected<Error> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

Result<Value> readOperations(std::string_view patch)
{
    const auto body = trim(patch);
    Value value;
    if (body.starts_with('[')) {
        PH_TRY(value, manifest::parseJson(body));
    } else {
        if (const auto at = manifest::lineOfSlashEscape(patch); at != 0)
            return refuse("yaml: line " + std::to_string(at) + ": found unknown escape character");
        manifest::YamlLimits limits;
        limits.allowDuplicateKeys = true;
        PH_TRY(const auto documents, manifest::parseYaml(patch, "patch", limits));
        if (!documents.empty())
            value = documents.front().value;
        else
            value = manifest::Array {};
    }
    const auto* list = value.if_array();
    if (list == nullptr)
        return refuse(fmt::format("json: cannot unmarshal {} into Go value of type jsonpatch.Patch",
                                  value.is_string() ? "string" : "object"));
    for (const auto& operation : *list) {
        if (!operation.is_object())
            return refuse("json: cannot unmarshal value into Go value of type jsonpatch.Operation");
    }
    return value;
}

/// What tells an element of a list from the others, where it has something like it.
const Node* keyOf(const Node& element)
{
    if (element.find("$patch") != nullptr)
        return nullptr;
    for (const char* key : {"name", "containerPort", "port", "mountPath", "key", "ip", "uid", "topologyKey"}) {
        if (const auto* value = element.find(key))
            return value;
    }
    return nullptr;
}

/// Appends the paths of the leaves below `path`, which is as it was afterwards.
void leafPaths(const Node& node, std::string& path, std::vector<std::string>& out)
{
    const auto length = path.size();
    const auto below = [&](const Node& child, std::initializer_list<std::string_view> part) {
        if (length > 0)
            path += '/';
        for (const auto piece : part)
            path += piece;
        leafPaths(child, path, out);
        path.resize(length);
    };
    if (node.isSequence()) {
        // Lists of texts, and what a directive replaces, are touched as a whole.
        const bool isKeyed = !node.children.empty()
            && std::all_of(node.children.begin(), node.children.end(),
                           [](const Node& element) { return keyOf(element) != nullptr; });
        if (!isKeyed) {
            out.push_back(path);
            return;
        }
        for (const auto& element : node.children) {
            const auto* key = keyOf(element);
            below(element, {"[", key->key, "=", key->text, "]"});
        }
        return;
    }
    if (!node.isMapping() || node.find("$patch") != nullptr) {
        out.push_back(path);
        return;
    }
    for (const auto& child : node.children) {
        if (path.empty() && (child.key == "apiVersion" || child.key == "kind"))
            continue;
        if (path == "metadata" && (child.key == "name" || child.key == "namespace"))
            continue;
        below(child, {child.key});
    }
}

std::vector<std::string> leafPaths(const Node& patch)
{
    std::vector<std::string> paths;
    std::string path;
    leafPaths(patch, path, paths);
    return paths;
}

constexpr const char* kAllowName = "internal.config.kubernetes.io/allowNameChange";
constexpr const char* kAllowKind = "internal.config.kubernetes.io/allowKindChange";

struct PatchOptions
{
    bool name = false;
    bool kind = false;
};

bool takesAway(const Node* node)
{
    if (node == nullptr)
        return false;
    const auto* directive = node->find("$patch");
    return node->isNull() || (directive != nullptr && (directive->text == "replace" || directive->text == "delete"));
}

/// kustomize drops what `$patch: replace` makes of a whole object: the object stays as it was.
bool replacesAll(const Node& patch)
{
    const auto* directive = patch.find("$patch");
    return directive != nullptr && directive->text == "replace";
}

/// Merges, then gives the object back its name, kind and namespace. An emptied object is left for dropEmpty.
Result<> applyStrategic(Resource& target, const Node& patch, const Schema& schema, PatchOptions allow)
{
    const auto id = target.id();
    if (allow.name || allow.kind)
        target.rememberId();
    if (replacesAll(patch))
        return {};
    auto& root = target.edit();
    PH_TRY(const bool stays, strategicMerge(root, patch, schema));
    if (!stays) {
        root.assign(Node::mapping());
        return {};
    }
    if (root.children.empty())
        return {};
    if (takesAway(patch.find("metadata")) || takesAway(patch.at({"metadata", "annotations"})))
        target.loseNotes();
    target.spreadTwins();
    const auto restore = [](Node& holder, const char* field, const std::string& value) {
        auto* old = holder.find(field);
        if (value.empty()) {
            holder.erase(field);
        } else if (old == nullptr || !old->isScalar()) {
            holder.set(field, Node::untagged(value));
        } else if (old->text != value) {
            old->text = value;
            old->tag = manifest::ScalarTag::None;
        }
    };
    if (!allow.kind)
        restore(root, "kind", id.gvk.kind);
    auto& metadata = root.ensureMapping("metadata");
    if (!allow.name)
        restore(metadata, "name", id.name);
    restore(metadata, "namespace", id.nameSpace);
    (void)target.edit();
    return {};
}

/// Labels and annotations of a patch as kustomize copies them in two of its three ways to apply one: as texts, so that
/// a null, which would remove a label, becomes the text "null".
void stringMetadata(Node& patch)
{
    auto* metadata = patch.find("metadata");
    if (metadata == nullptr || !metadata->isMapping())
        return;
    for (const char* field : {"labels", "annotations"}) {
        auto* old = metadata->find(field);
        if (old == nullptr)
            continue;
        auto texts = Node::mapping();
        if (old->isMapping()) {
            for (const auto& child : old->children)
                texts.setPlain(child.key, Node::string(child.isScalar() ? child.text : std::string {}));
        }
        if (texts.children.empty())
            metadata->erase(field);
        else
            old->assign(std::move(texts));
    }
}

/// What an option does to the patch itself: kustomize notes it in an annotation there, and makes texts of the others.
void noteOptions(Node& patch, PatchOptions allow)
{
    auto* metadata = patch.find("metadata");
    if (metadata == nullptr || !metadata->isMapping() || (!allow.name && !allow.kind))
        return;
    auto& annotations = metadata->ensureMapping("annotations");
    for (auto& child : annotations.children)
        child.tag = manifest::ScalarTag::String;
    for (const auto& [is, key] : {std::pair(allow.name, kAllowName), std::pair(allow.kind, kAllowKind)}) {
        if (is)
            annotations.setPlain(key, Node::string("enabled"));
    }
}

/// As kustomize applies a patch to the objects of a selection: in a copy that has their group and version.
Result<> applyCopy(Resource& resource, Node patch, const Schema& schema, PatchOptions allow)
{
    stringMetadata(patch);
    std::optional<Node> emptied;
    if (const auto* apiVersion = resource.root().find("apiVersion")) {
        patch.set("apiVersion", *apiVersion);
    } else { // kustomize writes an empty one into the copy; quotes of the patch make a text of it
        const auto* own = patch.find("apiVersion");
        emptied = own != nullptr && own->quoted ? Node::string("") : Node::null();
        if (resource.root().isFlow)
            emptied = Node::untagged("");
        patch.erase("apiVersion");
    }
    PH_CHECK(applyStrategic(resource, patch, schema, allow));
    if (emptied && !resource.root().children.empty() && !replacesAll(patch))
        resource.edit().set("apiVersion", std::move(*emptied));
    return {};
}

Result<Resource*> uniqueTarget(ResMap& all, const ResId& id)
{
    const auto matches = all.matchingAnyId(id);
    if (matches.size() == 1)
        return matches.front();
    return refuse(fmt::format("{} matches for Id {}; failed to find unique target for patch {}",
                              matches.empty() ? "no" : "multiple", id.text(), id.text()));
}

Result<> applyToTargets(ResMap& all, const Selector& selector, const Node& patch, Ctx context, PatchOptions allow,
                        const std::shared_ptr<const Touch>& mark)
{
    std::vector<Resource*> selected;
    for (auto& resource : all.items()) {
        PH_TRY(const bool hit, selector.matches(resource));
        if (hit)
            selected.push_back(&resource);
    }
    // The copy has the patch's own kind, whose type is looked for where the object's is not known.
    for (auto* resource : selected) {
        PH_CHECK(applyCopy(*resource, patch, context.build.schema(), allow));
        resource->note().touches.push_back(mark);
    }
    return {};
}

std::string patchLabel(const std::string& path, const std::string& patch)
{
    return path.empty() ? fmt::format("[patch: {}]", manifest::toJson(Value(boost::json::string(patch))))
                        : fmt::format("[path: \"{}\"]", path);
}

enum class Remember : std::uint8_t { Id, Nothing };

bool replacesAnnotations(const Value& operations)
{
    const auto holds = [](std::string_view path) {
        return path.empty() || path == "/metadata" || path == "/metadata/annotations";
    };
    return std::any_of(operations.get_array().begin(), operations.get_array().end(), [&](const Value& operation) {
        const auto op = text(operation, {"op"});
        return (op != "test" && holds(text(operation, {"path"}))) || (op == "move" && holds(text(operation, {"from"})));
    });
}

using Touches = std::vector<std::shared_ptr<const Touch>>;

/// One for each operation that leaves something behind. In a file of its own an operation is found by its number.
Touches operationTouches(Step step, const Value& operations)
{
    Touches touches;
    const bool isFile = step.place.empty();
    for (std::size_t number = 0; const auto& operation : manifest::array(operations, {})) {
        if (isFile)
            step.place = std::to_string(number);
        ++number;
        std::string path(text(operation, {"path"}));
        const auto op = text(operation, {"op"});
        if (op == "test" || op == "remove")
            continue;
        if (path.starts_with('/'))
            path.erase(0, 1);
        if (path.ends_with("/-"))
            path.replace(path.size() - 1, 1, "[-]");
        std::string plain;
        for (std::size_t i = 0; i < path.size(); ++i) {
            if (path[i] == '~' && i + 1 < path.size() && path[i + 1] == '1') {
                plain += '/';
                ++i;
            } else {
                plain += path[i];
            }
        }
        touches.push_back(std::make_shared<const Touch>(Touch {step, {plain}}));
    }
    return touches;
}

bool hasMergeKey(const Node& node)
{
    return std::any_of(node.children.begin(), node.children.end(),
                       [](const Node& child) { return child.key == "<<" || hasMergeKey(child); });
}

/// What comes of a JSON patch is read like an object of a file.
Result<> checkPatched(const Node& root)
{
    if (hasMergeKey(root))
        return refuse("yaml: map merge requires map or sequence of maps as the value");
    return root.isMapping() && root.children.empty() ? Result<> {} : checkObject(root);
}

Result<> applyJson(ResMap& all, const Selector& selector, const Value& operations, Remember remember,
                   const Touches& marks)
{
    for (auto& resource : all.items()) {
        PH_TRY(const bool hit, selector.matches(resource));
        if (!hit)
            continue;
        const auto id = resource.id();
        PH_CHECK(checkGenerated(resource));
        if (remember == Remember::Id)
            resource.rememberId();
        // Notes lie in annotations, so that these are there for the patch.
        if (resource.hasNotes())
            (void)resource.edit().ensureMapping("metadata").ensureMapping("annotations");
        if (auto done = jsonPatch6902(resource.edit(), operations); !done)
            return fail(done.error().within("patching " + id.text()));
        if (auto sound = checkPatched(resource.root()); !sound)
            return fail(sound.error().within("patching " + id.text()));
        resource.textAnnotations();
        // Notes of the build itself are put back, those for readers are not.
        if (replacesAnnotations(operations)) {
            resource.note().origin = nullptr;
            resource.note().transformations.clear();
        }
        auto& noted = resource.note().touches;
        noted.insert(noted.end(), marks.begin(), marks.end());
    }
    all.touched();
    return {};
}

} // namespace

Result<> runPatch(Ctx context, ResMap& all, const Value& entry, const std::string& place)
{
    const std::string path(text(entry, {"path"}));
    std::string patch(trim(text(entry, {"patch"})));
    if (path.empty() && patch.empty())
        return refuse(fmt::format("must specify one of patch and path in {}", manifest::toYaml(entry)));
    if (!path.empty() && !patch.empty())
        return refuse(fmt::format("patch and path can't be set at the same time\n{}", manifest::toYaml(entry)));
    std::string file = context.root.file;
    Step step = context.build.mark(context.root, "patch", {}, place)->step;
    if (!path.empty()) {
        auto content = context.build.load(context.root, path);
        if (!content)
            return fail(content.error().within("failed to get the patch file from path(" + path + ")"));
        patch = std::move(*content);
        PH_TRY(file, context.build.pathOf(context.root, path));
        step = {file, "patch", {}, 0};
    }
    auto objects = readObjects(patch, path.empty() ? std::string {} : context.build.named(file));
    const bool isStrategic = objects && !objects->empty();
    // What reads as objects is no list of operations.
    const auto operations = isStrategic ? Result<Value>(manifest::Array {}) : readOperations(patch);
    const bool isJson = operations && !operations->get_array().empty();
    if (!isStrategic && !isJson) {
        if (objects && operations)
            return {}; // nothing in it but comments
        return fail(Error::Code::InvalidInput,
                    fmt::format("unable to parse SM or JSON patch from {}: {}", patchLabel(path, patch),
                                objects ? operations.error().message : objects.error().message),
                    !objects           ? objects.error().where
                        : path.empty() ? std::string {}
                                       : context.build.named(file));
    }
    const auto* target = find(entry, {"target"});
    const PatchOptions allow {flag(entry, {"options", "allowNameChange"}), flag(entry, {"options", "allowKindChange"})};
    const auto selector =
        target == nullptr ? Result<Selector>(Selector {}) : Selector::from(*target, Selector::Kind::Patterns);
    if (!selector)
        return fail(selector.error());
    if (isJson && !isStrategic) {
        if (target == nullptr)
            return refuse(fmt::format("must specify a target for JSON patch {}", patchLabel(path, patch)));
        return applyJson(all, *selector, *operations, Remember::Id, operationTouches(step, *operations));
    }
    for (auto& object : *objects)
        noteOptions(object, allow);
    if (target != nullptr) {
        if (objects->size() > 1)
            return refuse(fmt::format("Multiple Strategic-Merge Patches in one `patches` entry is not allowed to set "
                                      "`patches.target` field: {}",
                                      patchLabel(path, patch)));
        auto mark = std::make_shared<Touch>(Touch {step, {}});
        if (all.notesTouches)
            mark->paths = leafPaths(objects->front());
        PH_CHECK(applyToTargets(all, *selector, objects->front(), context, allow, mark));
        all.touched();
        all.dropEmpty();
        PH_CHECK(all.checkUnique());
    } else {
        for (const auto& object : *objects) {
            auto mark = std::make_shared<Touch>(Touch {step, {}});
            step.document += path.empty() ? 0 : 1;
            if (all.notesTouches)
                mark->paths = leafPaths(object);
            const Resource patchResource(std::shared_ptr<const Node>(std::shared_ptr<void> {}, &object)); // for its id
            auto found = uniqueTarget(all, patchResource.id());
            if (!found)
                return fail(found.error().within("no resource matches strategic merge patch \""
                                                 + patchResource.id().text() + "\""));
            PH_CHECK(applyStrategic(**found, object, context.build.schema(), allow));
            (*found)->note().touches.push_back(mark);
        }
    }
    all.touched();
    all.dropEmpty();
    return {};
}

Result<> runStrategicPatches(Ctx context, ResMap& all, const std::vector<std::string>& paths,
                             const std::string& inlined)
{
    struct Loaded
    {
        Node node;
        std::string file;
        std::size_t document = 0;
    };
    std::vector<Loaded> patches;
    for (const auto& path : paths) {
        auto objects = readObjects(path, context.root.file);
        std::string file = context.root.file;
        if (!objects || objects->empty()) {
            PH_TRY(const auto content, context.build.load(context.root, path));
            PH_TRY(file, context.build.pathOf(context.root, path));
            objects = readObjects(content, context.build.named(file));
            if (!objects)
                return fail(std::move(objects.error()));
        }
        for (std::size_t number = 0; auto& object : *objects)
            patches.push_back({std::move(object), file, number++});
    }
    if (!inlined.empty()) {
        PH_TRY(auto objects, readObjects(inlined, "patches"));
        for (auto& object : objects)
            patches.push_back({std::move(object), context.root.file, 0});
    }
    if (patches.empty())
        return refuse(fmt::format("patch appears to be empty; files=[{}], Patch={}", join(paths, " "), inlined));
    for (const auto& [node, file, document] : patches) {
        const Resource patchResource(std::shared_ptr<const Node>(std::shared_ptr<void> {}, &node)); // for its id
        PH_TRY(auto* found, uniqueTarget(all, patchResource.id()));
        auto mark = std::make_shared<Touch>(Touch {{file, "patch", {}, document}, {}});
        if (all.notesTouches)
            mark->paths = leafPaths(node);
        PH_CHECK(applyCopy(*found, node, context.build.schema(), {}));
        found->note().touches.push_back(mark);
        all.touched();
        all.dropEmpty();
        PH_CHECK(all.checkUnique());
    }
    return {};
}

Result<> runJsonPatch(Ctx context, ResMap& all, const Value& entry)
{
    const std::string path(text(entry, {"path"}));
    std::string patch(text(entry, {find(entry, {"jsonOp"}) != nullptr ? "jsonOp" : "patch"}));
    const auto* target = find(entry, {"target"});
    if (target == nullptr || text(*target, {"name"}).empty())
        return refuse("must specify the target name");
    if (path.empty() && patch.empty())
        return refuse("empty file path and empty jsonOp");
    if (!path.empty() && !patch.empty())
        return refuse("must specify a file path or jsonOp, not both");
    std::string file = context.root.file;
    if (!path.empty()) {
        PH_TRY(patch, context.build.load(context.root, path));
        PH_TRY(file, context.build.pathOf(context.root, path));
    }
    auto operations = readOperations(patch);
    if (!operations)
        return fail(operations.error().within("decoding " + manifest::toJson(Value(boost::json::string(patch)))));
    if (operations->get_array().empty())
        return refuse("patch appears to be empty");
    PH_TRY(const auto selector, Selector::from(*target, Selector::Kind::Patterns));
    return applyJson(all, selector, *operations, Remember::Nothing,
                     operationTouches(Step {file, "patch", {}, 0}, *operations));
}

} // namespace core::render::kustomize
