// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <unordered_set>

namespace core::render::kustomize {

namespace {

using manifest::array;
using manifest::flag;
using manifest::object;
using manifest::text;

using Pairs = std::vector<std::pair<std::string, std::string>>;

tl::unexpected<Error> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

Result<> readEnv(Pairs& pairs, std::string_view content, const std::string& file)
{
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    if (content.starts_with(kMark))
        content.remove_prefix(kMark.size());
    std::size_t number = 0;
    while (!content.empty()) {
        const auto end = std::min(content.find('\n'), content.size());
        auto line = content.substr(0, end);
        content.remove_prefix(std::min(end + 1, content.size()));
        ++number;
        if (!isValidUtf8(line))
            return refuse(fmt::format("line {} of {} is not valid UTF-8", number, file));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        const auto start = line.find_first_not_of(" \t\v\f\r");
        if (start == std::string_view::npos || line[start] == '#')
            continue;
        line.remove_prefix(start);
        const auto equals = line.find('=');
        pairs.emplace_back(line.substr(0, equals),
                           equals == std::string_view::npos ? std::string_view {} : line.substr(equals + 1));
    }
    return {};
}

Result<Pairs> collect(Ctx context, const Value& arguments)
{
    constexpr std::size_t kMaxBytes = std::size_t {256} << 20U; // a file may be named many times
    std::size_t bytes = 0;
    Pairs pairs;
    for (const auto& env : array(arguments, {"envs"})) {
        const std::string path(text(env, {}));
        auto content = context.build.load(context.root, path);
        if (!content)
            return fail(content.error().within("env source files: [" + path + "]"));
        PH_CHECK(readEnv(pairs, *content, path));
    }
    for (const auto& literal : array(arguments, {"literals"})) {
        const auto pair = text(literal, {});
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return refuse("invalid literal source " + std::string(pair) + ", expected key=value");
        auto value = pair.substr(equals + 1);
        if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
            value = value.substr(1, value.size() - 2);
        pairs.emplace_back(pair.substr(0, equals), value);
    }
    for (const auto& file : array(arguments, {"files"})) {
        const auto entry = text(file, {});
        const auto equals = entry.find('=');
        std::string key(entry.substr(0, equals));
        std::string path(equals == std::string_view::npos ? entry : entry.substr(equals + 1));
        if (equals == std::string_view::npos) {
            key = entry.substr(entry.rfind('/') == std::string_view::npos ? 0 : entry.rfind('/') + 1);
        } else {
            if (path.find('=') != std::string::npos)
                return refuse("key names or file paths cannot contain '='");
            if (key.empty())
                return refuse("key name for file path " + path + " missing");
            if (path.empty())
                return refuse("file path for key name " + key + " missing");
        }
        auto content = context.build.load(context.root, path);
        if (!content)
            return fail(content.error().within("file sources: [" + std::string(entry) + "]"));
        bytes += content->size();
        if (bytes > kMaxBytes)
            return fail(Error::Code::LimitExceeded, "the files of one object have more than 256 MiB", {},
                        "a cluster takes no more than 1 MiB in one object");
        pairs.emplace_back(key, std::move(*content));
    }
    return pairs;
}

std::string foldedBase64(std::string_view bytes)
{
    constexpr std::size_t kLine = 70;
    const auto text = base64Encode(bytes);
    if (text.size() < kLine)
        return text;
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += kLine)
        out.append(text.substr(i, kLine)).push_back('\n');
    return out;
}

Node stringsOf(const Value& first, const Value& second, const char* field)
{
    auto node = Node::mapping();
    for (const auto* options : {&second, &first}) {
        for (const auto& member : object(*options, {field}))
            node.setPlain(member.key(), Node::string(std::string(text(member.value(), {}))));
    }
    return node;
}

/// kustomize writes such a text of a generator as a literal block when it makes JSON, and cannot read that again.
bool isUnreadableBlock(std::string_view text)
{
    return text.starts_with('\t') && text.find('\n') != std::string_view::npos && !text.ends_with(' ')
        && text.find(" \n") == std::string_view::npos && std::none_of(text.begin(), text.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return (byte < 0x20 && c != '\t' && c != '\n') || byte >= 0xF0;
           });
}

