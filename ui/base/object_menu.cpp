// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/object_menu.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>

namespace ui {

namespace eng = core::engine;
using core::health::ResourceAction;

namespace {

/// What stops, throws away or skips something is asked about first.
bool asksFirst(const std::string& name)
{
    for (const char* careful : {"abort", "terminate", "suspend", "promote-full", "cordon", "toggle-auto-sync"})
        if (name == careful)
            return true;
    return false;
}

} // namespace

QString objectActionText(const ResourceAction& action)
{
    const std::pair<const char*, QString> words[] {
        {"abort", ObjectMenu::tr("Abort")},
        {"cordon", ObjectMenu::tr("Let no new pods in (cordon)")},
        {"create-job", ObjectMenu::tr("Run it now (create a job)")},
        {"create-workflow", ObjectMenu::tr("Run it now (create a workflow)")},
        {"pause", ObjectMenu::tr("Pause")},
        {"promote-full", ObjectMenu::tr("Promote fully")},
        {"push", ObjectMenu::tr("Push now")},
        {"reconcile", ObjectMenu::tr("Reconcile now")},
        {"refresh", ObjectMenu::tr("Refresh now")},
        {"reload", ObjectMenu::tr("Reload the configuration")},
        {"restart", ObjectMenu::tr("Restart")},
        {"resume", ObjectMenu::tr("Resume")},
        {"retry", ObjectMenu::tr("Retry")},
        {"scale", ObjectMenu::tr("Scale")},
        {"skip-current-step", ObjectMenu::tr("Skip the current step")},
        {"suspend", ObjectMenu::tr("Suspend")},
        {"terminate", ObjectMenu::tr("Terminate")},
        {"toggle-auto-sync", ObjectMenu::tr("Turn automated sync on or off")},
        {"uncordon", ObjectMenu::tr("Let new pods in (uncordon)")},
        {"unpause", ObjectMenu::tr("Resume")}};
    if (!action.displayName.empty())
        return isolate(action.displayName);
    for (const auto& [name, text] : words)
        if (action.name == name)
            return text;
    return isolate(action.name);
}

ObjectMenu::ObjectMenu(const PageContext& context, AccessGate* gate, QWidget* parent)
    : QMenu(parent)
    , m_context(context)
    , m_gate(gate)
{
    setObjectName(QStringLiteral("objectActions"));
    setToolTipsVisible(true);
    if (m_gate != nullptr)
        connect(m_gate, &AccessGate::changed, this, &ObjectMenu::fill);
    retranslate();
}

ObjectMenu::~ObjectMenu()
{
    m_stop.request_stop();
}

void ObjectMenu::retranslate()
{
    setTitle(tr("Actions"));
    fill();
}

void ObjectMenu::setObjects(std::vector<eng::ObjectRef> objects)
{
    const bool same = !objects.empty() && !m_objects.empty() && objects.front().key == m_objects.front().key;
    m_objects = std::move(objects);
    if (!same) {
        m_known.clear();
        fill();
    }
    const int asked = ++m_asked;
    if (m_objects.empty())
        return;
    using Found = core::Result<std::vector<ResourceAction>>;
    runTask(
        this,
        [&engine = m_context.engine, object = m_objects.front(), stop = m_stop.get_token()] {
            return std::make_shared<Found>(engine.objectActions(object, stop));
        },
        [this, asked](const std::shared_ptr<Found>& found) {
            if (asked != m_asked)
                return; // of another object
            m_known = *found ? std::move(**found) : std::vector<ResourceAction>();
            fill();
        });
}

void ObjectMenu::fill()
{
    clear();
    for (const ResourceAction& action : m_known) {
        const bool more = !action.parameters.empty() || asksFirst(action.name);
        auto* entry = addAction(objectActionText(action) + (more ? QStringLiteral("…") : QString()));
        entry->setObjectName(QStringLiteral("objectAction-") + qs(action.name));
        const auto& key = m_objects.front().key;
        QString why =
            action.disabled && m_objects.size() == 1 ? tr("There is no use for it in its present state.") : QString();
        if (why.isEmpty() && m_gate != nullptr)
            why = m_gate->whyNot({"patch", key.groupKind(), {}, key.nameSpace, {}});
        entry->setEnabled(why.isEmpty());
        entry->setToolTip(why.isEmpty() ? entry->text() : why);
        connect(entry, &QAction::triggered, this, [this, action] { choose(action); });
    }
    if (m_known.empty())
        addAction(tr("Its kind has no actions"))->setEnabled(false);
    emit filled();
}

QString ObjectMenu::subject() const
{
    return m_objects.size() == 1 ? shortKey(m_objects.front().key)
                                 : tr("%n object(s)", nullptr, static_cast<int>(m_objects.size()));
}

void ObjectMenu::choose(const ResourceAction& action)
{
    if (!action.parameters.empty())
        return askFor(action);
    if (!asksFirst(action.name))
        return runner(action)({});
    Question question;
    question.title = QStringLiteral("%1: %2?").arg(objectActionText(action), subject());
    question.text = tr("It is carried out in the cluster at once. An application that heals itself may undo it.");
    question.verb = objectActionText(action);
    question.dangerous = true;
    m_context.workbench.ask(question, [run = runner(action)](const QString&) { run({}); });
}

void ObjectMenu::askFor(const ResourceAction& action)
{
    auto* dialog = new QDialog(parentWidget());
    dialog->setObjectName(QStringLiteral("actionDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(plain(QStringLiteral("%1: %2").arg(objectActionText(action), subject())));
    auto* form = new QFormLayout(dialog);
    std::vector<std::pair<std::string, QLineEdit*>> fields;
    for (const auto& parameter : action.parameters) {
        auto* field = new QLineEdit(qs(parameter.value), dialog);
        field->setObjectName(QStringLiteral("parameter-") + qs(parameter.name));
        field->setAccessibleName(qs(parameter.name));
        field->setLayoutDirection(Qt::LeftToRight);
        form->addRow(ltr(parameter.name), field);
        fields.emplace_back(parameter.name, field);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    buttons->button(QDialogButtonBox::Ok)->setText(objectActionText(action));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(dialog, &QDialog::accepted, dialog, [run = runner(action), fields] {
        core::health::ActionArguments arguments;
        for (const auto& [name, field] : fields)
            arguments[name] = field->text().trimmed().toStdString();
        run(arguments);
    });
    dialog->open();
    fields.front().second->selectAll();
}

/// Outlives the menu, which may be gone when a question is answered.
std::function<void(const core::health::ActionArguments&)> ObjectMenu::runner(const ResourceAction& action)
{
    const QString attempt = QStringLiteral("%1: %2").arg(objectActionText(action), subject());
    return [context = m_context, objects = m_objects, name = action.name, attempt,
            self = QPointer<ObjectMenu>(this)](const core::health::ActionArguments& arguments) {
        context.workbench.run(
            attempt,
            [&engine = context.engine, objects, name, arguments]() -> core::Result<> {
                for (const auto& object : objects)
                    PH_CHECK(engine.runObjectAction(object, name, arguments));
                return {};
            },
            [self] {
                if (self)
                    self->setObjects(self->m_objects); // another state has other actions
            });
    };
}

} // namespace ui
