// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_query.h"

#include "ui/base/bidi.h"
#include "ui/base/words.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace ui {

namespace eng = core::engine;

namespace {

using Test = AppQuery::Test;

constexpr int kDeepest = 50;

QString folded(QString text)
{
    text = text.toCaseFolded();
    text.remove(u' ');
    return text;
}

const char* english(eng::Health health)
{
    constexpr std::array names {"unknown", "healthy", "progressing", "degraded", "suspended", "missing"};
    return names.at(static_cast<std::size_t>(health));
}

const char* english(eng::SyncState sync)
{
    constexpr std::array names {"unknown", "synced", "outofsync"};
    return names.at(static_cast<std::size_t>(sync));
}

const char* english(eng::OperationPhase phase)
{
    constexpr std::array names {"none", "running", "succeeded", "failed", "error", "terminating"};
    return names.at(static_cast<std::size_t>(phase));
}

/// Texts of a field; more than one for images.
using Texts = std::vector<std::string_view>;
struct TextField
{
    const char* name;
    Texts (*texts)(const eng::Application&);
};

Texts images(const eng::Application& app)
{
    return {app.images.begin(), app.images.end()};
}

constexpr std::array kTextFields {
    TextField {"name", [](const eng::Application& app) { return Texts {app.name}; }},
    TextField {"project", [](const eng::Application& app) { return Texts {app.project}; }},
    TextField {"cluster", [](const eng::Application& app) { return Texts {app.cluster}; }},
    TextField {"namespace", [](const eng::Application& app) { return Texts {app.destinationNamespace}; }},
    TextField {"repo", [](const eng::Application& app) { return Texts {app.repoUrl}; }},
    TextField {"path", [](const eng::Application& app) { return Texts {app.path}; }},
    TextField {"revision",
               [](const eng::Application& app) {
                   return Texts {app.revision, app.revisionSummary};
               }},
    TextField {"target", [](const eng::Application& app) { return Texts {app.targetRevision}; }},
    TextField {"image", images},
    TextField {"model", images},
};

struct NumberField
{
    const char* name;
    double (*value)(const eng::Application&, const QueryContext&); ///< below 0: there is none
};

constexpr std::array kNumberFields {
    NumberField {"gpu", [](const eng::Application& app, const QueryContext&) { return static_cast<double>(app.gpus); }},
    NumberField {
        "outofsync",
        [](const eng::Application& app, const QueryContext&) { return static_cast<double>(app.outOfSyncCount); }},
    NumberField {
        "resources",
        [](const eng::Application& app, const QueryContext&) { return static_cast<double>(app.resources.size()); }},
    NumberField {"age",
                 [](const eng::Application& app, const QueryContext& context) {
                     return app.createdAt ? std::chrono::duration<double>(context.now - *app.createdAt).count() : -1.0;
                 }},
};

bool contains(std::string_view text, const QString& word)
{
    return qs(text).contains(word, Qt::CaseInsensitive);
}

Test wordTest(const QString& word)
{
    return [word](const eng::Application& app, const QueryContext&) {
        return contains(app.name, word) || contains(app.project, word) || contains(app.path, word)
            || contains(app.revision, word)
            || std::ranges::any_of(app.images, [&](const std::string& image) { return contains(image, word); });
    };
}

std::optional<Test> stateTest(const QString& key, const QString& value)
{
    const QString wanted = folded(value);
    if (key == QLatin1String("health"))
        return [wanted](const eng::Application& app, const QueryContext&) {
            return wanted == QLatin1String(english(app.health)) || wanted == folded(healthText(app.health));
        };
    if (key == QLatin1String("sync"))
        return [wanted](const eng::Application& app, const QueryContext&) {
            return wanted == QLatin1String(english(app.sync)) || wanted == folded(syncText(app.sync));
        };
    if (key == QLatin1String("op"))
        return [wanted](const eng::Application& app, const QueryContext&) {
            return wanted == QLatin1String(english(app.operation.phase))
                || wanted == folded(phaseText(app.operation.phase));
        };
    if (key == QLatin1String("auto"))
        return [on = wanted == QLatin1String("on") || wanted == QLatin1String("true")](
                   const eng::Application& app, const QueryContext&) { return app.autoSync == on; };
    if (key != QLatin1String("is"))
        return std::nullopt;
    if (wanted == QLatin1String("favourite") || wanted == QLatin1String("favorite"))
        return [](const eng::Application& app, const QueryContext& context) {
            return context.favourites != nullptr && context.favourites->contains({app.nameSpace, app.name});
        };
    if (wanted == QLatin1String("running"))
        return [](const eng::Application& app, const QueryContext&) {
            return app.operation.phase == eng::OperationPhase::Running;
        };
    if (wanted == QLatin1String("compared"))
        return [](const eng::Application& app, const QueryContext&) { return app.compared; };
    return std::nullopt;
}

std::optional<double> numberOf(QString text)
{
    double factor = 1;
    constexpr std::array units {std::pair {u's', 1.0}, std::pair {u'm', 60.0}, std::pair {u'h', 3600.0},
                                std::pair {u'd', 86400.0}, std::pair {u'w', 604800.0}};
    for (const auto& [unit, seconds] : units)
        if (text.size() > 1 && text.back() == QChar(unit)) {
            factor = seconds;
            text.chop(1);
            break;
        }
    bool fine = false;
    const double value = text.toDouble(&fine);
    return fine ? std::optional(value * factor) : std::nullopt;
}

std::optional<Test> numberTest(const QString& word)
{
    static const QRegularExpression shape(QStringLiteral("^(\\w+)(<=|>=|<|>|=)(.+)$"));
    const auto match = shape.match(word);
    if (!match.hasMatch())
        return std::nullopt;
    const auto field =
        std::ranges::find_if(kNumberFields, [name = match.captured(1).toLower()](const NumberField& one) {
            return name == QLatin1String(one.name);
        });
    const auto limit = numberOf(match.captured(3).toLower());
    if (field == kNumberFields.end() || !limit)
        return std::nullopt;
    const QString sign = match.captured(2);
    return [value = field->value, sign, limit = *limit](const eng::Application& app, const QueryContext& context) {
        const double given = value(app, context);
        if (given < 0)
            return false;
        if (sign == QLatin1String("<"))
            return given < limit;
        if (sign == QLatin1String("<="))
            return given <= limit;
        if (sign == QLatin1String(">"))
            return given > limit;
        if (sign == QLatin1String(">="))
            return given >= limit;
        return given == limit;
    };
}

/// query := all ("or" all)*; all := one one*; one := "-" one | "not" one | "(" query ")" | word
class Parser
{
public:
    explicit Parser(const QString& text) { split(text); }

