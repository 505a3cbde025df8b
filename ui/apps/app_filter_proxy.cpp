// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_filter_proxy.h"

#include "ui/apps/app_list_model.h"
#include "ui/base/bidi.h"
#include "ui/base/words.h"

namespace ui {

namespace eng = core::engine;

namespace {

QString folded(QString text)
{
    text = text.toCaseFolded();
    text.remove(QLatin1Char(' '));
    return text;
}

const char* english(eng::Health health)
{
    switch (health) {
    case eng::Health::Healthy:
        return "healthy";
    case eng::Health::Progressing:
        return "progressing";
    case eng::Health::Degraded:
        return "degraded";
    case eng::Health::Suspended:
        return "suspended";
    case eng::Health::Missing:
        return "missing";
    case eng::Health::Unknown:
        break;
    }
    return "unknown";
}

const char* english(eng::SyncState sync)
{
    return sync == eng::SyncState::Synced ? "synced" : sync == eng::SyncState::OutOfSync ? "outofsync" : "unknown";
}

bool contains(std::string_view text, const QString& word)
{
    return qs(text).contains(word, Qt::CaseInsensitive);
}

/// One word of a query against one application.
bool wordMatches(const eng::Application& app, const QString& word)
{
    const auto colon = word.indexOf(QLatin1Char(':'));
    const QString key = colon > 0 ? word.left(colon) : QString();
    const QString value = word.mid(colon + 1);
    if (key == QLatin1String("health"))
        return folded(value) == QLatin1String(english(app.health)) || folded(value) == folded(healthText(app.health));
    if (key == QLatin1String("sync"))
        return folded(value) == QLatin1String(english(app.sync)) || folded(value) == folded(syncText(app.sync));
    if (key == QLatin1String("project"))
        return contains(app.project, value);
    if (key == QLatin1String("cluster"))
        return contains(app.cluster, value);
    if (key == QLatin1String("namespace"))
        return contains(app.destinationNamespace, value);
    const auto inImages =
        std::ranges::any_of(app.images, [&](const std::string& image) { return contains(image, word); });
    return contains(app.name, word) || contains(app.project, word) || contains(app.path, word)
        || contains(app.revision, word) || inImages;
}

} // namespace

AppFilterProxy::AppFilterProxy(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(AppListModel::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
}

void AppFilterProxy::setQuery(const QString& query)
{
    if (query == m_query)
        return;
    m_query = query;
    m_words.clear();
    m_regex = {};
    const QString trimmed = query.trimmed();
    if (trimmed.size() > 2 && trimmed.startsWith(QLatin1Char('/')) && trimmed.endsWith(QLatin1Char('/')))
        m_regex = QRegularExpression(trimmed.mid(1, trimmed.size() - 2), QRegularExpression::CaseInsensitiveOption);
    else
        m_words = trimmed.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void AppFilterProxy::toggle(eng::Health health)
{
    if (m_health.erase(health) == 0)
        m_health.insert(health);
    invalidateFilter();
}

void AppFilterProxy::toggle(eng::SyncState sync)
{
    if (m_sync.erase(sync) == 0)
        m_sync.insert(sync);
    invalidateFilter();
}

void AppFilterProxy::clear()
{
    m_health.clear();
    m_sync.clear();
    m_query.clear();
    m_words.clear();
    m_regex = {};
    invalidateFilter();
}

bool AppFilterProxy::isFiltering() const
{
    return !m_health.empty() || !m_sync.empty() || !m_query.trimmed().isEmpty();
}

eng::ApplicationPtr AppFilterProxy::application(const QModelIndex& index) const
{
    const auto* model = static_cast<const AppListModel*>(sourceModel());
    return index.isValid() ? model->application(mapToSource(index).row()) : nullptr;
}

bool AppFilterProxy::matches(const eng::Application& app) const
{
    if (!m_health.empty() && !m_health.contains(app.health))
        return false;
    if (!m_sync.empty() && !m_sync.contains(app.sync))
        return false;
    if (!m_regex.pattern().isEmpty())
        return m_regex.isValid() && m_regex.match(qs(app.name)).hasMatch();
    return std::ranges::all_of(m_words, [&](const QString& word) {
        if (word.size() > 1 && word.startsWith(QLatin1Char('-')))
            return !wordMatches(app, word.mid(1));
        return wordMatches(app, word);
    });
}

bool AppFilterProxy::filterAcceptsRow(int row, const QModelIndex&) const
{
    const auto app = static_cast<const AppListModel*>(sourceModel())->application(row);
    return app != nullptr && matches(*app);
}

bool AppFilterProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const QVariant a = left.data(AppListModel::SortRole);
    const QVariant b = right.data(AppListModel::SortRole);
    if (a != b)
        return QSortFilterProxyModel::lessThan(left, right);
    return left.row() < right.row();
}

} // namespace ui
