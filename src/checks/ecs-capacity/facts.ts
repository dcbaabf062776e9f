import type { FactSpecs, Rules } from '../../kernel/check.ts';

export const facts: FactSpecs = {
  status: { type: 'string', help: 'of the cluster: `ACTIVE`' },
  pending_tasks: { type: 'number', help: 'tasks that wait for capacity or start' },
  pending_ec2_tasks: {
    type: 'number',
    help: 'of these, those that wait for container instances; null if AWS does not tell them from Fargate’s. A cluster that scales from 0 has them for minutes: set `held_for`',
    whyAbsent: () => 'AWS does not say how many of the pending tasks wait for container instances',
  },
  capacity_providers: { type: 'list', help: 'capacity providers of the cluster: `FARGATE`, or your own' },
  providers_read: { type: 'bool', help: 'whether the providers were read' },
  providers_broken: { type: 'list', help: 'providers that are not active, whose last change failed, or that are gone' },
  instances: { type: 'number', help: 'registered container instances; 0 on Fargate, null if not read' },
  instances_connected: { type: 'number', help: 'active ones whose agent is connected' },
  instances_draining: { type: 'number', help: 'those that take no more tasks' },
  disconnected: {
    type: 'list',
    help: 'those whose agent is not connected; agents reconnect now and then: set `held_for`',
  },
  instances_failed: { type: 'list', help: 'those that could not be registered' },
  cpu_reserved_pct: { type: 'number', unit: '%', help: 'CPU that tasks have reserved of the connected instances’' },
  memory_reserved_pct: { type: 'number', unit: '%', help: 'memory that tasks have reserved of theirs' },
  targets_read: { type: 'bool', help: 'whether scalable targets were read; false with `scaling: false`' },
  targets: { type: 'number', help: 'scalable targets: services of the cluster, and those in `targets`' },
  not_as_expected: { type: 'list', help: 'services and targets named that don’t scale, or between other limits' },
  policies_read: { type: 'bool', help: 'whether scaling policies were read' },
  without_policy: { type: 'list', help: 'targets that no scaling policy moves' },
  suspended: { type: 'list', help: 'targets whose scaling, or a part of it, is suspended' },
  placed_read: { type: 'bool', help: 'whether it was read how many tasks the services want' },
  at_max: { type: 'list', help: 'services that run as many tasks as they may: `web 10`' },
  out_of_range: {
    type: 'list',
    help: 'services that want fewer or more tasks than their limits allow: `web 1 (2 to 10)`',
  },
  activities_read: { type: 'bool', help: 'whether scaling activities were read' },
  capped: { type: 'list', help: 'targets that were to grow in the window and were at their most already' },
  activities: { type: 'number', help: 'scaling activities in the window' },
  failed_activities: { type: 'list', help: 'those that failed, with the reason' },
  unread: { type: 'list', help: 'parts that could not be read, and why' },
};

export function rulesOf({ scaling }: { scaling: boolean }): Partial<Rules> {
  return {
    fail: [
      { when: 'status != "ACTIVE"', say: 'the cluster is {status}' },
      {
        when: 'instances_connected == 0 && pending_ec2_tasks > 0',
        say: '{pending_ec2_tasks} tasks wait, and no container instance of {instances} is active and connected: see the capacity provider’s Auto Scaling group',
      },
      // The agent of a single one reconnects now and then.
      {
        when: 'instances > 1 && instances_connected == 0',
        say: 'none of {instances} container instances is active and connected',
      },
    ],
    warn: [
      {
        when: 'pending_ec2_tasks > 0 && instances_connected > 0 && !(cpu_reserved_pct <= 90 && memory_reserved_pct <= 90)',
        say: '{pending_ec2_tasks} tasks wait while {cpu_reserved_pct} of CPU and {memory_reserved_pct} of memory are reserved (limit 90 %): add instances',
      },
      {
        when: 'instances == 1 && instances_connected == 0',
        say: 'the only container instance is not active and connected',
      },
      { when: 'size(disconnected) > 0', say: 'agent not connected: {disconnected}' },
      { when: 'size(instances_failed) > 0', say: 'not registered: {instances_failed}' },
      { when: 'size(providers_broken) > 0', say: 'capacity provider {providers_broken}' },
      ...(scaling
        ? [
            {
              when: 'targets == 0',
              say: 'nothing scales by itself: register scalable targets, or set scaling: false',
            },
            { when: 'size(not_as_expected) > 0', say: '{not_as_expected}' },
            { when: 'size(without_policy) > 0', say: 'no scaling policy: {without_policy}' },
            { when: 'size(suspended) > 0', say: 'scaling suspended: {suspended}' },
            { when: 'size(at_max) > 0', say: 'at the most tasks: {at_max}' },
            { when: 'size(out_of_range) > 0', say: 'outside its limits: {out_of_range}' },
            { when: 'size(capped) > 0', say: 'could not grow past their most: {capped}' },
            { when: 'size(failed_activities) > 0', say: 'scaling failed: {failed_activities}' },
          ]
        : []),
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  };
}
