// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/lua_script.h"

#include <boost/json.hpp>
#include <lua.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <memory>

namespace core::health {

namespace {

constexpr std::size_t kMemoryLimit = std::size_t {16} << 20;
constexpr int kHookInterval = 1000;
constexpr auto kTimeLimit = std::chrono::seconds(1);

/// What one run may use; the Lua state keeps a pointer to it. Code between lua_pcall and its callees owns nothing that
/// needs a destructor, because Lua leaves by longjmp.
struct Budget
{
    std::size_t used = 0;
    std::chrono::steady_clock::time_point deadline;
    bool exceeded = false;
    const std::string* script = nullptr;
    const char* chunk = "";
    std::span<const LuaGlobal> globals;
    LuaLibraries libraries = LuaLibraries::Few;
};

void* allocate(void* userData, void* block, std::size_t oldSize, std::size_t newSize)
{
    auto& budget = *static_cast<Budget*>(userData);
    const auto before = block ? oldSize : 0;
    if (newSize == 0) {
        budget.used -= before;
        std::free(block);
        return nullptr;
    }
    if (budget.used - before + newSize > kMemoryLimit)
        return nullptr;
    void* result = std::realloc(block, newSize);
    if (result)
        budget.used = budget.used - before + newSize;
    return result;
}

Budget& budgetOf(lua_State* lua)
{
    void* data = nullptr;
    lua_getallocf(lua, &data);
    return *static_cast<Budget*>(data);
}

/// Once the time is over every further instruction fails, so that a pcall in the script cannot go on.
void onHook(lua_State* lua, lua_Debug*)
{
    auto& budget = budgetOf(lua);
    if (!budget.exceeded && std::chrono::steady_clock::now() < budget.deadline)
        return;
    budget.exceeded = true;
    lua_sethook(lua, onHook, LUA_MASKCOUNT, 1);
    luaL_error(lua, "context deadline exceeded");
}

void push(lua_State* lua, const manifest::Value& value)
{
    luaL_checkstack(lua, 4, "object is nested too deeply");
    switch (value.kind()) {
    case boost::json::kind::null:
        lua_pushnil(lua);
        break;
    case boost::json::kind::bool_:
        lua_pushboolean(lua, value.get_bool() ? 1 : 0);
        break;
    case boost::json::kind::int64:
        lua_pushinteger(lua, static_cast<lua_Integer>(value.get_int64()));
        break;
    case boost::json::kind::uint64:
        lua_pushnumber(lua, static_cast<lua_Number>(value.get_uint64()));
        break;
    case boost::json::kind::double_:
        lua_pushnumber(lua, value.get_double());
        break;
    case boost::json::kind::string:
        lua_pushlstring(lua, value.get_string().data(), value.get_string().size());
        break;
    case boost::json::kind::array: {
        const auto& array = value.get_array();
        lua_createtable(lua, static_cast<int>(array.size()), 0);
        lua_Integer index = 0;
        for (const auto& item : array) {
            push(lua, item);
            lua_rawseti(lua, -2, ++index);
        }
        break;
    }
    case boost::json::kind::object: {
        lua_createtable(lua, 0, static_cast<int>(value.get_object().size()));
        for (const auto& member : value.get_object()) {
            const auto key = member.key();
            lua_pushlstring(lua, key.data(), key.size());
            push(lua, member.value());
            lua_rawset(lua, -3);
        }
        break;
    }
    }
}

/// Finalizers would run without the hook, and so without end.
int safeSetMetatable(lua_State* lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (lua_istable(lua, 2)) {
        lua_pushliteral(lua, "__gc");
        lua_rawget(lua, 2);
        if (!lua_isnil(lua, -1))
            return luaL_error(lua, "__gc is not available here");
        lua_pop(lua, 1);
    }
    lua_settop(lua, 2);
    lua_setmetatable(lua, 1);
    return 1;
}

int tableLength(lua_State* lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_pushinteger(lua, static_cast<lua_Integer>(lua_rawlen(lua, 1)));
    return 1;
}

void removeGlobal(lua_State* lua, const char* name)
{
    lua_pushnil(lua);
    lua_setglobal(lua, name);
}

void openLibraries(lua_State* lua, LuaLibraries libraries)
{
    luaL_requiref(lua, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 1);
    lua_pushcfunction(lua, tableLength);
    lua_setfield(lua, -2, "getn");
    lua_pop(lua, 2);
    for (const auto* name : {"dofile", "loadfile", "load", "collectgarbage", "print", "require"})
        removeGlobal(lua, name);
    lua_pushcfunction(lua, safeSetMetatable);
    lua_setglobal(lua, "setmetatable");
    luaL_requiref(lua, LUA_OSLIBNAME, luaopen_os, 1); // reduced to what tells the time
    for (const auto* name : {"execute", "exit", "getenv", "remove", "rename", "tmpname", "setlocale", "clock"}) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, name);
    }
    lua_pop(lua, 1);
    if (libraries == LuaLibraries::Open) {
        luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 1);
        luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 1);
        luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 1);
        lua_pop(lua, 3);
    }
}

