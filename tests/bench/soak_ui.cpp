// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// soak_ui [MINUTES]: the window under a thousand events a second. First one minute on the list and one on a tree of
// 14,000, against the budgets of the console's design (page 11); then for the rest of the minutes (10) all pages, both
// languages and both themes in turn, with logs that run. Ends with 1 where a budget is exceeded, a warning is printed
// or memory keeps growing.
#include "support/fake_engine.h"
#include "support/process_use.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/shell/application.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTimer>

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <semaphore>
#include <thread>

namespace {

namespace eng = core::engine;
using namespace std::chrono_literals;

constexpr int kApplications = 2'000;
constexpr int kTree = 14'000;

std::atomic<int> s_warnings = 0;
bool s_failed = false;

void onMessage(QtMsgType type, const QMessageLogContext& /*context*/, const QString& text)
{
    if (type == QtDebugMsg || type == QtInfoMsg || text.startsWith(QLatin1String("This plugin does not support")))
        return;
    ++s_warnings;
    std::fprintf(stderr, "warning: %s\n", qPrintable(text));
}

void tell(const char* name, double value, const char* unit, double budget)
{
    s_failed = s_failed || value > budget;
    std::printf("%-64s %9.1f %s  of %6.1f\n", name, value, unit, budget);
    std::fflush(stdout);
}

/// How long what another thread posts waits for the window's thread.
class Stalls : public QObject
{
public:
    Stalls()
        : m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }
    /// The longest since the last time, in milliseconds.
    double take() { return std::exchange(m_longest, 0.0); }

private:
    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            std::binary_semaphore looked(0);
            QElapsedTimer timer;
            timer.start();
            QMetaObject::invokeMethod(this, [&] {
                m_longest = std::max(m_longest, static_cast<double>(timer.nsecsElapsed()) / 1e6);
                looked.release();
            });
            while (!looked.try_acquire_for(20ms))
                if (stop.stop_requested())
                    return QCoreApplication::removePostedEvents(this);
            std::this_thread::sleep_for(2ms);
        }
    }

    double m_longest = 0; ///< of the window's thread
    std::jthread m_thread; ///< last: it ends before what it uses
};

/// A thousand changes a second, from a thread of its own: of applications, of objects of the big tree, lines of logs.
class Events
{
public:
    explicit Events(support::FakeEngine& engine)
        : m_engine(engine)
        , m_thread([this](const std::stop_token& stop) { run(stop); })
    {
    }
    [[nodiscard]] int count() const { return m_count; }

private:
    void run(const std::stop_token& stop)
    {
        constexpr int kAtOnce = 25; // as a watch brings them
        auto next = std::chrono::steady_clock::now();
        while (!stop.stop_requested()) {
            next += std::chrono::milliseconds(kAtOnce);
            m_engine.edit([&](eng::Snapshot& snapshot) {
                auto& big = snapshot.applications.back();
                auto tree = std::make_shared<eng::Application>(*big);
                for (int i = 0; i < kAtOnce; ++i) {
                    const int number = ++m_count;
                    if (number % 5 == 0) {
                        auto& node = tree->resources[static_cast<std::size_t>(number * 131 % kTree)];
                        node.health = number % 2 == 0 ? eng::Health::Healthy : eng::Health::Progressing;
                        continue;
                    }
                    auto& app = snapshot.applications[static_cast<std::size_t>(number * 37 % kApplications)];
                    auto copy = std::make_shared<eng::Application>(*app);
                    copy->operation.done += 1;
                    app = std::move(copy);
                }
                big = std::move(tree);
            });
            m_engine.writeLog(support::key("Pod", "llm-service-0"), {"level=info msg=\"served\""});
            std::this_thread::sleep_until(next);
        }
    }

    support::FakeEngine& m_engine;
    std::atomic<int> m_count = 0;
    std::jthread m_thread; ///< last: it ends before what it uses
};

/// What is in use: pages that only wait to be used again go back to the system first.
double keptMegabytes()
{
    malloc_trim(0);
    return support::residentMegabytes();
}

void spin(std::chrono::milliseconds time)
{
    QEventLoop loop;
    QTimer::singleShot(time, &loop, &QEventLoop::quit);
    loop.exec();
}

