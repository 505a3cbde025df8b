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
            rule("kubectl-edit-\\d+", "kubectl-edit-RANDOM"), // may look like a hash
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
            rule("(\"resourceVersion\":\")\\d+", "\\1VERSION"),
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

/// A command on both servers that goes on beside others.
class Beside
{
public:
    Beside(const support::Kubectl& real, const support::Kubectl& embedded, const QString& nameSpace, Step step)
        : m_step(std::move(step))
    {
        const auto arguments = QStringList {"--namespace=" + nameSpace} + argumentsOf(m_step.text);
        real.start(m_real, arguments);
        embedded.start(m_embedded, arguments);
        const QDeadlineTimer enough(kControllersTake);
        while ((m_realText.isEmpty() || m_embeddedText.isEmpty()) && !enough.hasExpired())
            read();
    }
    /// Waits until both have said the same, and ends them.
    QString end()
    {
        const QDeadlineTimer enough(kControllersTake);
        read();
        while (m_realText != m_embeddedText && !enough.hasExpired())
            read();
        for (auto* process : {&m_real, &m_embedded}) {
            process->kill();
            process->waitForFinished(5'000);
        }
        const Outcome real {masked(QString::fromUtf8(m_realText).trimmed())};
        const Outcome embedded {masked(QString::fromUtf8(m_embeddedText).trimmed())};
        if (real == embedded)
            return {};
        return QString("& %1\n").arg(m_step.text) + difference(real.text, embedded.text);
    }

private:
    void read()
    {
        m_real.waitForReadyRead(100);
        m_embedded.waitForReadyRead(100);
        m_realText += m_real.readAll();
        m_embeddedText += m_embedded.readAll();
    }
    Step m_step;
    QProcess m_real, m_embedded;
    QByteArray m_realText, m_embeddedText;
};

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
    void followsLogs();

private:
    /// On both servers at once.
    [[nodiscard]] std::pair<Outcome, Outcome> runBoth(const QString& nameSpace, const Step& step) const
    {
        auto toReal = m_real->kubectl();
        auto toEmbedded = m_toEmbedded;
        toReal.more.insert(m_more);
        toEmbedded.more.insert(m_more);
        auto real = std::async(std::launch::async, [&] { return run(toReal, nameSpace, step); });
        auto embedded = run(toEmbedded, nameSpace, step);
        return {real.get(), std::move(embedded)};
    }
    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<support::TestKubelet> m_kubelet;
    std::unique_ptr<core::embedded::Cluster> m_embedded;
    support::Kubectl m_toEmbedded;
    QProcessEnvironment m_more; ///< of the commands of a script
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
    m_more = {};
    for (const auto& kubectl : {m_real->kubectl(), m_toEmbedded})
        QCOMPARE(kubectl.run({"create", "namespace", nameSpace}), "namespace/" + nameSpace + " created");
    QString differences;
    std::unique_ptr<Beside> beside;
    for (const auto& step : readScript(path)) {
        if (step.how == '%') {
            m_more.insert("KUBE_EDITOR", step.text);
            continue;
        }
        if (step.how == '&') {
            if (beside)
                differences += beside->end();
            beside = std::make_unique<Beside>(m_real->kubectl(), m_toEmbedded, nameSpace, step);
            continue;
        }
        const QDeadlineTimer enough(step.how == '~' ? kControllersTake : 0ms);
        auto [real, embedded] = runBoth(nameSpace, step);
        while (real != embedded && !enough.hasExpired()) {
            QTest::qWait(300);
            std::tie(real, embedded) = runBoth(nameSpace, step);
        }
        differences += explain(step, real, embedded);
    }
    if (beside)
        differences += beside->end();
    for (const auto& kubectl : {m_real->kubectl(), m_toEmbedded})
        (void)kubectl.run({"delete", "namespace", nameSpace, "--wait=false"});
    if (!differences.isEmpty())
        qWarning().noquote() << differences; // whole: a failure's own message is cut
    QVERIFY2(differences.isEmpty(), "kubectl's words differ, see above");
}

/// The real server here has no kubelet that could hold logs.
void TestKubectlPeer::followsLogs()
{
    const QByteArray pod = "{apiVersion: v1, kind: Pod, metadata: {name: talker},"
                           " spec: {containers: [{name: c, image: 'talker:1'}]}}";
    QCOMPARE(m_toEmbedded.run({"apply", "-f", "-"}, pod), "pod/talker created");
    (void)m_toEmbedded.run({"wait", "--for=condition=Ready", "pod/talker", "--timeout=30s"});
    QProcess follower;
    m_toEmbedded.start(follower, {"logs", "-f", "talker"});
    QByteArray text;
    const auto lines = [&] {
        follower.waitForReadyRead(50);
        text += follower.readAll();
        return text.count('\n');
    };
    QTRY_VERIFY_WITH_TIMEOUT(lines() >= 4, 20'000); // ten seconds of the cluster's apart
    QVERIFY2(text.contains("INFO starting c on 0.0.0.0:8080"), text.constData());
    QCOMPARE(m_toEmbedded.run({"logs", "talker", "--tail=1"}).count('\n'), 0);
    (void)m_toEmbedded.run({"delete", "pod", "talker", "--now"});
    QVERIFY(follower.waitForFinished(20'000)); // the log ends with its pod
    QCOMPARE(follower.exitCode(), 0);
    QVERIFY(m_toEmbedded.run({"logs", "talker"})
                .startsWith("error: error from server (NotFound): pods \"talker\" not "
                            "found"));
}

int main(int argc, char** argv)
{
    qputenv("QTEST_FUNCTION_TIMEOUT", "900000"); // all rows are one function; busy machines take their time
    const QCoreApplication application(argc, argv);
    TestKubectlPeer test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_kubectl_peer.moc"
