import type { Problem, Said } from '../../src/alerts/model.ts';
import { messagePost } from '../../src/alerts/views/message.ts';
import { settledPost } from '../../src/alerts/views/settled.ts';
import { tellingPost } from '../../src/alerts/views/telling.ts';
import type { Surroundings } from '../../src/alerts/views/words.ts';
import type { AuditRow } from '../../src/audit/search.ts';
import { rowPost, rowsPost } from '../../src/audit/views/slack.ts';
import { doctorPost } from '../../src/doctor/views/slack.ts';
import { type CheckReport, outcomes } from '../../src/health/model.ts';
import type { Silence } from '../../src/health/silences/model.ts';
import { detailsPost } from '../../src/health/views/details.ts';
import { healthOnHome } from '../../src/health/views/home.ts';
import { maintenanceReply } from '../../src/health/views/maintenance.ts';
import { begunReply, endedReply, mutedReply } from '../../src/health/views/silence.ts';
import { healthPost } from '../../src/health/views/slack.ts';
import { tablePosts } from '../../src/health/views/table.ts';
import type { Incident } from '../../src/incidents/model.ts';
import {
  announcedPost,
  formerPost,
  lostPost,
  nudgePost,
  rolesPost,
  yoursPost as rolesYoursPost,
} from '../../src/incidents/roles/views.ts';
import type { Task } from '../../src/incidents/tasks/model.ts';
import {
  chasePost,
  leftPost,
  longOverduePost,
  lostTaskPost,
  taskPost,
  tasksPost,
  yoursPost as tasksYoursPost,
} from '../../src/incidents/tasks/views.ts';
import { changedPost, declaredPost, saidPost } from '../../src/incidents/views/answer.ts';
import { incidentsOnHome } from '../../src/incidents/views/home.ts';
import { listPost } from '../../src/incidents/views/list.ts';
import { incidentPost, notPagedPost, pagedAfterAllPost } from '../../src/incidents/views/message.ts';
import { viewPost } from '../../src/incidents/views/view.ts';
import type { DeadJob } from '../../src/jobs/model.ts';
import { deadPost } from '../../src/jobs/views/dead.ts';
import type { Command, Post } from '../../src/kernel/command.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import { runbookPost } from '../../src/runbooks/views.ts';
import { composeHome } from '../../src/slack/home-view.ts';
import {
  commandHelpPost,
  deadTokenPost,
  deniedPost,
  endedEarly,
  errorPost,
  failureAbove,
  helpPost,
  interruptedPost,
  notOpenedPost,
  seenAlonePost,
  unknownPost,
  wentWrongPost,
  withInviteHint,
} from '../../src/slack/posts.ts';
import { hostileChecklists } from './hostile-checklists.ts';
import { checkReport, healthReport, noon } from './reports.ts';

/** Gives the next hostile text; a view asks for as many as it has places for foreign text. */
export type NextText = () => string;

/**
 * Every view of Slack, fed with foreign text in every place that people, systems or the configuration fill. Whoever
 * writes a view adds a line here: the test then sends its 10,000 texts through it.
 */