    [[nodiscard]] Test query(int depth = 0)
    {
        std::vector<Test> any {all(depth)};
        while (at() == QLatin1String("or")) {
            ++m_at;
            any.push_back(all(depth));
        }
        std::erase_if(any, [](const Test& test) { return !test; });
        if (any.size() <= 1)
            return any.empty() ? Test() : any.front();
        return [any = std::move(any)](const eng::Application& app, const QueryContext& context) {
            return std::ranges::any_of(any, [&](const Test& test) { return test(app, context); });
        };
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_words.size(); }
    void skip() { ++m_at; }
    [[nodiscard]] const QString& problem() const { return m_problem; }

private:
    struct Word
    {
        QString text;
        bool quoted = false; ///< no operator
    };

    void split(const QString& text)
    {
        const auto end = [&](qsizetype from, QChar close) {
            qsizetype to = from;
            while (to < text.size() && text[to] != close)
                to += text[to] == u'\\' && close == u'/' ? 2 : 1;
            return std::min(to, text.size());
        };
        for (qsizetype i = 0; i < text.size();) {
            const QChar c = text[i];
            if (c.isSpace()) {
                ++i;
            } else if (c == u'(' || c == u')') {
                m_words.push_back({QString(c), false});
                ++i;
            } else if (c == u'-' && i + 1 < text.size() && !text[i + 1].isSpace()) {
                m_words.push_back({QString(c), false});
                ++i;
            } else {
                Word word;
                while (i < text.size() && !text[i].isSpace() && text[i] != u'(' && text[i] != u')') {
                    const bool opens = word.text.isEmpty() || word.text.endsWith(u':');
                    if (text[i] == u'"') {
                        const auto close = end(i + 1, u'"');
                        word.text += text.mid(i + 1, close - i - 1);
                        word.quoted = true;
                        i = close + 1;
                    } else if (text[i] == u'/' && opens) {
                        const auto close = end(i + 1, u'/');
                        word.text += text.mid(i, close - i + 1);
                        i = close + 1;
                    } else {
                        word.text += text[i++];
                    }
                }
                m_words.push_back(std::move(word));
            }
        }
    }