int run(lua_State* lua)
{
    auto& budget = budgetOf(lua);
    openLibraries(lua, budget.libraries);
    for (const auto& global : budget.globals) {
        push(lua, *global.value);
        lua_setglobal(lua, global.name);
    }
    if (luaL_loadbufferx(lua, budget.script->data(), budget.script->size(), budget.chunk, "t") != LUA_OK)
        return lua_error(lua);
    lua_sethook(lua, onHook, LUA_MASKCOUNT, kHookInterval);
    lua_call(lua, 0, 1);
    return 1;
}

std::string stringField(lua_State* lua, const char* name)
{
    lua_pushstring(lua, name);
    lua_rawget(lua, -2);
    std::string text;
    if (lua_type(lua, -1) == LUA_TSTRING) {
        std::size_t size = 0;
        const char* data = lua_tolstring(lua, -1, &size);
        text.assign(data, size);
    }
    lua_pop(lua, 1);
    return text;
}

struct StateCloser
{
    void operator()(lua_State* lua) const noexcept { lua_close(lua); }
};
using State = std::unique_ptr<lua_State, StateCloser>;

/// The state with the script's one result on its stack.
Result<State> execute(Budget& budget)
{
    budget.deadline = std::chrono::steady_clock::now() + kTimeLimit;
    State lua(lua_newstate(allocate, &budget));
    if (!lua)
        return fail(Error::Code::LimitExceeded, "no memory for a Lua state");
    lua_pushcfunction(lua.get(), run); // light C functions need no memory
    const auto code = lua_pcall(lua.get(), 0, 1, 0);
    lua_sethook(lua.get(), nullptr, 0, 0);
    if (code == LUA_OK)
        return lua;
    const char* text = lua_type(lua.get(), -1) == LUA_TSTRING ? lua_tostring(lua.get(), -1) : nullptr;
    if (code == LUA_ERRMEM || budget.exceeded)
        return fail(Error::Code::LimitExceeded, text ? text : "not enough memory");
    return fail(Error::Code::InvalidInput, text ? text : "the script raised a value that is not text");
}

std::string textAt(lua_State* lua, int index)
{
    std::size_t size = 0;
    const char* data = lua_tolstring(lua, index, &size);
    return {data, size};
}

/// Turns what lies on the stack into values. A script may build tables that refer to themselves or grow by being
/// repeated, so depth and number are bounded.
class Reader
{
public:
    explicit Reader(lua_State* lua)
        : m_lua(lua)
    {
    }

    /// `like`: what the place held before, which tells whether an empty table is a list; null = nothing.
    Result<manifest::Value> read(int index, const manifest::Value* like, int depth = 0)
    {
        if (depth > kDeepest || ++m_count > kMostValues || lua_checkstack(m_lua, 4) == 0)
            return fail(Error::Code::LimitExceeded, "the script's answer is too large, or holds itself");
        switch (lua_type(m_lua, index)) {
        case LUA_TNIL:
            return manifest::Value(nullptr);
        case LUA_TBOOLEAN:
            return manifest::Value(lua_toboolean(m_lua, index) != 0);
        case LUA_TNUMBER:
            return numberAt(index);
        case LUA_TSTRING:
            return manifest::Value(boost::json::string(textAt(m_lua, index)));
        case LUA_TTABLE:
            return table(lua_absindex(m_lua, index), like, depth);
        default:
            return fail(Error::Code::InvalidInput,
                        std::string("the script's answer holds a ") + luaL_typename(m_lua, index));
        }
    }

private:
    static constexpr int kDeepest = 100;
    static constexpr int kMostValues = 200'000;