export const hostileViews: Record<string, (next: NextText) => Post[]> = {
  ...hostileChecklists,
  'health: the answer': (next) => [
    healthPost(
      healthReport(
        outcomes.map((outcome) => report(next, outcome)),
        { warnings: [next()] },
      ),
      {
        now: noon,
        scope: next(),
      },
    ),
  ],
  'health: the table': (next) => tablePosts([report(next, 'fail'), report(next, 'ok')]),
  'health: details': (next) => [
    detailsPost(
      {
        report: report(next, 'warn'),
        asks: next(),
        everyMs: 60_000,
        units: { [next()]: next() },
        series: { fact: next(), unit: next(), points: [1, 2].map((value) => ({ at: noon, value })) },
        strip: ['ok', 'fail'],
        transitions: [{ at: noon, from: null, to: 'fail', reason: next() }],
        uptime: { day: 99, month: null },
      },
      noon,
    ),
  ],
  'health: App Home': (next) => {
    const reports = outcomes.map((outcome) => report(next, outcome));
    const strips = new Map(reports.map(({ id }) => [id, ['ok' as const, null, 'fail' as const]]));
    const shown = {
      ...{ report: healthReport(reports, { warnings: [next()] }), strips, silences: [silence(next)], now: noon },
      ...{ owners: new Map(reports.map(({ group }) => [group, next()])), may: { mute: true, endMaintenance: true } },
    };
    const owned = { ids: new Set(reports.map(({ id }) => id)), unknown: next() };
    return [
      healthOnHome({ ...shown, owned }),
      healthOnHome({ ...shown, silences: [], owned: { ids: new Set<string>(), unknown: next() } }),
    ].map((part) => ({ text: 'x', blocks: composeHome([part, { nothingMine: part.nothingMine ?? '' }]).blocks }));
  },
  'health: maintenance': (next) => {
    const window = { id: next(), match: { group: next(), check: next() }, mode: 'skip', forMs: 60_000 } as const;
    const times = { from: noon, until: noon };
    const plan = { silences: [silence(next)], open: [{ window, ...times }], upcoming: [{ window, ...times }] };
    return [maintenanceReply(plan as unknown as Parameters<typeof maintenanceReply>[0], noon, 'asker').slack()].flat();
  },
  'health: muted, begun, ended': (next) =>
    [
      mutedReply({ kind: 'muted', silence: silence(next) }, noon, 'asker').slack(),
      begunReply(silence(next), noon, 'asker').slack(),
      endedReply({ kind: 'ended', silence: silence(next), still: [silence(next)] }, noon, 'asker').slack(),
    ].flat(),
  'alerts: one problem': (next) => [
    messagePost({ problems: [problem(next)] }, around(next)),
    messagePost({ problems: [{ ...problem(next), endedAt: noon, ending: 'ok' }] }, around(next)),
    messagePost({ problems: [{ ...problem(next), muted: { until: noon, by: next() } }] }, around(next)),
  ],
  'alerts: many problems': (next) => {
    const muted = { ...problem(next), muted: { by: next() } };
    return [
      messagePost(
        { problems: [problem(next), problem(next), muted, { ...problem(next), endedAt: noon }] },
        around(next),
      ),
    ];
  },
  'alerts: an announcement': (next) => [
    messagePost({ problems: [], announcement: { lines: [next(), next(), next()] } }, around(next)),
  ],
  'alerts: the thread': (next) => {
    const problems = [problem(next), problem(next)];
    const steps = problems.map(({ checkId, said }) => ({
      version: 1,
      checkId,
      kind: 'worsened' as const,
      notify: true,
      said,
    }));
    const what = steps.map(({ checkId, said: { outcome, reason } }) => ({ checkId, outcome, reason }));
    return [
      tellingPost({ steps, notify: true }, problems, around(next)),
      settledPost({ ts: '1.0', what }, problems, around(next)),
    ];
  },
  'incidents: the message': (next) =>
    hostileIncidents(next).flatMap((incident) => [
      incidentPost(incident, noon),
      withoutCall(notPagedPost(incident, { call: [{ name: next(), emails: [], phones: [''] }], done: [next()] }, noon)),
      pagedAfterAllPost(incident, noon),
    ]),
  'incidents: answers': (next) => {
    const [incident, ...others] = hostileIncidents(next);
    return [
      listPost([incident!, ...others], noon),
      declaredPost(incident!, { known: true, announced: '#incidents' }, noon),
      changedPost(incident!, next()),
    ];
  },
  'incidents: one, and App Home': (next) =>
    hostileIncidents(next).flatMap((incident) => {
      const tasks = [task(next), { ...task(next), state: 'done' as const, ended: { at: noon, by: `${next()} x` } }];
      const events = [{ at: noon, kind: 'update' as const, by: next(), words: next() }];
      const viewer = { id: incident.declaredBy.id };
      const clocks = [{ incident, kind: 'stakeholder' as const, what: `Tell ${next()}`, dueAt: noon }];
      const shown = { open: [incident], clocks, tasks, viewer, mayAct: true, now: noon };
      const { head, mine, board } = incidentsOnHome(shown);
      const blocks = [...(head ?? []), ...(mine ?? []), ...(board ?? [])];
      return [viewPost(incident, { events, tasks }, noon), { text: 'home', blocks }];
    }),
  'incidents: roles': (next) => {
    const [incident] = hostileIncidents(next);
    const [who, before, by] = [person(next), person(next), person(next)];
    const handed = { role: 'commander' as const, who, before, by, note: `${next()}\n${next()}` };
    const held = { ...incident!, roles: { scribe: { ...person(next), since: noon } } };
    return [
      announcedPost(incident!, handed),
      announcedPost(incident!, { ...handed, who: undefined }),
      rolesYoursPost(held, handed, noon),
      formerPost(incident!, handed),
      nudgePost(incident!, { free: ['commander', 'scribe'], whom: undefined, late: '' }, noon),
      lostPost(incident!, { who, free: ['commander'] }),
      rolesPost(held, ['commander'], noon),
      saidPost(incident!, 'You are scribe'),
    ];
  },
  'incidents: tasks': (next) => {
    const [incident] = hostileIncidents(next);
    const ended = { ...task(next), state: 'dropped' as const, ended: { at: noon, by: `${next()} x` } };
    return [
      taskPost(task(next), incident!, noon),
      taskPost(ended, incident!, noon),
      tasksYoursPost(incident!, task(next), { by: person(next), now: noon }),
      chasePost(incident!, task(next), { chase: { at: noon, what: 'due' }, late: '', now: noon }),
      longOverduePost(incident!, task(next), { late: '', now: noon }),
      lostTaskPost(incident!, task(next), person(next)),
      leftPost(incident!, [task(next)], noon),
      tasksPost(incident!, [task(next), ended], noon),
    ];
  },
  'jobs: given up': (next) => [
    deadPost({ jobs: [deadJob(next), deadJob(next)], total: 3, replayed: [deadJob(next)], now: noon }),
  ],
  'audit: rows': (next) => [rowsPost({ rows: [auditRow(next), auditRow(next)], more: true })],
  'audit: one row': (next) => [rowPost(auditRow(next))],
  doctor: (next) => [
    doctorPost(
      (['problem', 'unknown', 'warn', 'ok'] as const).map((state) => ({
        state,
        part: next(),
        message: next(),
        fix: next(),
      })),
      { all: true },
    ),
  ],
  runbook: (next) => [runbookPost(next(), 'How to')],
  'slack: help': (next) => [
    helpPost([{ name: 'x', usage: next(), summary: next(), examples: [next()] } as unknown as Command<unknown>]),
    commandHelpPost({ name: 'x', usage: next(), summary: next(), examples: [next()] } as unknown as Command<unknown>),
  ],
  'slack: an unknown word': (next) => [unknownPost(next(), undefined)],
  'slack: denied': (next) => [deniedPost({ kind: 'denied', why: 'role', message: next() }, [])],
  // Hints are our own words: what stands between backticks is a command.
  'slack: an error': (next) => [errorPost(new OpsError('invalid', next(), { hint: next().replaceAll('`', ' ') }))],
  'slack: a dead token': (next) => [deadTokenPost(next())],
  'slack: ended early': (next) => [endedEarly({ text: 'x', blocks: [] }, next())],
  'slack: a failure in a dialog': (next) => [
    failureAbove(wentWrongPost('x'), errorPost(new OpsError('invalid', next()))),
  ],
  'slack: interrupted': (next) => [interruptedPost({ command: 'health', words: next(), again: true })],
  'slack: a dialog that was not opened': (next) => [notOpenedPost(next())],
  'slack: seen in a dialog alone': (next) => [seenAlonePost(errorPost(new OpsError('invalid', next())))],
  'slack: not in the channel': () => [withInviteHint({ text: 'x', blocks: [] }, 'rounds')],
};

