// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/colours_dialog.h"

#include "core/base/paths.h"
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/style.h"

#include <QColorDialog>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kToken = Qt::UserRole;
enum Column { Name, Colour, Contrast };

QIcon swatch(const QColor& colour)
{
    QPixmap pixmap(16, 16);
    pixmap.fill(colour);
    return pixmap;
}

QString codeOf(const QColor& colour)
{
    return colour.name(colour.alpha() == 255 ? QColor::HexRgb : QColor::HexArgb);
}

} // namespace

ColoursDialog::ColoursDialog(QWidget* parent)
    : QDialog(parent)
    , m_names(new QComboBox(this))
    , m_colours(new QTreeWidget(this))
    , m_problem(new QLabel(this))
    , m_pick(new QPushButton(tr("Choose…"), this))
    , m_remove(new QPushButton(tr("Remove"), this))
    , m_export(new QPushButton(tr("Export…"), this))
{
    setObjectName(QStringLiteral("coloursDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Palettes of your own"));
    resize(560, 620);
    m_names->setObjectName(QStringLiteral("paletteNames"));
    m_names->setAccessibleName(tr("Palette"));
    m_colours->setObjectName(QStringLiteral("colours"));
    m_colours->setHeaderLabels({tr("Used for"), tr("Colour"), tr("Contrast")});
    m_colours->setRootIsDecorated(false);
    m_colours->setAllColumnsShowFocus(true);
    m_colours->setAccessibleName(tr("Colours"));
    m_colours->setColumnWidth(Name, 230);
    m_colours->setColumnWidth(Colour, 130);
    m_problem->setWordWrap(true);
    m_problem->hide();
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(m_names);
    rows->addWidget(m_colours, 1);
    rows->addWidget(m_problem);
    setupButtons();
    connect(m_names, &QComboBox::activated, this, [this] { choose(m_names->currentData().toString()); });
    connect(m_colours, &QTreeWidget::itemChanged, this, &ColoursDialog::onItemChanged);
    connect(m_colours, &QTreeWidget::itemDoubleClicked, this, &ColoursDialog::pickColour);
    choose(usedCustomPalette(Theme::instance().scheme()));
}

ColoursDialog::~ColoursDialog() = default;

