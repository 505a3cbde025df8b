// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/export.h"

#include "core/base/paths.h"
#include "ui/base/workbench.h"

#include <QBuffer>
#include <QFileDialog>
#include <QPdfWriter>
#include <QTextDocument>

namespace ui {

namespace {

QByteArray pdf(const QTextDocument& document)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setPageSize(QPageSize(QPageSize::A4));
        document.print(&writer);
    }
    return bytes;
}

} // namespace

void exportDocument(QWidget& parent, Workbench& workbench, const QString& title, const QString& fileName,
                    const QString& objectName, std::function<QString()> markdown)
{
    auto* dialog = new QFileDialog(&parent, title, fileName + QStringLiteral(".md"));
    dialog->setObjectName(objectName);
    dialog->setNameFilters(
        {QStringLiteral("Markdown (*.md)"), QStringLiteral("HTML (*.html)"), QStringLiteral("PDF (*.pdf)")});
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    QObject::connect(dialog, &QFileDialog::fileSelected, &parent,
                     [&workbench, title, markdown = std::move(markdown)](const QString& path) {
                         const QString text = markdown();
                         QByteArray bytes = text.toUtf8();
                         if (path.endsWith(QLatin1String(".html")) || path.endsWith(QLatin1String(".pdf"))) {
                             QTextDocument document;
                             document.setMarkdown(text);
                             bytes = path.endsWith(QLatin1String(".pdf")) ? pdf(document) : document.toHtml().toUtf8();
                         }
                         workbench.run(title, [path = path.toStdString(), text = bytes.toStdString()] {
                             return core::paths::writeFileAtomically(path, text);
                         });
                     });
    dialog->open();
}

} // namespace ui
