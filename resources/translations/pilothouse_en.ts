<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ui</name>
    <message numerus="yes">
        <source>needs about %n more request(s)</source>
        <translation>
            <numerusform>needs about %n more request</numerusform>
            <numerusform>needs about %n more requests</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>needs about %n more measurement(s)</source>
        <translation>
            <numerusform>needs about %n more measurement</numerusform>
            <numerusform>needs about %n more measurements</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failure(s) left</source>
        <translation>
            <numerusform>%n failure left</numerusform>
            <numerusform>%n failures left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::AdminPage</name>
    <message numerus="yes">
        <source>%n entry(s)</source>
        <translation>
            <numerusform>%n entry</numerusform>
            <numerusform>%n entries</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Alert</name>
    <message numerus="yes">
        <source>%n more need a look</source>
        <translation>
            <numerusform>%n more needs a look</numerusform>
            <numerusform>%n more need a look</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::AppsPage</name>
    <message numerus="yes">
        <source>Sync %n selected</source>
        <translation>
            <numerusform>Sync %n selected</numerusform>
            <numerusform>Sync %n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Refresh %n selected</source>
        <translation>
            <numerusform>Refresh %n selected</numerusform>
            <numerusform>Refresh %n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Restart the pods of %n rollout(s)?</source>
        <translation>
            <numerusform>Restart the pods of %n rollout?</numerusform>
            <numerusform>Restart the pods of %n rollouts?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Plan the sync of %n selected</source>
        <translation>
            <numerusform>Plan the sync of %n selected</numerusform>
            <numerusform>Plan the sync of %n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Restart the rollouts of %n selected</source>
        <translation>
            <numerusform>Restart the rollouts of %n selected</numerusform>
            <numerusform>Restart the rollouts of %n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>%n selected</numerusform>
            <numerusform>%n selected</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Move %n application(s) to a folder</source>
        <translation>
            <numerusform>Move %n application to a folder</numerusform>
            <numerusform>Move %n applications to a folder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Plan to delete %n application(s)</source>
        <translation>
            <numerusform>Plan to delete %n application</numerusform>
            <numerusform>Plan to delete %n applications</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n application(s)?</source>
        <translation>
            <numerusform>Delete %n application?</numerusform>
            <numerusform>Delete %n applications?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n application(s)</source>
        <translation>
            <numerusform>Delete %n application</numerusform>
            <numerusform>Delete %n applications</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::CanaryPanel</name>
    <message numerus="yes">
        <source>%n failure(s) before abort</source>
        <translation>
            <numerusform>%n failure before abort</numerusform>
            <numerusform>%n failures before abort</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::CodeEditor</name>
    <message numerus="yes">
        <source>⋯ %n line(s)</source>
        <translation>
            <numerusform>⋯ %n line</numerusform>
            <numerusform>⋯ %n lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::DesktopAlerts</name>
    <message numerus="yes">
        <source>%1, %n decision(s)</source>
        <translation>
            <numerusform>%1, %n decision</numerusform>
            <numerusform>%1, %n decisions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::DiffPage</name>
    <message numerus="yes">
        <source>%n pod(s) restart.</source>
        <translation>
            <numerusform>%n pod restarts.</numerusform>
            <numerusform>%n pods restart.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Plan %n staged field(s)…</source>
        <translation>
            <numerusform>Plan %n staged field…</numerusform>
            <numerusform>Plan %n staged fields…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n resource(s) differ</source>
        <translation>
            <numerusform>%n resource differs</numerusform>
            <numerusform>%n resources differ</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more resource(s) would not fit into a comment.</source>
        <translation>
            <numerusform>%n more resource would not fit into a comment.</numerusform>
            <numerusform>%n more resources would not fit into a comment.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::DiffView</name>
    <message numerus="yes">
        <source>%n unchanged line(s)</source>
        <translation>
            <numerusform>%n unchanged line</numerusform>
            <numerusform>%n unchanged lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n byte(s) more</source>
        <translation>
            <numerusform>%n byte more</numerusform>
            <numerusform>%n bytes more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::EditorPage</name>
    <message numerus="yes">
        <source>%n resource(s)</source>
        <translation>
            <numerusform>%n resource</numerusform>
            <numerusform>%n resources</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more problem(s)</source>
        <translation>
            <numerusform>%n more problem</numerusform>
            <numerusform>%n more problems</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::EventsPage</name>
    <message numerus="yes">
        <source>%n event(s)</source>
        <translation>
            <numerusform>%n event</numerusform>
            <numerusform>%n events</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FeedModel</name>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>%n time</numerusform>
            <numerusform>%n times</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FindBar</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FleetPlanPage</name>
    <message numerus="yes">
        <source>%n application(s)</source>
        <translation>
            <numerusform>%n application</numerusform>
            <numerusform>%n applications</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Sync %n application(s)</source>
        <translation>
            <numerusform>Sync %n application</numerusform>
            <numerusform>Sync %n applications</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Planning %n application(s)</source>
        <translation>
            <numerusform>Planning %n application</numerusform>
            <numerusform>Planning %n applications</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ForwardsPage</name>
    <message numerus="yes">
        <source>%n port(s)</source>
        <translation>
            <numerusform>%n port</numerusform>
            <numerusform>%n ports</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::IgnoreDialog</name>
    <message numerus="yes">
        <source>It hides %n difference(s).</source>
        <translation>
            <numerusform>It hides %n difference.</numerusform>
            <numerusform>It hides %n differences.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Inspector</name>
    <message numerus="yes">
        <source>%n resource(s)</source>
        <translation>
            <numerusform>%n resource</numerusform>
            <numerusform>%n resources</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::LogsPage</name>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>%n pod</numerusform>
            <numerusform>%n pods</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading the logs of %n pod(s)</source>
        <translation>
            <numerusform>Reading the log of %n pod</numerusform>
            <numerusform>Reading the logs of %n pods</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message numerus="yes">
        <source>%n application(s)</source>
        <translation>
            <numerusform>%n application</numerusform>
            <numerusform>%n applications</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sync(s) running</source>
        <translation>
            <numerusform>%n sync running</numerusform>
            <numerusform>%n syncs running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n kind(s) of this cluster cannot be read: %1. You see the rest (%2).</source>
        <translation>
            <numerusform>%n kind of this cluster cannot be read: %1. You see the rest (%2).</numerusform>
            <numerusform>%n kinds of this cluster cannot be read: %1. You see the rest (%2).</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ModelsPage</name>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PlanModel</name>
    <message numerus="yes">
        <source>%n pod(s) restart</source>
        <translation>
            <numerusform>%n pod restarts</numerusform>
            <numerusform>%n pods restart</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PlanPage</name>
    <message numerus="yes">
        <source>%n staged field(s)</source>
        <translation>
            <numerusform>%n staged field</numerusform>
            <numerusform>%n staged fields</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) restart</source>
        <translation>
            <numerusform>%n pod restarts</numerusform>
            <numerusform>%n pods restart</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n retries</source>
        <translation>
            <numerusform>%n retry</numerusform>
            <numerusform>%n retries</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PodStrip</name>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>%n pod</numerusform>
            <numerusform>%n pods</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PreviewView</name>
    <message numerus="yes">
        <source>%n pause(s) wait for a person; that time is not counted.</source>
        <translation>
            <numerusform>%n pause waits for a person; that time is not counted.</numerusform>
            <numerusform>%n pauses wait for a person; that time is not counted.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ProblemsPage</name>
    <message numerus="yes">
        <source>%n decision(s)</source>
        <translation>
            <numerusform>%n decision</numerusform>
            <numerusform>%n decisions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>%n problem</numerusform>
            <numerusform>%n problems</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ResourcesPage</name>
    <message numerus="yes">
        <source>%n resource(s)</source>
        <translation>
            <numerusform>%n resource</numerusform>
            <numerusform>%n resources</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) are stopped.</source>
        <translation>
            <numerusform>%n pod is stopped.</numerusform>
            <numerusform>%n pods are stopped.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) are started.</source>
        <translation>
            <numerusform>%n pod is started.</numerusform>
            <numerusform>%n pods are started.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::RolloutsPage</name>
    <message numerus="yes">
        <source>%n rollout(s)</source>
        <translation>
            <numerusform>%n rollout</numerusform>
            <numerusform>%n rollouts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) a person</source>
        <translation>
            <numerusform>%n needs a person</numerusform>
            <numerusform>%n need a person</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::SetsPage</name>
    <message numerus="yes">
        <source>%n manifest(s)</source>
        <translation>
            <numerusform>%n manifest</numerusform>
            <numerusform>%n manifests</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Time</name>
    <message numerus="yes">
        <source>%n second(s) ago</source>
        <translation>
            <numerusform>%n second ago</numerusform>
            <numerusform>%n seconds ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n second(s)</source>
        <translation>
            <numerusform>in %n second</numerusform>
            <numerusform>in %n seconds</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>%n minute ago</numerusform>
            <numerusform>%n minutes ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n minute(s)</source>
        <translation>
            <numerusform>in %n minute</numerusform>
            <numerusform>in %n minutes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation>
            <numerusform>%n hour ago</numerusform>
            <numerusform>%n hours ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n hour(s)</source>
        <translation>
            <numerusform>in %n hour</numerusform>
            <numerusform>in %n hours</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>%n day ago</numerusform>
            <numerusform>%n days ago</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n day(s)</source>
        <translation>
            <numerusform>in %n day</numerusform>
            <numerusform>in %n days</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TreeScene</name>
    <message numerus="yes">
        <source>%n object(s), nothing in the way</source>
        <translation>
            <numerusform>%n object, nothing in the way</numerusform>
            <numerusform>%n objects, nothing in the way</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>%n pod</numerusform>
            <numerusform>%n pods</numerusform>
        </translation>
    </message>
</context>
</TS>
