// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/application.h"

#include "ui/base/bidi.h"
#include "ui/base/custom_palette.h"
#include "ui/base/preferences.h"
#include "ui/base/style.h"
#include "ui/base/theme.h"
#include "ui/shell/desktop_scheme.h"

#include <QApplication>
#include <QIcon>
#include <QLibraryInfo>
#include <QLocale>
#include <QMetaEnum>
#include <QSettings>
#include <QTranslator>

// Outside of every namespace, as the macro asks.
static void initPilothouseResources()
{
    Q_INIT_RESOURCE(pilothouse);
}

namespace ui {

namespace {

QString s_language = QStringLiteral("en");
std::unique_ptr<QTranslator> s_translator;
std::unique_ptr<QTranslator> s_qtTranslator;

void install(const QString& language)
{
    // Installing sends LanguageChange to every widget, so the direction must be right before.
    s_language = language;
    QApplication::setLayoutDirection(language == QLatin1String("ar") ? Qt::RightToLeft : Qt::LeftToRight);
    auto own = std::make_unique<QTranslator>();
    if (own->load(QStringLiteral(":/translations/pilothouse_%1.qm").arg(language)))
        QCoreApplication::installTranslator(own.get());
    s_translator = std::move(own);
    auto theirs = std::make_unique<QTranslator>(); // Qt's own menus and dialogs
    if (theirs->load(QStringLiteral("qtbase_%1").arg(language), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(theirs.get());
    s_qtTranslator = std::move(theirs);
}

} // namespace

std::unique_ptr<QSettings> settings()
{
    return preferences();
}

void setLanguage(const QString& language)
{
    settings()->setValue(QStringLiteral("language"), language);
    install(language);
}

QString language()
{
    return s_language;
}

void setupApplication(QApplication& application)
{
    initPilothouseResources();
    QApplication::setApplicationName(QStringLiteral("Pilothouse"));
    QApplication::setDesktopFileName(QStringLiteral("io.pilothouse.Pilothouse"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/pilothouse.svg")));
    const bool dark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    QApplication::setStyle(new Style); // owned by the application
    const auto stored = settings();
    auto& theme = Theme::instance();
    restoreCustomPalettes();
    theme.setDesktopDark(dark);
    theme.setCompact(stored->value(QStringLiteral("compact"), false).toBool());
    theme.setReducedMotion(stored->value(QStringLiteral("reducedMotion"), false).toBool());
    theme.setMode(static_cast<Theme::Mode>(std::clamp(stored->value(QStringLiteral("theme"), 0).toInt(), 0,
                                                      static_cast<int>(Theme::Mode::ColourBlindDark))));
    setDigits(stored->value(QStringLiteral("digits"), 0).toInt() == 1 ? Digits::ArabicIndic : Digits::Western);
    followDesktopScheme(&application);
    const QString system =
        QLocale::system().language() == QLocale::Arabic ? QStringLiteral("ar") : QStringLiteral("en");
    install(stored->value(QStringLiteral("language"), system).toString() == QLatin1String("ar") ? QStringLiteral("ar")
                                                                                                : QStringLiteral("en"));
}

} // namespace ui