function report(next: NextText, outcome: CheckReport['outcome']): CheckReport {
  return checkReport(next(), {
    outcome,
    group: next(),
    reason: next(),
    next: next(),
    owner: next(),
    runbook: next().replace(/^https?:/i, 'file '),
    blocked_by: next(),
    notes: [next(), next()],
    facts: { [next()]: next(), nested: { [next()]: [next(), { deep: next() }] } },
  });
}

function hostileIncidents(next: NextText): Incident[] {
  const open = (): Incident => ({
    ...{ id: 42, title: next(), severity: next(), label: next(), urgency: 'critical', systems: next(), known: next() },
    ...{
      phi: true,
      drill: false,
      type: '',
      private: false,
      roles: {},
      declaredAt: noon,
      declaredBy: { id: next(), mention: `${next()} in PagerDuty` },
      way: 'page',
    },
    ...{
      pages: [{ n: 1, dedupKey: next(), state: 'sending', attempts: 1, reason: next() }],
      version: 1,
      shown: 0,
      oldPages: 0,
    },
  });
  return [
    { ...open(), notPaged: { why: next(), at: noon, said: false } },
    { ...open(), acknowledged: { at: noon, by: `${next()} in PagerDuty` } },
    { ...open(), resolved: { at: noon, by: `${next()} in PagerDuty`, words: next() } },
  ];
}

