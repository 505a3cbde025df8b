// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/render/kustomize_model.h"
#include "core/render/parallel.h"

#include <boost/json.hpp>

#include <charconv>
#include <deque>

namespace core::render::kustomize {

namespace {

/// `plain` holds the text of the pieces where they are not the input's.
Result<std::vector<std::string_view>> pieces(std::string_view input, std::string& plain)
{
    if (input.find('\r') != std::string_view::npos) {
        plain.reserve(input.size());
        for (std::size_t i = 0; i < input.size(); ++i) {
            if (input[i] != '\r' || i + 1 >= input.size() || input[i + 1] != '\n')
                plain += input[i];
        }
        input = plain;
    }
    std::vector<std::string_view> found;
    std::size_t start = 0;
    std::size_t at = 0;
    while ((at = input.find("\n---", at)) != std::string_view::npos) {
        const auto end = std::min(input.find('\n', at + 1), input.size());
        const auto rest = trim(input.substr(at + 4, end - at - 4));
        if (!rest.empty() && rest[0] != '#')
            return fail(Error::Code::InvalidInput,
                        "invalid document separator: " + std::string(input.substr(at + 1, end - at - 1)));
        found.push_back(input.substr(start, at + 1 - start));
        start = at = end;
    }
    found.push_back(input.substr(start));
    return found;
}

std::string nameOf(const Node& object, manifest::Path path)
{
    const auto* node = object.at(path);
    return node != nullptr && node->isScalar() && !node->isNull() ? node->text : std::string {};
}

bool isEmpty(const Node& node)
{
    return node.isNull() || (!node.isScalar() && node.children.empty());
}

std::string asJson(const Node& object)
{
    const auto value = manifest::toValue(object, manifest::YamlDialect::V3);
    return value ? manifest::toSortedJson(*value) : "{}";
}

/// JSON has its texts in quotes and its collections in braces, which they keep.
void quoteTexts(Node& node)
{
    node.isFlow = !node.isScalar();
    node.quoted = node.isScalar() && node.tag == manifest::ScalarTag::String;
    for (auto& child : node.children)
        quoteTexts(child);
}

/// Members called "<<", which kustomize takes away with quotes too when it has merged what stands below such keys.
void dropMergeKeys(Node& node)
{
    std::erase_if(node.children, [](const Node& child) { return child.key == "<<"; });
    for (auto& child : node.children)
        dropMergeKeys(child);
}

/// As decoded, not as printed: an empty null in braces is one.
void dropBraces(Node& node)
{
    node.isFlow = false;
    for (auto& child : node.children)
        dropBraces(child);
}

/// "file:2:5" in a piece of a file that begins after `lines` lines.
std::string movedDown(const std::string& where, const std::string& file, std::size_t lines)
{
    if (lines == 0 || !where.starts_with(file + ":"))
        return where;
    std::size_t line = 0;
    const char* begin = where.data() + file.size() + 1;
    const auto [end, ec] = std::from_chars(begin, where.data() + where.size(), line);
    return ec != std::errc {} ? where : file + ":" + std::to_string(line + lines) + std::string(end);
}

std::size_t sizeOf(const Node& node)
{
    std::size_t size = 1;
    for (const auto& child : node.children)
        size += sizeOf(child);
    return size;
}

/// The first document of each piece.
std::vector<Result<std::vector<Node>>> parsed(const std::vector<std::string_view>& parts, std::size_t bytes,
                                              const std::string& file, const std::stop_token& stop)
{
    manifest::NodeLimits limits;
    limits.keepDuplicates = true;
    limits.maxNodes = kMaxNodes;
    limits.firstOnly = true;
    std::vector<Result<std::vector<Node>>> found(parts.size());
    std::atomic<std::size_t> size {0};
    onTwoThreads(parts.size(), bytes >= kWorthAThread, [&](std::size_t i) {
        if (stop.stop_requested()) {
            found[i] = fail(Error::Code::Cancelled, "the render was cancelled");
        } else if (size > kMaxNodes) {
            found[i] = fail(Error::Code::LimitExceeded,
                            "more than " + std::to_string(kMaxNodes) + " nodes after alias expansion", file);
        } else {
            found[i] = manifest::parseNodes(parts[i], file, limits);
            if (!found[i] || found[i]->empty())
                return;
            if (parts[i].find("<<") != std::string_view::npos)
                dropMergeKeys(found[i]->front());
            size += sizeOf(found[i]->front());
        }
    });
    return found;
}

} // namespace

Result<> checkObject(const Node& object)
{
    if (!object.isMapping()
        || (object.find("apiVersion") == nullptr && object.find("kind") == nullptr
            && object.find("metadata") == nullptr))
        return fail(Error::Code::InvalidInput, "missing Resource metadata");
    const auto kind = nameOf(object, {"kind"});
    if (kind.empty())
        return fail(Error::Code::InvalidInput, "missing kind in object " + asJson(object));
    if (nameOf(object, {"metadata", "name"}).empty() && !kind.ends_with("List"))
        return fail(Error::Code::InvalidInput, "missing metadata.name in object " + asJson(object));
    return {};
}

Result<std::vector<Node>> readObjects(std::string_view text, const std::string& file, const std::stop_token& stop)
{
    std::size_t line = 0; // that the piece begins after
    const auto within = [&](Error error) {
        if (error.code == Error::Code::InvalidInput)
            error.message = "MalformedYAMLError: " + error.message + (file.empty() ? "" : " in File: " + file);
        error.where = file.empty() ? std::string {} : movedDown(error.where, file, line);
        return fail(std::move(error));
    };
    std::string unixText; // without carriage returns
    PH_TRY(const auto parts, pieces(text, unixText));
    if (const auto at = manifest::lineOfSlashEscape(text); at != 0)
        return within({Error::Code::InvalidInput,
                       "yaml: line " + std::to_string(at) + ": found unknown escape character",
                       file + ":" + std::to_string(at) + ":1"});
    auto all = parsed(parts, text.size(), file, stop);
    std::deque<Node> queue;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto part = parts[i];
        auto& nodes = all[i];
        if (!nodes)
            return within(std::move(nodes.error()));
        if (!nodes->empty()) {
            auto& node = nodes->front();
            if (parts.size() == 1 && node.isMapping()) {
                const auto kind = nameOf(node, {"kind"});
                if (kind == "ResourceList" || kind == "List") {
                    auto* items = node.find("items");
                    // A scalar has no elements.
                    if (items != nullptr && !items->isMapping() && !items->isNull()) {
                        auto elements = std::move(items->children);
                        for (auto& element : elements)
                            queue.push_back(std::move(element));
                        line += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
                        continue;
                    }
                }
            }
            node.line += static_cast<std::uint32_t>(line);
            queue.push_back(std::move(node));
        }
        line += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
    }
    std::vector<Node> objects;
    while (!queue.empty()) {
        auto node = std::move(queue.front());
        queue.pop_front();
        if (isEmpty(node))
            continue;
        if (auto checked = checkObject(node); !checked) {
            if (!file.empty())
                checked.error().where = file + ":" + std::to_string(node.line) + ":1";
            return fail(std::move(checked.error()));
        }
        auto* items = nameOf(node, {"kind"}).ends_with("List") ? node.find("items") : nullptr;
        if (items == nullptr) {
            objects.push_back(std::move(node));
        } else if (items->isSequence()) {
            for (auto& element : items->children) {
                // Items of such lists pass through JSON, where 0x1F becomes 31.
                dropBraces(element);
                PH_TRY(const auto value, manifest::toValue(element, manifest::YamlDialect::V3));
                auto plain = manifest::toNode(value);
                quoteTexts(plain);
                plain.line = element.line;
                plain.column = element.column;
                queue.push_back(std::move(plain));
            }
        } else if (!items->isNull()) {
            return fail(Error::Code::InvalidInput,
                        "expected array in " + nameOf(node, {"kind"}) + "/items, but found a "
                            + (items->isMapping() ? "mapping" : "scalar"),
                        file.empty() ? std::string {} : file + ":" + std::to_string(items->line) + ":1");
        }
    }
    return objects;
}

} // namespace core::render::kustomize
