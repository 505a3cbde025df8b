// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/git_https_server.h"

#include "core/base/strings.h"
#include "support/tls_server.h"

#include <QFileInfo>
#include <QProcess>

#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>

namespace support {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr std::size_t kMostBody = std::size_t {64} << 20;

QString backend()
{
    QProcess git;
    git.start(QStringLiteral("git"), {QStringLiteral("--exec-path")});
    git.waitForFinished();
    return QString::fromUtf8(git.readAllStandardOutput()).trimmed() + QStringLiteral("/git-http-backend");
}

bool mayEnter(std::string_view authorization)
{
    return authorization == "Basic " + core::base64Encode("reader:secret") || authorization == "Bearer token";
}

} // namespace

struct GitHttpsServer::Private
{
    explicit Private(std::filesystem::path given)
        : folder(std::move(given))
    {
    }

    std::filesystem::path folder;
    QString program = backend();
    std::atomic<int> served = 0;
    TlsServer server {[this](TlsServer::Stream& stream) { serve(stream); }}; // last: its threads use the others

    void serve(TlsServer::Stream& stream)
    {
        beast::flat_buffer buffer;
        for (boost::system::error_code error; !error;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(kMostBody);
            http::read(stream, buffer, parser, error);
            if (error)
                break;
            auto out = answer(parser.get());
            out.prepare_payload();
            http::write(stream, out, error);
        }
    }

    http::response<http::string_body> answer(const http::request<http::string_body>& in)
    {
        http::response<http::string_body> out(http::status::ok, 11);
        const auto authorization = in[http::field::authorization];
        if (!mayEnter({authorization.data(), authorization.size()})) {
            out.result(http::status::unauthorized);
            out.set(http::field::www_authenticate, "Basic realm=\"git\"");
            return out;
        }
        ++served;
        const QByteArray target(in.target().data(), static_cast<qsizetype>(in.target().size()));
        const auto question = target.indexOf('?');
        auto environment = QProcessEnvironment::systemEnvironment();
        const auto set = [&](const char* name, const QByteArray& value) {
            environment.insert(QLatin1String(name), QString::fromUtf8(value));
        };
        set("GIT_PROJECT_ROOT", QByteArray::fromStdString(folder.string()));
        set("GIT_HTTP_EXPORT_ALL", "1");
        set("GIT_CONFIG_COUNT", "1"); // the folder may belong to somebody else than the tests
        set("GIT_CONFIG_KEY_0", "safe.directory");
        set("GIT_CONFIG_VALUE_0", "*");
        set("REMOTE_USER", "reader");
        set("REQUEST_METHOD", QByteArray::fromStdString(std::string(in.method_string())));
        set("PATH_INFO", question < 0 ? target : target.left(question));
        set("QUERY_STRING", question < 0 ? QByteArray() : target.mid(question + 1));
        set("CONTENT_TYPE", QByteArray::fromStdString(std::string(in[http::field::content_type])));
        set("CONTENT_LENGTH", QByteArray::number(static_cast<qlonglong>(in.body().size())));
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(program, QStringList {});
        process.write(in.body().data(), static_cast<qint64>(in.body().size()));
        process.closeWriteChannel();
        process.waitForFinished();
        return fromCgi(process.readAllStandardOutput());
    }

    static http::response<http::string_body> fromCgi(const QByteArray& output)
    {
        http::response<http::string_body> out(http::status::ok, 11);
        const auto end = output.indexOf("\r\n\r\n");
        for (const auto& line : output.left(std::max<qsizetype>(end, 0)).split('\n')) {
            const auto colon = line.indexOf(':');
            const auto value = line.mid(colon + 1).trimmed().toStdString();
            if (line.startsWith("Status:"))
                out.result(static_cast<unsigned>(std::stoul(value)));
            else if (colon > 0)
                out.set(line.left(colon).toStdString(), value);
        }
        out.body() = output.mid(end < 0 ? 0 : end + 4).toStdString();
        return out;
    }
};

GitHttpsServer::GitHttpsServer(std::filesystem::path folder)
    : m_d(std::make_shared<Private>(std::move(folder)))
{
}

GitHttpsServer::~GitHttpsServer() = default;

bool GitHttpsServer::available()
{
    return QFileInfo(backend()).isExecutable();
}

std::string GitHttpsServer::url(const std::string& repository) const
{
    return "https://127.0.0.1:" + std::to_string(m_d->server.port()) + "/" + repository;
}

std::string GitHttpsServer::authority() const
{
    return m_d->server.authority();
}

int GitHttpsServer::requests() const
{
    return m_d->served;
}

} // namespace support