void steady(const char* where, Stalls& stalls, const Events& events)
{
    spin(3s); // what opening it takes is not meant
    (void)stalls.take();
    const int before = events.count();
    const double used = support::threadSeconds();
    QElapsedTimer timer;
    timer.start();
    spin(60s);
    const double seconds = static_cast<double>(timer.elapsed()) / 1e3;
    std::printf("%s: %.0f events/s\n", where, (events.count() - before) / seconds);
    tell("  the window's thread", 100 * (support::threadSeconds() - used) / seconds, "% of a core", 30);
    tell("  longest time without looking at events", stalls.take(), "ms", 50);
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QTemporaryDir home;
    qputenv("PILOTHOUSE_HOME", home.path().toUtf8());
    if (qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR"))
        qputenv("XDG_RUNTIME_DIR", home.path().toUtf8());
    qInstallMessageHandler(onMessage);
    QApplication application(argc, argv);
    ui::setupApplication(application);
    ui::setLanguage(QStringLiteral("en"));
    const int minutes = argc > 1 ? std::max(4, std::atoi(argv[1])) : 10;

    auto engine = support::sampleEngine();
    const auto sample = engine->snapshot();
    engine->edit([&](eng::Snapshot& snapshot) {
        auto many = support::manyApplications(kApplications - static_cast<int>(sample->applications.size()));
        std::move(many.applications.begin(), many.applications.end(), std::back_inserter(snapshot.applications));
        snapshot.applications.push_back(support::bigTree(kTree).applications.front());
    });
    const auto big =
        eng::AppId {engine->snapshot()->applications.back()->nameSpace, engine->snapshot()->applications.back()->name};
    {
        ui::MainWindow window(*engine);
        window.restoreSession();
        window.resize(1400, 900);
        window.show();
        Stalls stalls;
        const Events events(*engine);
        window.open({ui::PageKind::Applications, {}, {}});
        steady("list of 2,000 applications", stalls, events);
        window.open({ui::PageKind::Tree, big, {}});
        steady("tree of 14,000", stalls, events);

        using enum ui::PageKind;
        const auto app = support::sampleApp();
        const std::vector<ui::PageId> pages {{Applications, {}, {}},    {Tree, app, {}},     {Diff, app, {}},
                                             {Plan, app, {}},           {Canary, app, {}},   {Rollouts, {}, {}},
                                             {History, app, {}},        {Resources, {}, {}}, {Logs, app, {}},
                                             {Journal, {}, {}},         {Models, {}, {}},    {Gpus, {}, {}},
                                             {Problems, {}, {}},        {Events, {}, {}},    {Administration, {}, {}},
                                             {ApplicationSets, {}, {}}, {Tree, big, {}}};
        auto turn = [&, round = 0]() mutable {
            ++round;
            window.open(pages[static_cast<std::size_t>(round) % pages.size()]);
            if (round % 7 == 0)
                ui::setLanguage(round % 2 != 0 ? QStringLiteral("ar") : QStringLiteral("en"));
            if (round % 5 == 0)
                ui::Theme::instance().setMode(round % 2 != 0 ? ui::Theme::Mode::Dark : ui::Theme::Mode::Light);
            spin(1s);
        };
        for (std::size_t i = 0; i < 70; ++i) // every page in every look: from now on nothing new is kept
            turn();
        const double before = keptMegabytes();
        (void)stalls.take();
        QElapsedTimer timer;
        timer.start();
        double longest = 0;
        while (timer.elapsed() < (minutes - 3) * 60'000) {
            for (int i = 0; i < 35; ++i)
                turn();
            const double stall = stalls.take();
            longest = std::max(longest, stall);
            std::printf("  after %lld s: %.1f MB more, longest stall %.0f ms\n",
                        static_cast<long long>(timer.elapsed() / 1'000), keptMegabytes() - before, stall);
            std::fflush(stdout);
        }
        tell("pages, languages and themes in turn: longest stall", longest, "ms", 300);
        tell("memory kept, a minute", (keptMegabytes() - before) / (minutes - 3), "MB", 2);
    }
    ui::workers().waitForDone();
    tell("warnings", s_warnings, "", 0);
    return s_failed ? 1 : 0;
}
