// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "elb_server.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrlQuery>

#include <fmt/format.h>

namespace test {

namespace {

constexpr int kPage = 2; ///< load balancers in a page
constexpr int kMostTags = 20; ///< resources that DescribeTags takes

std::string arn(const std::string& kind, const std::string& name)
{
    return fmt::format("arn:aws:elasticloadbalancing:eu-central-1:123456789012:{}/{}", kind, name);
}

std::string element(const std::string& name, const std::string& text)
{
    return fmt::format("<{0}>{1}</{0}>", name, text);
}

QByteArray hmac(const QByteArray& key, const QByteArray& message)
{
    return QMessageAuthenticationCode::hash(message, key, QCryptographicHash::Sha256);
}

QByteArray sha256(const QByteArray& text)
{
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
}

} // namespace

ElbServer::ElbServer()
{
    start();
    while (m_port == 0)
        msleep(1);
}

ElbServer::~ElbServer()
{
    quit();
    wait();
}

std::string ElbServer::address() const
{
    return fmt::format("http://127.0.0.1:{}", m_port.load());
}

std::function<std::string(const char*)> ElbServer::environment() const
{
    return [address = address()](const char* name) -> std::string {
        const std::string_view wanted = name;
        return wanted == "AWS_REGION"           ? "eu-central-1"
            : wanted == "AWS_ACCESS_KEY_ID"     ? kKeyId
            : wanted == "AWS_SECRET_ACCESS_KEY" ? kSecret
            : wanted == "AWS_ENDPOINT_URL"      ? address
                                                : "";
    };
}

void ElbServer::setGroups(const std::string& dnsName, std::vector<Group> groups)
{
    const std::scoped_lock lock(m_mutex);
    for (auto& [name, known] : m_balancers)
        if (name == dnsName) {
            known = std::move(groups);
            return;
        }
    m_balancers.emplace_back(dnsName, std::move(groups));
}

void ElbServer::setAnswer(int status, const std::string& body)
{
    const std::scoped_lock lock(m_mutex);
    m_status = status;
    m_body = body;
}

QStringList ElbServer::actions() const
{
    const std::scoped_lock lock(m_mutex);
    return m_actions;
}

void ElbServer::run()
{
    QTcpServer server;
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        while (auto* socket = server.nextPendingConnection())
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, asked = QByteArray()]() mutable {
                asked += socket->readAll();
                const auto head = asked.indexOf("\r\n\r\n");
                if (head < 0)
                    return;
                Request request;
                auto lines = asked.left(head).split('\n');
                const auto first = lines.takeFirst().trimmed().split(' ');
                request.method = first.value(0);
                request.path = first.value(1);
                for (const auto& line : lines)
                    request.headers[line.left(line.indexOf(':')).toLower()] = line.mid(line.indexOf(':') + 1).trimmed();
                request.body = asked.mid(head + 4);
                if (request.body.size() < request.headers.value("content-length").toInt())
                    return;
                asked.clear();
                const auto [status, body] = answer(request);
                socket->write(QByteArray::fromStdString(
                    fmt::format("HTTP/1.1 {} Answer\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: "
                                "{}\r\n\r\n{}",
                                status, body.size(), body)));
                socket->disconnectFromHost();
            });
    });
    server.listen(QHostAddress::LocalHost);
    m_port = server.serverPort();
    exec();
}

/// Signature Version 4, from its description: computed anew from what came over the wire.
bool ElbServer::isSigned(const Request& request)
{
    const auto given = request.headers.value("authorization");
    const auto part = [&](const char* name) {
        const auto begin = given.indexOf(name) + static_cast<qsizetype>(qstrlen(name));
        const auto end = given.indexOf(',', begin);
        return given.mid(begin, end < 0 ? -1 : end - begin);
    };
    const auto credential = part("Credential=").split('/');
    if (!given.startsWith("AWS4-HMAC-SHA256 ") || credential.size() != 5 || credential[0] != kKeyId
        || credential[3] != "elasticloadbalancing")
        return false;
    const auto signedNames = part("SignedHeaders=");
    QByteArray canonical = request.method + "\n" + request.path + "\n\n";
    for (const auto& name : signedNames.split(';'))
        canonical += name + ":" + request.headers.value(name) + "\n";
    canonical += "\n" + signedNames + "\n" + sha256(request.body);
    const auto scope = credential.mid(1).join('/');
    const auto toSign =
        "AWS4-HMAC-SHA256\n" + request.headers.value("x-amz-date") + "\n" + scope + "\n" + sha256(canonical);
    QByteArray key = QByteArray("AWS4") + kSecret;
    for (const auto& piece : credential.mid(1))
        key = hmac(key, piece);
    return part("Signature=") == hmac(key, toSign).toHex();
}

