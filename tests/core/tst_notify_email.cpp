// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/cluster.h"
#include "core/manifest/yaml.h"
#include "core/notify/controller.h"
#include "core/notify/email.h"

#include <QTest>

#include <arpa/inet.h>
#include <boost/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

using namespace core;
using namespace core::notify;
using manifest::Value;

namespace {

Value yaml(const std::string& text)
{
    return manifest::parseYaml(text, "test").value().front().value;
}

/// A mail server on loopback that keeps what it gets; it may refuse the first mails.
class SmtpSink
{
public:
    struct Mail
    {
        std::string from;
        std::vector<std::string> to;
        std::string text;
    };

    explicit SmtpSink(int refusals = 0)
        : m_refusals(refusals)
        , m_socket(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(m_socket, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(m_socket, 8) != 0
            || ::getsockname(m_socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            qFatal("no socket");
        m_port = ntohs(address.sin_port);
        m_thread = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }
    ~SmtpSink()
    {
        m_thread.request_stop();
        m_thread.join();
        ::close(m_socket);
    }
    SmtpSink(const SmtpSink&) = delete;
    SmtpSink& operator=(const SmtpSink&) = delete;

    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] std::vector<Mail> mails() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_mails;
    }
    [[nodiscard]] int attempts() const { return m_attempts; }

private:
    void serve(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            pollfd waiting {m_socket, POLLIN, 0};
            if (::poll(&waiting, 1, 20) <= 0)
                continue;
            const int peer = ::accept(m_socket, nullptr, nullptr);
            if (peer < 0)
                continue;
            talk(peer, stop);
            ::close(peer);
        }
    }

    static void say(int peer, const std::string& line)
    {
        const auto text = line + "\r\n";
        (void)!::write(peer, text.data(), text.size());
    }

    void talk(int peer, const std::stop_token& stop)
    {
        say(peer, "220 sink");
        std::string input;
        Mail mail;
        bool inText = false;
        while (!stop.stop_requested()) {
            const auto end = input.find("\r\n");
            if (end == std::string::npos) {
                pollfd waiting {peer, POLLIN, 0};
                if (::poll(&waiting, 1, 20) <= 0)
                    continue;
                char buffer[4096];
                const auto length = ::read(peer, buffer, sizeof buffer);
                if (length <= 0)
                    return;
                input.append(buffer, static_cast<std::size_t>(length));
                continue;
            }
            const auto line = input.substr(0, end);
            input.erase(0, end + 2);
            if (inText) {
                if (line != ".") {
                    mail.text += line + "\n";
                    continue;
                }
                inText = false;
                const std::scoped_lock lock(m_mutex);
                m_mails.push_back(std::exchange(mail, {}));
                say(peer, "250 kept");
            } else if (line.starts_with("EHLO") || line.starts_with("HELO")) {
                say(peer, "250 sink");
            } else if (line.starts_with("MAIL FROM:")) {
                ++m_attempts;
                if (m_refusals > 0) {
                    --m_refusals;
                    say(peer, "451 come back later");
                    continue;
                }
                mail.from = line.substr(10);
                say(peer, "250 ok");
            } else if (line.starts_with("RCPT TO:")) {
                mail.to.push_back(line.substr(8));
                say(peer, "250 ok");
            } else if (line == "DATA") {
                inText = true;
                say(peer, "354 go on");
            } else if (line == "QUIT") {
                say(peer, "221 bye");
                return;
            } else {
                say(peer, "502 what?");
            }
        }
    }

    int m_refusals;
    int m_socket;
    int m_port = 0;
    std::atomic<int> m_attempts = 0;
    mutable std::mutex m_mutex;
    std::vector<Mail> m_mails;
    std::jthread m_thread;
};

Service emailService(int port, const std::string& more = "")
{
    return {"email", "email",
            yaml("{host: 127.0.0.1, port: " + std::to_string(port) + ", from: Pilot <pilot@example.com>" + more + "}")};
}