void ColoursDialog::setupButtons()
{
    auto* create = new QPushButton(tr("New…"), this);
    auto* import = new QPushButton(tr("Import…"), this);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));
    for (auto* button : {create, m_pick, m_remove, import, m_export}) {
        button->setAutoDefault(false);
        buttons->addButton(button, QDialogButtonBox::ActionRole);
    }
    m_pick->setObjectName(QStringLiteral("pickColour"));
    layout()->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::accept);
    connect(create, &QPushButton::clicked, this, &ColoursDialog::askForName);
    connect(m_pick, &QPushButton::clicked, this, &ColoursDialog::pickColour);
    connect(m_remove, &QPushButton::clicked, this, &ColoursDialog::remove);
    const auto file = [this](const QString& title, QFileDialog::AcceptMode mode, auto done) {
        auto* dialog = new QFileDialog(this, title, QString(), QStringLiteral("JSON (*.json)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(mode);
        dialog->setDefaultSuffix(QStringLiteral("json"));
        connect(dialog, &QFileDialog::fileSelected, this, [this, done](const QString& path) { told(done(path)); });
        dialog->open();
    };
    connect(import, &QPushButton::clicked, this, [this, file] {
        file(tr("Import a palette"), QFileDialog::AcceptOpen, [this](const QString& path) { return importFrom(path); });
    });
    connect(m_export, &QPushButton::clicked, this, [this, file] {
        file(tr("Export the palette"), QFileDialog::AcceptSave, [this](const QString& path) { return exportTo(path); });
    });
}

void ColoursDialog::told(const core::Result<>& result)
{
    m_problem->setVisible(!result);
    if (!result)
        m_problem->setText(isolate(result.error().text()));
}

Scheme ColoursDialog::base() const
{
    return m_palette ? m_palette->base : Theme::instance().scheme();
}

QColor ColoursDialog::colourOf(Token token) const
{
    if (m_palette)
        if (const auto found = m_palette->colors.find(token); found != m_palette->colors.end())
            return found->second;
    return tokenColor(base(), token);
}

void ColoursDialog::fillNames(const QString& current)
{
    m_names->clear();
    m_names->addItem(tr("The colours of this program"), QString());
    for (const QString& name : customPaletteNames())
        m_names->addItem(isolate(name), name);
    m_names->setCurrentIndex(std::max(0, m_names->findData(current)));
}

void ColoursDialog::choose(const QString& name)
{
    m_palette.reset();
    if (!name.isEmpty()) {
        auto loaded = loadCustomPalette(name);
        told(loaded ? core::Result<>() : core::Result<>(tl::unexpected(loaded.error())));
        if (loaded)
            m_palette = std::move(*loaded);
    }
    useCustomPalette(base(), m_palette);
    fillNames(m_palette ? m_palette->name : QString());
    fillColours();
}

void ColoursDialog::create(const QString& name)
{
    CustomPalette made;
    made.name = name;
    made.base = Theme::instance().scheme();
    if (m_palette)
        made.colors = m_palette->colors;
    told(saveCustomPalette(made));
    choose(name);
}

void ColoursDialog::fillColours()
{
    m_filling = true;
    m_colours->clear();
    for (int i = 0; i < static_cast<int>(Token::Count); ++i) {
        const auto token = static_cast<Token>(i);
        const QColor colour = colourOf(token);
        auto* item = new QTreeWidgetItem(m_colours, {ltr(QString(tokenName(token))), codeOf(colour)});
        item->setData(Name, kToken, i);
        item->setIcon(Colour, swatch(colour));
        if (m_palette)
            item->setFlags(item->flags() | Qt::ItemIsEditable);
        if (const auto needed = neededContrast(token)) {
            const double ratio = contrastRatio(colour, colourOf(needed->first));
            const bool low = ratio < needed->second;
            item->setText(Contrast,
                          low ? tr("%1, at least %2 is readable").arg(number(ratio, 1), number(needed->second, 1))
                              : number(ratio, 1));
            item->setIcon(Contrast, low ? glyphIcon(Glyph::Degraded) : QIcon());
        }
    }
    m_colours->setCurrentItem(m_colours->topLevelItem(0));
    for (auto* button : {m_pick, m_remove, m_export})
        button->setEnabled(m_palette.has_value());
    m_filling = false;
}

void ColoursDialog::onItemChanged(QTreeWidgetItem* item)
{
    if (m_filling || !m_palette)
        return;
    const auto token = static_cast<Token>(item->data(Name, kToken).toInt());
    const QColor given(item->text(Colour).trimmed());
    setColour(token, given.isValid() ? given : colourOf(token)); // what is none is not taken
}

void ColoursDialog::setColour(Token token, const QColor& color)
{
    if (!m_palette)
        return;
    m_palette->colors.insert_or_assign(token, color);
    told(saveCustomPalette(*m_palette));
    useCustomPalette(m_palette->base, m_palette);
    fillColours();
    m_colours->setCurrentItem(m_colours->topLevelItem(static_cast<int>(token)));
}

void ColoursDialog::pickColour()
{
    const auto* item = m_colours->currentItem();
    if (item == nullptr || !m_palette)
        return;
    const auto token = static_cast<Token>(item->data(Name, kToken).toInt());
    auto* dialog = new QColorDialog(colourOf(token), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setOption(QColorDialog::ShowAlphaChannel, token == Token::Shadow);
    connect(dialog, &QColorDialog::colorSelected, this,
            [this, token](const QColor& color) { setColour(token, color); });
    dialog->open();
}

void ColoursDialog::askForName()
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("paletteName"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("New palette"));
    dialog->setLabelText(tr("Name of the palette, which begins with the colours that are shown now"));
    dialog->setOkButtonText(tr("Create"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (!name.trimmed().isEmpty())
            create(name.trimmed());
    });
    dialog->open();
}

void ColoursDialog::remove()
{
    if (m_palette)
        removeCustomPalette(m_palette->name);
    choose({});
}

core::Result<> ColoursDialog::importFrom(const QString& path)
{
    constexpr qint64 kLargest = 64 * 1024;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return core::fail(core::Error::Code::Io, file.errorString().toStdString(), path.toStdString());
    PH_TRY(const auto palette, paletteFromJson(file.read(kLargest)));
    PH_CHECK(saveCustomPalette(palette));
    choose(palette.name);
    return {};
}

core::Result<> ColoursDialog::exportTo(const QString& path) const
{
    if (!m_palette)
        return core::fail(core::Error::Code::NotFound, "no palette is chosen", path.toStdString());
    return core::paths::writeFileAtomically(path.toStdString(), toJson(*m_palette).toStdString());
}

} // namespace ui
