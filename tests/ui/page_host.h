// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/fake_engine.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/page.h"
#include "ui/base/run_task.h"
#include "ui/base/style.h"
#include "ui/base/workbench.h"

#include <QApplication>
#include <QtTest>

namespace support {

/// A window around one page: remembers what the page asks for and answers questions at once.
class FakeWorkbench final : public ui::Workbench
{
public:
    void open(const ui::PageId& page) override { opened.push_back(page); }
    void inspect(const eng::AppId&, const std::optional<core::manifest::ResourceKey>& key) override { inspected = key; }
    void run(const QString& attempt, std::function<core::Result<>()> command, std::function<void()> done) override
    {
        const auto result = command();
        if (!result)
            reports.push_back(attempt + QStringLiteral(": ") + ui::qs(result.error().message));
        else if (done)
            done();
    }
    void report(const QString& attempt, const core::Error& error) override
    {
        reports.push_back(attempt + QStringLiteral(": ") + ui::qs(error.message));
    }
    void ask(const ui::Question& question, std::function<void(const QString&)> accepted) override
    {
        questions.push_back(question);
        if (answer)
            accepted(*answer);
    }

    std::vector<ui::PageId> opened;
    std::vector<ui::Question> questions;
    std::vector<QString> reports;
    std::optional<core::manifest::ResourceKey> inspected;
    std::optional<QString> answer; ///< none: every question is declined
};

/// Makes state go to a folder of this test alone.
class ScratchHome
{
public:
    ScratchHome()
    {
        // A process that a test starts works in the test's folder.
        if (!qEnvironmentVariableIsSet("PILOTHOUSE_TYPE_AND_DIE"))
            qputenv("PILOTHOUSE_HOME", m_folder.path().toUtf8());
    }

private:
    QTemporaryDir m_folder;
};

template<class P>
class PageHost
{
public:
    explicit PageHost(ui::PageId id, QSize size = {1200, 760})
        : PageHost(sampleEngine(), std::move(id), size)
    {
    }
    PageHost(std::unique_ptr<FakeEngine> given, ui::PageId id, QSize size = {1200, 760})
        : engine(std::move(given))
        , bridge(*engine)
    {
        page = std::make_unique<P>(ui::PageContext {*engine, bridge, workbench}, std::move(id));
        page->resize(size);
        page->show();
        page->activateWindow();
        page->setSnapshot(bridge.snapshot());
        QObject::connect(&bridge, &ui::EngineBridge::snapshotChanged, page.get(),
                         [this](const eng::SnapshotPtr& snapshot) { page->setSnapshot(snapshot); });
        (void)QTest::qWaitForWindowActive(page.get());
    }
    ~PageHost()
    {
        page.reset();
        ui::workers().waitForDone(); // work in progress still asks the engine
    }
    PageHost(const PageHost&) = delete;
    PageHost& operator=(const PageHost&) = delete;

    template<class W>
    W* find(const char* name)
    {
        W* found = page->template findChild<W*>(QLatin1String(name));
        if (found == nullptr && page->inspector() != nullptr)
            found = page->inspector()->template findChild<W*>(QLatin1String(name));
        return found;
    }
    [[nodiscard]] bool asked(const std::string& command) const
    {
        const auto all = engine->commands();
        return std::ranges::find(all, command) != all.end();
    }

    std::unique_ptr<FakeEngine> engine;
    ui::EngineBridge bridge;
    FakeWorkbench workbench;
    std::unique_ptr<P> page;
};

} // namespace support
