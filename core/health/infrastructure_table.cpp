// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rule_table.h"

namespace core::health {

std::string_view infrastructureRules()
{
    return R"(
= helm.toolkit.fluxcd.io/HelmRelease kustomize.toolkit.fluxcd.io/Kustomization
Suspended .spec.suspend=true : {.status.suspendReason|Suspended}
Degraded Ready=False : {r}
Healthy Ready=True : {r}
Progressing Ready=Unknown : {r}
Progressing Reconciling=True : {r}
Progressing : Waiting for {Kind}
= notification.toolkit.fluxcd.io/Receiver,Alert,Provider image.toolkit.fluxcd.io/ImagePolicy,ImageRepository,ImageUpdateAutomation
Suspended .spec.suspend=true : Suspended
Degraded Ready=False : {r}
Healthy Ready=True : {r}
Progressing Ready=Unknown : {r}
Progressing : Waiting for {Kind}

= *.crossplane.io/ProviderConfig,ProviderConfigUsage,Composition,CompositionRevision,DeploymentRuntimeConfig,ControllerConfig,StoreConfig *.upbound.io/ProviderConfig,ProviderConfigUsage,ClusterProviderConfig
Healthy : Resource is up-to-date.
= stacks.crossplane.io/ClusterStackInstall,StackInstall @.status.conditionedStatus.conditions
Progressing !Ready : Waiting for stack to be installed
Progressing Ready=False : {r}
Healthy Ready=True : {r}
Progressing : Waiting for stack to be installed
= cloudfront.aws.crossplane.io/Distribution
Suspended Synced=False/ReconcilePaused : {r}
Degraded Synced=False : {m}
Healthy Ready=True : {r}
Progressing !.status.conditions : Waiting for distribution to be created
Progressing : Waiting for distribution to be available
= rds.aws.crossplane.io/DBCluster,DBInstance
Suspended Synced=False/ReconcilePaused : {r}
Degraded Synced=False : {m}
Healthy Ready=True : {r}
Progressing !.status.conditions : Waiting for {Kind} to be created
Progressing : Waiting for {Kind} to be available
= route53.aws.crossplane.io/ResourceRecordSet
Suspended Synced=False/ReconcilePaused : {r}
Degraded Synced=False : {m}
Healthy Ready=True : {r}
Progressing !.status.conditions : Waiting for resourcrecordset to be created
Progressing : Waiting for resourcrecordset to be available
= *.crossplane.io/* *.upbound.io/*
Suspended Synced=False/ReconcilePaused : {r}
Degraded Synced=False : {m}
Degraded LastAsyncOperation=False : {m}
Healthy Ready=True/!Available|Creating : Resource is up-to-date.
Healthy Ready=True : {r}
Healthy *=True/HealthyPackageRevision : Resource is up-to-date.
Degraded Healthy=False : {m}
Degraded RevisionHealthy=False : {m}
Progressing Ready=False : {m|r|Provisioning ...}
Progressing : Provisioning ...

= *.services.k8s.aws/*
Degraded ACK.Terminal=True : {m}
Degraded ACK.Recoverable=True : {m}
Progressing ACK.ResourceSynced=False : {m|r}
Healthy ACK.ResourceSynced=True :
Progressing : Waiting for resource to be ready
= core.cnrm.cloud.google.com/ConfigConnector,ConfigConnectorContext
Progressing stale : Update in progress
Healthy .status.healthy=true : {Kind} is healthy
Degraded .status.healthy=false : {Kind} is not healthy
Progressing : Update in progress
= *.cnrm.cloud.google.com/*
Progressing stale : Update in progress
Healthy Ready=True : {m}
Degraded Ready=False/UpdateFailed|DependencyNotFound|DependencyInvalid|ManagementConflict : {m}
Suspended Ready=False/DependencyNotReady : {m}
Progressing Ready=False : {m}
Progressing : Update in progress

= capabilities.3scale.net/Application
Suspended .status.state=suspended : 3scale Application is suspended
Degraded Ready=False : {m}
Healthy Ready=True : 3scale Application is ready
Progressing : Waiting for 3scale Application status...
= capabilities.3scale.net/Backend
Degraded Failed=True : {m|3scale Backend synchronization failed}
Degraded Invalid=True : {m|3scale Backend configuration is invalid}
Healthy Synced=True : 3scale Backend is synced
Progressing : Waiting for 3scale Backend status...
= capabilities.3scale.net/Product
Degraded Failed=True : {m}
Degraded Invalid=True : {m}
Degraded Orphan=True : {m}
Healthy Synced=True : 3scale Product is synced
Progressing : Waiting for 3scale Product status...
= capabilities.3scale.net/Tenant
Healthy Ready=True : 3scale Tenant is ready
Degraded Ready=False : {m}
Progressing : Waiting for 3scale Tenant status...
= capabilities.3scale.net/ActiveDoc,ApplicationAuth,CustomPolicyDefinition,DeveloperAccount,DeveloperUser,OpenAPI,ProxyConfigPromote
Suspended Waiting=True : {m}
Suspended .status.developerUserState=suspended : 3scale Developer user is waiting for admin approval
Degraded Failed=True : {m}
Degraded Invalid=True : {m}
Degraded Orphan=True : {m}
Progressing In-progress=True : {m}
Healthy Ready=True : 3scale {Kind} is ready
Progressing : Waiting for 3scale {Kind} status...
= apps.3scale.net/APIManager
Healthy Available=True : 3scale APIManager is available
Degraded Available=False/* : 3scale APIManager is degraded: {r}
Progressing : Waiting for 3scale APIManager status...

= cluster.x-k8s.io/Cluster
Suspended .spec.paused=true : Cluster is paused
Degraded Ready=False/!WaitingForInfrastructure|WaitingForControlPlane|WaitingForControlPlaneProviderInitialized .status.phase=Failed : {m}
Degraded InfrastructureReady=False/!WaitingForInfrastructure : {m}
Healthy Ready=True .status.phase=Provisioned : Cluster is running
Progressing : Waiting for clusters
= cluster.x-k8s.io/Machine
Degraded .status.phase=Failed Ready=False : {m}
Healthy .status.phase=Running : Machine is running
Progressing Ready=False : {m|Waiting for machines}
Progressing : Waiting for machines
= cluster.x-k8s.io/MachineDeployment
Suspended .spec.paused=true : MachineDeployment is paused
Progressing .status.phase=ScalingUp : Cluster is spawning machines
Progressing .status.phase=ScalingDown : Cluster is stopping machines
Healthy .status.phase=Running : Machines are running under this deployment
Degraded .status.phase=Failed : MachineDeployment is failed
Progressing : Waiting for machines
= cluster.x-k8s.io/MachineHealthCheck
Healthy 0<.status.expectedMachines .status.currentHealthy==.status.expectedMachines :
Degraded .status.currentHealthy<.status.expectedMachines :
Progressing : Waiting for healthy machines
= addons.cluster.x-k8s.io/ClusterResourceSet
Degraded ResourcesApplied=False : {m}
Healthy ResourcesApplied=True : cluster resource set is applied
Progressing : Initializing cluster resource set

= projectcontour.io/HTTPProxy
Progressing @Valid : Waiting for status
Healthy Valid=True : {m}
Degraded Valid=False : {m}
Progressing .status.currentStatus=NotReconciled : {.status.description}
Progressing : Waiting for status
= projectcontour.io/ExtensionService
Progressing @Valid : Waiting for status
Healthy Valid=True : {m}
Degraded Valid=False : {m}
Progressing : Waiting for status
= route.openshift.io/Route @.status.ingress.0.conditions
Degraded Admitted=False : Route is degraded
Healthy Admitted=True : Route is healthy
Progressing : Route is still getting admitted
= apps.openshift.io/DeploymentConfig
Healthy Progressing=True/NewReplicationControllerAvailable : replication controller successfully rolled out
Degraded Available=False : Deployment config is degraded
Progressing : replication controller is waiting for pods to run
= operator.openshift.io/IngressController
Progressing !Available !Degraded : Status of IngressController is not known yet
Degraded Degraded=True : One or more other status conditions indicate a degraded state.
Progressing Progressing=True : {m}
Progressing .status.availableReplicas<.spec.replicas : {.status.availableReplicas}/{.spec.replicas} of replicas are available
Healthy Available=True : IngressController is available
Progressing : Status of IngressController is not known yet
= ocs.openshift.io/StorageCluster
Degraded Available=False/ClusterStateError : {m}
Degraded Degraded=True : {m}
Progressing Progressing=True : {m}
Healthy Available=True : {m}
Progressing : Waiting for StorageCluster
= nmstate.io/NodeNetworkConfigurationPolicy
Suspended Ignored=True : {r}
Degraded Degraded=True : {r}: {m}
Progressing Progressing=True : {r}: {m}
Healthy Available=True : {r}: {m}
Progressing : Waiting for policy to be applied

= services.cloud.sap.com/ServiceBinding,ServiceInstance
Progressing !.status.conditions : Waiting for status
Progressing @Ready : Waiting for spec update to be observed
Progressing .metadata.deletionTimestamp : Resource is being deleted
Degraded Failed=True : {m}
Progressing Succeeded=False : {m}
Healthy Ready=True : Ready to use
Progressing : Waiting for status

= kubevirt.io/VirtualMachine
Progressing !.status.printableStatus : No status available
Healthy .status.printableStatus=Running : Running
Suspended .status.printableStatus=Stopped|Paused : {.status.printableStatus}
Progressing .status.printableStatus=Provisioning|Starting|Stopping|Terminating|WaitingForVolumeBinding|Migrating : {.status.printableStatus}
Degraded .status.printableStatus=CrashLoopBackOff|ErrorUnschedulable|ErrImagePull|ImagePullBackOff|ErrorPvcNotFound|DataVolumeError|FailedUnschedulable : {.status.printableStatus}
Unknown : {.status.printableStatus}
= kubevirt.io/VirtualMachineInstance
Progressing !.status.phase : No status available
Suspended Paused=True : {m}
Healthy .status.phase=Running Ready=True : Running
Suspended .status.phase=Succeeded : Succeeded
Degraded .status.phase=Failed : {m|Failed}
Progressing : {.status.phase}
= cdi.kubevirt.io/DataVolume
Progressing !.status.phase : No status available
Degraded Running=False/Error : {m}
Healthy .status.phase=Succeeded : Succeeded
Degraded .status.phase=Failed|Unknown : {.status.phase}
Suspended .status.phase=Paused : Paused
Progressing : {.status.phase}

= certmanager.k8s.io/Certificate
Degraded Ready=False : {m}
Healthy Ready=True : {m}
Progressing : Waiting for certificate
= certmanager.k8s.io/Issuer,ClusterIssuer
Degraded Ready=False : {m}
Healthy Ready=True : {m}
Progressing : Initializing issuer
= bitnami.com/SealedSecret
Degraded Synced=False : {m}
Healthy Synced=True :
Progressing : Waiting for Sealed Secret to be decrypted
= onepassword.com/OnePasswordItem
Degraded Ready=False : {m}
Healthy Ready=True :
Progressing : Waiting for controller to report status
= kyverno.io/Policy,ClusterPolicy
Healthy Ready=True : Policy is ready
Degraded Ready=False : {m}
Progressing : Waiting for Policy to be ready
= proclaim.dogmatiq.io/DNSSDServiceInstance
Degraded Adopted=False : {m}
Degraded Advertised=False/AdvertiseError|UnadvertiseError : {m}
Healthy Discoverable=True : {m}
Unknown Discoverable=Unknown : {m}
Progressing Discoverable=False : {m}
Progressing Advertised=False : {m}
Progressing : Waiting for the DNS-SD service instance
= core.spinkube.dev/SpinApp
Degraded Progressing=False/ProgressDeadlineExceeded : {m}
Degraded Available=False : {m}
Progressing Progressing=True : {m}
Healthy Available=True : Application is healthy with {.status.readyReplicas}/{.spec.replicas} replicas ready
Progressing : Waiting for status to be available
= openfaas.com/Function
Degraded Stalled=True : {m}
Suspended Ready=True .status.availableReplicas==0 : No replicas available
Healthy Ready=True : {m}
Progressing : Waiting for Function
= camel.apache.org/Integration
Healthy .status.phase=Running :
Degraded .status.phase=Error Ready=False : {m}
Progressing : Waiting for Integration
= k8s.keycloak.org/Keycloak
Progressing !.status.conditions : Waiting for Keycloak status conditions to exist
Degraded HasErrors=True : Has Errors: {m}
Healthy Ready=True RollingUpdate=False :
Healthy Ready=True !RollingUpdate :
Progressing :

= pulumi.com/Stack
Progressing stale : Waiting for the operator to observe the latest spec change
Degraded Stalled=True : {m}
Progressing Reconciling=True : {m}
Healthy Ready=True : {m}
Progressing : Waiting for the stack to be processed
= spot.io/SpotDeployment
Degraded InvalidSpec=True : {m}
Degraded .status.phase=Degraded Progressing=False : {m}
Degraded .status.phase=Degraded :
Suspended .status.phase=Paused :
Healthy .status.phase=Healthy :
Progressing : Waiting for SpotDeployment
= tower.ansible.com/AnsibleJob
Progressing .status.ansibleJobResult.status=new|pending|running|waiting : {.status.ansibleJobResult.status} job - {.status.ansibleJobResult.url}
Degraded .status.ansibleJobResult.status=canceled|error|failed : {.status.ansibleJobResult.status} job - {.status.ansibleJobResult.url}
Healthy .status.ansibleJobResult.status=successful : successful job - {.status.ansibleJobResult.url}
Progressing : Waiting for AnsibleJob

= apps.kruise.io/AdvancedCronJob
Suspended .spec.paused=true : AdvancedCronJob is Paused
Progressing .status.active : AdvancedCronJobs has active jobs
Healthy .status.lastScheduleTime : AdvancedCronJobs has run successfully
Degraded : AdvancedCronJobs has not run successfully
= apps.kruise.io/BroadcastJob
Suspended .spec.paused=true : BroadcastJob is Paused
Healthy .status.phase=completed : BroadcastJob is completed successfully
Degraded .status.phase=failed : BroadcastJob failed
Progressing : BroadcastJob is still running
= apps.kruise.io/CloneSet
Progressing !.status.observedGeneration : Waiting for initialization
Progressing stale : Waiting for initialization
Suspended .spec.updateStrategy.paused=true : Cloneset is paused
Suspended 0<.spec.updateStrategy.partition .status.expectedUpdatedReplicas<.status.updatedReplicas : Cloneset needs manual intervention
Healthy 0<.status.replicas .status.updatedReadyReplicas==.status.replicas .status.updatedAvailableReplicas==.status.replicas : All Cloneset workloads are ready and updated
Degraded .status.updatedAvailableReplicas<.status.replicas : Some replicas are not ready or available
Progressing : Waiting for initialization
= apps.kruise.io/StatefulSet
Progressing !.status.observedGeneration : Waiting for initialization
Progressing stale : Waiting for initialization
Suspended .spec.updateStrategy.rollingUpdate.paused=true : Statefulset is paused
Suspended 0<.spec.updateStrategy.rollingUpdate.partition .status.updatedReadyReplicas<.status.replicas .status.updatedReadyReplicas==.status.updatedReplicas : Statefulset needs manual intervention
Healthy 0<.status.replicas .status.updatedReadyReplicas==.status.replicas .status.updatedAvailableReplicas==.status.replicas : All Statefulset workloads are ready and updated
Degraded .status.updatedAvailableReplicas<.status.replicas : Some replicas are not ready or available
Progressing : Waiting for initialization
= apps.kruise.io/DaemonSet
Progressing !.status.observedGeneration : Waiting for initialization
Progressing stale : Waiting for initialization
Progressing .status.desiredNumberScheduled==0 : Waiting for initialization
Suspended .spec.updateStrategy.rollingUpdate.paused=true : Daemonset is paused
Suspended 0<.spec.updateStrategy.rollingUpdate.partition .status.updatedNumberScheduled<.status.desiredNumberScheduled : Daemonset needs manual intervention
Healthy .status.updatedNumberScheduled==.status.desiredNumberScheduled .status.numberAvailable==.status.desiredNumberScheduled : All Daemonset workloads are ready and updated
Degraded .status.numberAvailable<.status.desiredNumberScheduled : Some pods are not ready or available
Progressing : Waiting for initialization
= rollouts.kruise.io/Rollout
Progressing stale : Rollout is still progressing
Healthy .status.phase=Healthy : Rollout is Completed
Degraded .status.phase=Disabled|Terminating|Disabling : Rollout is Disabled or Terminating
Suspended .status.phase=Progressing .status.canaryStatus.currentStepState=StepPaused : Rollout is Paused need manual intervention
Progressing : Rollout is still progressing
= game.kruise.io/GameServerSet
Progressing stale : Waiting for GameServerSet initialization
Suspended .spec.updateStrategy.rollingUpdate.paused=true : GameServerSet is paused
Suspended 0<.spec.updateStrategy.rollingUpdate.partition : Partition={.spec.updateStrategy.rollingUpdate.partition}, waiting for manual intervention
Progressing .status.readyReplicas<.spec.replicas : ReadyReplicas {.status.readyReplicas|0}/{.spec.replicas}, still progressing
Progressing .status.updatedReadyReplicas<.spec.replicas : UpdatedReadyReplicas {.status.updatedReadyReplicas|0}/{.spec.replicas}, still progressing
Healthy : All GameServerSet replicas are updated and ready

= policy.open-cluster-management.io/CertificatePolicy
Degraded .status.compliant=NonCompliant : At least once certificate does not comply with the policy
Healthy .status.compliant=Compliant : All certificates found comply with the policy
Progressing : Waiting for the status to be reported
= policy.open-cluster-management.io/OperatorPolicy
Progressing !.status : Waiting for the status to be reported
Progressing stale : Waiting for the status to be updated
Healthy Compliant=True : {m}
Degraded Compliant=False : {m}
Progressing : Waiting for the compliance condition
)";
}

} // namespace core::health
