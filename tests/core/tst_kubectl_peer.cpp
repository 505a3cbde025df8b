// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The scripts of tests/data/kubectl on a real API server and on the embedded one: kubectl says the same to both.
#include "core/base/clock.h"
#include "core/embedded/cluster.h"
#include "support/real_cluster.h"
#include "support/test_kubelet.h"

#include <QDeadlineTimer>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <future>

namespace {

using namespace std::chrono_literals;

constexpr auto kControllersTake = 20'000ms;

struct Step
{
    QChar how;
    QString text;
    QByteArray input;
};

std::vector<Step> readScript(const QString& path)
{
    std::vector<Step> steps;
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        qFatal("cannot read %s", qPrintable(path));
    while (!file.atEnd()) {
        auto line = QString::fromUtf8(file.readLine());
        line.chop(line.endsWith('\n') ? 1 : 0);
        if (line.startsWith("| ") && !steps.empty())
            steps.back().input += line.mid(2).toUtf8() + "\n";
        else if (!line.isEmpty() && !line.startsWith('#'))
            steps.push_back({line.at(0), line.mid(2), {}});
    }
    return steps;
}

/// Splits at blanks; quotes of either kind keep an argument together.
QStringList argumentsOf(const QString& text)
{
    QStringList out;
    QString current;
    QChar quote;
    bool open = false;
    for (const auto c : text) {
        if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else
                current += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            open = true;
        } else if (c == ' ') {
            if (open || !current.isEmpty())
                out << current;
            current.clear();
            open = false;
        } else {
            current += c;
        }
    }
    if (open || !current.isEmpty())
        out << current;
    return out;
}

/// What differs from one run to the next becomes a fixed word.
QString masked(QString text)
{
    static const std::vector<std::pair<QRegularExpression, QString>> rules = [] {
        const auto rule = [](const char* pattern, const char* word) {
            return std::pair(QRegularExpression(pattern, QRegularExpression::MultilineOption), QString(word));
        };
        return std::vector {
            rule("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
            rule("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z", "TIME"),
            rule("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}", "TIME"),
            rule("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+ [+-]\\d{4}", "TIME"),
            rule("Resource Version: +\\d+", "Resource Version: RV"),
            rule("resourceVersion: \"\\d+\"", "resourceVersion: RV"),
            rule("\\b(10|192)(\\.\\d{1,3}){3}\\b", "IP"),
            rule("https://127\\.0\\.0\\.1:\\d+", "SERVER"),
            rule("/tmp/[A-Za-z]+-\\d+/", "/tmp/LIVE/"),
            rule("\\b[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\\b", "HASH-RANDOM"),
            rule("pod-template-hash(:|=) ?\"?[a-z0-9]{8,10}\"?", "pod-template-hash\\1HASH"),
            rule("(controller-revision-hash(:|=) ?\"?)[a-z0-9-]+\"?", "\\1HASH"),
            rule("(currentRevision|updateRevision): .*", "\\1: HASH"),
            rule("-[bcdfghjklmnpqrstvwxz2456789]{8,10}\\b", "-HASH"),
            rule("-[bcdfghjklmnpqrstvwxz2456789]{5}\\b", "-RANDOM"),
            rule("\\b(sim-\\d+|gpu-\\d+|node-\\d+)\\b", "NODE"),
            rule("nodePort: \\d+", "nodePort: PORT"),
            rule(":3\\d{4}/", ":PORT/"),
            rule("\\b\\d+(d|h|m|s)(\\d+(h|m|s))?\\b", "AGE"),
            rule("<invalid>", "AGE"), // the embedded cluster's clock runs ahead here
            rule("^[IEW]\\d{4} [\\d:.]+ +\\d+ ", "LOG "),
            rule("[ \\t]+", " "),
            rule(" $", ""),
        };
    }();
    for (const auto& [pattern, word] : rules)
        text.replace(pattern, word);
    return text;
}

/// Causes come in the order of a Go map.
QString withSortedCauses(const QString& text)
{
    auto lines = text.split('\n');
    const auto isCause = [](const QString& line) { return line.startsWith("* "); };
    const auto from = std::find_if(lines.begin(), lines.end(), isCause);
    std::sort(from, std::find_if_not(from, lines.end(), isCause));
    return lines.join('\n');
}

struct Outcome
{
    QString text;
    int code = 0;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome run(const support::Kubectl& kubectl, const QString& nameSpace, const Step& step)
{
    Outcome outcome;
    outcome.text = withSortedCauses(masked(
        kubectl.run(QStringList {"--namespace=" + nameSpace} + argumentsOf(step.text), step.input, &outcome.code)));
    if (step.how == '~') { // generated names sort differently
        auto lines = outcome.text.split('\n');
        lines.sort();
        outcome.text = lines.join('\n');
    }
    if (step.how == '>')
        outcome.text = outcome.text.section('\n', -1);
    else if (step.how == '!')
        outcome.text.clear();
    return outcome;
}

/// The lines that only one of both has.
QString difference(const QString& real, const QString& embedded)
{
    auto ours = embedded.split('\n');
    QString out;
    for (const auto& line : real.split('\n')) {
        if (!ours.removeOne(line))
            out += "  real     | " + line + "\n";
    }
    for (const auto& line : ours)
        out += "  embedded | " + line + "\n";
    return out.isEmpty() ? "  the same lines in another order\n" : out;
}

QString explain(const Step& step, const Outcome& real, const Outcome& embedded)
{
    if (real == embedded)
        return {};
    auto out = QString("%1 %2\n").arg(step.how).arg(step.text);
    if (real.code != embedded.code)
        out += QString("  exit codes: real %1, embedded %2\n").arg(real.code).arg(embedded.code);
    if (real.text != embedded.text)
        out += difference(real.text, embedded.text);
    return out;
}

} // namespace

class TestKubectlPeer : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void speaksTheSame_data();
    void speaksTheSame();

private:
    /// On both servers at once.
    [[nodiscard]] std::pair<Outcome, Outcome> runBoth(const QString& nameSpace, const Step& step) const
    {
        auto real = std::async(std::launch::async, [&] { return run(m_real->kubectl(), nameSpace, step); });
        auto embedded = run(m_toEmbedded, nameSpace, step);
        return {real.get(), std::move(embedded)};
    }
    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<support::TestKubelet> m_kubelet;
    std::unique_ptr<core::embedded::Cluster> m_embedded;
    support::Kubectl m_toEmbedded;
    QTemporaryDir m_dir;
};

