// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pilothouse/tour.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/shell/application.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QRegularExpression>

#include <algorithm>
#include <cstdio>

namespace {

constexpr int kInterval = 200;
constexpr int kPatience = 6 * 60 * 1000 / kInterval; ///< looks per stage before it counts as stuck
constexpr auto kVersionFile = "environments/production/kustomization.yaml";

const core::engine::AppId kApp {"argocd", "ml-platform"};
const core::manifest::ResourceKey kRollout {"argoproj.io", "Rollout", "ml-serving", "inference-rollout"};

/// Lets pages ask the engine and paint.
void settle(int milliseconds)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < milliseconds)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
}

core::engine::RolloutPtr rolloutOf(const core::engine::Snapshot& snapshot)
{
    for (const auto& rollout : snapshot.rollouts)
        if (rollout->key == kRollout)
            return rollout;
    return nullptr;
}

core::engine::ApplicationPtr applicationOf(const core::engine::Snapshot& snapshot)
{
    for (const auto& app : snapshot.applications)
        if (app->name == kApp.name)
            return app;
    return nullptr;
}

/// The tag that the stable version has: the one the story does not come to next.
bool serves(const core::engine::Rollout& rollout, std::string_view tag)
{
    return std::any_of(rollout.revisions.begin(), rollout.revisions.end(), [&](const auto& revision) {
        return revision.stable && !revision.images.empty() && revision.images.front().ends_with(tag);
    });
}

} // namespace

Tour::Tour(core::engine::Engine& engine, ui::MainWindow& window, const QString& folder)
    : m_engine(engine)
    , m_window(window)
    , m_folder(folder)
{
    m_folder.mkpath(QStringLiteral("."));
    m_timer.setInterval(kInterval);
    connect(&m_timer, &QTimer::timeout, this, &Tour::look);
}

void Tour::start()
{
    say(QStringLiteral("waiting for the first sync of the example platform"));
    (void)m_engine.setClockRate(10);
    m_timer.start();
}

void Tour::say(const QString& line) const
{
    std::printf("%s\n", line.toUtf8().constData());
    std::fflush(stdout);
}

void Tour::enter(Stage stage)
{
    m_stage = stage;
    m_looks = 0;
}

void Tour::end(int code)
{
    m_timer.stop();
    m_stage = Stage::Done;
    QApplication::exit(code);
}

void Tour::picture(const QString& name, const ui::PageId& page)
{
    m_window.open(page);
    settle(700);
    const auto path = m_folder.absoluteFilePath(name + QStringLiteral(".png"));
    if (m_window.grab().save(path))
        say(QStringLiteral("picture %1").arg(path));
    else
        say(QStringLiteral("the picture %1 could not be written").arg(path));
}

void Tour::pictures(const QString& name, const ui::PageId& page)
{
    for (const auto& [language, mode, suffix] : {std::tuple {"en", ui::Theme::Mode::Light, "light-en"},
                                                 {"en", ui::Theme::Mode::Dark, "dark-en"},
                                                 {"ar", ui::Theme::Mode::Light, "light-ar"},
                                                 {"ar", ui::Theme::Mode::Dark, "dark-ar"}}) {
        ui::setLanguage(QString::fromLatin1(language));
        ui::Theme::instance().setMode(mode);
        picture(name + QLatin1Char('-') + QString::fromLatin1(suffix), page);
    }
    ui::setLanguage(QStringLiteral("en"));
    ui::Theme::instance().setMode(ui::Theme::Mode::Light);
}

bool Tour::setVersion(const QString& tag)
{
    const auto file = m_engine.readFile(kApp, kVersionFile, {});
    if (!file) {
        say(QString::fromStdString(file.error().text()));
        return false;
    }
    auto text = QString::fromStdString(file->text);
    text.replace(QRegularExpression(QStringLiteral("newTag: .*")), QStringLiteral("newTag: ") + tag);
    const auto commit = m_engine.commitFile(kApp, kVersionFile, text.toStdString(), file->commit,
                                            "production: serve inference " + tag.toStdString());
    if (!commit) {
        say(QString::fromStdString(commit.error().text()));
        return false;
    }
    say(QStringLiteral("committed %1: inference %2").arg(QString::fromStdString(*commit).left(7), tag));
    (void)m_engine.setClockRate(60);
    return true;
}

