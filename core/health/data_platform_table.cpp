// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rule_table.h"

namespace core::health {

std::string_view dataPlatformRules()
{
    return R"(
= rabbitmq.com/Binding,Exchange,Permission,Policy,Queue,Shovel,User,Vhost
Healthy Ready=True : RabbitMQ {kind} ready
Degraded Ready=False : RabbitMQ {kind} failed to be created or updated
Unknown : RabbitMQ {kind} status is unknown

= rabbitmq.com/RabbitmqCluster
Degraded ReconcileSuccess=False : {m}
Progressing !ClusterAvailable : Waiting for RabbitMQ Operator
Progressing ClusterAvailable=Unknown : Waiting for RabbitMQ cluster readiness (conditions unknown)
Progressing AllReplicasReady=Unknown : Waiting for RabbitMQ cluster readiness (conditions unknown)
Progressing ClusterAvailable=False : Waiting for RabbitMQ cluster formation
Progressing AllReplicasReady=False : Waiting for RabbitMQ instances ready
Healthy ClusterAvailable=True AllReplicasReady=True : RabbitMQ cluster ready
Progressing : Waiting for RabbitMQ Operator

= kafka.strimzi.io/Kafka
Degraded NotReady=True : {m}
Healthy Ready=True :
Progressing : Waiting for Kafka Cluster
= kafka.strimzi.io/KafkaConnect
Degraded NotReady=True : {m}
Healthy Ready=True :
Progressing : Waiting for Kafka Connect
= kafka.strimzi.io/KafkaTopic
Degraded NotReady=True : {m}
Healthy Ready=True :
Progressing : Waiting for Kafka Topic
= kafka.strimzi.io/KafkaUser
Degraded NotReady=True : {m}
Healthy Ready=True :
Progressing : Waiting for Kafka User
= kafka.strimzi.io/KafkaBridge,KafkaConnector,KafkaMirrorMaker2,KafkaMirrorMaker,KafkaRebalance,KafkaNodePool
Degraded NotReady=True : {m}
Healthy Ready=True :
Progressing : Waiting for {Kind}

= kafka.banzaicloud.io/KafkaCluster
Healthy .status.state=ClusterRunning .status.cruiseControlTopicStatus=CruiseControlTopicReady : Kafka Brokers, CruiseControl and cluster are in Healthy State.
Progressing .status.state=ClusterReconciling : Kafka Cluster is Reconciling.
Progressing .status.state=ClusterRollingUpgrading : Kafka Cluster is Rolling Upgrading.
Progressing : Waiting for KafkaCluster

= platform.confluent.io/Connector
Degraded platform.confluent.io/app-ready=False : {m}
Degraded 0<.status.failedTasksCount : Connector has failed tasks
Degraded .status.failedTasks : Connector has failed tasks
Healthy .status.connectorState=RUNNING : Connector running
Suspended .status.connectorState=PAUSED : Connector paused
Degraded .status.connectorState=FAILED : Connector failed
Progressing : Waiting for Connector
= platform.confluent.io/Connect,ControlCenter,Kafka,KafkaRestProxy,KsqlDB,SchemaRegistry,Zookeeper,KRaftController
Healthy .status.phase=RUNNING : {Kind} running
Progressing .status.phase=PROVISIONING : {Kind} provisioning
Degraded .status.phase=FAILED|ERROR : {Kind} failed
Progressing : Waiting for {Kind}

= core.humio.com/HumioCluster
Healthy .status.state=Running : Cluster is in a healthy running state
Progressing .status.state=Restarting : Cluster pods are being restarted
Progressing .status.state=Upgrading : Cluster pods are being upgraded
Progressing .status.state=Pending : Cluster is waiting on resources to be provisioned
Degraded .status.state=ConfigError : {.status.message|User-provided cluster specification resulted in a configuration error}
Unknown .status.state=Unknown : Component state: Unknown.
Progressing : Update in progress
= core.humio.com/HumioAction,HumioAlert,HumioIngestToken,HumioParser,HumioRepository,HumioView,HumioExternalCluster
Healthy .status.state=Exists|Ready : Component state: {.status.state}.
Missing .status.state=NotFound : Component state: NotFound.
Degraded .status.state=ConfigError : Component state: ConfigError.
Unknown .status.state=Unknown : Component state: Unknown.
Progressing : Update in progress

= grafana.integreatly.org/Grafana
Progressing !.status.stage : Waiting for Grafana status info
Degraded .status.stageStatus=failed : Failed at stage {.status.stage}
Healthy .status.stage=complete .status.stageStatus=success :
Progressing : {.status.stage}
= grafana.integreatly.org/GrafanaDatasource
Degraded .status.NoMatchingInstances=true : can't find matching grafana instance
Healthy .status.lastResync :
Progressing :
= grafana.integreatly.org/GrafanaDashboard
Degraded DashboardSynchronized=False : {r} for {t} because {m}
Healthy DashboardSynchronized=True : {r} for {t} because {m}
Progressing :
= grafana.integreatly.org/GrafanaFolder
Degraded FolderSynchronized=False : {r} for {t} because {m}
Healthy FolderSynchronized=True : {r} for {t} because {m}
Progressing :
= grafana-org-operator.kubitus-project.gitlab.io/*
Degraded Ready=False : {m}
Healthy Ready=True : {m}
Progressing : Waiting ...

= k8s.mariadb.com/MariaDB mariadb.mmontes.io/MariaDB
Healthy Ready=True : {m}
Degraded Ready=False/Failed : {m}
Progressing Ready=False : {m}
Progressing : No status info available
= k8s.mariadb.com/Backup,SqlJob,Restore
Degraded Complete=True|False/JobFailed|Failed|CronJobFailed : {r} {m}
Healthy Complete=True : {r} {m}
Degraded Complete=False : {r} {m}
Progressing : No status info available
= k8s.mariadb.com/Database,Grant,User,Connection
Healthy Ready=True : {m}
Degraded Ready=False : {m}
Progressing : No status info available

= psmdb.percona.com/PerconaServerMongoDB
Progressing .status.state=initializing|stopping : {.status.ready}/{.status.size} node(s) are ready
Healthy .status.state=ready : {.status.ready}/{.status.size} node(s) are ready
Suspended .status.state=paused : {.status.ready}/{.status.size} node(s) are ready
Degraded .status.state=error : {.status.ready}/{.status.size} node(s) are ready
Unknown : {.status.ready|0}/{.status.size|0} node(s) are ready
= pxc.percona.com/PerconaXtraDBCluster
Progressing .status.state=initializing : {.status.ready}/{.status.size} node(s) are ready
Healthy .status.state=ready : {.status.ready}/{.status.size} node(s) are ready
Unknown .status.state=paused : Cluster is paused
Degraded .status.state=stopping : Cluster is stopping ({.status.ready}/{.status.size} node(s) are ready)
Degraded .status.state=error : Cluster is on error: {.status.message}
Unknown : Cluster status is unknown. Ensure your ArgoCD is current and then check for/file a bug report: https://github.com/argoproj/argo-cd/issues

= acid.zalan.do/postgresql
Healthy .status.PostgresClusterStatus=Running : Running
Progressing .status.PostgresClusterStatus=Creating|Updating : {.status.PostgresClusterStatus}
Degraded .status.PostgresClusterStatus=CreateFailed|UpdateFailed|SyncFailed|Invalid|AddFailed|DeleteFailed : {.status.PostgresClusterStatus}
Progressing : Waiting for postgres cluster status...

= clickhouse.altinity.com/ClickHouseInstallation
Healthy .status.status=Completed : ClickHouse installation completed successfully
Progressing .status.status=InProgress : ClickHouse installation in progress
Degraded .status.status : ClickHouse status: {.status.status}
Progressing : ClickHouse status not yet available
= clickhouse-keeper.altinity.com/ClickHouseKeeperInstallation
Healthy .status.status=Completed : ClickHouseKeeper installation completed successfully
Progressing .status.status=InProgress : ClickHouseKeeper installation in progress
Degraded .status.status : ClickHouseKeeper status: {.status.status}
Progressing : ClickHouseKeeper status not yet available

= solr.apache.org/SolrCloud
Progressing !.status : Waiting for solr to exist
Progressing .status.readyReplicas<.status.replicas : Not all replicas are ready
Healthy : Solr is ready
= zookeeper.pravega.io/ZookeeperCluster
Healthy 0<.status.readyReplicas .status.readyReplicas==.status.replicas : All ZK Nodes have joined the ensemble
Progressing : Waiting for ZK Nodes to join the ensemble

= beat.k8s.elastic.co/Beat
Healthy .status.health=green .status.availableNodes==.status.expectedNodes : Elastic Beat status is Green
Progressing .status.health=yellow 0<.status.availableNodes : Elastic Beat status is deploying, there is {.status.availableNodes} instance(s) on {.status.expectedNodes} expected
Progressing .status.health=yellow : Elastic Beat phase is progressing
Degraded .status.health=red : Elastic Beat status is Red
Progressing !.status.health .status.expectedNodes : Elastic Beat phase is progressing
Unknown : Elastic Beat status is unknown. Ensure your ArgoCD is current and then check for/file a bug report: https://github.com/argoproj/argo-cd/issues
= logstash.k8s.elastic.co/Logstash
Healthy .status.health=green : Logstash status is Green
Progressing .status.health=yellow : Logstash status is Yellow
Degraded .status.health=red : Logstash status is Red
Progressing : Waiting for Logstash

= operator.victoriametrics.com/*
Suspended .spec.paused=true : Reconciliation is paused
Progressing stale : Waiting for the operator to reconcile
Healthy .status.updateStatus=operational : All components are operational
Progressing .status.updateStatus=expanding : Reconciliation in progress
Suspended .status.updateStatus=paused : Reconciliation is paused
Degraded .status.updateStatus=failed : {.status.reason}
Progressing : Waiting for the operator to reconcile

= coralogix.com/Alert,RecordingRuleGroupSet,RuleGroup,AlertScheduler,Connector,Preset,GlobalRouter,TCOLogsPolicies
Degraded RemoteSynced=False : {m}
Healthy RemoteSynced=True : Resource is ready
Progressing : Waiting for status to be updated
= datadoghq.com/DatadogMetric
Degraded Error=True : {r}: {m}
Degraded Valid=False : {m}
Healthy Valid=True : DatadogMetric is healthy
Progressing : Waiting for DatadogMetric

= db.atlasgo.io/AtlasMigration,AtlasSchema
Healthy Ready=True : {r}
Progressing Ready=False/Reconciling : {r}
Degraded Ready=False : {r}
Progressing : Waiting for reconciliation

= iammanager.keikoproj.io/Iamrole
Healthy .status.state=Ready : Role '{.status.roleName}' exists with ARN '{.status.roleARN}' and ID '{.status.roleID}'.
Progressing !.status.state : Waiting for Iamrole to be reconciled
Degraded 0<.status.retryCount : Failed to reconcile the Iamrole (retry {.status.retryCount}) for role '{.status.roleName}' with ARN '{.status.roleARN|<none>}' and ID '{.status.roleID|<none>}'. Reconciliation error was: {.status.errorDescription}
Degraded : Failed to reconcile the Iamrole for role '{.status.roleName}' with ARN '{.status.roleARN|<none>}' and ID '{.status.roleID|<none>}'. Reconciliation error was: {.status.errorDescription}

= jaegertracing.io/Jaeger
Healthy .status.phase=Running : Jaeger is Running
Degraded .status.phase=Failed : Jaeger Failed For Some Reason
Progressing : Waiting for Jaeger
= kiali.io/Kiali
Degraded Failure=True : {m}
Healthy Successful=True : {m}
Progressing Running=True : {m}
Progressing : Waiting for Kiali

= lifecycle.keptn.sh/KeptnEvaluation
Healthy .status.overallStatus=Succeeded : {Kind} is healthy
Degraded .status.overallStatus=Failed : {Kind} is degraded
Progressing : {Kind} is progressing
= lifecycle.keptn.sh/KeptnAppVersion,KeptnTask,KeptnWorkloadInstance,KeptnWorkloadVersion
Healthy .status.status=Succeeded : {Kind} is healthy
Degraded .status.status=Failed : {Kind} is degraded
Progressing : {Kind} is progressing
= metrics.keptn.sh/Analysis
Progressing .status.state!=Completed : Analysis is progressing
Healthy .status.pass=true : Analysis is healthy
Healthy .status.warning=true : Analysis is healthy with warnings
Degraded : Analysis is degraded
= metrics.keptn.sh/KeptnMetric
Degraded .status.errMsg : KeptnMetric is degraded
Healthy .status.value : KeptnMetric is healthy
Progressing : KeptnMetric is progressing

= ceph.rook.io/CephObjectStore
Healthy .status.phase=Ready .status.info.endpoint : Ceph object store phase is Ready - endpoint: {.status.info.endpoint}
Healthy .status.phase=Ready : Ceph object store phase is Ready
Degraded .status.phase=Failure|Failed : Ceph object store phase is {.status.phase}
Progressing .status.phase : Ceph object store phase is {.status.phase}
Progressing : Waiting for status to be reported
= objectbucket.io/ObjectBucketClaim
Healthy .status.phase=Bound : Object bucket claim phase is Bound
Degraded .status.phase=Failed : Object bucket claim phase is Failed
Progressing .status.phase : Object bucket claim phase is {.status.phase}
Progressing : Waiting for status to be reported
= snapshot.storage.k8s.io/VolumeSnapshot,VolumeSnapshotContent
Degraded .status.error.message : {.status.error.message}
Healthy .status.readyToUse=true : Ready to use
Progressing : Waiting for status
= trident.netapp.io/TridentBackendConfig
Degraded .status.lastOperationStatus=Failed : {.status.message}
Healthy .status.lastOperationStatus=Success : {.status.message}
Progressing : Waiting for backend creation
= trident.netapp.io/TridentOrchestrator
Degraded .status.status=Failed|Error : {.status.message}
Healthy .status.status=Installed : {.status.message}
Progressing : Waiting for trident installation

= astra.netapp.io/AppVault
Healthy .status.state=available : AppVault Available
Degraded .status.state=failed|error : AppVault Failed
Progressing : No status available
= astra.netapp.io/Application
Healthy Ready=True : Astra Application Ready, protectionState: {.status.protectionState}
Degraded Ready=False : Astra Application Degraded, message: {m}
Progressing : No status available
= astra.netapp.io/Backup,ExecHooksRun,ResourceBackup,ResticVolumeBackup,Snapshot,BackupRestore,SnapshotRestore
Progressing .status.state=Running : {Kind} Running
Healthy .status.state=Completed : {Kind} Completed
Degraded .status.state=Failed|Error : {.status.state}
Progressing : No status available
= astra.netapp.io/ExecHook
Healthy .spec.enabled=true : ExecHook enabled
Suspended .spec.enabled=false : ExecHook disabled
Progressing : No status available
= astra.netapp.io/Schedule
Healthy .status.lastScheduleTime : Protection policy lastScheduleTime: {.status.lastScheduleTime}
Healthy : Protection policy not yet executed
)";
}

} // namespace core::health
