// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/ignore_dialog.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/style.h"
#include "ui/base/theme.h"
#include "ui/diff/field_change_model.h"

#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QVBoxLayout>

#include <boost/json.hpp>

namespace ui {

namespace eng = core::engine;

namespace {

/// RFC 6901.
std::string pointerOf(const std::vector<std::string>& path)
{
    std::string pointer;
    for (const std::string& part : path) {
        pointer += '/';
        for (const char c : part)
            pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return pointer;
}

qsizetype counted(const eng::AppDiff& diff)
{
    qsizetype all = 0;
    for (const auto& resource : diff.resources)
        all += std::ranges::count_if(resource.changes, [](const auto& change) { return !change.ignored; });
    return all;
}

} // namespace

std::vector<eng::IgnoreRule> rulesFor(const core::manifest::ResourceKey& key, const eng::FieldChange& change)
{
    eng::IgnoreRule here {key.group, key.kind, key.nameSpace, key.name, {pointerOf(change.path)}, {}, {}};
    eng::IgnoreRule kind {key.group, key.kind, {}, {}, {pointerOf(change.path)}, {}, {}};
    std::vector<eng::IgnoreRule> rules {here, kind};
    // "changed live by kube-controller-manager at …": its other fields are its business as well.
    static const QRegularExpression owner(QStringLiteral("\\bby ([\\w.-]+)"));
    if (const auto match = owner.match(qs(change.reason)); match.hasMatch() && change.live)
        rules.push_back({key.group, key.kind, {}, {}, {}, {}, {match.captured(1).toStdString()}});
    return rules;
}

QString ruleYaml(const eng::IgnoreRule& rule)
{
    boost::json::object out;
    const auto set = [&](const char* name, const std::string& value) {
        if (!value.empty())
            out[name] = value;
    };
    set("group", rule.group);
    set("kind", rule.kind);
    set("namespace", rule.nameSpace);
    set("name", rule.name);
    if (!rule.jsonPointers.empty())
        out["jsonPointers"] = boost::json::array(rule.jsonPointers.begin(), rule.jsonPointers.end());
    if (!rule.jqPathExpressions.empty())
        out["jqPathExpressions"] = boost::json::array(rule.jqPathExpressions.begin(), rule.jqPathExpressions.end());
    if (!rule.managedFieldsManagers.empty())
        out["managedFieldsManagers"] =
            boost::json::array(rule.managedFieldsManagers.begin(), rule.managedFieldsManagers.end());
    const core::manifest::Value list {{"ignoreDifferences", boost::json::array {std::move(out)}}};
    return qs(core::manifest::toYamlOrdered(list));
}

IgnoreDialog::IgnoreDialog(eng::Engine& engine, eng::AppId app, core::manifest::ResourceKey key,
                           const eng::FieldChange& change, QWidget* parent)
    : QDialog(parent)
    , m_engine(engine)
    , m_app(std::move(app))
    , m_rules(rulesFor(key, change))
    , m_choices(new QButtonGroup(this))
    , m_yaml(new QPlainTextEdit(this))
    , m_effect(new QLabel(this))
{
    setObjectName(QStringLiteral("ignoreDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Ignore this difference"));
    resize(560, 380);
    auto* column = new QVBoxLayout(this);
    const QString field = ltr(fieldPath(change.path));
    const QStringList texts {
        tr("%1 of this object").arg(field), tr("%1 of every %2").arg(field, ltr(key.kind)),
        m_rules.size() > 2
            ? tr("every field of a %1 that %2 owns").arg(ltr(key.kind), ltr(m_rules[2].managedFieldsManagers.front()))
            : QString()};
    for (int i = 0; i < static_cast<int>(m_rules.size()); ++i) {
        auto* choice = new QRadioButton(texts[i], this);
        choice->setObjectName(QStringLiteral("ignoreChoice%1").arg(i));
        choice->setChecked(i == 0);
        m_choices->addButton(choice, i);
        column->addWidget(choice);
    }
    m_yaml->setReadOnly(true);
    m_yaml->setFont(monoFont());
    m_yaml->setLayoutDirection(Qt::LeftToRight);
    m_yaml->setAccessibleName(tr("The rule"));
    column->addWidget(m_yaml, 1);
    m_effect->setObjectName(QStringLiteral("ignoreEffect"));
    m_effect->setWordWrap(true);
    column->addWidget(m_effect);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_add = buttons->addButton(tr("Add the rule"), QDialogButtonBox::AcceptRole);
    m_add->setObjectName(QStringLiteral("ignoreAdd"));
    setButtonRole(m_add, ButtonRole::Primary);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_choices, &QButtonGroup::idClicked, this, &IgnoreDialog::preview);
    preview();
}

IgnoreDialog::~IgnoreDialog()
{
    m_stop.request_stop();
}

eng::IgnoreRule IgnoreDialog::rule() const
{
    return m_rules[static_cast<std::size_t>(std::max(0, m_choices->checkedId()))];
}

void IgnoreDialog::preview()
{
    m_yaml->setPlainText(ruleYaml(rule()));
    m_effect->setText(tr("Counting…"));
    m_stop.request_stop();
    m_stop = {};
    struct Answer
    {
        core::Result<eng::AppDiff> without;
        core::Result<eng::AppDiff> with;
    };
    runTask(
        this,
        [&engine = m_engine, app = m_app, rule = rule(), stop = m_stop.get_token()] {
            return std::make_shared<Answer>(Answer {engine.diff(app, stop), engine.diffIgnoring(app, rule, stop)});
        },
        [this, stop = m_stop.get_token()](const std::shared_ptr<Answer>& answer) {
            if (!stop.stop_requested())
                count(answer->with, answer->without.value_or(eng::AppDiff {}));
        });
}

void IgnoreDialog::count(const core::Result<eng::AppDiff>& with, const eng::AppDiff& without)
{
    m_add->setEnabled(with.has_value());
    if (!with) {
        m_effect->setText(isolate(with.error().message));
        return;
    }
    const auto hidden = static_cast<int>(std::max<qsizetype>(0, counted(without) - counted(*with)));
    const auto before = std::ranges::count_if(without.resources, &eng::ResourceDiff::outOfSync);
    const auto after = std::ranges::count_if(with->resources, &eng::ResourceDiff::outOfSync);
    m_effect->setText(
        withDigits(tr("It hides %n difference(s).", nullptr, hidden)) + u' '
        + tr("Resources that differ: %1 instead of %2.").arg(number(qint64 {after}), number(qint64 {before})));
}

} // namespace ui
