// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/git_https_server.h"

#include "core/base/strings.h"
#include "core/embedded/credentials.h"

#include <QFileInfo>
#include <QProcess>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <list>
#include <mutex>
#include <thread>

namespace support {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

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
    std::filesystem::path folder;
    QString program = backend();
    core::embedded::Credentials credentials = core::embedded::generateCredentials().value();
    asio::ssl::context tls {asio::ssl::context::tls_server};
    asio::io_context io;
    tcp::acceptor acceptor {io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
    std::mutex mutex;
    bool stopped = false;
    std::atomic<int> served = 0;
    std::list<asio::ssl::stream<tcp::socket>> streams;
    std::list<std::jthread> threads;
    std::jthread accepting;

    void accept()
    {
        for (;;) {
            boost::system::error_code error;
            tcp::socket socket(io);
            acceptor.accept(socket, error);
            const std::scoped_lock lock(mutex);
            if (error || stopped)
                return;
            auto& kept = streams.emplace_back(std::move(socket), tls);
            threads.emplace_back([this, &kept] { serve(kept); });
        }
    }

    void serve(asio::ssl::stream<tcp::socket>& stream)
    {
        boost::system::error_code error;
        stream.handshake(asio::ssl::stream_base::server, error);
        beast::flat_buffer buffer;
        while (!error) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(kMostBody);
            http::read(stream, buffer, parser, error);
            if (error)
                break;
            auto out = answer(parser.get());
            out.prepare_payload();
            http::write(stream, out, error);
        }
        stream.lowest_layer().shutdown(tcp::socket::shutdown_both, error);
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
    : m_d(std::make_shared<Private>())
{
    m_d->folder = std::move(folder);
    m_d->tls.use_certificate_chain(asio::buffer(m_d->credentials.certificate));
    m_d->tls.use_private_key(asio::buffer(m_d->credentials.key), asio::ssl::context::pem);
    m_d->accepting = std::jthread([d = m_d.get()] { d->accept(); });
}

GitHttpsServer::~GitHttpsServer()
{
    boost::system::error_code error;
    {
        const std::scoped_lock lock(m_d->mutex);
        m_d->stopped = true;
        for (auto& stream : m_d->streams)
            stream.lowest_layer().shutdown(tcp::socket::shutdown_both, error);
    }
    tcp::socket knock(m_d->io); // accept() is in a system call
    knock.connect(m_d->acceptor.local_endpoint(), error);
    m_d->accepting.join();
    m_d->threads.clear();
}

bool GitHttpsServer::available()
{
    return QFileInfo(backend()).isExecutable();
}

std::string GitHttpsServer::url(const std::string& repository) const
{
    return "https://127.0.0.1:" + std::to_string(m_d->acceptor.local_endpoint().port()) + "/" + repository;
}

std::string GitHttpsServer::authority() const
{
    return m_d->credentials.authority;
}

int GitHttpsServer::requests() const
{
    return m_d->served;
}

} // namespace support
