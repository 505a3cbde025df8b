// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/snippets.h"

#include "ui/base/bidi.h"
#include "ui/base/style.h"
#include "ui/base/theme.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QTextBlock>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

const QRegularExpression& mark()
{
    static const QRegularExpression kMark(QStringLiteral("\\$\\{[^}\n]+\\}"));
    return kMark;
}

} // namespace

const std::vector<Snippet>& snippets()
{
    static const std::vector<Snippet> kSnippets {
        {"Deployment",
         "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: 1\n  selector:\n"
         "    matchLabels:\n      app: ${name}\n  template:\n    metadata:\n      labels:\n        app: ${name}\n"
         "    spec:\n      containers:\n      - name: ${name}\n        image: ${image}\n"},
        {"Service",
         "apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    app: ${name}\n  ports:\n"
         "  - name: http\n    port: 80\n    targetPort: ${port}\n"},
        {"ConfigMap", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  ${key}: ${value}\n"},
        {"Rollout, canary",
         "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas}\n"
         "  selector:\n    matchLabels:\n      app: ${name}\n  strategy:\n    canary:\n      steps:\n"
         "      - setWeight: 10\n      - pause: {duration: 5m}\n      - setWeight: 50\n      - pause: {duration: 10m}\n"
         "  template:\n    metadata:\n      labels:\n        app: ${name}\n    spec:\n      containers:\n"
         "      - name: ${name}\n        image: ${image}\n"},
        {"Canary steps",
         "steps:\n- setWeight: ${weight}\n- pause: {duration: ${time}}\n- analysis:\n    templates:\n"
         "    - templateName: ${template}\n"},
        {"AnalysisTemplate, Prometheus",
         "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata:\n  name: ${name}\nspec:\n  args:\n"
         "  - name: service\n  metrics:\n  - name: ${metric}\n    interval: 1m\n    count: 5\n    failureLimit: 1\n"
         "    successCondition: result[0] >= 0.99\n    provider:\n      prometheus:\n"
         "        address: ${address}\n        query: |\n          ${query}\n"},
        {"InferenceService, KServe",
         "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: ${name}\nspec:\n"
         "  predictor:\n    minReplicas: 1\n    model:\n      modelFormat:\n        name: ${format}\n"
         "      storageUri: ${uri}\n      resources:\n        limits:\n          nvidia.com/gpu: 1\n"},
        {"GPU limits", "resources:\n  limits:\n    nvidia.com/gpu: ${count}\n"},
        {"Requests and limits",
         "resources:\n  requests:\n    cpu: ${cpu}\n    memory: ${memory}\n  limits:\n    memory: ${memory}\n"},
        {"Readiness probe",
         "readinessProbe:\n  httpGet:\n    path: ${path}\n    port: ${port}\n  initialDelaySeconds: 5\n"
         "  periodSeconds: 10\n"},
        {"HorizontalPodAutoscaler",
         "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: ${name}\nspec:\n"
         "  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: ${name}\n  minReplicas: 1\n"
         "  maxReplicas: ${most}\n  metrics:\n  - type: Resource\n    resource:\n      name: cpu\n      target:\n"
         "        type: Utilization\n        averageUtilization: 70\n"},
        {"PodDisruptionBudget",
         "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: ${name}\nspec:\n  minAvailable: 1\n"
         "  selector:\n    matchLabels:\n      app: ${name}\n"},
        {"Sync wave", "argocd.argoproj.io/sync-wave: \"${wave}\"\n"},
        {"Hook Job, PreSync",
         "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations:\n"
         "    argocd.argoproj.io/hook: PreSync\n    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation\nspec:\n"
         "  backoffLimit: 2\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n"
         "      - name: ${name}\n        image: ${image}\n        command: [${command}]\n"},
        {"Application, Argo CD",
         "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: ${name}\n  namespace: argocd\nspec:\n"
         "  project: ${project}\n  source:\n    repoURL: ${repository}\n    path: ${path}\n    targetRevision: main\n"
         "  destination:\n    server: https://kubernetes.default.svc\n    namespace: ${namespace}\n  syncPolicy:\n"
         "    automated:\n      prune: true\n      selfHeal: true\n"},
        {"Kustomization",
         "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- ${resource}\n"},
        {"Kustomize patch",
         "patches:\n- target:\n    kind: ${kind}\n    name: ${name}\n  patch: |-\n    - op: replace\n"
         "      path: ${path}\n      value: ${value}\n"},
        {"Kustomize images", "images:\n- name: ${name}\n  newTag: ${tag}\n"},
    };
    return kSnippets;
}

bool selectNextMark(QPlainTextEdit& editor)
{
    const QTextCursor next = editor.document()->find(mark(), editor.textCursor());
    if (next.isNull())
        return false;
    editor.setTextCursor(next);
    return true;
}

void insertSnippet(QPlainTextEdit& editor, const QString& text)
{
    QTextCursor cursor = editor.textCursor();
    const QString before = cursor.block().text().left(cursor.positionInBlock());
    const bool clean = before.trimmed().isEmpty();
    const QString indent(clean ? before.size() : 0, u' ');
    QString inserted = text;
    if (inserted.endsWith(u'\n') && cursor.atBlockEnd()) // the line ends there already
        inserted.chop(1);
    inserted.replace(u'\n', u'\n' + indent);
    const int from = cursor.selectionStart();
    cursor.beginEditBlock();
    cursor.insertText(inserted);
    cursor.endEditBlock();
    cursor.setPosition(from);
    editor.setTextCursor(cursor);
    if (!selectNextMark(editor)) {
        cursor.setPosition(from + static_cast<int>(inserted.size()));
        editor.setTextCursor(cursor);
    }
}

SnippetPalette::SnippetPalette(QPlainTextEdit& editor, QWidget* parent)
    : QDialog(parent)
    , m_editor(editor)
    , m_search(new QLineEdit(this))
    , m_list(new QListWidget(this))
    , m_shown(new QPlainTextEdit(this))
{
    setObjectName(QStringLiteral("snippetPalette"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Insert a snippet"));
    resize(640, 380);
    m_search->setObjectName(QStringLiteral("snippetSearch"));
    m_search->setPlaceholderText(tr("Find a snippet…"));
    m_search->setAccessibleName(tr("Find a snippet"));
    m_search->installEventFilter(this);
    m_list->setObjectName(QStringLiteral("snippetList"));
    m_list->setAccessibleName(tr("Snippets"));
    m_shown->setReadOnly(true);
    m_shown->setFont(monoFont());
    m_shown->setLayoutDirection(Qt::LeftToRight);
    m_shown->setFocusPolicy(Qt::NoFocus);
    m_shown->setAccessibleName(tr("The snippet"));
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_search);
    auto* row = new QHBoxLayout;
    row->addWidget(m_list, 2);
    row->addWidget(m_shown, 3);
    layout->addLayout(row, 1);
    for (const Snippet& snippet : snippets()) {
        auto* item = new QListWidgetItem(QLatin1String(snippet.name), m_list);
        item->setData(Qt::UserRole, QLatin1String(snippet.text));
    }
    connect(m_search, &QLineEdit::textChanged, this, &SnippetPalette::filter);
    connect(m_list, &QListWidget::itemActivated, this, &SnippetPalette::take);
    connect(m_list, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
        m_shown->setPlainText(item != nullptr ? item->data(Qt::UserRole).toString() : QString());
    });
    filter({});
}

bool SnippetPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_search && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            take();
            return true;
        }
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up) {
            for (int step = key->key() == Qt::Key_Down ? 1 : -1, row = m_list->currentRow() + step;
                 row >= 0 && row < m_list->count(); row += step)
                if (!m_list->item(row)->isHidden()) {
                    m_list->setCurrentRow(row);
                    break;
                }
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void SnippetPalette::filter(const QString& text)
{
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    const auto holds = [&](const QString& whole) {
        return std::ranges::all_of(words,
                                   [&](const QString& word) { return whole.contains(word, Qt::CaseInsensitive); });
    };
    QListWidgetItem* named = nullptr; // a name that fits goes before a text that does
    QListWidgetItem* first = nullptr;
    for (int row = 0; row < m_list->count(); ++row) {
        QListWidgetItem* item = m_list->item(row);
        const bool fits = holds(item->text() + u' ' + item->data(Qt::UserRole).toString());
        item->setHidden(!fits);
        if (fits && first == nullptr)
            first = item;
        if (named == nullptr && holds(item->text()))
            named = item;
    }
    m_list->setCurrentItem(named != nullptr ? named : first);
}

void SnippetPalette::take()
{
    const auto* item = m_list->currentItem();
    if (item == nullptr || item->isHidden() || m_editor.isReadOnly())
        return;
    insertSnippet(m_editor, item->data(Qt::UserRole).toString());
    accept();
    m_editor.setFocus();
}

} // namespace ui
