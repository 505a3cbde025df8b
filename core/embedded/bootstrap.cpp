// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/bootstrap.h"

#include "core/embedded/api_server.h"
#include "core/embedded/data.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Value;

namespace {

constexpr std::string_view kContent = R"(
apiVersion: v1
kind: Namespace
metadata: {name: default}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-system}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-public}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-node-lease}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: system-cluster-critical}
value: 2000000000
description: For pods that must run in the cluster, but may move to another node.
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: system-node-critical}
value: 2000001000
description: For pods that must not move from their node.
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: pilothouse.dev/simulated
reclaimPolicy: Delete
volumeBindingMode: Immediate
allowVolumeExpansion: true
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules:
- {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
- {nonResourceURLs: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: admin}
rules:
- {apiGroups: ["", apps, batch, autoscaling, networking.k8s.io, policy], resources: ["*"], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: edit}
rules:
- {apiGroups: ["", apps, batch, autoscaling, networking.k8s.io, policy], resources: ["*"], verbs: [create, delete, deletecollection, get, list, patch, update, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: view}
rules:
- {apiGroups: ["", apps, batch, autoscaling, networking.k8s.io, policy], resources: ["*"], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: cluster-admin}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:masters"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:basic-user"}
rules:
- {apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create]}
- {apiGroups: [authentication.k8s.io], resources: [selfsubjectreviews], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:basic-user"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:basic-user"}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:discovery"}
rules:
- {nonResourceURLs: [/api, /api/*, /apis, /apis/*, /healthz, /livez, /openapi, /openapi/*, /readyz, /version, /version/], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:discovery"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:discovery"}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:public-info-viewer"}
rules:
- {nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: "system:public-info-viewer"}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:public-info-viewer"}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated"}
---
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default, labels: {component: apiserver, provider: kubernetes}}
spec:
  clusterIP: 10.96.0.1
  ports:
  - {name: https, port: 443, protocol: TCP, targetPort: 6443}
)";

Result<> ensure(ApiServer& server, const Value& object)
{
    const auto apiVersion = std::string(manifest::text(object, {"apiVersion"}));
    const auto info = server.registry()->findKind(apiVersion, manifest::text(object, {"kind"}));
    if (!info)
        return fail(Error::Code::Internal, "no such kind at start: " + manifest::toJson(object).substr(0, 100));
    const auto name = manifest::text(object, {"metadata", "name"});
    const auto nameSpace = manifest::text(object, {"metadata", "namespace"});
    if (server.store().get(info->table, nameSpace, name))
        return {};
    kube::Request request;
    request.method = "POST";
    request.path =
        fmt::format("/{}/{}{}/{}?fieldManager=kube-apiserver", info->group.empty() ? "api" : "apis", apiVersion,
                    nameSpace.empty() ? "" : fmt::format("/namespaces/{}", nameSpace), info->plural);
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = boost::json::serialize(object);
    const auto response = server.handle(request);
    if (response.status < 300)
        return {};
    const auto status = manifest::parseJson(response.body);
    return fail(Error::Code::Io,
                fmt::format("cannot create {} {}: {}", info->kind, name,
                            status ? manifest::text(*status, {"message"}) : std::string_view(response.body)));
}

} // namespace

Result<> bootstrapCluster(ApiServer& server)
{
    PH_TRY(const auto documents, manifest::parseYaml(kContent, "start-up content"));
    for (const auto& document : documents)
        PH_CHECK(ensure(server, document.value));
    for (const auto& definition : data::customResourceDefinitions())
        PH_CHECK(ensure(server, definition));
    return {};
}

} // namespace core::embedded
