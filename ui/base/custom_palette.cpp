// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/custom_palette.h"

#include "core/base/paths.h"
#include "ui/base/bidi.h"
#include "ui/base/preferences.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>

#include <array>
#include <cmath>

namespace ui {

namespace {

constexpr auto kTokens = static_cast<std::size_t>(Token::Count);
constexpr std::array<const char*, kTokens> kTokenNames {"Bg",
                                                        "Surface",
                                                        "Raised",
                                                        "Line",
                                                        "Text",
                                                        "Muted",
                                                        "Accent",
                                                        "OnAccent",
                                                        "Selection",
                                                        "Hover",
                                                        "Ok",
                                                        "Warn",
                                                        "Bad",
                                                        "Progress",
                                                        "Suspended",
                                                        "Unknown",
                                                        "OkTint",
                                                        "WarnTint",
                                                        "BadTint",
                                                        "ProgressTint",
                                                        "SuspendedTint",
                                                        "UnknownTint",
                                                        "DiffAddLine",
                                                        "DiffAddWord",
                                                        "DiffDelLine",
                                                        "DiffDelWord",
                                                        "SeriesStable",
                                                        "SeriesCanary",
                                                        "SeriesBaseline",
                                                        "Series4",
                                                        "Series5",
                                                        "Series6",
                                                        "SyntaxKey",
                                                        "SyntaxString",
                                                        "SyntaxNumber",
                                                        "SyntaxComment",
                                                        "Shadow"};
constexpr std::array<const char*, static_cast<std::size_t>(Scheme::Count)> kSchemeNames {
    "light", "dark", "high-contrast-light", "high-contrast-dark", "colour-blind-light", "colour-blind-dark"};

std::filesystem::path folder()
{
    return core::paths::config() / "palettes";
}

/// Names may hold anything: a file is called by what they are in hexadecimal.
std::filesystem::path fileOf(const QString& name)
{
    return folder() / (name.toUtf8().toHex().toStdString() + ".json");
}

QString settingOf(Scheme base)
{
    return QStringLiteral("palettes/") + schemeName(base);
}

double luminance(const QColor& color)
{
    const auto linear = [](double part) {
        return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

} // namespace

QLatin1String tokenName(Token token)
{
    return QLatin1String(kTokenNames.at(static_cast<std::size_t>(token)));
}

QLatin1String schemeName(Scheme scheme)
{
    return QLatin1String(kSchemeNames.at(static_cast<std::size_t>(scheme)));
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double one = luminance(a);
    const double other = luminance(b);
    return (std::max(one, other) + 0.05) / (std::min(one, other) + 0.05);
}

std::optional<std::pair<Token, double>> neededContrast(Token token)
{
    constexpr double kText = 4.5;
    switch (token) {
    case Token::Text:
    case Token::Muted:
    case Token::Accent:
    case Token::Ok:
    case Token::Warn:
    case Token::Bad:
    case Token::Progress:
    case Token::Suspended:
    case Token::Unknown:
    case Token::SyntaxKey:
    case Token::SyntaxString:
    case Token::SyntaxNumber:
    case Token::SyntaxComment:
        return std::pair {Token::Surface, kText};
    case Token::OnAccent:
        return std::pair {Token::Accent, kText};
    case Token::Selection:
    case Token::Hover:
    case Token::DiffAddLine:
    case Token::DiffAddWord:
    case Token::DiffDelLine:
    case Token::DiffDelWord:
        return std::pair {Token::Text, kText};
    default:
        return std::nullopt;
    }
}

QByteArray toJson(const CustomPalette& palette)
{
    QJsonObject colors;
    for (const auto& [token, color] : palette.colors)
        colors.insert(tokenName(token), color.name(color.alpha() == 255 ? QColor::HexRgb : QColor::HexArgb));
    return QJsonDocument(QJsonObject {{QStringLiteral("name"), palette.name},
                                      {QStringLiteral("base"), QString(schemeName(palette.base))},
                                      {QStringLiteral("colors"), colors}})
        .toJson();
}

core::Result<CustomPalette> paletteFromJson(const QByteArray& json)
{
    const auto wrong = [](const QString& why) {
        return core::fail(core::Error::Code::InvalidInput, why.toStdString(), {},
                          "a palette has a name, a base and colors, as an exported one");
    };
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(json, &error).object();
    if (error.error != QJsonParseError::NoError)
        return wrong(QStringLiteral("this is not JSON: ") + error.errorString());
    CustomPalette palette;
    palette.name = object.value(QLatin1String("name")).toString().trimmed();
    if (palette.name.isEmpty())
        return wrong(QStringLiteral("the palette has no name"));
    const QString base = object.value(QLatin1String("base")).toString();
    int scheme = 0;
    while (scheme < static_cast<int>(Scheme::Count) && base != schemeName(static_cast<Scheme>(scheme)))
        ++scheme;
    if (scheme == static_cast<int>(Scheme::Count))
        return wrong(QStringLiteral("there is no base \"%1\"").arg(base));
    palette.base = static_cast<Scheme>(scheme);
    const QJsonObject colors = object.value(QLatin1String("colors")).toObject();
    for (auto entry = colors.begin(); entry != colors.end(); ++entry) {
        int token = 0;
        while (token < static_cast<int>(Token::Count) && entry.key() != tokenName(static_cast<Token>(token)))
            ++token;
        const QColor color(entry.value().toString());
        if (token == static_cast<int>(Token::Count) || !color.isValid())
            return wrong(
                QStringLiteral("\"%1: %2\" is no colour of a palette").arg(entry.key(), entry.value().toString()));
        palette.colors.insert_or_assign(static_cast<Token>(token), color);
    }
    return palette;
}

QStringList customPaletteNames()
{
    QStringList names;
    for (const QString& file : QDir(qs(folder().string())).entryList({QStringLiteral("*.json")}, QDir::Files))
        names.append(QString::fromUtf8(QByteArray::fromHex(file.chopped(5).toLatin1())));
    names.sort(Qt::CaseInsensitive);
    return names;
}

core::Result<CustomPalette> loadCustomPalette(const QString& name)
{
    constexpr std::size_t kLargest = 64 * 1024;
    PH_TRY(const auto text, core::paths::readFile(fileOf(name), kLargest));
    return paletteFromJson(QByteArray::fromStdString(text));
}

core::Result<> saveCustomPalette(const CustomPalette& palette)
{
    return core::paths::writeFileAtomically(fileOf(palette.name), toJson(palette).toStdString());
}

void removeCustomPalette(const QString& name)
{
    std::error_code ignored;
    std::filesystem::remove(fileOf(name), ignored);
    for (int i = 0; i < static_cast<int>(Scheme::Count); ++i)
        if (usedCustomPalette(static_cast<Scheme>(i)) == name)
            useCustomPalette(static_cast<Scheme>(i), std::nullopt);
}

void useCustomPalette(Scheme base, const std::optional<CustomPalette>& palette)
{
    if (palette)
        preferences()->setValue(settingOf(base), palette->name);
    else
        preferences()->remove(settingOf(base));
    setTokenColors(base, palette ? palette->colors : std::map<Token, QColor> {});
}

QString usedCustomPalette(Scheme base)
{
    return preferences()->value(settingOf(base)).toString();
}

void restoreCustomPalettes()
{
    for (int i = 0; i < static_cast<int>(Scheme::Count); ++i) {
        const auto base = static_cast<Scheme>(i);
        const QString name = usedCustomPalette(base);
        const auto palette = name.isEmpty() ? core::Result<CustomPalette>() : loadCustomPalette(name);
        setTokenColors(base, !name.isEmpty() && palette ? palette->colors : std::map<Token, QColor> {});
    }
}

} // namespace ui