void TestKubectlPeer::initTestCase()
{
    QString whyNot;
    m_real = support::RealCluster::start(whyNot);
    if (!m_real)
        QSKIP(qPrintable(whyNot));
    m_kubelet = std::make_unique<support::TestKubelet>(m_real->transport());
    core::embedded::Cluster::Options options;
    options.folder = m_dir.filePath("embedded").toStdString();
    options.clock = std::make_shared<core::ScaledClock>(10);
    auto opened = core::embedded::Cluster::open(options);
    QVERIFY2(opened, opened ? "" : opened.error().text().c_str());
    m_embedded = std::move(*opened);
    QVERIFY(m_embedded->serve());
    m_toEmbedded = m_real->kubectl();
    m_toEmbedded.kubeconfig = QString::fromStdString(m_embedded->kubeconfigPath().string());
    m_toEmbedded.home = m_dir.path();
}

void TestKubectlPeer::speaksTheSame_data()
{
    QTest::addColumn<QString>("path");
    const QDir folder(TEST_DATA "/kubectl");
    for (const auto& name : folder.entryList({"*.script"}))
        QTest::newRow(qPrintable(name.section('.', 0, 0))) << folder.filePath(name);
}

void TestKubectlPeer::speaksTheSame()
{
    QFETCH(QString, path);
    const auto nameSpace = QString(QTest::currentDataTag());
    for (const auto& kubectl : {m_real->kubectl(), m_toEmbedded})
        QCOMPARE(kubectl.run({"create", "namespace", nameSpace}), "namespace/" + nameSpace + " created");
    QString differences;
    for (const auto& step : readScript(path)) {
        const QDeadlineTimer enough(step.how == '~' ? kControllersTake : 0ms);
        auto [real, embedded] = runBoth(nameSpace, step);
        while (real != embedded && !enough.hasExpired()) {
            QTest::qWait(300);
            std::tie(real, embedded) = runBoth(nameSpace, step);
        }
        differences += explain(step, real, embedded);
    }
    for (const auto& kubectl : {m_real->kubectl(), m_toEmbedded})
        (void)kubectl.run({"delete", "namespace", nameSpace, "--wait=false"});
    if (!differences.isEmpty())
        qWarning().noquote() << differences; // whole: a failure's own message is cut
    QVERIFY2(differences.isEmpty(), "kubectl's words differ, see above");
}

int main(int argc, char** argv)
{
    qputenv("QTEST_FUNCTION_TIMEOUT", "900000"); // all rows are one function; busy machines take their time
    const QCoreApplication application(argc, argv);
    TestKubectlPeer test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_kubectl_peer.moc"
