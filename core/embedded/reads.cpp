// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/embedded/selectors.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <charconv>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

constexpr std::size_t kMaxListBytes = std::size_t {512} << 20;

struct Token
{
    std::uint64_t version = 0;
    std::string nameSpace, name; ///< the last item that was sent
    std::int64_t remaining = 0; ///< behind it, when the list began
};

std::string encodeToken(const Token& token)
{
    const Object object {{"v", "meta.k8s.io/v1"},
                         {"rv", token.version},
                         {"start", boost::json::string(token.nameSpace + "/" + token.name)},
                         {"remaining", token.remaining}};
    return base64Encode(boost::json::serialize(object));
}

ApiResult<Token> decodeToken(std::string_view text)
{
    const auto bad = [] { return badRequest("invalid continue token: the token is not one that this server gave"); };
    const auto json = base64Decode(text);
    if (!json)
        return bad();
    const auto value = manifest::parseJson(*json);
    if (!value)
        return bad();
    const auto start = manifest::text(*value, {"start"});
    const auto slash = start.find('/');
    const auto version = manifest::integer(*value, {"rv"});
    if (slash == std::string_view::npos || !version || *version < 0)
        return bad();
    return Token {static_cast<std::uint64_t>(*version), std::string(start.substr(0, slash)),
                  std::string(start.substr(slash + 1)),
                  std::max<std::int64_t>(0, manifest::integer(*value, {"remaining"}).value_or(0))};
}

struct Selection
{
    LabelSelector labels;
    FieldSelector fields;
    [[nodiscard]] bool all() const { return labels.empty() && fields.empty(); }
    [[nodiscard]] bool matches(const Stored& object) const
    {
        return (labels.empty() || labels.matches(manifest::object(object.value(), {"metadata", "labels"})))
            && (fields.empty() || fields.matches(object.value()));
    }
};

ApiResult<Selection> parseSelection(const ApiRequest& request, const ResourceInfo& info)
{
    Selection selection;
    API_TRY(selection.labels, LabelSelector::parse(request.parameter("labelSelector")));
    API_TRY(selection.fields, FieldSelector::parse(request.parameter("fieldSelector"), info));
    return selection;
}

ApiResult<std::optional<std::uint64_t>> versionParameter(const ApiRequest& request)
{
    const auto text = request.parameter("resourceVersion");
    if (text.empty())
        return std::optional<std::uint64_t> {};
    std::uint64_t version = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (ec != std::errc {} || end != text.data() + text.size())
        return badRequest(fmt::format("resourceVersion: Invalid value: \"{}\": strconv.ParseUint: parsing \"{}\": "
                                      "invalid syntax",
                                      text, text));
    return std::optional(version);
}

Refusal tooLarge(std::uint64_t wanted, std::uint64_t current)
{
    Failure failure;
    failure.code = 504;
    failure.reason = "Timeout";
    failure.message = fmt::format("Too large resource version: {}, current: {}", wanted, current);
    failure.causes.push_back({"ResourceVersionTooLarge", "Too large resource version", {}});
    failure.retryAfterSeconds = 1;
    return Refusal(std::move(failure));
}

ApiResult<> checkListVersion(const ApiRequest& request, std::uint64_t current)
{
    API_TRY(const auto version, versionParameter(request));
    const auto match = request.parameter("resourceVersionMatch");
    if (!match.empty()) {
        if (match != "Exact" && match != "NotOlderThan")
            return invalidOptions("ListOptions",
                                  notSupported("resourceVersionMatch", match, {"Exact", "NotOlderThan", ""}));
        if (!version)
            return invalidOptions("ListOptions",
                                  forbiddenField("resourceVersionMatch",
                                                 "resourceVersionMatch is forbidden unless "
                                                 "resourceVersion is provided"));
        if (match == "Exact" && *version == 0)
            return invalidOptions("ListOptions",
                                  forbiddenField("resourceVersionMatch",
                                                 "resourceVersionMatch \"exact\" is forbidden for "
                                                 "resourceVersion \"0\""));
    }
    if (!version || *version == 0)
        return {};
    if (*version > current)
        return tooLarge(*version, current);
    API_TRY(const auto limit, request.integer("limit"));
    const bool exact = match == "Exact" || (match.empty() && limit.value_or(0) > 0);
    if (exact && *version != current)
        return expired("The resourceVersion for the provided list is too old.");
    return {};
}

/// The part of a list that a request asks for.
struct Paging
{
    std::size_t limit = 0; ///< 0: none
    std::optional<Token> from;
};