Result<Resource> make(Ctx context, const Value& arguments, const Value& shared, bool secret)
{
    const std::string name(text(arguments, {"name"}));
    if (name.empty())
        return refuse("a configmap must have a name");
    const auto* own = manifest::find(arguments, {"options"});
    static const Value kNone(manifest::Object {});
    const auto& options = own == nullptr ? kNone : *own;
    auto root = Node::mapping();
    root.set("apiVersion", Node::string("v1"));
    root.set("kind", Node::string(secret ? "Secret" : "ConfigMap"));
    auto& metadata = root.set("metadata", Node::mapping());
    metadata.set("name", Node::string(name));
    if (const auto nameSpace = text(arguments, {"namespace"}); !nameSpace.empty())
        metadata.set("namespace", Node::string(std::string(nameSpace)));
    for (const auto* field : {"labels", "annotations"}) {
        if (auto strings = stringsOf(options, shared, field); !strings.children.empty())
            metadata.set(field, std::move(strings));
    }
    PH_TRY(const auto pairs, collect(context, arguments));
    if (secret) {
        const auto type = text(arguments, {"type"});
        root.set("type", Node::string(type.empty() ? "Opaque" : std::string(type)));
        root.set("data", Node::mapping());
    }
    constexpr std::size_t kMaxPairs = 500'000;
    if (pairs.size() > kMaxPairs)
        return fail(Error::Code::LimitExceeded,
                    name + " would have " + std::to_string(pairs.size()) + " keys, more than "
                        + std::to_string(kMaxPairs),
                    {}, "a cluster takes no more than 1 MiB in one object");
    std::unordered_set<std::string_view> keys;
    const auto add = [&root](const char* field, const std::string& key, std::string text) {
        auto member = Node::string(std::move(text)); // each key is new: a search for it would make many keys slow
        member.key = key;
        member.quoted = member.text.find('\n') != std::string::npos; // a block
        member.keyTag = manifest::resolveScalar(key, manifest::YamlDialect::V3).tag;
        root.ensureMapping(field).children.push_back(std::move(member));
    };
    for (const auto& [key, value] : pairs) {
        if (!keys.insert(key).second)
            return refuse((secret ? "secret " : "configmap ") + name + " illegally repeats the key `" + key + "`");
        if (key.empty()) // of an env file; it is set nowhere
            continue;
        if (secret)
            add("data", key, foldedBase64(value));
        else if (isValidUtf8(value))
            add("data", key, value);
        else
            add("binaryData", key, foldedBase64(value));
    }
    if (flag(options, {"immutable"}) || flag(shared, {"immutable"})) {
        Node yes = Node::untagged("true");
        yes.tag = manifest::ScalarTag::Bool;
        root.set("immutable", std::move(yes));
    }
    Resource resource(std::move(root));
    auto& notes = resource.note();
    notes.needsHash = !flag(options, {"disableNameSuffixHash"}) && !flag(shared, {"disableNameSuffixHash"});
    const auto behavior = text(arguments, {"behavior"});
    notes.behavior = behavior == "merge" ? Behavior::Merge
        : behavior == "replace"          ? Behavior::Replace
                                         : Behavior::Create;
    notes.generatorBehavior = notes.behavior == Behavior::Merge ? "merge"
        : notes.behavior == Behavior::Replace                   ? "replace"
        : behavior == "create"                                  ? "create"
                                                                : "unspecified";
    notes.file = context.root.file;
    std::vector<std::string> paths {""};
    if (notes.behavior == Behavior::Merge) { // the rest is what it was
        paths.clear();
        for (const auto& [key, value] : pairs) {
            paths.push_back("data/" + key);
            paths.push_back("binaryData/" + key);
        }
    }
    notes.touches.push_back(
        context.build.mark(context.root, secret ? "secretGenerator" : "configMapGenerator", std::move(paths)));
    return resource;
}

