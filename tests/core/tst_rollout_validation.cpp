// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Specs that are refused, in the words of the original: where its kubectl plugin is installed, `lint` says the same.
#include "core/manifest/yaml.h"
#include "core/rollout/findings.h"
#include "rollout_world.h"
#include "support/kubectl.h"

#include <QTemporaryDir>
#include <QTest>

using namespace core;
using namespace core::rollout;
using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

Value yaml(const std::string& document)
{
    return manifest::parseYaml(document, "test").value().front().value;
}

constexpr auto kSpec = "selector: {matchLabels: {app: demo}}, template: {metadata: {labels: {app: demo}}, "
                       "spec: {containers: [{name: server, image: \"x:v1\"}]}}";

std::string rolloutOf(const QString& strategy, const QString& spec)
{
    return QString(
               "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: demo}\nspec: {%1, strategy: %2}\n")
        .arg(spec.isEmpty() ? QString(kSpec) : spec, strategy)
        .toStdString();
}

std::string serviceOf(const std::string& name, const std::string& more = {})
{
    return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {selector: {app: demo" + more
        + "}, ports: [{port: 80}]}\n";
}

/// What the status of a Rollout says among objects.
std::string said(const QString& strategy, const std::vector<std::string>& others, const QString& spec = {})
{
    Array objects;
    for (const auto& other : others)
        objects.push_back(yaml(other));
    objects.push_back(yaml(rolloutOf(strategy, spec)));
    test::World world(Object {{"name", "demo"}, {"objects", objects}, {"metrics", Object {}}});
    for (int i = 0; i < 30; ++i)
        world.tick();
    const std::string message(text(world.rollout(), {"status", "message"}));
    const std::string front = "InvalidSpec: The Rollout \"demo\" is invalid: ";
    return message.starts_with(front) ? message.substr(front.size()) : message;
}

const QString kRouted = "canaryService: a, stableService: b, trafficRouting: ";

} // namespace

class TestRolloutValidation : public QObject
{
    Q_OBJECT

private slots:
    void specs_data()
    {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QString& strategy, const QString& says, const QString& spec = {}) {
            QTest::newRow(name) << strategy << spec << says;
        };
        const QString canary = "{canary: {}}";
        const QString front = "spec.strategy.";
        const QString invalid = ": Invalid value: ";
        const QString containers = "spec: {containers: [{name: server, image: x}]}";
        const QString one =
            ": Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or "
            "pause";
        row("fine", "{canary: {steps: [{setWeight: 5}]}}", "");
        row("replicas", canary, "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
            QString("replicas: -1, ") + kSpec);
        row("no selector", canary, "spec.selector: Required value: Rollout has missing field '.spec.selector'",
            "template: {metadata: {labels: {app: demo}}, " + containers + "}");
        row("empty selector", canary, "spec.selector: Invalid value: {}: empty selector is invalid for deployment",
            "selector: {}, template: {metadata: {labels: {app: demo}}, " + containers + "}");
        row("other labels", canary,
            "spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: `selector` does not match template "
            "`labels`",
            "selector: {matchLabels: {app: demo}}, template: {metadata: {labels: {app: other}}, " + containers + "}");
        row("no containers", canary, "spec.template.spec.containers: Required value",
            "selector: {matchLabels: {app: demo}}, template: {metadata: {labels: {app: demo}}, spec: {containers: "
            "[]}}");
        row("a container without an image", canary, "spec.template.spec.containers[1].image: Required value",
            "selector: {matchLabels: {app: demo}}, template: {metadata: {labels: {app: demo}}, spec: {containers: "
            "[{name: a, image: x}, {name: b}]}}");
        row("two containers of a name", canary, "spec.template.spec.containers[1].name: Duplicate value: \"a\"",
            "selector: {matchLabels: {app: demo}}, template: {metadata: {labels: {app: demo}}, spec: {containers: "
            "[{name: a, image: x}, {name: a, image: x}]}}");
        row("a restart policy", canary,
            "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"",
            "selector: {matchLabels: {app: demo}}, template: {metadata: {labels: {app: demo}}, spec: {restartPolicy: "
            "Never, containers: [{name: a, image: x}]}}");
        row("minReadySeconds", canary, "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
            QString("minReadySeconds: -1, ") + kSpec);
        row("revisionHistoryLimit", canary,
            "spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal to 0",
            QString("revisionHistoryLimit: -2, ") + kSpec);
        row("progressDeadlineSeconds", canary,
            "spec.progressDeadlineSeconds: Invalid value: 30: must be greater than minReadySeconds",
            QString("minReadySeconds: 30, progressDeadlineSeconds: 30, ") + kSpec);
        row("no strategy", "{}",
            "spec.strategy.strategy: Required value: Rollout has missing field '.spec.strategy.canary or "
            ".spec.strategy.blueGreen'");
        row("two strategies", "{canary: {}, blueGreen: {activeService: a}}",
            "spec.strategy.strategy: Invalid value: \"blueGreen: true canary: true\": Multiple Strategies can not be "
            "listed");
        row("blue-green: one Service", "{blueGreen: {activeService: a, previewService: a}}",
            front + "activeService" + invalid
                + "\"a\": This rollout uses the same service for the active and preview services, but two different "
                  "services are required.");
        row("blue-green: revisions", "{blueGreen: {activeService: a, scaleDownDelayRevisionLimit: 11}}",
            front + "scaleDownDelayRevisionLimit" + invalid
                + "11: This rollout's revision history limit can not be smaller than the rollout's scale down limit");
        row("blue-green: anti-affinity",
            "{blueGreen: {activeService: a, antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: "
            "101}}}}",
            front + "antiAffinity.weight" + invalid + "101: AntiAffinity weight must be between 1-100");
        row("surge", "{canary: {maxSurge: \"0%\", maxUnavailable: 0}}",
            front + "maxSurge" + invalid + "\"0%\": MaxSurge and MaxUnavailable both can not be zero");
        row("surge with a router", "{canary: {" + kRouted + "{smi: {}}, maxSurge: 0, maxUnavailable: 0}}",
            front + "maxSurge" + invalid + "0: MaxSurge and MaxUnavailable both can not be zero");
        row("one Service", "{canary: {canaryService: a, stableService: a}}",
            front + "stableService" + invalid
                + "\"a\": This rollout uses the same service for the stable and canary services, but two different "
                  "services are required.");
        row("ping-pong by nginx",
            "{canary: {" + kRouted + "{nginx: {stableIngress: i}}, pingPong: {pingService: c, pongService: d}}}",
            front + "trafficRouting.alb" + invalid
                + "null: Ping-pong feature works with the ALB, Istio, and plugin-based traffic routers only");
        row("no ping", "{canary: {pingPong: {pongService: d}}}",
            front + "pingPong.pingService" + invalid
                + "\"\": Ping service and Pong service must to be set to use Ping-Pong feature");
        row("no pong", "{canary: {pingPong: {pingService: d}}}",
            front + "pingPong.pongService" + invalid
                + "\"\": Ping service and Pong service must to be set to use Ping-Pong feature");
        row("equal ping and pong", "{canary: {pingPong: {pingService: d, pongService: d}}}",
            front + "pingPong.pingService" + invalid
                + "\"d\": This rollout uses the same service for the ping and pong services, but two different "
                  "services "
                  "are required.");
        row("ping-pong without a root",
            "{canary: {pingPong: {pingService: c, pongService: d}, trafficRouting: {alb: {ingress: i, servicePort: "
            "80}}}}",
            front + "trafficRouting.alb.rootService" + invalid
                + "\"\": Root service field is required for the configuration with ALB and ping-pong feature enabled");
        row("no stable Service", "{canary: {canaryService: a, trafficRouting: {smi: {}}}}",
            front + "stableService" + invalid
                + "\"\": Canary service and Stable service must to be set to use Traffic Routing");
        row("no canary Service", "{canary: {stableService: a, trafficRouting: {istio: {virtualService: {name: v}}}}}",
            front + "canaryService" + invalid
                + "\"\": Canary service and Stable service must to be set to use Traffic Routing");
        row("delay without a router", "{canary: {scaleDownDelaySeconds: 5}}",
            front + "scaleDownDelaySeconds" + invalid
                + "5: Canary scaleDownDelaySeconds can only be used with traffic routing");
        row("dynamic without a router", "{canary: {dynamicStableScale: true}}",
            front + "dynamicStableScale" + invalid
                + "true: Canary dynamicStableScale can only be used with traffic routing");
        row("dynamic with a delay",
            "{canary: {" + kRouted + "{smi: {}}, dynamicStableScale: true, scaleDownDelaySeconds: 5}}",
            front + "dynamicStableScale" + invalid
                + "true: Canary dynamicStableScale cannot be used with scaleDownDelaySeconds");
        row("maxTrafficWeight by smi", "{canary: {" + kRouted + "{smi: {}, maxTrafficWeight: 1000}}}",
            front + "trafficRouting.maxTrafficWeight" + invalid
                + "1000: Canary maxTrafficWeight in traffic routing only supported in Nginx and Plugins");
        row("two kinds in a step", "{canary: {steps: [{pause: {}}, {setWeight: 5, analysis: {templates: []}}]}}",
            front + "steps[1]" + invalid
                + "\"step.Experiment: false step.Pause: false step.SetWeight: true step.Analysis: true\"" + one);
        row("nothing in a step", "{canary: {steps: [{}]}}",
            front + "steps[0]" + invalid
                + "\"step.Experiment: true step.Pause: true step.SetWeight: true step.Analysis: true "
                  "step.SetCanaryScale: true step.SetHeaderRoute: true step.SetMirrorRoute: true step.Plugin: true\""
                + one);
        row("weight", "{canary: {steps: [{setWeight: 101}]}}",
            front + "steps[0].setWeight" + invalid + "101: SetWeight needs to be between 0 and 100");
        row("weight of a thousand",
            "{canary: {" + kRouted
                + "{nginx: {stableIngress: i}, maxTrafficWeight: 1000}, steps: [{setWeight: 1001}]}}",
            front + "steps[0].setWeight" + invalid + "1001: SetWeight needs to be between 0 and 1000");
        row("pause", "{canary: {steps: [{pause: {duration: soon}}]}}",
            front + "steps[0].pause.duration" + invalid + "-1: Duration needs to be greater than 0");
        row("scale without a router", "{canary: {steps: [{setCanaryScale: {weight: 5}}]}}",
            front + "trafficRouting: Required value: SetCanaryScale requires TrafficRouting to be set");
        row("header route by smi",
            "{canary: {" + kRouted
                + "{smi: {}}, steps: [{setHeaderRoute: {name: r, match: [{headerName: h, headerValue: {exact: "
                  "x}}]}}]}}",
            front + "steps[0].setHeaderRoute" + invalid
                + "{\"name\":\"r\",\"match\":[{\"headerName\":\"h\",\"headerValue\":{\"exact\":\"x\"}}]}: "
                  "SetHeaderRoute "
                  "requires TrafficRouting, supports Istio and ALB and Apisix");
        row("header by regex with ALB",
            "{canary: {" + kRouted
                + "{alb: {ingress: i, servicePort: 80}, managedRoutes: [{name: r}]}, steps: [{setHeaderRoute: {name: "
                  "r, "
                  "match: [{headerName: h, headerValue: {exact: x}}, {headerName: h, headerValue: {regex: x}}]}}]}}",
            front + "steps[0].setHeaderRoute.match[1]" + invalid
                + "{\"regex\":\"x\"}: SetHeaderRoute match value invalid. ALB supports 'exact' value only");
        row("header by two texts",
            "{canary: {" + kRouted
                + "{istio: {virtualService: {name: v}}, managedRoutes: [{name: r}]}, steps: [{setHeaderRoute: {name: "
                  "r, "
                  "match: [{headerName: h, headerValue: {exact: x, prefix: z}}]}}]}}",
            front + "steps[0].setHeaderRoute.match[0]" + invalid
                + "{\"exact\":\"x\",\"prefix\":\"z\"}: StringMatch match value must have exactly one of the following: "
                  "exact, regex, prefix");
        row("header by no text",
            "{canary: {" + kRouted
                + "{istio: {virtualService: {name: v}}, managedRoutes: [{name: r}]}, steps: [{setHeaderRoute: {name: "
                  "r, "
                  "match: [{headerName: h, headerValue: {}}]}}]}}",
            front + "steps[0].setHeaderRoute.match[0]" + invalid
                + "{}: StringMatch value missed, match value must have one of the following: exact, regex, prefix");
        row("mirror route by ALB",
            "{canary: {" + kRouted
                + "{alb: {ingress: i, servicePort: 80}, managedRoutes: [{name: r}]}, steps: [{setMirrorRoute: {name: "
                  "r}}]}}",
            front + "steps[0].setMirrorRoute" + invalid
                + "{\"name\":\"r\"}: SetMirrorRoute requires TrafficRouting, supports Istio and Plugins");
        row("mirror by two texts",
            "{canary: {" + kRouted
                + "{istio: {virtualService: {name: v}}, managedRoutes: [{name: r}]}, steps: [{setMirrorRoute: {name: "
                  "r, "
                  "match: [{method: {exact: GET, regex: P}}]}}]}}",
            front + "steps[0].setMirrorRoute.match[0]" + invalid
                + "{\"exact\":\"GET\",\"regex\":\"P\"}: StringMatch match value must have exactly one of the "
                  "following: "
                  "exact, regex, prefix");
        row("no managed routes",
            "{canary: {" + kRouted + "{istio: {virtualService: {name: v}}}, steps: [{setHeaderRoute: {name: r}}]}}",
            front
                + "trafficRouting.managedRoutes: Required value: Rollout has missing field "
                  "'spec.strategy.canary.trafficRouting.managedRoutes'");
        row("another managed route",
            "{canary: {" + kRouted
                + "{istio: {virtualService: {name: v}}, managedRoutes: [{name: q}]}, steps: [{setMirrorRoute: {name: "
                  "r}}]}}",
            front + "steps[0].setMirrorRoute" + invalid
                + "\"r\": Steps define a route that does not exist in "
                  "spec.strategy.canary.trafficRouting.managedRoutes");
        row("experiment's weight without a router",
            "{canary: {steps: [{experiment: {templates: [{name: t, specRef: canary, weight: 5}]}}]}}",
            front + "steps[0].experiment.templates[0].weight" + invalid
                + "5: Experiment template weight cannot be set unless TrafficRouting is enabled");
        row("experiment's weight by nginx",
            "{canary: {" + kRouted
                + "{nginx: {stableIngress: i}}, steps: [{experiment: {templates: [{name: t, specRef: canary, weight: "
                  "5}]}}]}}",
            front + "steps[0].experiment.templates[0].weight" + invalid
                + "5: Experiment template weight is only available for TrafficRouting with SMI, ALB, Istio and Plugins "
                  "at "
                  "this time");
        row("an arg of unknown metadata",
            "{canary: {steps: [{analysis: {templates: [], args: [{name: x, valueFrom: {fieldRef: {fieldPath: "
            "metadata.generation}}}]}}]}}",
            front + "steps[0].analyses" + invalid
                + "[{\"name\":\"x\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"metadata.generation\"}}}]: Analyses "
                  "arguments must refer to valid object metadata supported by downwardAPI");
        row("anti-affinity of two kinds",
            "{canary: {antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}, "
            "preferredDuringSchedulingIgnoredDuringExecution: {weight: 1}}}}",
            front + "antiAffinity" + invalid
                + "\"antiAffinity.PreferredDuringSchedulingIgnoredDuringExecution: true "
                  "antiAffinity.RequiredDuringSchedulingIgnoredDuringExecution: true\": AntiAffinity must have exactly "
                  "one "
                  "strategy listed");
    }
    void specs()
    {
        QFETCH(QString, strategy);
        QFETCH(QString, spec);
        QFETCH(QString, says);
        QCOMPARE(QString::fromStdString(validateRollout(yaml(rolloutOf(strategy, spec)))), says);
    }

    void lintSaysTheSame_data() { specs_data(); }
    void lintSaysTheSame()
    {
        QFETCH(QString, strategy);
        QFETCH(QString, spec);
        QFETCH(QString, says);
        const auto program = support::peerProgram("kubectl-argo-rollouts");
        if (program.isEmpty())
            QSKIP("tests/peers/install argo-rollouts");
        const QTemporaryDir folder;
        QFile file(folder.filePath("rollout.yaml"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(rolloutOf(strategy, spec).c_str());
        file.close();
        QProcess lint;
        lint.start(program, {"lint", "-f", file.fileName()});
        QVERIFY(lint.waitForFinished());
        auto first = QString::fromUtf8(lint.readAllStandardError()).section('\n', 0, 0);
        if (first.startsWith("Error: "))
            first.remove(0, 7);
        QCOMPARE(first, says);
    }

    void references_data()
    {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QStringList>("others");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QString& strategy, const QStringList& others, const QString& says) {
            QTest::newRow(name) << strategy << others << says;
        };
        const auto service = [](const char* name, const char* more = "") {
            return QString::fromStdString(serviceOf(name, more));
        };
        const QStringList both {service("a"), service("b")};
        const QString front = "spec.strategy.canary.";
        const QString routing = front + "trafficRouting.";
        row("no Service", "{canary: {stableService: a}}", {},
            front + "stableService: Invalid value: \"a\": service \"a\" not found");
        row("a Service of others", "{canary: {stableService: a}}", {service("a", ", tier: x")},
            front + "stableService: Invalid value: \"a\": Service \"a\" has unmatch label \"tier\" in rollout");
        row("a Service by the role's labels", "{canary: {stableService: a, stableMetadata: {labels: {tier: x}}}}",
            {service("a", ", tier: x")}, "");
        row("a Service before a template",
            "{canary: {stableService: a, steps: [{analysis: {templates: [{templateName: t}]}}]}}",
            {service("a", ", tier: x")},
            front + "steps[0].analysis.templates: Invalid value: \"t\": AnalysisTemplate 't' not found");
        const QString analysis = "{canary: {steps: [{analysis: {templates: [{templateName: t}]}}]}}";
        const auto analysisTemplate = [](const char* spec) {
            return QString("apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: t}\nspec: %1\n")
                .arg(spec);
        };
        row("a template's template", analysis, {analysisTemplate("{templates: [{templateName: u}]}")},
            "spec.templates: Invalid value: \"u\": AnalysisTemplate 'u' not found");
        row("an endless template", analysis,
            {analysisTemplate("{metrics: [{name: m, interval: 5s, provider: {prometheus: {query: up}}}]}")},
            front
                + "steps[0].analysis.templates: Invalid value: \"t\": AnalysisTemplate t has metric m which runs "
                  "indefinitely. Invalid value for count: <nil>");
        row("a template without an arg", analysis,
            {analysisTemplate("{args: [{name: x}], metrics: [{name: m, provider: {prometheus: {query: up}}}]}")},
            front + "steps[0].analysis.templates: Invalid value: \"templateNames: [t]\": args.x was not resolved");
        row("an arg that is nowhere", analysis,
            {analysisTemplate("{metrics: [{name: m, provider: {prometheus: {query: \"{{args.x}}\"}}}]}")},
            front
                + "steps[0].analysis.templates: Invalid value: \"t\": AnalysisTemplate t: failed to resolve "
                  "{{args.x}}");
        row("nginx: two fields", "{canary: {" + kRouted + "{nginx: {stableIngress: i, stableIngresses: [i]}}}}", both,
            routing
                + "nginx: Internal error: Either StableIngress or StableIngresses must be configured. Both are "
                  "configured.");
        row("nginx: no field", "{canary: {" + kRouted + "{nginx: {}}}}", both,
            routing
                + "nginx: Internal error: Either StableIngress or StableIngresses must be configured. Neither are "
                  "configured.");
        row("nginx: no Ingress", "{canary: {" + kRouted + "{nginx: {stableIngresses: [i, j]}}}}", both,
            routing + "nginx.StableIngresses: Invalid value: [\"i\",\"j\"]: ingress.networking.k8s.io \"i\" not found");
        row("alb: two fields", "{canary: {" + kRouted + "{alb: {ingress: i, ingresses: [i], servicePort: 80}}}}", both,
            routing + "alb: Internal error: Either Ingress or Ingresses must be configured. Both are configured.");
        row("alb: no Ingress", "{canary: {" + kRouted + "{alb: {ingress: i, servicePort: 80}}}}", both,
            routing + "alb.ingress: Invalid value: \"i\": ingress.networking.k8s.io \"i\" not found");
        row("alb: no rule", "{canary: {" + kRouted + "{alb: {ingress: i, servicePort: 80, rootService: r}}}}",
            both
                + QStringList {"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: "
                               "[{http: {paths: [{path: /, backend: {service: {name: b}}}]}}]}\n"},
            routing + "alb.ingress: Invalid value: \"i\": ingress `i` has no rules using service r backend");
        row("istio: no field", "{canary: {" + kRouted + "{istio: {}}}}", both,
            routing + "istio: Internal error: either VirtualService or VirtualServices must be configured");
        row("istio: no VirtualService", "{canary: {" + kRouted + "{istio: {virtualServices: [{name: v}]}}}}", both,
            routing
                + "istio.virtualServices.name: Invalid value: \"v\": virtualservices.networking.istio.io \"v\" not "
                  "found");
        const auto istio = [&](const char* name, const char* config, const char* spec, const char* says) {
            row(name, "{canary: {" + kRouted + QString("{istio: %1}}}").arg(config),
                both
                    + QStringList {QString("apiVersion: networking.istio.io/v1alpha3\nkind: VirtualService\nmetadata: "
                                           "{name: v}\nspec: %1\n")
                                       .arg(spec)},
                routing + "istio.virtualService.name: Invalid value: \"v\": " + says);
        };
        istio("istio: no routes", "{virtualService: {name: v}}", "{hosts: [x]}",
              "Unable to get any of the HTTP, TCP or TLS routes for the Istio VirtualService");
        istio("istio: another route", "{virtualService: {name: v, routes: [q]}}", "{http: [{name: r, route: []}]}",
              "Istio VirtualService has invalid HTTP routes. Error: HTTP Route 'q' is not found in the defined Virtual "
              "Service.");
        istio("istio: no canary", "{virtualService: {name: v}}", "{http: [{route: [{destination: {host: b.ns}}]}]}",
              "Istio VirtualService has invalid HTTP routes. Error: Canary Service 'a' not found in route");
        istio("istio: no stable", "{virtualService: {name: v}}", "{http: [{route: [{destination: {host: a}}]}]}",
              "Istio VirtualService has invalid HTTP routes. Error: Stable Service 'b' not found in route");
        istio("istio: no subset",
              "{virtualService: {name: v}, destinationRule: {name: d, canarySubsetName: c, stableSubsetName: s}}",
              "{http: [{route: [{destination: {host: a, subset: c}}]}]}",
              "Istio VirtualService has invalid HTTP routes. Error: Stable DestinationRule subset 's' not found in "
              "route");
        istio("istio: two routes", "{virtualService: {name: v}}",
              "{http: [{route: [{destination: {host: a}}, {destination: {host: b}}]}, {name: r, route: []}]}",
              "Istio VirtualService has invalid HTTP routes. Error: spec.http[] should be set in VirtualService and it "
              "must have exactly one route when omitting "
              "spec.strategy.canary.trafficRouting.istio.virtualService.routes");
        istio("istio: another TLS port", "{virtualService: {name: v, tlsRoutes: [{port: 443, sniHosts: [x]}]}}",
              "{tls: [{match: [{port: 443, sniHosts: [y]}], route: []}]}",
              "Istio VirtualService has invalid TLS routes. Error: No matching TLS routes found in the defined Virtual "
              "Service.");
        istio("istio: two TCP routes", "{virtualService: {name: v}}",
              "{tcp: [{route: [{destination: {host: a}}, {destination: {host: b}}]}, {route: []}]}",
              "Istio VirtualService has invalid TCP routes. Error: spec.tcp[] should be set in VirtualService and it "
              "must "
              "have exactly one route when omitting "
              "spec.strategy.canary.trafficRouting.istio.virtualService.tcpRoutes");
        row("ambassador: no mapping", "{canary: {" + kRouted + "{ambassador: {mappings: []}}}}", both,
            routing + "ambassador.mappings: Invalid value: null: must provide at least one mapping");
        row("ambassador: a weight", "{canary: {" + kRouted + "{ambassador: {mappings: [m]}}}}",
            both
                + QStringList {"apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: m}\nspec: {weight: "
                               "5}\n"},
            "spec.weight: Invalid value: \"m\": Ambassador mapping \"m\" can not define weight");
        const auto mesh = [&](const char* name, const QStringList& others, const QString& says) {
            row(name, "{canary: {" + kRouted + "{appMesh: {virtualService: {name: v}}}}}", both + others, says);
        };
        mesh("appMesh: no VirtualService", {},
             routing
                 + "appmesh.virtualService: Invalid value: \"v.ns\": virtualservices.appmesh.k8s.aws \"v\" not found");
        const QString virtualService = "apiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualService\nmetadata: {name: "
                                       "v}\nspec: {provider: {virtualRouter: {virtualRouterRef: {name: r}}}}\n";
        mesh("appMesh: no VirtualRouter", {virtualService},
             routing
                 + "appmesh.virtualService: Invalid value: \"v.ns\": virtualrouters.appmesh.k8s.aws \"r\" not found");
        const auto router = [](const char* spec) {
            return QString("apiVersion: appmesh.k8s.aws/v1beta2\nkind: VirtualRouter\nmetadata: {name: r}\nspec: %1\n")
                .arg(spec);
        };
        mesh("appMesh: no routes", {virtualService, router("{routes: []}")},
             "spec.routes: Invalid value: \"r\": No routes defined for AppMesh virtual-router r");
        mesh("appMesh: one target",
             {virtualService, router("{routes: [{name: x, httpRoute: {action: {weightedTargets: [{}]}}}]}")},
             "spec.routes[0].httpRoute.action.weightedTargets: Invalid value: \"r\": Invalid number of weightedTargets "
             "(1) "
             "for AppMesh virtual-router r and route x, expected 2");
        mesh("appMesh: another kind", {virtualService, router("{routes: [{name: x, udpRoute: {}}]}")},
             "spec.routes[0]: Invalid value: \"r\": Error getting route details for AppMesh virtual-router r and route "
             "x. "
             "Error: Route has unsupported route type");
    }
    void references()
    {
        QFETCH(QString, strategy);
        QFETCH(QStringList, others);
        QFETCH(QString, says);
        std::vector<std::string> objects;
        for (const auto& other : others)
            objects.push_back(other.toStdString());
        QCOMPARE(QString::fromStdString(said(strategy, objects)), says);
    }

    void workloads_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("says");
        const QString front = "spec.workloadRef: Invalid value: ";
        QTest::newRow("nowhere") << "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: d}"
                                 << front
                + "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"name\":\"d\"}: deployments.apps \"d\" not "
                  "found";
        QTest::newRow("another kind") << "workloadRef: {apiVersion: batch/v1, kind: Job, name: d}"
                                      << front
                + "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"name\":\"d\"}: workload of type batch/Job is not "
                  "supported";
        QTest::newRow("a template, too") << QString(kSpec)
                + ", workloadRef: {apiVersion: apps/v1, kind: Deployment, name: d}"
                                         << front
                + "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"name\":\"d\"}: template must be empty for "
                  "workload "
                  "reference rollout";
    }
    void workloads()
    {
        QFETCH(QString, spec);
        QFETCH(QString, says);
        QCOMPARE(QString::fromStdString(said("{canary: {}}", {}, spec)), says);
    }
};

QTEST_GUILESS_MAIN(TestRolloutValidation)
#include "tst_rollout_validation.moc"
