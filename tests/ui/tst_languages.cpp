// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A switch of the language leaves nothing of the old one behind: every view that was opened in English and switched
// says what the same view says that was opened in Arabic.
#include "support/fake_engine.h"
#include "ui/base/bidi.h"
#include "ui/base/page.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/base/widgets.h"
#include "ui/shell/application.h"
#include "ui/shell/main_window.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QComboBox>
#include <QDockWidget>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QTabBar>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

namespace {

using Texts = std::map<QString, QString>; ///< where each stands

/// All that a window says, seen, heard or pointed at.
class Reader
{
public:
    explicit Reader(const QWidget& window)
    {
        add(window, window.windowTitle());
        for (const auto* widget : window.findChildren<QWidget*>())
            if (!isOnHiddenPage(widget))
                read(*widget);
        for (const auto* action : window.findChildren<QAction*>())
            if (!action->isSeparator() && !isOnHiddenPage(action->parent()))
                for (const QString& text : {action->text(), action->toolTip(), action->statusTip()})
                    add(*action, text);
    }
    Texts texts;

private:
    /// Such a page is translated when it is shown.
    static bool isOnHiddenPage(const QObject* object)
    {
        for (; object != nullptr; object = object->parent())
            if (const auto* page = qobject_cast<const ui::Page*>(object))
                return !page->isVisible();
        return false;
    }
    void add(const QObject& where, const QString& text)
    {
        static const QRegularExpression milliseconds(QStringLiteral("\\d+ مث"));
        const QString bare = ui::plain(text).remove(QLatin1Char('&')).remove(milliseconds).trimmed();
        if (!bare.isEmpty())
            texts.emplace(
                bare,
                QStringLiteral("%1 \"%2\"").arg(QLatin1String(where.metaObject()->className()), where.objectName()));
    }
    void read(const QWidget& widget)
    {
        for (const QString& text : {widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()})
            add(widget, text);
        if (const auto* label = qobject_cast<const QLabel*>(&widget))
            add(widget, label->text());
        else if (const auto* button = qobject_cast<const QAbstractButton*>(&widget))
            add(widget, button->text());
        else if (const auto* badge = qobject_cast<const ui::Badge*>(&widget))
            add(widget, badge->text());
        else if (const auto* edit = qobject_cast<const QLineEdit*>(&widget))
            add(widget, edit->placeholderText());
        else if (const auto* dock = qobject_cast<const QDockWidget*>(&widget))
            add(widget, dock->windowTitle());
        else if (const auto* box = qobject_cast<const QGroupBox*>(&widget))
            add(widget, box->title());
        else if (const auto* combo = qobject_cast<const QComboBox*>(&widget)) {
            for (int i = 0; i < combo->count(); ++i)
                add(widget, combo->itemText(i));
        } else if (const auto* tabs = qobject_cast<const QTabBar*>(&widget)) {
            for (int i = 0; i < tabs->count(); ++i)
                add(widget, tabs->tabText(i));
        } else if (const auto* header = qobject_cast<const QHeaderView*>(&widget)) {
            for (int i = 0; i < header->count(); ++i)
                if (header->model() != nullptr && header->orientation() == Qt::Horizontal && !header->isHidden())
                    add(widget, header->model()->headerData(i, Qt::Horizontal).toString());
        } else if (const auto* view = qobject_cast<const QAbstractItemView*>(&widget)) {
            if (view->model() != nullptr)
                readRows(widget, *view->model(), {}, 0);
        }
    }
    void readRows(const QObject& where, const QAbstractItemModel& model, const QModelIndex& parent, int depth)
    {
        for (int row = 0; row < std::min(model.rowCount(parent), 60); ++row) {
            for (int column = 0; column < model.columnCount(parent); ++column)
                for (const int role : {Qt::DisplayRole + 0, Qt::ToolTipRole + 0, Qt::AccessibleTextRole + 0})
                    add(where, model.index(row, column, parent).data(role).toString());
            if (depth < 4)
                readRows(where, model, model.index(row, 0, parent), depth + 1);
        }
    }
};

/// Stand in tables as the server says them; elsewhere the same words are translated.
const QStringList kTerms {QStringLiteral("Running"), QStringLiteral("Pod"), QStringLiteral("Canary")};

struct View
{
    ui::PageId page;
    const char* tabs = nullptr; ///< name of a row of tabs, and the one to choose
    int tab = 0;
};

} // namespace

Q_DECLARE_METATYPE(View)