/// A JSON string as Go's encoder writes it.
void appendGoString(std::string& out, std::string_view text)
{
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto rest = text.substr(i, 3);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\b') {
            out += "\\b";
        } else if (c == '\f') {
            out += "\\f";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else if (rest == "\xE2\x80\xA8" || rest == "\xE2\x80\xA9") {
            out += rest == "\xE2\x80\xA8" ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    out += '"';
}

/// `indent` of the line that it stands on; less than 0 puts all on one line.
void appendGoJson(std::string& out, const Value& value, int indent = -1)
{
    const auto line = [&](int depth) {
        if (indent >= 0)
            out.append(1, '\n').append(static_cast<std::size_t>(depth), ' ');
    };
    const int inner = indent < 0 ? indent : indent + 2;
    if (const auto* string = value.if_string()) {
        appendGoString(out, *string);
    } else if (const auto* members = value.if_object()) {
        std::map<std::string_view, const Value*> sorted;
        for (const auto& member : *members)
            sorted.emplace(member.key(), &member.value());
        out += '{';
        for (const auto& [key, member] : sorted) {
            if (out.back() != '{')
                out += ',';
            line(inner);
            appendGoString(out, key);
            out += indent < 0 ? ":" : ": ";
            appendGoJson(out, *member, inner);
        }
        if (!sorted.empty())
            line(indent);
        out += '}';
    } else if (const auto* elements = value.if_array()) {
        out += '[';
        for (std::size_t i = 0; i < elements->size(); ++i) {
            out += i == 0 ? "" : ",";
            line(inner);
            appendGoJson(out, (*elements)[i], inner);
        }
        if (!elements->empty())
            line(indent);
        out += ']';
    } else if (value.is_double()) {
        out += manifest::jsonNumber(value.get_double());
    } else {
        out += manifest::toJson(value);
    }
}

} // namespace

std::string goJson(const Value& value, bool spread)
{
    std::string out;
    appendGoJson(out, value, spread ? 0 : -1);
    return out;
}

Result<Resource> makeConfigMap(Ctx context, const Value& arguments, const Value& options)
{
    return make(context, arguments, options, false);
}

Result<Resource> makeSecret(Ctx context, const Value& arguments, const Value& options)
{
    return make(context, arguments, options, true);
}

Result<std::string> hashOf(const Node& node)
{
    PH_TRY(const auto all, manifest::toValue(node, manifest::YamlDialect::V3));
    const std::string kind(text(all, {"kind"}));
    std::string json;
    if (kind == "ConfigMap" || kind == "Secret") {
        manifest::Object encoded;
        encoded["kind"] = kind;
        // kustomize asks for a key that is literally called metadata/name, which no object has.
        encoded["name"] = "";
        const auto* data = manifest::find(all, {"data"});
        encoded["data"] = data == nullptr || data->is_null() ? Value("") : *data;
        const char* second = kind == "Secret" ? "stringData" : "binaryData";
        if (const auto* more = manifest::find(all, {second}); more != nullptr && more->is_object())
            encoded[second] = *more;
        if (kind == "Secret")
            encoded["type"] = text(all, {"type"});
        appendGoJson(json, Value(std::move(encoded)));
    } else {
        // kustomize hashes its nodes here, with their comments, styles and places in files. We do not: only an object
        // that claims to be generated gets here, by an annotation or by a patch of its kind, and a hash over where
        // something stands in a file would name an object anew when a comment moves.
        appendGoJson(json, all);
    }
    auto hash = sha256Hex(json).substr(0, 10);
    for (char& c : hash) {
        const auto at = std::string_view("013ae").find(c);
        if (at != std::string_view::npos)
            c = "ghkmt"[at];
    }
    return hash;
}

Result<> checkGenerated(const Resource& resource)
{
    const auto* data = resource.notes().generatorBehavior.empty() ? nullptr : resource.root().find("data");
    if (data == nullptr)
        return {};
    for (const auto& member : data->children) {
        if (member.line == 0 && member.isScalar() && isUnreadableBlock(member.text))
            return fail(Error::Code::InvalidInput,
                        "configmap " + resource.id().name + ": key `" + member.key
                            + "`: yaml: line 2: found a tab character where an indentation space is expected",
                        resource.place());
    }
    return {};
}

Result<> addHashes(ResMap& all)
{
    const auto addHash = [](Resource& resource) -> Result<> {
        PH_CHECK(checkGenerated(resource));
        if (!resource.notes().needsHash)
            return {};
        resource.rememberId();
        auto& root = resource.edit();
        PH_TRY(const auto hash, hashOf(root));
        auto& metadata = root.ensureMapping("metadata");
        auto* name = metadata.find("name");
        metadata.set("name", Node::string((name == nullptr ? "" : name->text) + "-" + hash));
        auto& notes = resource.note();
        notes.touches.push_back(
            std::make_shared<const Touch>(Touch {{notes.file, "hash of the content", {}, 0}, {"metadata/name"}}));
        return {};
    };
    PH_CHECK(all.editEach(Edits::number(all.edits, "hash"), addHash));
    all.touched();
    return {};
}

} // namespace core::render::kustomize