    [[nodiscard]] QString at() const
    {
        return atEnd() || m_words[m_at].quoted ? QString() : m_words[m_at].text.toLower();
    }

    [[nodiscard]] Test all(int depth)
    {
        std::vector<Test> every;
        while (!atEnd() && at() != QLatin1String("or") && at() != QLatin1String(")"))
            every.push_back(one(depth));
        std::erase_if(every, [](const Test& test) { return !test; });
        if (every.size() <= 1)
            return every.empty() ? Test() : every.front();
        return [every = std::move(every)](const eng::Application& app, const QueryContext& context) {
            return std::ranges::all_of(every, [&](const Test& test) { return test(app, context); });
        };
    }

    [[nodiscard]] Test one(int depth)
    {
        if (depth > kDeepest) {
            m_at = m_words.size();
            return {};
        }
        const QString word = at();
        const Word given = m_words[m_at++];
        if (word == QLatin1String("-") || word == QLatin1String("not")) {
            const Test inner = atEnd() ? Test() : one(depth + 1);
            if (!inner)
                return {};
            return [inner](const eng::Application& app, const QueryContext& context) { return !inner(app, context); };
        }
        if (word == QLatin1String("(")) {
            Test inner = query(depth + 1);
            if (at() == QLatin1String(")"))
                ++m_at;
            return inner;
        }
        return term(given.text);
    }

    [[nodiscard]] Test term(const QString& word)
    {
        if (const auto test = numberTest(word))
            return *test;
        const auto colon = word.indexOf(u':');
        const QString key = colon > 0 ? word.left(colon).toLower() : QString();
        const QString value = word.mid(colon + 1);
        if (const auto test = stateTest(key, value))
            return *test;
        const auto field =
            std::ranges::find_if(kTextFields, [&](const TextField& entry) { return key == QLatin1String(entry.name); });
        if (field != kTextFields.end())
            return textTest(*field, value);
        return word.startsWith(u'/') && word.size() > 2 && word.endsWith(u'/') ? textTest(kTextFields.front(), word)
                                                                               : wordTest(word);
    }

    [[nodiscard]] Test textTest(const TextField& field, const QString& value)
    {
        if (value.size() < 3 || !value.startsWith(u'/') || !value.endsWith(u'/'))
            return [texts = field.texts, value](const eng::Application& app, const QueryContext&) {
                const Texts all = texts(app);
                return std::ranges::any_of(all, [&](std::string_view text) { return contains(text, value); });
            };
        const QRegularExpression expression(value.mid(1, value.size() - 2), QRegularExpression::CaseInsensitiveOption);
        if (!expression.isValid())
            m_problem = expression.errorString();
        return [texts = field.texts, expression](const eng::Application& app, const QueryContext&) {
            const Texts all = texts(app);
            return expression.isValid() && std::ranges::any_of(all, [&](std::string_view text) {
                       return expression.match(qs(text)).hasMatch();
                   });
        };
    }

    std::vector<Word> m_words;
    std::size_t m_at = 0;
    QString m_problem;
};

} // namespace

AppQuery AppQuery::parse(const QString& text)
{
    AppQuery query;
    Parser parser(text);
    query.m_test = parser.query();
    while (!parser.atEnd()) { // a ")" that nothing opened
        parser.skip();
        const Test more = parser.query();
        if (more && query.m_test)
            query.m_test = [first = query.m_test, more](const eng::Application& app, const QueryContext& context) {
                return first(app, context) && more(app, context);
            };
        else if (more)
            query.m_test = more;
    }
    query.m_problem = parser.problem();
    return query;
}

bool AppQuery::matches(const eng::Application& app, const QueryContext& context) const
{
    return !m_test || m_test(app, context);
}

} // namespace ui