function person(next: NextText) {
  return { id: next(), mention: `${next()} in PagerDuty` };
}

function task(next: NextText): Task {
  return {
    ...{ incident: 42, n: 3, what: next(), assignee: person(next), state: 'open', createdBy: person(next) },
    ...{ due: { at: noon, setAt: noon, chased: 0 }, ended: undefined, version: 1, shown: 0, message: undefined },
  };
}

/** It calls the channel on purpose, in one place; whatever else would call anybody stays. */
function withoutCall(post: Post): Post {
  return { ...post, blocks: JSON.parse(JSON.stringify(post.blocks).replace('* <!here>\\nWhy: ', '*\\nWhy: ')) };
}

function problem(next: NextText): Problem {
  const said: Said = {
    outcome: 'fail',
    reason: next(),
    next: next(),
    owner: next(),
    runbook: next().replace(/^https?:/i, 'file '),
    since: noon,
  };
  return { checkId: next(), openedAt: noon, beganAt: noon, worst: 'fail', worstReason: next(), said };
}

function around(_next: NextText): Surroundings {
  return { now: noon, zone: 'America/New_York', mentions: new Map(), dependents: () => 2 };
}

function silence(next: NextText): Silence {
  return {
    id: 'k3x9',
    kind: 'maintenance',
    target: { kind: 'group', id: next() },
    mode: 'mute',
    from: noon,
    until: noon,
    reason: next(),
    by: { id: 'slack:U0ANNA0001', name: next(), mention: '<@U0ANNA0001>' },
    ended: { at: noon, by: next() },
  };
}

function deadJob(next: NextText): DeadJob {
  const id = '0b9f1a52-7c1e-4b7e-9a55-2f4d1c0e8a11';
  return { id, kind: next(), data: {}, reason: next(), message: next(), attempts: 2, diedAt: noon };
}

function auditRow(next: NextText): AuditRow {
  return {
    seq: 7,
    at: noon,
    recorded: {
      actor: next(),
      request: next(),
      action: next(),
      target: next(),
      before: { [next()]: next() },
      after: next(),
      reason: next(),
    },
    erasedBy: undefined,
    erases: undefined,
    hash: 'ab'.repeat(32),
  };
}