ApiResult<Paging> parsePaging(const ApiRequest& request)
{
    Paging paging;
    API_TRY(const auto limit, request.integer("limit"));
    if (limit.value_or(0) > 0 && request.parameter("resourceVersion") != "0")
        paging.limit = static_cast<std::size_t>(*limit);
    const auto text = request.parameter("continue");
    if (text.empty())
        return paging;
    if (!request.parameter("resourceVersion").empty() && request.parameter("resourceVersion") != "0")
        return badRequest("specifying resource version is not allowed when using continue");
    API_TRY(paging.from, decodeToken(text));
    return paging;
}

struct Page
{
    std::vector<StoredPtr> items;
    std::uint64_t version = 0;
    std::string next;
    std::int64_t remaining = 0;
};

Page readPage(const Store& store, const ResourceInfo& info, std::string_view nameSpace, const Paging& paging,
              const Selection& selection)
{
    Page page;
    const auto* exactName = selection.fields.exact("metadata.name");
    if (exactName != nullptr && (!nameSpace.empty() || !info.namespaced)) {
        page.version = store.version();
        if (auto object = store.get(info.table, nameSpace, *exactName); object && selection.matches(*object))
            page.items.push_back(std::move(object));
        return page;
    }
    const bool cut = selection.all() && paging.limit > 0;
    const auto after = paging.from ? Store::Place(paging.from->nameSpace, paging.from->name) : Store::Place();
    auto listing =
        cut ? store.list(info.table, nameSpace, after, paging.limit + 1) : store.list(info.table, nameSpace, after);
    page.version = paging.from ? paging.from->version : listing.version;
    for (auto& item : listing.items) {
        if (paging.limit > 0 && page.items.size() > paging.limit)
            break;
        if (selection.all() || selection.matches(*item))
            page.items.push_back(std::move(item));
    }
    if (paging.limit == 0 || page.items.size() <= paging.limit)
        return page;
    page.items.resize(paging.limit);
    if (cut) {
        const auto all =
            paging.from ? paging.from->remaining : static_cast<std::int64_t>(store.count(info.table, nameSpace));
        page.remaining = std::max<std::int64_t>(1, all - static_cast<std::int64_t>(paging.limit));
    }
    const auto& last = page.items.back()->value();
    page.next = encodeToken(
        {page.version, std::string(manifest::nameSpace(last)), std::string(manifest::name(last)), page.remaining});
    return page;
}

std::string listMetadata(const Page& page)
{
    auto text = fmt::format(R"({{"resourceVersion":"{}")", page.version);
    if (!page.next.empty())
        text += fmt::format(R"(,"continue":"{}")", page.next);
    if (page.remaining > 0)
        text += fmt::format(R"(,"remainingItemCount":{})", page.remaining);
    return text + "}";
}

std::string_view typeName(StoreEvent::Type type)
{
    return type == StoreEvent::Type::Added ? "ADDED" : type == StoreEvent::Type::Modified ? "MODIFIED" : "DELETED";
}

class Session final : public WatchSession
{
public:
    Session(const Store& store, std::shared_ptr<Clock> clock, ResourcePtr info, ApiRequest::Form form)
        : m_store(store)
        , m_clock(std::move(clock))
        , m_info(std::move(info))
        , m_form(form)
    {
    }

    Selection selection;
    std::string nameSpace;
    std::string includeObject;
    bool bookmarks = false;
    std::chrono::steady_clock::time_point end;
    std::uint64_t version = 0;
    std::vector<StoredPtr> initial;
    bool endOfInitial = false; ///< say so by a bookmark

    std::string poll() override
    {
        std::string out;
        if (m_ended)
            return out;
        for (const auto& object : initial)
            line(out, "ADDED", *object);
        initial.clear();
        if (std::exchange(endOfInitial, false))
            bookmark(out, R"(,"annotations":{"k8s.io/initial-events-end":"true"})");
        auto events = m_store.events(m_info->table, version);
        if (!events) {
            out += fmt::format("{{\"type\":\"ERROR\",\"object\":{}}}\n",
                               boost::json::serialize(expired(events.error().message).value().status()));
            m_ended = true;
            return out;
        }
        for (const auto& event : *events) {
            version = event.version;
            add(out, event);
        }
        const auto now = std::chrono::steady_clock::now();
        const bool over = now >= end;
        if (bookmarks && (over || now >= m_nextBookmark)) {
            if (events->empty())
                version = std::max(version, quietVersion());
            bookmark(out, {});
            m_nextBookmark = now + std::chrono::seconds(60);
        }
        m_ended = over;
        return out;
    }

    [[nodiscard]] bool ended() const override { return m_ended; }

