// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// On a screen of twice the density things are as large as on any other, and sharper.
#include "ui/base/icons.h"
#include "ui/base/theme.h"
#include "ui/shell/application.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest>

namespace {

/// The first columns with something drawn in them, up to a gap of three points.
std::pair<int, int> firstInk(const QImage& image, int gap)
{
    const QRgb ground = image.pixel(8, image.height() / 2);
    std::pair<int, int> found {-1, -1};
    for (int x = 8; x < image.width() - 8; ++x) {
        bool ink = false;
        for (int y = image.height() / 4; y < image.height() * 3 / 4 && !ink; ++y)
            ink = image.pixel(x, y) != ground;
        if (ink)
            found = {found.first < 0 ? x : found.first, x};
        else if (found.first >= 0 && x - found.second > gap)
            break;
    }
    return found;
}

} // namespace

class TestScale : public QObject
{
    Q_OBJECT

private slots:
    void iconsOfToolsKeepTheirSize()
    {
        QToolButton button;
        button.setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button.setIcon(ui::icon(QLatin1String("abort"), ui::Token::Bad));
        button.setText(QStringLiteral("Abort"));
        button.setAutoRaise(true);
        button.resize(button.sizeHint());
        button.show();
        QVERIFY(QTest::qWaitForWindowExposed(&button));
        QCOMPARE(button.devicePixelRatioF(), 2.0);
        const QImage image = button.grab().toImage();
        const auto [from, to] = firstInk(image, 3);
        QVERIFY(from > 0);
        const int wide = (to - from + 1) / 2;
        QVERIFY2(wide >= 8 && wide <= 16, qPrintable(QString::number(wide)));
    }
};

int main(int argc, char** argv)
{
    const QTemporaryDir home;
    qputenv("PILOTHOUSE_HOME", home.path().toUtf8());
    qputenv("QT_SCALE_FACTOR", "2");
    QApplication application(argc, argv);
    ui::setupApplication(application);
    TestScale test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_scale.moc"
