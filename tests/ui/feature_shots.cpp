// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the feature pages over the sample engine: feature_shots FOLDER [KIND]; light/dark x en/ar.
#include "page_host.h"
#include "ui/base/theme.h"
#include "ui/diff/feature_pages.h"

#include <QDir>
#include <QHBoxLayout>
#include <QTranslator>

namespace {

struct Shot
{
    const char* name;
    ui::PageId id;
    std::vector<Qt::Key> keys {};
};

std::vector<Shot> shots()
{
    using ui::PageKind;
    const auto app = support::sampleApp();
    return {{"diff", {PageKind::Diff, app, {}}},
            {"diff-split", {PageKind::Diff, app, {}}, {Qt::Key_2}},
            {"diff-unified", {PageKind::Diff, app, {}}, {Qt::Key_3}},
            {"plan", {PageKind::Plan, app, {}}},
            {"editor", {PageKind::Editor, app, QStringLiteral("environments/production/values-production.yaml")}},
            {"canary", {PageKind::Canary, app, {}}},
            {"rollouts", {PageKind::Rollouts, {}, {}}},
            {"resources", {PageKind::Resources, {}, {}}},
            {"logs", {PageKind::Logs, app, QStringLiteral("ml-serving/inference-v2-x7k")}},
            {"journal", {PageKind::Journal, {}, {}}}};
}

void shoot(const Shot& shot, const QString& path)
{
    const auto engine = support::sampleEngine();
    ui::EngineBridge bridge(*engine);
    support::FakeWorkbench workbench;
    ui::PageRegistry registry;
    ui::registerFeaturePages(registry);
    if (!registry.has(shot.id.kind))
        return;
    {
        QWidget window;
        window.resize(1210, 790);
        auto* layout = new QHBoxLayout(&window);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        ui::Page* page = registry.create({*engine, bridge, workbench}, shot.id, &window);
        layout->addWidget(page, 1);
        if (QWidget* inspector = page->inspector()) {
            inspector->setFixedWidth(320);
            layout->addWidget(inspector);
        }
        window.show();
        page->setSnapshot(bridge.snapshot());
        page->setFocus();
        // A picture, not a test: give workers a moment.
        const auto settle = [] { QTest::qWait(450); };
        settle();
        for (const Qt::Key key : shot.keys) {
            QTest::keyClick(page, key);
            settle();
        }
        window.grab().save(path);
    }
    QThreadPool::globalInstance()->waitForDone();
}

} // namespace

int main(int argc, char** argv)
{
    support::ScratchHome home;
    QApplication application(argc, argv);
    QApplication::setStyle(new ui::Style);
    const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("shots");
    const QString only = argc > 2 ? QString::fromLocal8Bit(argv[2]) : QString();
    QDir().mkpath(folder);
    for (const bool arabic : {false, true}) {
        QApplication::setLayoutDirection(arabic ? Qt::RightToLeft : Qt::LeftToRight);
        for (const auto mode : {ui::Theme::Mode::Light, ui::Theme::Mode::Dark}) {
            ui::Theme::instance().setMode(mode);
            for (const Shot& shot : shots()) {
                const QString name =
                    QStringLiteral("%1-%2-%3")
                        .arg(QLatin1String(shot.name), QLatin1String(mode == ui::Theme::Mode::Dark ? "dark" : "light"),
                             QLatin1String(arabic ? "ar" : "en"));
                if (only.isEmpty() || name.startsWith(only))
                    shoot(shot, folder + u'/' + name + QStringLiteral(".png"));
            }
        }
    }
    return 0;
}
