// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "page_host.h"
#include "ui/base/run_task.h"
#include "ui/base/widgets.h"
#include "ui/diff/diff_view.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/drafts.h"
#include "ui/editor/editor_assist.h"
#include "ui/editor/editor_page.h"
#include "ui/editor/snippets.h"
#include "ui/editor/source_tree_model.h"
#include "ui/editor/values_form.h"
#include "ui/editor/vi_keys.h"
#include "ui/editor/yaml_folding.h"
#include "ui/editor/yaml_lint.h"
#include "ui/editor/yaml_place.h"
#include "ui/editor/yaml_tokens.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTextBlock>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>

#include <csignal>

using ui::YamlToken;

namespace {

const QString kFile = QStringLiteral("environments/production/values-production.yaml");

ui::PageId editorOf(const QString& file = kFile)
{
    return {ui::PageKind::Editor, support::sampleApp(), file};
}

/// "key:spec string:v1 ..." of a text, line by line.
QString tokens(const QString& text)
{
    static const QStringList kNames {QStringLiteral("key"),    QStringLiteral("string"),  QStringLiteral("number"),
                                     QStringLiteral("word"),   QStringLiteral("comment"), QStringLiteral("marker"),
                                     QStringLiteral("anchor"), QStringLiteral("template")};
    QStringList lines;
    ui::YamlState state;
    const auto split = text.split(u'\n');
    for (const QString& line : split) {
        const ui::YamlLine read = ui::tokenizeYaml(line, state);
        state = read.after;
        QStringList parts;
        for (const YamlToken& token : read.tokens)
            if (token.kind != YamlToken::Kind::Marker)
                parts.append(kNames[static_cast<int>(token.kind)] + u'(' + line.mid(token.start, token.length) + u')');
        lines.append(parts.join(u' '));
    }
    return lines.join(u'|');
}

} // namespace

