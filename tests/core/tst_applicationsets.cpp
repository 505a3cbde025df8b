// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset_world.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <boost/json.hpp>

#include <fstream>
#include <sstream>

using namespace core;
using manifest::Value;

namespace {

Value readJson(const QString& path)
{
    std::ifstream in(path.toStdString());
    std::stringstream text;
    text << in.rdbuf();
    auto value = manifest::parseJson(text.str());
    if (!value)
        qFatal("%s", value.error().text().c_str());
    return *value;
}

std::map<std::string, std::string> repository(const QDir& folder)
{
    std::map<std::string, std::string> files;
    const auto written = readJson(folder.filePath("repository.json"));
    for (const auto& member : written.as_object())
        files.emplace(member.key(), std::string(member.value().get_string()));
    return files;
}

/// Name, labels, annotations, finalizers and spec: what the recordings have.
Value reduced(const Value& application)
{
    manifest::Object metadata;
    for (const auto* key : {"name", "labels", "annotations", "finalizers"}) {
        if (const auto* value = manifest::find(application, {"metadata", key}))
            metadata[key] = *value;
    }
    return manifest::Object {{"metadata", std::move(metadata)}, {"spec", *manifest::find(application, {"spec"})}};
}

Value state(const AppsetWorld& world, const std::string& name)
{
    manifest::Array applications;
    for (const auto& [app, object] : world.applications())
        applications.push_back(reduced(object));
    manifest::Array conditions;
    const auto set = world.get("ApplicationSet", name);
    for (const auto& condition : manifest::array(set, {"status", "conditions"})) {
        auto copy = condition;
        manifest::erase(copy, {"lastTransitionTime"});
        conditions.push_back(std::move(copy));
    }
    return manifest::Object {{"applications", std::move(applications)}, {"conditions", std::move(conditions)}};
}

} // namespace

class TestApplicationSets : public QObject
{
    Q_OBJECT

private slots:
    void recorded_data()
    {
        QTest::addColumn<QString>("file");
        const QDir folder(QString(CONFORMANCE_DIR) + "/applicationsets");
        const auto names = folder.entryList({"*.json"}, QDir::Files, QDir::Name);
        if (names.isEmpty())
            QSKIP("conformance data is not here");
        for (const auto& name : names) {
            if (name != "repository.json")
                QTest::newRow(name.chopped(5).toUtf8().constData()) << folder.filePath(name);
        }
    }

    /// What the ApplicationSet controller of Argo CD 3.5 made of the same set, to the letter of the conditions.
    void recorded()
    {
        QFETCH(QString, file);
        const auto scenario = readJson(file);
        AppsetWorld world(repository(QFileInfo(file).dir()));
        world.start();
        world.create(*manifest::find(scenario, {"applicationSet"}));
        const std::string name(manifest::text(scenario, {"name"}));
        const Value expected = manifest::Object {{"applications", *manifest::find(scenario, {"applications"})},
                                                 {"conditions", *manifest::find(scenario, {"conditions"})}};
        Value actual;
        QElapsedTimer timer;
        timer.start();
        do {
            QTest::qWait(10);
            actual = state(world, name);
        } while (!manifest::equal(actual, expected) && timer.elapsed() < 5000);
        if (!manifest::equal(actual, expected))
            QCOMPARE(QString::fromStdString(manifest::toSortedJson(actual)),
                     QString::fromStdString(manifest::toSortedJson(expected)));
    }
};

QTEST_GUILESS_MAIN(TestApplicationSets)
#include "tst_applicationsets.moc"