    void wait(std::chrono::steady_clock::time_point deadline, std::stop_token stop) override
    {
        deadline = std::min(deadline, end);
        if (bookmarks)
            deadline = std::min(deadline, m_nextBookmark);
        m_store.wait(m_info->table, version, deadline, std::move(stop));
    }

    [[nodiscard]] const std::string& table() const override { return m_info->table; }

private:
    /// The counter, if no event of this type is between it and ours.
    [[nodiscard]] std::uint64_t quietVersion() const
    {
        const auto now = m_store.version();
        const auto later = m_store.events(m_info->table, version, 1);
        return later && later->empty() ? now : version;
    }

    [[nodiscard]] bool visible(const StoredPtr& object) const
    {
        return object && (nameSpace.empty() || manifest::nameSpace(object->value()) == nameSpace)
            && (selection.all() || selection.matches(*object));
    }

    void add(std::string& out, const StoreEvent& event)
    {
        if (!nameSpace.empty() && manifest::nameSpace(event.object->value()) != nameSpace)
            return;
        if (selection.all() || event.type == StoreEvent::Type::Added) {
            if (selection.all() || visible(event.object))
                line(out, typeName(event.type), *event.object);
            return;
        }
        const bool before = visible(event.previous);
        if (event.type == StoreEvent::Type::Deleted) {
            if (before)
                line(out, "DELETED", *event.object);
            return;
        }
        const bool after = visible(event.object);
        if (after) {
            line(out, before ? "MODIFIED" : "ADDED", *event.object);
        } else if (before) {
            Value old = event.previous->value();
            manifest::ensure(old, {"metadata", "resourceVersion"}) = boost::json::string(std::to_string(event.version));
            line(out, "DELETED", Stored(std::move(old), event.version));
        }
    }

    void line(std::string& out, std::string_view type, const Stored& object)
    {
        out += R"({"type":")";
        out += type;
        out += R"(","object":)";
        if (m_form == ApiRequest::Form::Table) {
            const auto shared = std::make_shared<const Stored>(object.json(), object.version());
            out += tableJson(*m_info, {shared}, m_clock->now(),
                             fmt::format(R"({{"resourceVersion":"{}"}})", object.version()), includeObject, m_first);
        } else if (m_form == ApiRequest::Form::Plain) {
            out += viewJson(*m_info, object);
        } else {
            out += metadataJson(object);
        }
        m_first = false;
        out += "}\n";
    }

    void bookmark(std::string& out, std::string_view annotations)
    {
        const bool partial = m_form == ApiRequest::Form::Metadata || m_form == ApiRequest::Form::MetadataList;
        out += fmt::format(
            R"({{"type":"BOOKMARK","object":{{"kind":"{}","apiVersion":"{}","metadata":{{"resourceVersion":"{}","creationTimestamp":null{}}}}}}})"
            "\n",
            partial                                 ? "PartialObjectMetadata"
                : m_form == ApiRequest::Form::Table ? "Table"
                                                    : m_info->kind,
            partial || m_form == ApiRequest::Form::Table ? "meta.k8s.io/v1" : m_info->apiVersion(), version,
            annotations);
    }

    const Store& m_store;
    std::shared_ptr<Clock> m_clock;
    ResourcePtr m_info;
    ApiRequest::Form m_form;
    bool m_first = true;
    bool m_ended = false;
    std::chrono::steady_clock::time_point m_nextBookmark = std::chrono::steady_clock::now() + std::chrono::seconds(60);
};