class TestLanguages : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        ui::setupApplication(*qApp);
        ui::Theme::instance().setReducedMotion(true);
        readTranslations();
    }
    void cleanup() { ui::setLanguage(QStringLiteral("en")); }

    void aSwitchLeavesNothingBehind_data()
    {
        QTest::addColumn<View>("view");
        using Kind = ui::PageKind;
        const auto app = support::sampleApp();
        const auto add = [](const char* name, View view) { QTest::newRow(name) << view; };
        add("applications", {{Kind::Applications, {}, {}}});
        add("applications: tiles", {{Kind::Applications, {}, {}}, "appView", 1});
        add("applications: board", {{Kind::Applications, {}, {}}, "appView", 2});
        add("applications: summary", {{Kind::Applications, {}, {}}, "appView", 3});
        add("tree", {{Kind::Tree, app, {}}});
        add("tree: waves", {{Kind::Tree, app, {}}, "treeArrange", 1});
        add("tree: traffic", {{Kind::Tree, app, {}}, "treeArrange", 2});
        add("tree: nodes", {{Kind::Tree, app, {}}, "treeArrange", 3});
        add("tree: list", {{Kind::Tree, app, {}}, "treeArrange", 4});
        add("diff", {{Kind::Diff, app, {}}});
        add("plan", {{Kind::Plan, app, {}}});
        add("rollback", {{Kind::Plan, app, QStringLiteral("rollback:41")}});
        add("fleet plan", {{Kind::Plan, {}, QStringLiteral("argocd/llm-service\nargocd/ranker")}});
        add("canary", {{Kind::Canary, app, {}}});
        add("rollouts", {{Kind::Rollouts, {}, {}}});
        add("editor", {{Kind::Editor, app, QStringLiteral("environments/production/values-production.yaml")}});
        add("history", {{Kind::History, app, {}}});
        add("resources", {{Kind::Resources, {}, {}}});
        add("logs", {{Kind::Logs, app, QStringLiteral("ml-serving/inference-v2-x7k")}});
        add("journal", {{Kind::Journal, {}, {}}});
        add("models", {{Kind::Models, {}, {}}});
        add("gpus", {{Kind::Gpus, {}, {}}});
        add("problems", {{Kind::Problems, {}, {}}});
        add("decisions", {{Kind::Problems, {}, QStringLiteral("decisions")}});
        add("events", {{Kind::Events, {}, {}}});
        for (int tab = 0; tab < 8; ++tab)
            QTest::addRow("administration: %d", tab) << View {{Kind::Administration, {}, {}}, "adminTabs", tab};
        add("forwards", {{Kind::Forwards, {}, {}}});
        add("create", {{Kind::Create, {}, {}}});
        add("sets", {{Kind::ApplicationSets, {}, {}}});
        add("terminal", {{Kind::Terminal, app, QStringLiteral("ml-serving/inference-v2-x7k")}});
    }
    void aSwitchLeavesNothingBehind()
    {
        QFETCH(View, view);
        const Texts switched = textsOf(view, "en");
        const Texts fresh = textsOf(view, "ar");
        QVERIFY(fresh.size() > 100);
        QStringList left;
        for (const auto& [text, where] : switched)
            if (!fresh.contains(text))
                left << where + QStringLiteral(": ") + text;
        for (const auto& [text, where] : fresh)
            if (!switched.contains(text))
                left << QStringLiteral("not said: ") + where + QStringLiteral(": ") + text;
        for (const auto& [text, where] : fresh)
            if (const auto found = m_arabic.find(text); found != m_arabic.end() && !kTerms.contains(text))
                left << QStringLiteral("untranslated: ") + where + QStringLiteral(": ") + text;
        for (const QString& line : left)
            qInfo().noquote() << line;
        QVERIFY(left.isEmpty());
        if (qEnvironmentVariableIsSet("TELL"))
            for (const auto& [text, where] : fresh)
                if (text.contains(QLatin1Char(' '))
                    && std::ranges::none_of(text, [](QChar c) { return c.script() == QChar::Script_Arabic; }))
                    qInfo().noquote() << where << ":" << text;
    }

private:
    void readTranslations()
    {
        QFile file(QStringLiteral(SOURCE_DIR "/resources/translations/pilothouse_ar.ts"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QXmlStreamReader reader(&file);
        QString source;
        std::set<QString> same; // said alike in both, at least somewhere
        while (!reader.atEnd()) {
            reader.readNext();
            if (!reader.isStartElement())
                continue;
            if (reader.name() == QLatin1String("source")) {
                source = reader.readElementText().remove(QLatin1Char('&'));
            } else if (reader.name() == QLatin1String("translation")) {
                const QString text = reader.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
                m_arabic[source] = text;
                if (text == source)
                    same.insert(source);
            }
        }
        for (const QString& text : same)
            m_arabic.erase(text);
        QVERIFY(m_arabic.size() > 300);
    }

    void settle()
    {
        for (int i = 0; i < 4; ++i) {
            ui::workers().waitForDone();
            QTest::qWait(30);
        }
    }

    /// In Arabic, of a window that was opened in `language`.
    Texts textsOf(const View& view, const char* language)
    {
        const QTemporaryDir home;
        qputenv("PILOTHOUSE_HOME", home.path().toUtf8());
        ui::setLanguage(QString::fromLatin1(language));
        const auto engine = support::sampleEngine();
        Texts texts;
        {
            ui::MainWindow window(*engine);
            window.restoreSession();
            window.resize(1440, 900);
            window.show();
            window.open(view.page);
            if (view.tabs != nullptr)
                window.currentPage()->findChild<ui::SegmentedBar*>(QLatin1String(view.tabs))->setCurrent(view.tab);
            settle();
            ui::setLanguage(QStringLiteral("ar"));
            settle();
            texts = Reader(window).texts;
        }
        ui::workers().waitForDone();
        return texts;
    }

    std::map<QString, QString> m_arabic; ///< by the English text
};

QTEST_MAIN(TestLanguages)
#include "tst_languages.moc"
