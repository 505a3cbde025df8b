// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_query.h"

#include "ui/apps/app_folders.h"
#include "ui/base/bidi.h"
#include "ui/base/plain_text.h"
#include "ui/base/words.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
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

Texts conditions(const eng::Application& app)
{
    Texts out;
    for (const auto& condition : app.conditions)
        out.emplace_back(condition.type);
    return out;
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
    TextField {"folder",
               [](const eng::Application& app) {
                   return Texts {folderOf({app.nameSpace, app.name})};
               }},
    TextField {"condition", conditions},
};

/// Fields whose values are a fixed set.
struct StateField
{
    const char* name;
    std::array<const char*, 6> values; ///< null: no more
};

constexpr std::array kStateFields {
    StateField {"health", {"healthy", "degraded", "progressing", "suspended", "missing", "unknown"}},
    StateField {"sync", {"synced", "outofsync", "unknown"}},
    StateField {"op", {"none", "running", "succeeded", "failed", "error", "terminating"}},
    StateField {"auto", {"on", "off"}},
    StateField {"is", {"favourite", "running", "compared"}},
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

/// The states' names in the language of the window are understood as well.
bool isStateText(const QString& key, const QString& value)
{
    const auto any = [&](auto last, auto text) {
        for (int i = 0; i <= static_cast<int>(last); ++i)
            if (folded(text(static_cast<decltype(last)>(i))) == value)
                return true;
        return false;
    };
    if (key == QLatin1String("health"))
        return any(eng::Health::Missing, [](eng::Health state) { return healthText(state); });
    if (key == QLatin1String("sync"))
        return any(eng::SyncState::OutOfSync, [](eng::SyncState state) { return syncText(state); });
    if (key == QLatin1String("op"))
        return any(eng::OperationPhase::Terminating, [](eng::OperationPhase state) { return phaseText(state); });
    return key == QLatin1String("is") && value == QLatin1String("favorite");
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

/// The word that was probably meant, or "".
QString nearest(const QString& word, const QStringList& known)
{
    QString best;
    int least = std::max(1, static_cast<int>(word.size()) / 3) + 1;
    for (const QString& one : known) {
        const int far = one.startsWith(word) ? 1 : lettersApart(word, one, Qt::CaseSensitive);
        if (far < least) {
            least = far;
            best = one;
        }
    }
    return best;
}

QString choices(const QStringList& known)
{
    return ltr(known.join(QStringLiteral(", ")));
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
    void skip()
    {
        ++m_at;
        note(AppQuery::tr("There is a closing bracket too many."));
    }
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
                        if (close == text.size())
                            note(AppQuery::tr("The text in quotes does not end: a quotation mark is missing."));
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
            else
                note(AppQuery::tr("A closing bracket is missing."));
            return inner;
        }
        return term(given.text, given.quoted);
    }

    void note(const QString& problem)
    {
        if (m_problem.isEmpty())
            m_problem = problem;
    }

    /// Words that look like a field with a value, and are none.
    void explain(const QString& word)
    {
        static const QRegularExpression comparison(QStringLiteral("^(\\w+)(<=|>=|<|>|=)(.*)$"));
        static const QRegularExpression field(QStringLiteral("^([a-zA-Z]+):(?!//)"));
        if (const auto match = comparison.match(word); match.hasMatch()) {
            const QString key = match.captured(1).toLower();
            if (AppQuery::numberFields().contains(key))
                return note(AppQuery::tr("After %1 a number is expected: %2")
                                .arg(ltr(match.captured(1) + match.captured(2)), ltr(key + QLatin1String(">2"))));
            return note(AppQuery::tr("%1 cannot be compared; these can: %2")
                            .arg(ltr(match.captured(1)), choices(AppQuery::numberFields())));
        }
        const auto match = field.match(word);
        if (!match.hasMatch())
            return;
        const QString meant = nearest(match.captured(1).toLower(), AppQuery::fields());
        note(meant.isEmpty() ? AppQuery::tr("There is no field %1; there are: %2")
                                   .arg(ltr(match.captured(1)), choices(AppQuery::fields()))
                             : AppQuery::tr("There is no field %1. Did you mean %2?")
                                   .arg(ltr(match.captured(1)), ltr(meant + u':')));
    }

    void checkState(const QString& key, const QString& value)
    {
        const QStringList known = AppQuery::values(key);
        const QString given = folded(value);
        if (known.isEmpty() || known.contains(given) || isStateText(key, given)
            || (key == QLatin1String("auto") && given == QLatin1String("true")))
            return;
        const QString meant = given.isEmpty() ? QString() : nearest(given, known);
        note(meant.isEmpty()
                 ? AppQuery::tr("%1 can be: %2").arg(ltr(key + u':'), choices(known))
                 : AppQuery::tr("%1 is no value of %2. Did you mean %3?").arg(isolate(value), ltr(key), ltr(meant)));
    }

    [[nodiscard]] Test term(const QString& word, bool quoted)
    {
        if (const auto test = numberTest(word))
            return *test;
        const auto colon = word.indexOf(u':');
        const QString key = colon > 0 ? word.left(colon).toLower() : QString();
        const QString value = word.mid(colon + 1);
        checkState(key, value);
        if (const auto test = stateTest(key, value))
            return *test;
        const auto field =
            std::ranges::find_if(kTextFields, [&](const TextField& entry) { return key == QLatin1String(entry.name); });
        if (field != kTextFields.end())
            return textTest(*field, value);
        if (word.startsWith(u'/') && word.size() > 2 && word.endsWith(u'/'))
            return textTest(kTextFields.front(), word);
        if (!quoted)
            explain(word);
        return wordTest(word);
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
            note(AppQuery::tr("The regular expression %1 is not valid at character %2: %3")
                     .arg(ltr(value), number(qint64 {expression.patternErrorOffset()} + 1),
                          isolate(expression.errorString())));
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

QStringList AppQuery::fields()
{
    QStringList out;
    for (const StateField& field : kStateFields)
        out.append(QLatin1String(field.name));
    for (const TextField& field : kTextFields)
        out.append(QLatin1String(field.name));
    return out;
}

QStringList AppQuery::numberFields()
{
    QStringList out;
    for (const NumberField& field : kNumberFields)
        out.append(QLatin1String(field.name));
    return out;
}

QStringList AppQuery::values(const QString& field)
{
    QStringList out;
    for (const StateField& one : kStateFields) {
        if (field != QLatin1String(one.name))
            continue;
        for (const char* value : one.values)
            if (value != nullptr)
                out.append(QLatin1String(value));
    }
    return out;
}

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