std::pair<int, std::string> ElbServer::answer(const Request& request)
{
    const std::scoped_lock lock(m_mutex);
    QMap<QString, QString> form;
    for (const auto& [name, value] : QUrlQuery(QString::fromUtf8(request.body)).queryItems(QUrl::FullyDecoded))
        form[name] = value;
    const auto action = form.value("Action");
    m_actions << action;
    const auto refusal = [](const std::string& code) {
        return std::pair {403,
                          "<ErrorResponse xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\"><Error>"
                              + element("Type", "Sender") + element("Code", code)
                              + element("Message", "The request is refused.") + "</Error></ErrorResponse>"};
    };
    if (m_status != 0)
        return {m_status, m_body};
    if (!isSigned(request))
        return refusal("SignatureDoesNotMatch");
    if (form.value("Version") != "2015-12-01")
        return refusal("NoSuchVersion");
    std::string next;
    auto result = members(action, form, next);
    if (!next.empty())
        result += element("NextMarker", next);
    const auto name = action.toStdString();
    return {200,
            fmt::format("<{0}Response xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\">"
                        "<{0}Result>{1}</{0}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
                        "</{0}Response>",
                        name, result)};
}

std::string ElbServer::members(const QString& action, const QMap<QString, QString>& form, std::string& nextMarker) const
{
    const auto balancerAt = [&](const char* parameter, const char* kind) -> const std::vector<Group>* {
        for (const auto& [name, groups] : m_balancers)
            if (form.value(parameter).toStdString() == arn(kind, "app/" + name + "/1"))
                return &groups;
        return nullptr;
    };
    std::string out;
    if (action == "DescribeLoadBalancers") {
        const auto begin = static_cast<std::size_t>(form.value("Marker").toInt());
        const auto end = std::min(begin + kPage, m_balancers.size());
        for (auto i = begin; i < end; ++i) {
            const auto& name = m_balancers[i].first;
            out += element("member",
                           element("LoadBalancerArn", arn("loadbalancer", "app/" + name + "/1")) + "\n"
                               + element("DNSName", name) + element("LoadBalancerName", "lb-" + name));
        }
        if (end < m_balancers.size())
            nextMarker = std::to_string(end);
        return element("LoadBalancers", out);
    }
    if (action == "DescribeTargetGroups") {
        if (const auto* groups = balancerAt("LoadBalancerArn", "loadbalancer"))
            for (const auto& group : *groups)
                out += element("member",
                               element("TargetGroupArn", arn("targetgroup", group.name + "/1"))
                                   + element("TargetGroupName", group.name));
        return element("TargetGroups", out);
    }
    if (action == "DescribeTags") {
        if (form.contains(QStringLiteral("ResourceArns.member.%1").arg(kMostTags + 1)))
            return {};
        for (const auto& [name, groups] : m_balancers)
            for (const auto& group : groups)
                if (form.values().contains(QString::fromStdString(arn("targetgroup", group.name + "/1"))))
                    out +=
                        element("member",
                                element("ResourceArn", arn("targetgroup", group.name + "/1"))
                                    + element("Tags",
                                              element("member", element("Key", "owner") + element("Value", "a&amp;b"))
                                                  + element("member",
                                                            element("Key", "ingress.k8s.aws/resource")
                                                                + element("Value", group.resource))));
        return element("TagDescriptions", out);
    }
    if (action == "DescribeListeners") {
        const auto listener = form.value("LoadBalancerArn").replace(":loadbalancer/", ":listener/").toStdString();
        return element("Listeners", element("member", element("ListenerArn", listener)));
    }
    if (const auto* groups = balancerAt("ListenerArn", "listener"))
        for (const auto& group : *groups)
            if (group.weight >= 0)
                out += element("member",
                               element("TargetGroupArn", arn("targetgroup", group.name + "/1"))
                                   + element("Weight", std::to_string(group.weight)));
    const auto forward = element("Type", "forward") + element("ForwardConfig", element("TargetGroups", out));
    return element("Rules",
                   element("member", element("Actions", element("member", forward)))
                       + element("member", element("Actions", element("member", element("Type", "fixed-response")))));
}

} // namespace test