class TestEditorPage : public QObject
{
    Q_OBJECT

private slots:
    void colours_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("pair") << "replicas: 10 # ten"
                              << "key(replicas) number(10) comment(# ten)";
        QTest::newRow("item") << "- name: app"
                              << "key(name) string(app)";
        QTest::newRow("quoted") << "\"a b\": 'it''s'"
                                << "key(\"a b\") string('it''s')";
        QTest::newRow("url is no key") << "url: http://x/y#z"
                                       << "key(url) string(http://x/y#z)";
        QTest::newRow("words") << "a: true"
                               << "key(a) word(true)";
        QTest::newRow("flow") << "{a: 1, b: [x, y]}"
                              << "key(a) number(1) key(b) string(x) string(y)";
        QTest::newRow("anchor") << "a: &base x"
                                << "key(a) anchor(&base) string(x)";
        QTest::newRow("block") << "a: |\n  b: c\nd: e"
                               << "key(a)|string(  b: c)|key(d) string(e)";
        QTest::newRow("open quote") << "a: \"x\ny\""
                                    << "key(a) string(\"x)|string(y\")";
        QTest::newRow("template") << "a: {{ .Values.x }}b"
                                  << "key(a)";
        QTest::newRow("arabic") << QStringLiteral("رسالة: نص") << QStringLiteral("key(رسالة) string(نص)");
    }
    void colours()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const QString read = tokens(text);
        QVERIFY2(read.startsWith(expected), qPrintable(read));
    }

    void colouringNeverHangs()
    {
        const QString alphabet = QStringLiteral("a:-|>'\"{}[]#&*! \\,?\t%");
        quint32 seed = 1;
        ui::YamlState state;
        for (int round = 0; round < 3000; ++round) {
            QString line;
            for (int i = 0; i < 24; ++i) {
                seed = seed * 1664525U + 1013904223U;
                line += alphabet[static_cast<qsizetype>((seed >> 16) % static_cast<quint32>(alphabet.size()))];
            }
            const auto read = ui::tokenizeYaml(line, state);
            for (const YamlToken& token : read.tokens)
                QVERIFY(token.start >= 0 && token.length > 0 && token.start + token.length <= line.size());
            state = ui::YamlState::unpack(read.after.packed());
        }
    }

    void foldsByIndentation()
    {
        const auto folds =
            ui::yamlFolds(QStringLiteral("spec:\n  list:\n  - name: a\n    image: b\n  - c\n\nkind: X\n").split(u'\n'));
        QCOMPARE(folds, (std::vector<ui::FoldRange> {{0, 4}, {1, 4}, {2, 3}}));
    }

    void foldingHidesLinesAndTheCursorOpensThem()
    {
        ui::CodeEditor editor;
        editor.resize(500, 300);
        editor.setPlainText(QStringLiteral("spec:\n  a: 1\n  b: 2\nkind: X\n"));
        editor.show();
        editor.toggleFold(0);
        QVERIFY(editor.isFolded(0));
        QVERIFY(!editor.document()->findBlockByNumber(2).isVisible());
        QVERIFY(editor.document()->findBlockByNumber(3).isVisible());
        editor.goToLine(2);
        QVERIFY(editor.document()->findBlockByNumber(2).isVisible());
        QCOMPARE(editor.toPlainText(), QStringLiteral("spec:\n  a: 1\n  b: 2\nkind: X\n"));
    }

    void indentsAsYamlWantsIt()
    {
        ui::CodeEditor editor;
        editor.show();
        QTest::keyClicks(&editor, QStringLiteral("spec:"));
        QTest::keyClick(&editor, Qt::Key_Return);
        QTest::keyClicks(&editor, QStringLiteral("a: 1"));
        QTest::keyClick(&editor, Qt::Key_Return);
        QTest::keyClicks(&editor, QStringLiteral("- n: x"));
        QTest::keyClick(&editor, Qt::Key_Return);
        QTest::keyClicks(&editor, QStringLiteral("b"));
        QCOMPARE(editor.toPlainText(), QStringLiteral("spec:\n  a: 1\n  - n: x\n    b"));
        QTest::keyClick(&editor, Qt::Key_Backtab);
        QCOMPARE(editor.toPlainText(), QStringLiteral("spec:\n  a: 1\n  - n: x\n  b"));
    }

    void everyLineRunsLeftToRight()
    {
        ui::CodeEditor editor;
        editor.setLayoutDirection(Qt::RightToLeft); // as an Arabic window would ask
        editor.setPlainText(QStringLiteral("# قيم بيئة الإنتاج\nmessage: \"اكتمل النشر\"\n"));
        editor.show();
        for (QTextBlock block = editor.document()->firstBlock(); block.isValid(); block = block.next())
            QCOMPARE(editor.document()->defaultTextOption().textDirection(), Qt::LeftToRight);
        QVERIFY(!editor.toPlainText().contains(QChar(0x2068)));
    }

    void treeShowsFoldersFirst()
    {
        ui::SourceTreeModel model;
        const QAbstractItemModelTester tester(&model);
        model.setFiles({{"kustomization.yaml"}, {"base/a.yaml"}, {"base/deep/b.yaml"}});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("base"));
        QVERIFY(model.indexOf(QStringLiteral("base/deep/b.yaml")).isValid());
        QVERIFY(!model.indexOf(QStringLiteral("nope")).isValid());
    }

    void typingShowsWhatWouldChange()
    {
        auto engine = support::sampleEngine();
        const std::string typed = "replicas: 12\n";
        core::engine::AppDiff diff;
        core::engine::ResourceDiff resource;
        resource.key = support::key("Deployment", "ranker", "apps");
        resource.outOfSync = true;
        resource.liveYaml = "spec:\n  replicas: 10\n";
        resource.desiredYaml = "spec:\n  replicas: 12\n";
        diff.resources = {resource};
        engine->textDiffs[typed] = diff;
        support::PageHost<ui::EditorPage> host(std::move(engine), editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->setFocus();
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("replicas: 12"));
        QTest::keyClick(editor, Qt::Key_Return);
        auto* preview = host.find<ui::DiffView>("preview");
        QTRY_VERIFY(!preview->document().rows().empty()
                    && preview->document().title(preview->document().rows().front()) == "Deployment/ranker");
        QCOMPARE(preview->document().addedLines(), 1);
        QVERIFY(host.find<ui::Badge>("unsaved")->isVisible());
        QVERIFY(host.page->isModified());
        QVERIFY(host.find<QLabel>("rendered")->text().contains(QStringLiteral("rendered in")));
    }

    void brokenYamlIsMarkedOnItsLine()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("a: 1"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTest::keyClicks(editor, QStringLiteral("b: [1, 2"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTest::keyClicks(editor, QStringLiteral("c: 3"));
        QTRY_VERIFY(!editor->marks().empty());
        QVERIFY(editor->marks().front().line >= 1);
        auto* problem = host.find<QLabel>("problem");
        QTRY_VERIFY(problem->isVisible());
        QVERIFY(problem->text().contains(QString::number(editor->marks().front().line + 1)));
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("a: 1"));
        QTRY_VERIFY(editor->marks().empty());
        QVERIFY(!problem->isVisible());
    }

    void savingCommitsWithTheMessage()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->setFocus();
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("replicas: 3"));
        QTest::keyClick(editor, Qt::Key_S, Qt::ControlModifier);
        auto* message = host.find<QLineEdit>("commitMessage");
        QTRY_VERIFY(message->isVisible());
        message->selectAll();
        QTest::keyClicks(message, QStringLiteral("inference: three replicas"));
        QTest::keyClick(message, Qt::Key_Return);
        QTRY_VERIFY(!host.page->isModified());
        const auto commands = host.engine->commands();
        QVERIFY(std::ranges::any_of(commands, [](const std::string& command) {
            return command.find("commit") == 0 && command.find("three replicas") != std::string::npos;
        }));
        QTRY_VERIFY(!message->isVisible());
    }

    void aConflictOffersBothSides()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        const QString theirs = editor->toPlainText();
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("replicas: 3"));
        host.engine->failWith(core::Error {core::Error::Code::Conflict, "the branch moved"});
        QTest::keyClick(editor, Qt::Key_S, Qt::ControlModifier);
        QTest::mouseClick(host.find<QPushButton>("commit"), Qt::LeftButton);
        QTRY_VERIFY(host.find<QWidget>("conflictBar")->isVisible());
        host.engine->failWith(std::nullopt);
        QTest::mouseClick(host.find<QPushButton>("takeTheirs"), Qt::LeftButton);
        QTRY_COMPARE(editor->toPlainText(), theirs);
        QVERIFY(!host.page->isModified());
    }

    void aDraftComesBackAfterACrash()
    {
        const ui::Draft draft {support::sampleApp(), kFile.toStdString(), "base", "replicas: 99\n"};
        QVERIFY(ui::DraftStore::standard().save(draft).has_value());
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_COMPARE(editor->toPlainText(), QStringLiteral("replicas: 99\n"));
        QVERIFY(host.find<QWidget>("draftBar")->isVisible());
        QTest::mouseClick(host.find<QPushButton>("dropDraft"), Qt::LeftButton);
        QVERIFY(!host.page->isModified());
        QTRY_VERIFY(!ui::DraftStore::standard().load(draft.app, draft.path).has_value());
    }

    void typedTextIsKeptAsADraft()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("replicas: 7"));
        QTRY_VERIFY(ui::DraftStore::standard().load(support::sampleApp(), kFile.toStdString()).has_value());
        ui::DraftStore::standard().remove(support::sampleApp(), kFile.toStdString());
    }

    void findsText()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->setPlainText(QStringLiteral("alpha: 1\nbeta: 2\nalpha2: 3\n"));
        editor->setFocus();
        QTest::keyClick(editor, Qt::Key_F, Qt::ControlModifier);
        auto* text = host.find<QLineEdit>("findText");
        QTRY_VERIFY(text->isVisible());
        QTest::keyClicks(text, QStringLiteral("alpha"));
        QCOMPARE(editor->textCursor().blockNumber(), 0);
        QTest::keyClick(text, Qt::Key_Return);
        QCOMPARE(editor->textCursor().blockNumber(), 2);
        QTest::keyClick(text, Qt::Key_Return);
        QCOMPARE(editor->textCursor().blockNumber(), 0);
        QTest::keyClick(text, Qt::Key_Escape);
        QVERIFY(!text->isVisible());
        editor->undo();
    }

    void tellsWhereTheCursorStands_data()
    {
        QTest::addColumn<QString>("text"); // "^" is the cursor
        QTest::addColumn<QString>("path"); // "." between steps; "=" before a value; "-" = nowhere
        QTest::newRow("top") << "apiVersion: v1\nkind: Pod\nsp^"
                             << "";
        QTest::newRow("below a key") << "kind: Pod\nspec:\n  con^"
                                     << "spec";
        QTest::newRow("empty line") << "kind: Pod\nspec:\n  ^"
                                    << "spec";
        QTest::newRow("in an item") << "spec:\n  containers:\n  - name: a\n    im^"
                                    << "spec.containers.0";
        QTest::newRow("new item") << "spec:\n  containers:\n  - na^"
                                  << "spec.containers.0";
        QTest::newRow("value") << "spec:\n  containers:\n  - name: a\n    imagePullPolicy: Al^"
                               << "=spec.containers.0.imagePullPolicy";
        QTest::newRow("second document") << "spec:\n  a: 1\n---\nmetadata:\n  na^"
                                         << "metadata";
        QTest::newRow("back out") << "spec:\n  template:\n    spec:\n      a: 1\n  re^"
                                  << "spec";
        QTest::newRow("comment") << "spec: # a^"
                                 << "-";
    }
    void tellsWhereTheCursorStands()
    {
        QFETCH(QString, text);
        QFETCH(QString, path);
        const auto at = text.indexOf(u'^');
        const int line = static_cast<int>(text.left(at).count(u'\n'));
        const int column = static_cast<int>(at - text.lastIndexOf(u'\n', at) - 1);
        const auto place = ui::yamlPlaceAt(text.remove(u'^').split(u'\n'), line, column);
        QStringList steps;
        if (place)
            for (const auto& step : place->path)
                steps.append(ui::qs(step));
        const QString sign = !place                     ? QStringLiteral("-")
            : place->what == ui::YamlPlace::What::Value ? QStringLiteral("=")
                                                        : QString();
        QCOMPARE(sign + steps.join(u'.'), path);
    }

    void completesFromTheSchema()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        auto* assist = editor->findChild<ui::EditorAssist*>();
        editor->setPlainText(QStringLiteral("apiVersion: apps/v1\nkind: Deployment\nspec:\n  repl"));
        editor->moveCursor(QTextCursor::End);
        editor->setFocus();
        const QSignalSpy completed(assist, &ui::EditorAssist::completed);
        QTest::keyClick(editor, Qt::Key_Space, Qt::ControlModifier);
        QTRY_COMPARE(completed.count(), 1);
        QCOMPARE(assist->proposals(), QStringList {QStringLiteral("replicas")});
        QTest::keyClick(QApplication::activePopupWidget(), Qt::Key_Return);
        QCOMPARE(editor->document()->lastBlock().text(), QStringLiteral("  replicas: "));
        editor->undo(); // one step
        QCOMPARE(editor->document()->lastBlock().text(), QStringLiteral("  repl"));
    }

    void saysWhatAFieldIs()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        auto* assist = editor->findChild<ui::EditorAssist*>();
        editor->setPlainText(QStringLiteral("apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 3\n"));
        editor->goToLine(3);
        editor->setFocus();
        QSignalSpy explained(assist, &ui::EditorAssist::explained);
        QTest::keyClick(editor, Qt::Key_I, Qt::ControlModifier);
        QTRY_COMPARE(explained.count(), 1);
        const QString said = explained.first().first().toString();
        QVERIFY2(said.startsWith(QStringLiteral("replicas: integer\nNumber of desired pods.")), qPrintable(said));
        editor->goToLine(0); // nothing is known of apiVersion's value that would be wrong to say
    }

    void outlineAndCrumbsLeadThroughTheFile()
    {
        const QString text = QStringLiteral("kind: Deployment\nmetadata:\n  name: llm\nspec:\n  replicas: 1\n"
                                            "  template:\n    spec:\n      containers:\n      - name: a\n"
                                            "        image: x\n---\nkind: Service\n");
        const auto entries = ui::yamlOutline(text.split(u'\n'), 2);
        QStringList shown;
        for (const auto& entry : entries)
            shown.append(QString(entry.depth, u' ') + entry.text);
        QCOMPARE(shown.mid(0, 5),
                 (QStringList {QStringLiteral("Deployment/llm"), QStringLiteral(" kind"), QStringLiteral(" metadata"),
                               QStringLiteral("  name"), QStringLiteral(" spec")}));
        QVERIFY(shown.contains(QStringLiteral("Service")));
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->setPlainText(text);
        editor->goToLine(9);
        auto* crumbs = host.find<QLabel>("crumbs");
        QVERIFY(crumbs->text().contains(QStringLiteral(">containers[name=a]<")));
        emit crumbs->linkActivated(QStringLiteral("spec.template"));
        QCOMPARE(editor->textCursor().blockNumber(), 5);
        auto* outline = host.find<QTreeWidget>("outline");
        QTRY_COMPARE(outline->topLevelItemCount(), 2);
        emit outline->itemActivated(outline->topLevelItem(1), 0);
        QCOMPARE(editor->textCursor().blockNumber(), 11);
    }

    void followsALineToTheFileThatItNames()
    {
        auto engine = support::sampleEngine();
        engine->fileTexts["overlay/kustomization.yaml"] = "resources:\n- ../base\n";
        engine->fileTexts["base/kustomization.yaml"] = "resources: []\n";
        engine->fileLinks["overlay/kustomization.yaml"] = {
            {core::engine::SourceLink::Role::Base, "base/kustomization.yaml", 2}};
        support::PageHost<ui::EditorPage> host(std::move(engine),
                                               editorOf(QStringLiteral("overlay/kustomization.yaml")));
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(host.find<QToolButton>("related")->isEnabled());
        editor->goToLine(1);
        editor->setFocus();
        QTest::keyClick(editor, Qt::Key_F12);
        QTRY_COMPARE(editor->toPlainText(), QStringLiteral("resources: []\n"));
    }

    // ---- values of a chart

    void valuesAreAFormWithTheirOrigin()
    {
        const std::string defaults = "replicas: 1\nimage:\n  repository: app\n  tag: v1\nextra: {}\nlist: [a]\n";
        const std::string own = "# of production\nreplicas: 10 # ten\nimage:\n  tag: \"v2\"\nonly: here\n";
        const auto rows = ui::valueRows(own, defaults);
        QStringList shown;
        for (const auto& row : rows)
            shown.append(ui::qs(row.path.back()) + u'=' + row.value + (row.own ? u'!' : u'.')
                         + QString::number(row.line));
        QCOMPARE(shown.join(u' '),
                 QStringLiteral("replicas=10!2 repository=app.3 tag=v2!4 extra={}.5 list=[\"a\"].6 only=here!5"));
        QCOMPARE(rows[0].overridden, QStringLiteral("1"));
        QVERIFY(rows[4].list);
    }

    void aValueIsSetInItsPlace_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("expected");
        QTest::newRow("number") << 0 << "12"
                                << "# of production\nreplicas: 12 # ten\nimage:\n  tag: \"v2\"\nonly: here\n";
        QTest::newRow("quoted") << 2 << "v3"
                                << "# of production\nreplicas: 10 # ten\nimage:\n  tag: v3\nonly: here\n";
        QTest::newRow("text that looks like a number")
            << 2 << "7"
            << "# of production\nreplicas: 10 # ten\nimage:\n  tag: \"7\"\nonly: here\n";
        QTest::newRow("a default is written below its parent")
            << 1 << "mine"
            << "# of production\nreplicas: 10 # ten\nimage:\n  tag: \"v2\"\n  repository: mine\nonly: here\n";
    }

    void aValueIsSetInItsPlace()
    {
        QFETCH(int, row);
        QFETCH(QString, value);
        QFETCH(QString, expected);
        const std::string defaults = "replicas: 1\nimage:\n  repository: app\n  tag: v1\nextra: {}\nlist: [a]\n";
        const std::string own = "# of production\nreplicas: 10 # ten\nimage:\n  tag: \"v2\"\nonly: here\n";
        const auto rows = ui::valueRows(own, defaults);
        const auto text = ui::withValue(own, rows.at(static_cast<std::size_t>(row)), value);
        QVERIFY(text.has_value());
        QCOMPARE(ui::qs(*text), expected);
        QVERIFY(!ui::withValue(own, rows[4], QStringLiteral("x"))); // lists are edited in the text
        QCOMPARE(ui::qs(*ui::withValue("a: 1\n", {{"b", "c"}, {}, {}, 0, false, true, false}, QStringLiteral("x"))),
                 QStringLiteral("a: 1\nb:\n  c: x\n"));
    }

    void theFormEditsTheText()
    {
        auto engine = support::sampleEngine();
        engine->fileTexts["environments/production/values.yaml"] = "replicas: 1\nlogLevel: info\n";
        support::PageHost<ui::EditorPage> host(std::move(engine), editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        auto* form = host.find<ui::ValuesForm>("valuesForm");
        QTRY_VERIFY(!editor->isReadOnly());
        host.find<ui::SegmentedBar>("besideViews")->setCurrent(2);
        emit host.find<ui::SegmentedBar>("besideViews")->currentChanged(2);
        QVERIFY(form->isVisible());
        QTRY_COMPARE(form->findItems(QStringLiteral("logLevel"), Qt::MatchExactly).size(), 1);
        auto* level = form->findItems(QStringLiteral("logLevel"), Qt::MatchExactly).front();
        QCOMPARE(level->text(ui::ValuesForm::SetBy), QStringLiteral("values.yaml:2"));
        level->setText(ui::ValuesForm::Value, QStringLiteral("debug"));
        QVERIFY(editor->toPlainText().endsWith(QStringLiteral("\nlogLevel: debug\n")));
        QTRY_COMPARE(form->findItems(QStringLiteral("logLevel"), Qt::MatchExactly).size(), 1);
        QVERIFY(form->findItems(QStringLiteral("logLevel"), Qt::MatchExactly)
                    .front()
                    ->text(ui::ValuesForm::SetBy)
                    .startsWith(QStringLiteral("values-production.yaml:")));
        editor->undo();
        QVERIFY(!editor->toPlainText().contains(QStringLiteral("logLevel")));
    }

    void everythingRenderedStandsBeside()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* rendered = host.find<ui::CodeEditor>("renderedText");
        QTRY_VERIFY(!rendered->toPlainText().isEmpty());
        QVERIFY(rendered->isReadOnly());
        host.find<ui::SegmentedBar>("besideViews")->setCurrent(1);
        emit host.find<ui::SegmentedBar>("besideViews")->currentChanged(1);
        QVERIFY(rendered->isVisible());
    }

    // ---- snippets, comments, other places for the text

    void aSnippetIsFoundAndInserted()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->setPlainText(QStringLiteral("containers:\n- name: a\n  "));
        editor->moveCursor(QTextCursor::End);
        editor->setFocus();
        QTest::keyClick(editor, Qt::Key_J, Qt::ControlModifier);
        auto* palette = host.page->findChild<ui::SnippetPalette*>(QStringLiteral("snippetPalette"));
        QVERIFY(palette != nullptr);
        auto* search = palette->findChild<QLineEdit*>(QStringLiteral("snippetSearch"));
        QTest::keyClicks(search, QStringLiteral("gpu lim"));
        QTest::keyClick(search, Qt::Key_Return);
        QCOMPARE(editor->toPlainText(),
                 QStringLiteral("containers:\n- name: a\n  resources:\n    limits:\n      nvidia.com/gpu: ${count}"));
        QCOMPARE(editor->textCursor().selectedText(), QStringLiteral("${count}"));
        editor->undo();
        QCOMPARE(editor->toPlainText(), QStringLiteral("containers:\n- name: a\n  "));
    }

    void snippetsAreYaml()
    {
        for (const ui::Snippet& snippet : ui::snippets()) {
            QString text = QLatin1String(snippet.text);
            text.replace(QRegularExpression(QStringLiteral("\\$\\{[^}]+\\}")), QStringLiteral("x"));
            const auto read = core::manifest::parseYaml(text.toStdString(), snippet.name);
            QVERIFY2(read.has_value(), snippet.name);
        }
    }

    void linesAreCommentedAndBack()
    {
        ui::CodeEditor editor;
        editor.setPlainText(QStringLiteral("a:\n  b: 1\n\n  c: 2\n"));
        editor.selectAll();
        editor.toggleComment();
        QCOMPARE(editor.toPlainText(), QStringLiteral("# a:\n#   b: 1\n\n#   c: 2\n"));
        editor.selectAll();
        editor.toggleComment();
        QCOMPARE(editor.toPlainText(), QStringLiteral("a:\n  b: 1\n\n  c: 2\n"));
    }

    void theKeysOfVi_data()
    {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QString>("expected");
        QTest::newRow("insert") << "ix: 0\n\x1b"
                                << "x: 0\na: 1\n  b: 2\nc: 3";
        QTest::newRow("append at the end") << "A0\x1b"
                                           << "a: 10\n  b: 2\nc: 3";
        QTest::newRow("open below keeps the indent") << "joz: 9\x1b"
                                                     << "a: 1\n  b: 2\n  z: 9\nc: 3";
        QTest::newRow("delete lines") << "2dd"
                                      << "c: 3";
        QTest::newRow("delete the last line") << "Gdd"
                                              << "a: 1\n  b: 2";
        QTest::newRow("yank and put") << "yyGp"
                                      << "a: 1\n  b: 2\nc: 3\na: 1";
        QTest::newRow("change to the end") << "wwC7\x1b"
                                           << "a: 7\n  b: 2\nc: 3";
        QTest::newRow("replace and cross out") << "rzGx"
                                               << "z: 1\n  b: 2\n: 3";
        QTest::newRow("undo") << "ddu"
                              << "a: 1\n  b: 2\nc: 3";
        QTest::newRow("indent and join") << "j<<ggJ"
                                         << "a: 1 b: 2\nc: 3";
        QTest::newRow("go to a line") << "3Gi#\x1b"
                                      << "a: 1\n  b: 2\n#c: 3";
    }

    void theKeysOfVi()
    {
        QFETCH(QString, keys);
        QFETCH(QString, expected);
        ui::CodeEditor editor;
        ui::ViKeys vi(editor);
        editor.setPlainText(QStringLiteral("a: 1\n  b: 2\nc: 3"));
        editor.show();
        vi.setEnabled(true);
        for (const QChar key : keys) {
            if (key == QChar(0x1b))
                QTest::keyClick(&editor, Qt::Key_Escape);
            else if (key == u'\n')
                QTest::keyClick(&editor, Qt::Key_Return);
            else
                QTest::keyClick(&editor, key.toLatin1());
        }
        QCOMPARE(editor.toPlainText(), expected);
        QCOMPARE(vi.mode(), ui::ViKeys::Mode::Normal);
    }

    void theKeysOfViAreAChoiceThatIsKept()
    {
        {
            support::PageHost<ui::EditorPage> host(editorOf());
            QVERIFY(!host.find<ui::Badge>("viMode")->isVisible());
            host.find<QAction>("viKeys")->setChecked(true);
            QVERIFY(host.find<ui::Badge>("viMode")->isVisible());
        }
        support::PageHost<ui::EditorPage> host(editorOf());
        QVERIFY(host.find<QAction>("viKeys")->isChecked());
        host.find<QAction>("viKeys")->setChecked(false);
    }

    /// What the schema does not know is said while it is typed, with the line, before any server refuses it.
    void fieldsAreCheckedByTheirSchema_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("message");
        QTest::newRow("fine") << "replicas: 3"
                              << "";
        QTest::newRow("unknown") << "replica: 3"
                                 << "unknown field replica; did you mean replicas?";
        QTest::newRow("quoted") << "replicas: \"3\""
                                << "integer is wanted";
        QTest::newRow("list for a scalar") << "replicas: [3]"
                                           << "integer is wanted, not a list";
        QTest::newRow("map keys are free") << "template: {metadata: {labels: {any: thing}}}"
                                           << "";
        QTest::newRow("text in a map") << "template: {metadata: {labels: {any: 5}}}"
                                       << "string is wanted: put it in quotes";
        QTest::newRow("inside a list") << "template: {spec: {containers: [{name: a, imagee: b}]}}"
                                       << "unknown field imagee; did you mean image?";
    }

    void fieldsAreCheckedByTheirSchema()
    {
        QFETCH(QString, field);
        QFETCH(QString, message);
        const auto engine = support::sampleEngine();
        const QString text =
            QStringLiteral("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  ") + field + u'\n';
        const auto marks =
            ui::lintManifests(text.toStdString(), [&](const auto& version, const auto& kind, const auto& path) {
                return engine->schema(version, kind, path);
            });
        QCOMPARE(marks.empty() ? QString() : ui::plain(marks.front().message), message);
        if (!marks.empty())
            QCOMPARE(marks.front().line, 5);
    }

    void theLintIsShownBesideTheText()
    {
        auto engine = support::sampleEngine();
        engine->fileTexts[kFile.toStdString()] =
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  namespce: x\ndta: {}\n";
        support::PageHost<ui::EditorPage> host(std::move(engine), editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_COMPARE(editor->marks().size(), std::size_t {2});
        QVERIFY(editor->marks().front().warning);
        QVERIFY(ui::plain(host.find<QLabel>("problem")->text()).contains(QStringLiteral("did you mean namespace?")));
        editor->setFocus();
        QTest::keyClick(editor, Qt::Key_F8);
        QCOMPARE(editor->textCursor().blockNumber(), 4);
        QTest::keyClick(editor, Qt::Key_F8);
        QCOMPARE(editor->textCursor().blockNumber(), 5);
    }

    void theTextIsAppliedAfterADryRun()
    {
        auto engine = support::sampleEngine();
        engine->fileTexts[kFile.toStdString()] = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";
        support::PageHost<ui::EditorPage> host(std::move(engine), editorOf());
        QTRY_VERIFY(!host.find<ui::CodeEditor>("codeEditor")->isReadOnly());
        host.workbench.answer = QString();
        host.find<QAction>("applyText")->trigger();
        QTRY_VERIFY(!host.workbench.questions.empty());
        QVERIFY(ui::plain(host.workbench.questions.back().text).contains(QStringLiteral("ConfigMap/c · is created")));
        QVERIFY(host.engine->commands().back().starts_with("create apiVersion"));
    }

    void theEditorBeginsWithTheApplicationsOwnFile()
    {
        auto engine = support::sampleEngine();
        engine->fileTexts["models/llm-service/kustomization.yaml"] = "resources: []\n";
        support::PageHost<ui::EditorPage> host(std::move(engine), editorOf({}));
        QTRY_COMPARE(host.find<ui::CodeEditor>("codeEditor")->toPlainText(), QStringLiteral("resources: []\n"));
    }

    void aConflictIsMerged()
    {
        auto engine = support::sampleEngine();
        const std::string base = "a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n";
        engine->fileTexts[kFile.toStdString()] = base;
        support::PageHost<ui::EditorPage> host(std::move(engine), editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_COMPARE(editor->toPlainText(), ui::qs(base));
        editor->goToLine(0);
        QTest::keyClick(editor, Qt::Key_End);
        QTest::keyClicks(editor, QStringLiteral("0"));
        ui::workers().waitForDone();
        host.engine->fileTexts[kFile.toStdString()] = "a: 1\nb: 2\nc: 3\nd: 4\ne: 50\n";
        host.engine->failWith(core::Error {core::Error::Code::Conflict, "the branch moved"});
        QTest::keyClick(editor, Qt::Key_S, Qt::ControlModifier);
        QTest::mouseClick(host.find<QPushButton>("commit"), Qt::LeftButton);
        QTRY_VERIFY(host.find<QWidget>("conflictBar")->isVisible());
        host.engine->failWith(std::nullopt);
        QTest::mouseClick(host.find<QPushButton>("merge"), Qt::LeftButton);
        QTRY_COMPARE(editor->toPlainText(), QStringLiteral("a: 10\nb: 2\nc: 3\nd: 4\ne: 50\n"));
        QVERIFY(!host.find<QWidget>("conflictBar")->isVisible());
        editor->undo();
        QCOMPARE(editor->toPlainText(), QStringLiteral("a: 10\nb: 2\nc: 3\nd: 4\ne: 5\n"));
    }

    void marksOfAConflictAreNotCommitted()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->setPlainText(QStringLiteral("<<<<<<< yours\na: 1\n=======\na: 2\n>>>>>>> theirs\n"));
        QTest::keyClick(editor, Qt::Key_S, Qt::ControlModifier);
        QVERIFY(!host.find<QLineEdit>("commitMessage")->isVisible());
    }

    void undoReachesBehindASave()
    {
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        const QString before = editor->toPlainText();
        editor->moveCursor(QTextCursor::End);
        QTest::keyClicks(editor, QStringLiteral("x"));
        const QString typed = editor->toPlainText();
        QTest::keyClick(editor, Qt::Key_S, Qt::ControlModifier);
        QTest::mouseClick(host.find<QPushButton>("commit"), Qt::LeftButton);
        QTRY_VERIFY(!host.page->isModified());
        editor->undo();
        QCOMPARE(editor->toPlainText(), before);
        QVERIFY(host.page->isModified());
        editor->redo();
        QCOMPARE(editor->toPlainText(), typed);
        QVERIFY(!host.page->isModified());
    }

    /// The other half of aDraftSurvivesAKill(): types, and is killed.
    void typesUntilKilled()
    {
        if (!qEnvironmentVariableIsSet("PILOTHOUSE_TYPE_AND_DIE"))
            return;
        support::PageHost<ui::EditorPage> host(editorOf());
        auto* editor = host.find<ui::CodeEditor>("codeEditor");
        QTRY_VERIFY(!editor->isReadOnly());
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("killed: true"));
        QTRY_VERIFY(ui::DraftStore::standard().load(support::sampleApp(), kFile.toStdString()).has_value());
        std::raise(SIGKILL);
    }

    void aDraftSurvivesAKill()
    {
        QProcess other;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PILOTHOUSE_TYPE_AND_DIE"), QStringLiteral("1"));
        other.setProcessEnvironment(environment);
        other.start(QCoreApplication::applicationFilePath(), {QStringLiteral("typesUntilKilled")});
        QVERIFY(other.waitForFinished());
        QCOMPARE(other.exitStatus(), QProcess::CrashExit);
        support::PageHost<ui::EditorPage> host(editorOf());
        QTRY_COMPARE(host.find<ui::CodeEditor>("codeEditor")->toPlainText(), QStringLiteral("killed: true"));
        QVERIFY(host.find<QWidget>("draftBar")->isVisible());
    }

    void init() { ui::DraftStore::standard().remove(support::sampleApp(), kFile.toStdString()); }

private:
    support::ScratchHome m_home; ///< of the parent, in a process that is started by a test
};

QTEST_MAIN(TestEditorPage)
#include "tst_editor_page.moc"
