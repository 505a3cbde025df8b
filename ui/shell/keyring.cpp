// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/keyring.h"

#include <qt6keychain/keychain.h>

namespace ui {

namespace {

const QString& service()
{
    static const QString kService = QStringLiteral("Pilothouse");
    return kService;
}

core::Error problemOf(const QKeychain::Job& job)
{
    return {core::Error::Code::Unavailable,
            "the desktop's keyring does not answer: " + job.errorString().toStdString(),
            job.key().toStdString(),
            "unlock it, or start one (gnome-keyring, KWallet)",
            0,
            0};
}

void start(QKeychain::Job* job, const std::string& key, std::function<void()> finished)
{
    job->setKey(QString::fromStdString(key));
    job->setInsecureFallback(false);
    QObject::connect(job, &QKeychain::Job::finished, job, std::move(finished));
    job->start(); // it deletes itself
}

void startWriting(QKeychain::Job* job, const std::string& key, core::engine::CredentialStore::Written done)
{
    start(job, key, [job, done = std::move(done)] {
        const bool well = job->error() == QKeychain::NoError || job->error() == QKeychain::EntryNotFound;
        done(well ? core::Result<>() : core::fail(problemOf(*job)));
    });
}

} // namespace

void Keyring::read(const std::string& key, Read done)
{
    auto* job = new QKeychain::ReadPasswordJob(service());
    start(job, key, [job, done = std::move(done)] {
        if (job->error() == QKeychain::NoError)
            done(job->textData().toStdString());
        else if (job->error() == QKeychain::EntryNotFound)
            done(std::nullopt);
        else
            done(core::fail(problemOf(*job)));
    });
}

void Keyring::write(const std::string& key, const std::string& secret, Written done)
{
    auto* job = new QKeychain::WritePasswordJob(service());
    job->setTextData(QString::fromStdString(secret));
    startWriting(job, key, std::move(done));
}

void Keyring::remove(const std::string& key, Written done)
{
    startWriting(new QKeychain::DeletePasswordJob(service()), key, std::move(done));
}

} // namespace ui