std::chrono::steady_clock::duration watchLength(const ApiRequest& request, std::optional<std::int64_t> seconds)
{
    auto length = std::chrono::steady_clock::duration(std::chrono::minutes(45));
    if (seconds.has_value() && *seconds > 0)
        length = std::chrono::seconds(std::min<std::int64_t>(*seconds, 86'400));
    if (const auto timeout = parseGoDuration(request.parameter("timeout")); timeout && timeout->count() > 0)
        length = std::min(length, std::chrono::duration_cast<std::chrono::steady_clock::duration>(*timeout));
    return length;
}

} // namespace

ApiResult<StoredPtr> ApiServer::Private::load(const ResourceInfo& info, const ApiRequest& request) const
{
    auto object = store->get(info.table, info.namespaced ? request.nameSpace : "", request.name);
    if (!object)
        return notFound(info, request.name);
    return object;
}

/// The Warning headers of an answer, that of a deprecated kind among them.
void warn(const ResourceInfo& info, std::vector<std::string> warnings, kube::Response& response)
{
    if (info.table == "/endpoints")
        warnings.emplace_back("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
    for (const auto& warning : warnings) {
        std::string quoted;
        for (const char c : warning)
            quoted += c == '"' || c == '\\' ? std::string {'\\', c} : std::string {c};
        response.headers.emplace_back("warning", fmt::format("299 - \"{}\"", quoted));
    }
}

kube::Response ApiServer::Private::answer(const ApiRequest& request, const ResourceInfo& info, const Stored& object,
                                          int code, const std::vector<std::string>& warnings) const
{
    std::string body;
    switch (request.form()) {
    case ApiRequest::Form::Table:
        body = tableJson(info, {std::make_shared<const Stored>(object.json(), object.version())}, clock->now(),
                         fmt::format(R"({{"resourceVersion":"{}"}})", object.version()),
                         request.parameter("includeObject"), true);
        break;
    case ApiRequest::Form::Metadata:
    case ApiRequest::Form::MetadataList:
        body = metadataJson(object);
        break;
    case ApiRequest::Form::Plain:
        body = viewJson(info, object);
        break;
    }
    auto response = jsonResponse(code, std::move(body));
    warn(info, warnings, response);
    return response;
}

ApiResult<kube::Response> ApiServer::Private::get(const ApiRequest& request, const ResourcePtr& info) const
{
    API_TRY(const auto object, load(*info, request));
    return answer(request, *info, *object, 200);
}

ApiResult<kube::Response> ApiServer::Private::list(const ApiRequest& request, const ResourcePtr& info) const
{
    API_TRY(const auto selection, parseSelection(request, *info));
    API_CHECK(checkListVersion(request, store->version()));
    API_TRY(const auto paging, parsePaging(request));
    const auto page = readPage(*store, *info, request.nameSpace, paging, selection);
    const auto form = request.form();
    if (form == ApiRequest::Form::Table) {
        auto response = jsonResponse(
            200,
            tableJson(*info, page.items, clock->now(), listMetadata(page), request.parameter("includeObject"), true));
        warn(*info, {}, response);
        return response;
    }
    const bool metadataOnly = form != ApiRequest::Form::Plain;
    std::string body = metadataOnly
        ? R"({"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":)"
        : fmt::format(R"({{"kind":"{}","apiVersion":"{}","metadata":)", info->listKind, info->apiVersion());
    body += listMetadata(page);
    body += R"(,"items":[)";
    std::size_t size = body.size() + 8;
    for (const auto& item : page.items)
        size += item->json().size() + 1;
    if (size > kMaxListBytes)
        return badRequest("the list is too large; ask for it in pages (limit=500)");
    body.reserve(size);
    for (std::size_t i = 0; i < page.items.size(); ++i) {
        if (i > 0)
            body += ',';
        body += metadataOnly ? metadataJson(*page.items[i]) : itemJson(*info, *page.items[i]);
    }
    body += "]}";
    auto response = jsonResponse(200, std::move(body));
    warn(*info, {}, response);
    return response;
}

ApiResult<std::unique_ptr<WatchSession>> ApiServer::Private::watch(const ApiRequest& request) const
{
    const auto now = registry();
    if (now->version(request.group, request.version) == nullptr)
        return pageNotFound();
    const auto info = now->find(request.group, request.version, request.plural);
    if (!info || (!info->namespaced && !request.nameSpace.empty()))
        return unknownResource();
    if (!info->allows("watch"))
        return methodNotAllowed();
    auto session = std::make_unique<Session>(*store, clock, info, request.form());
    API_TRY(session->selection, parseSelection(request, *info));
    API_TRY(const auto version, versionParameter(request));
    API_TRY(const auto seconds, request.integer("timeoutSeconds"));
    session->nameSpace = request.nameSpace;
    session->includeObject = request.parameter("includeObject");
    session->bookmarks = request.flag("allowWatchBookmarks");
    session->end = std::chrono::steady_clock::now() + watchLength(request, seconds);
    const bool sendInitial = request.flag("sendInitialEvents");
    if (request.has("sendInitialEvents")
        && (request.parameter("resourceVersionMatch") != "NotOlderThan" || (sendInitial && !session->bookmarks)))
        return invalidOptions("ListOptions",
                              forbiddenField("resourceVersionMatch",
                                             "sendInitialEvents needs resourceVersionMatch="
                                             "NotOlderThan and allowWatchBookmarks=true"));
    const bool fromNow = !version || *version == 0 || sendInitial;
    session->version = fromNow ? 0 : *version;
    if (fromNow) {
        auto listing = store->list(info->table, request.nameSpace);
        session->version = listing.version;
        if (!request.has("sendInitialEvents") || sendInitial)
            for (auto& item : listing.items)
                if (session->selection.all() || session->selection.matches(*item))
                    session->initial.push_back(std::move(item));
        session->endOfInitial = sendInitial;
    }
    return session;
}

} // namespace core::embedded