    [[nodiscard]] manifest::Value numberAt(int index) const
    {
        if (lua_isinteger(m_lua, index))
            return std::int64_t {lua_tointeger(m_lua, index)};
        const double number = lua_tonumber(m_lua, index);
        constexpr double kExact = 9'007'199'254'740'992.0;
        if (number == std::trunc(number) && std::abs(number) <= kExact)
            return static_cast<std::int64_t>(number); // Lua divides into fractions; counts stay counts
        return number;
    }

    Result<manifest::Value> table(int index, const manifest::Value* like, int depth)
    {
        const auto length = static_cast<lua_Integer>(lua_rawlen(m_lua, index));
        if (length > 0) {
            boost::json::array list;
            for (lua_Integer at = 1; at <= length; ++at) {
                const auto* before =
                    like != nullptr && like->is_array() && static_cast<std::size_t>(at) <= like->get_array().size()
                    ? &like->get_array()[static_cast<std::size_t>(at) - 1]
                    : nullptr;
                lua_rawgeti(m_lua, index, at);
                auto item = read(-1, before, depth + 1);
                lua_pop(m_lua, 1);
                PH_TRY(auto value, std::move(item));
                list.push_back(std::move(value));
            }
            return manifest::Value(std::move(list));
        }
        boost::json::object members;
        lua_pushnil(m_lua);
        while (lua_next(m_lua, index) != 0) {
            if (lua_type(m_lua, -2) != LUA_TSTRING) {
                lua_pop(m_lua, 2);
                return fail(Error::Code::InvalidInput, "the script's answer has a key that is not text");
            }
            const auto key = textAt(m_lua, -2);
            const auto* before = like != nullptr && like->is_object() ? like->get_object().if_contains(key) : nullptr;
            auto item = read(-1, before, depth + 1);
            lua_pop(m_lua, 1);
            if (!item)
                lua_pop(m_lua, 1); // the key
            PH_TRY(auto value, std::move(item));
            members[key] = std::move(value);
        }
        if (members.empty() && (like == nullptr || like->is_array()))
            return manifest::Value(boost::json::array());
        return manifest::Value(std::move(members));
    }

    lua_State* m_lua;
    int m_count = 0;
};

} // namespace

Result<Assessment> runHealthScript(const std::string& script, const manifest::Value& object, LuaLibraries libraries)
{
    const std::array globals {LuaGlobal {"obj", &object}};
    Budget budget;
    budget.script = &script;
    budget.chunk = "health.lua";
    budget.globals = globals;
    budget.libraries = libraries;
    PH_TRY(const auto lua, execute(budget));
    if (lua_isnil(lua.get(), -1))
        return Assessment {Status::Unknown, {}};
    if (!lua_istable(lua.get(), -1))
        return fail(Error::Code::InvalidInput,
                    std::string("expect table output from Lua script, not ") + luaL_typename(lua.get(), -1));
    const auto status = stringField(lua.get(), "status");
    const auto message = stringField(lua.get(), "message");
    if (status.empty())
        return Assessment {Status::Unknown, message};
    if (const auto known = parseStatus(status))
        return Assessment {*known, message};
    return Assessment {Status::Unknown, "Lua returned an invalid health status"};
}

Result<manifest::Value> runScript(const std::string& script, const char* chunk, std::span<const LuaGlobal> globals,
                                  LuaLibraries libraries, const manifest::Value* like)
{
    Budget budget;
    budget.script = &script;
    budget.chunk = chunk;
    budget.globals = globals;
    budget.libraries = libraries;
    PH_TRY(const auto lua, execute(budget));
    if (!lua_istable(lua.get(), -1))
        return fail(Error::Code::InvalidInput,
                    std::string("expect table output from Lua script, not ") + luaL_typename(lua.get(), -1));
    return Reader(lua.get()).read(-1, like);
}

} // namespace core::health