void Tour::look()
{
    using ui::PageKind;
    const auto snapshot = m_engine.snapshot();
    const auto app = applicationOf(*snapshot);
    const auto rollout = rolloutOf(*snapshot);
    if (++m_looks > kPatience) {
        say(QStringLiteral("stuck: ") + m_lastLine);
        return end(1);
    }
    if (!app)
        return;
    const auto line = rollout && m_stage != Stage::Sync ? QStringLiteral("%1, step %2 of %3, weight %4 %: %5")
                                                              .arg(QString::fromStdString(rollout->phase))
                                                              .arg(rollout->stepIndex)
                                                              .arg(rollout->steps.size())
                                                              .arg(rollout->actualWeight)
                                                              .arg(QString::fromStdString(rollout->waitingFor))
                                                        : QStringLiteral("sync %1 of %2 %3")
                                                              .arg(app->operation.done)
                                                              .arg(app->operation.total)
                                                              .arg(QString::fromStdString(app->operation.message));
    if (line != m_lastLine)
        say(line);
    m_lastLine = line;
    const ui::PageId canary {PageKind::Canary, kApp, ui::qs(kRollout.text())};
    switch (m_stage) {
    case Stage::Sync:
        if (rollout && rollout->aborted && !m_tidied) {
            say(QStringLiteral("an earlier story ended in its middle: Git goes back to a good version first"));
            m_tidied = true;
            if (!setVersion(serves(*rollout, ":v3") ? QStringLiteral("v3") : QStringLiteral("v2")))
                return end(1);
            return;
        }
        if (app->sync != core::engine::SyncState::Synced || app->health != core::engine::Health::Healthy || !rollout
            || rollout->phase != "Healthy")
            return;
        m_timer.stop();
        pictures(QStringLiteral("applications"), {PageKind::Applications, {}, {}});
        pictures(QStringLiteral("tree"), {PageKind::Tree, kApp, {}});
        pictures(QStringLiteral("editor"), {PageKind::Editor, kApp, QString::fromLatin1(kVersionFile)});
        m_good = serves(*rollout, ":v3") ? QStringLiteral("v2") : QStringLiteral("v3");
        if (!setVersion(m_good))
            return end(1);
        picture(QStringLiteral("diff-light-en"), {PageKind::Diff, kApp, {}});
        m_window.open(canary);
        m_timer.start();
        return enter(Stage::GoodCanary);
    case Stage::GoodCanary: {
        const bool measured = rollout
            && std::any_of(rollout->metrics.begin(), rollout->metrics.end(),
                           [](const auto& metric) { return metric.measurements.size() >= 3; });
        if (!measured)
            return;
        (void)m_engine.setClockRate(1); // the moment stands still while it is painted
        m_timer.stop();
        pictures(QStringLiteral("canary"), canary);
        (void)m_engine.setClockRate(60);
        m_timer.start();
        return enter(Stage::GoodEnd);
    }
    case Stage::GoodEnd:
        if (!rollout || rollout->phase != "Healthy")
            return;
        say(QStringLiteral("%1 serves everything; now a bad version").arg(m_good));
        if (!setVersion(QStringLiteral("v4-bad")))
            return end(1);
        return enter(Stage::BadCanary);
    case Stage::BadCanary:
        if (!rollout || !rollout->aborted)
            return;
        (void)m_engine.setClockRate(1);
        m_timer.stop();
        for (const auto& cause : rollout->abortCauses)
            say(QStringLiteral("because ") + QString::fromStdString(cause));
        pictures(QStringLiteral("abort"), canary);
        picture(QStringLiteral("journal-light-en"), {PageKind::Journal, {}, {}});
        picture(QStringLiteral("history-light-en"), {PageKind::History, kApp, {}});
        say(QStringLiteral("the bad version was undone by itself; Git goes back as well"));
        if (!setVersion(m_good))
            return end(1);
        m_timer.start();
        return enter(Stage::BackToGood);
    case Stage::BackToGood:
        if (!rollout || rollout->aborted || rollout->phase != "Healthy" || app->sync != core::engine::SyncState::Synced)
            return;
        say(QStringLiteral("the story is told"));
        return end(0);
    case Stage::Done:
        return;
    }
}