std::string bodyOf(const std::string& mail)
{
    std::string encoded;
    for (const char c : mail.substr(mail.find("\n\n") + 2)) {
        if (c != '\n')
            encoded += c;
    }
    return QByteArray::fromBase64(QByteArray::fromStdString(encoded)).toStdString();
}

} // namespace

class TestNotifyEmail : public QObject
{
    Q_OBJECT

private slots:
    void aMailArrives()
    {
        SmtpSink sink;
        const Message message {"fallback", yaml("{email: {subject: 'Gr\xc3\xbc\xc3\x9f', body: \"one\\n.\\ntwo\"}}")};
        const auto mail = mailFor(emailService(sink.port(), ", html: true"), "a@example.com, b@example.com", message);
        QVERIFY2(mail, mail ? "" : mail.error().text().c_str());
        const auto sent = sendMail(*mail, TimePoint(std::chrono::seconds(1'000'000'000)), {});
        QVERIFY2(sent, sent ? "" : sent.error().text().c_str());
        const auto mails = sink.mails();
        QCOMPARE(mails.size(), std::size_t {1});
        QCOMPARE(mails[0].from, std::string("<pilot@example.com>"));
        QCOMPARE(mails[0].to, (std::vector<std::string> {"<a@example.com>", "<b@example.com>"}));
        const auto& text = mails[0].text;
        for (const auto* line : {"From: Pilot <pilot@example.com>\n", "To: a@example.com, b@example.com\n",
                                 "Subject: =?UTF-8?B?R3LDvMOf?=\n", "Content-Type: text/html; charset=UTF-8\n",
                                 "Date: Sun, 09 Sep 2001 01:46:40 +0000\n"})
            QVERIFY2(text.find(line) != std::string::npos, (std::string(line) + " is not in " + text).c_str());
        QCOMPARE(bodyOf(text), std::string("one\n.\ntwo"));
    }

    void theMessageIsTheBodyWhereThereIsNone()
    {
        const auto mail = mailFor(emailService(25), "a@example.com", {"just this", yaml("{}")});
        QVERIFY(mail);
        QCOMPARE(mail->body, std::string("just this"));
        QVERIFY(!mail->html);
    }

    void nothingAddsAHeader()
    {
        const auto mail = mailFor(emailService(25), "a@example.com",
                                  {"x", yaml("{email: {subject: \"a\\r\\nBcc: evil@example.com\"}}")});
        QVERIFY(mail);
        const auto text = mailText(*mail, TimePoint());
        QVERIFY(text.find("\nBcc:") == std::string::npos);
        for (const auto* bad : {"a@example.com\r\nDATA", "<a@example.com>", "nobody", "@x", "a b@example.com"})
            QVERIFY2(!mailFor(emailService(25), bad, {"x", yaml("{}")}), bad);
    }

    void incompleteServicesAreNamed_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("words");
        QTest::newRow("host") << "{port: 25, from: a@b.c}"
                              << "has no host";
        QTest::newRow("port") << "{host: x, from: a@b.c}"
                              << "has no port";
        QTest::newRow("from") << "{host: x, port: 25}"
                              << "has no from";
        QTest::newRow("a port that is none") << "{host: x, port: 70000, from: a@b.c}"
                                             << "the port 70000";
        QTest::newRow("a host that is none") << "{host: 'x/y', port: 25, from: a@b.c}"
                                             << "the host 'x/y'";
    }
    void incompleteServicesAreNamed()
    {
        QFETCH(QString, options);
        QFETCH(QString, words);
        const auto mail = mailFor({"email", "email", yaml(options.toStdString())}, "a@b.c", {"x", yaml("{}")});
        QVERIFY(!mail);
        QVERIFY2(QString::fromStdString(mail.error().message).contains(words), mail.error().message.c_str());
    }

    void aRefusalIsAnError()
    {
        SmtpSink sink(1);
        const auto mail = mailFor(emailService(sink.port()), "a@example.com", {"x", yaml("{}")});
        const auto sent = sendMail(*mail, TimePoint(), {});
        QVERIFY(!sent);
        QVERIFY2(sent.error().message.find("451 come back later") != std::string::npos, sent.error().message.c_str());
        QVERIFY(sink.mails().empty());
    }

    /// A refused mail is tried again at the next pass; a delivered one never.
    void deliveryIsRepeatedUntilItWorksAndNotAfter()
    {
        SmtpSink sink(2);
        auto clock = std::make_shared<ManualClock>(TimePoint(std::chrono::seconds(1'800'000'000)));
        embedded::Cluster::Options options;
        options.clock = clock;
        options.simulate = false;
        auto cluster = embedded::Cluster::open(std::move(options));
        QVERIFY(cluster);
        auto client = std::make_shared<kube::Client>((*cluster)->transport());
        auto cache = std::make_shared<kube::Cache>(client);
        QVERIFY(client->create(yaml("{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}")));
        Value config =
            yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-notifications-cm, namespace: argocd}}");
        manifest::ensure(config, {"data", "service.email"}) = boost::json::string(
            "{host: 127.0.0.1, port: " + std::to_string(sink.port()) + ", from: pilot@example.com}");
        manifest::ensure(config, {"data", "trigger.t"}) = "[{when: app.status.sync.status == 'Synced', send: [m]}]";
        manifest::ensure(config, {"data", "template.m"}) = "message: '{{.app.metadata.name}} is in sync'";
        QVERIFY(client->create(config));
        QVERIFY(client->create(
            yaml("{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: web, namespace: "
                 "argocd, annotations: {notifications.argoproj.io/subscribe.t.email: a@example.com}}, "
                 "spec: {project: default, source: {repoURL: R, path: x}, destination: {}}, status: "
                 "{sync: {status: Synced}}}")));
        QVERIFY(cache->watchAll({}));
        NotificationController controller({client, cache, clock, {}});
        for (int pass = 0; pass < 6; ++pass) {
            controller.reconcileAll({});
            cache->flush();
        }
        QCOMPARE(sink.mails().size(), std::size_t {1});
        QCOMPARE(sink.attempts(), 3);
        QCOMPARE(bodyOf(sink.mails()[0].text), std::string("web is in sync"));
        // While it runs, a change of one application is enough for it, and what is wrong with another one stays told.
        const auto subscribe = [&](const std::string& name, const std::string& trigger) {
            return client->create(yaml("{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: " + name
                                       + ", namespace: argocd, annotations: {notifications.argoproj.io/subscribe."
                                       + trigger
                                       + ".email: b@example.com}}, spec: {project: default, source: "
                                         "{repoURL: R, path: x}, destination: {}}, status: {sync: {status: Synced}}}"));
        };
        QVERIFY(subscribe("lost", "nowhere"));
        cache->flush();
        {
            std::jthread thread([&](const std::stop_token& stop) { controller.run(stop); });
            QTRY_COMPARE(controller.problems().size(), std::size_t {1});
            QVERIFY(subscribe("next", "t"));
            QTRY_COMPARE(sink.mails().size(), std::size_t {2});
            QCOMPARE(bodyOf(sink.mails()[1].text), std::string("next is in sync"));
            QCOMPARE(controller.problems().size(), std::size_t {1});
            QCOMPARE(controller.problems()[0].key.name, std::string("lost"));
            const auto type = client->resolve("argoproj.io/v1alpha1", "Application");
            QVERIFY(type && client->remove(*type, "argocd", "lost"));
            QTRY_COMPARE(controller.problems().size(), std::size_t {0});
            thread.request_stop();
            clock->wakeAll();
        }
    }
};

QTEST_GUILESS_MAIN(TestNotifyEmail)
#include "tst_notify_email.moc"
