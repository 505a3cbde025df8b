// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal/forward_dialog.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/run_task.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/terminal/forward_list.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QIntValidator>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

namespace ui {

using core::manifest::Value;

namespace {

struct DeclaredPort
{
    QString text; ///< "8080 http"
    int number = 0;
};

std::vector<DeclaredPort> portsOf(const Value& object)
{
    std::vector<DeclaredPort> out;
    const auto add = [&](const Value& port, const char* field) {
        if (const auto number = core::manifest::integer(port, {field}))
            out.push_back({(QString::number(*number) + u' ' + qs(core::manifest::text(port, {"name"}))).trimmed(),
                           static_cast<int>(*number)});
    };
    for (const auto& port : core::manifest::array(object, {"spec", "ports"}))
        add(port, "port");
    for (const auto& container : core::manifest::array(object, {"spec", "containers"}))
        for (const auto& port : core::manifest::array(container, {"ports"}))
            add(port, "containerPort");
    return out;
}

/// The target and perhaps others of its kind.
core::Result<std::vector<Value>> liveObjects(core::engine::Engine& engine, const core::engine::ObjectRef& target)
{
    const auto& key = target.key;
    if (!target.application || target.application->name.empty())
        return engine.objects({key.group, key.kind}, key.nameSpace, {});
    PH_TRY(const auto details, engine.details(*target.application, key, {}));
    PH_TRY(const auto documents, core::manifest::parseYaml(details.liveYaml, key.text()));
    std::vector<Value> out;
    for (const auto& document : documents)
        out.push_back(document.value);
    return out;
}

} // namespace

ForwardDialog::ForwardDialog(const PageContext& context, core::engine::ObjectRef target, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_target(std::move(target))
    , m_port(new QComboBox(this))
    , m_local(new QSpinBox(this))
{
    setObjectName(QStringLiteral("forwardDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Forward a port of %1").arg(ltr(shortKey(m_target.key))));
    m_port->setObjectName(QStringLiteral("forwardPort"));
    m_port->setEditable(true);
    m_port->setInsertPolicy(QComboBox::NoInsert);
    m_port->setAccessibleName(tr("Port"));
    m_local->setObjectName(QStringLiteral("forwardLocalPort"));
    m_local->setRange(0, 65'535);
    m_local->setSpecialValueText(tr("any free one"));
    m_local->setAccessibleName(tr("Port on this machine"));
    auto* form = new QFormLayout(this);
    form->addRow(tr("Port"), m_port);
    form->addRow(tr("Port on this machine"), m_local);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Forward"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &ForwardDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &ForwardDialog::reject);
    connect(m_port, &QComboBox::editTextChanged, this,
            [this, ok = buttons->button(QDialogButtonBox::Ok)] { ok->setEnabled(port() > 0); });
    buttons->button(QDialogButtonBox::Ok)->setEnabled(false);
    loadPorts();
}

void ForwardDialog::loadPorts()
{
    using Listed = core::Result<std::vector<Value>>;
    runTask(
        this,
        [&engine = m_context.engine, target = m_target] {
            return std::make_shared<Listed>(liveObjects(engine, target));
        },
        [this](const std::shared_ptr<Listed>& listed) {
            if (!*listed || m_port->count() > 0)
                return; // a number can be typed
            const QString typed = m_port->currentText();
            for (const Value& object : **listed)
                if (core::manifest::keyOf(object) == m_target.key)
                    for (const DeclaredPort& port : portsOf(object))
                        m_port->addItem(port.text, port.number);
            if (!typed.isEmpty())
                m_port->setEditText(typed);
        });
}

int ForwardDialog::port() const
{
    const int number = m_port->currentText().section(u' ', 0, 0).toInt();
    return number > 0 && number <= 65'535 ? number : 0;
}

void ForwardDialog::accept()
{
    if (port() == 0)
        return;
    const QString attempt = tr("Forward port %1 of %2").arg(number(qint64 {port()}), ltr(shortKey(m_target.key)));
    ForwardList::of(m_context.bridge)
        .add(m_target, static_cast<unsigned short>(port()), static_cast<unsigned short>(m_local->value()),
             [&workbench = m_context.workbench, attempt](const core::Error& error) {
                 workbench.report(attempt, error);
             });
    m_context.workbench.open({PageKind::Forwards, {}, {}});
    QDialog::accept();
}

} // namespace ui
