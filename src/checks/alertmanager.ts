import { defineCheck } from '../kernel/check.ts';
import { alertmanagerParams, peersWanted } from './alertmanager/params.ts';
import { probeAlertmanager } from './alertmanager/probe.ts';
import { withUnread } from './aws/unread.ts';

export default defineCheck({
  type: 'alertmanager',
  summary: 'What Alertmanager fires, by severity, and whether alerts get there at all',
  catalogue: ['H26'],
  params: alertmanagerParams,
  facts: () =>
    withUnread({
      reachable: { type: 'bool', help: 'Some member answers; without that only `error` is known' },
      error: { type: 'string', help: 'Why none does: connection refused…; empty when one does' },
      firing: { type: 'number', help: 'Alerts that fire, without the watchdog' },
      critical: { type: 'number', help: 'Of these, with a severity in `critical`' },
      warning: { type: 'number', help: 'Of these, with a severity in `warning`' },
      other: { type: 'number', help: 'Of these, without a severity or with one that is in no list' },
      critical_names: { type: 'list', help: 'Names of the critical ones: `DiskFull ×3`' },
      warning_names: { type: 'list', help: 'Names of the warnings' },
      other_names: { type: 'list', help: 'Names of the others' },
      silenced: { type: 'number', help: 'Alerts that somebody silenced' },
      inhibited: { type: 'number', help: 'Alerts that another alert keeps quiet' },
      started: { type: 'number', help: 'Firing ones that began within `since`; what is over again is not known here' },
      started_critical: { type: 'number', help: 'Of these, critical' },
      started_warning: { type: 'number', help: 'Of these, warnings' },
      oldest_s: {
        type: 'number',
        unit: 's',
        help: 'Since the oldest firing one began; null when none fires: `firing > 0 && oldest_s > 3600`',
        whyAbsent: ({ firing }) => (firing === 0 ? 'nothing fires' : undefined),
      },
      members: { type: 'number', help: 'Members that answered' },
      not_answering: { type: 'list', help: 'Members that did not, and why' },
      peers: {
        type: 'number',
        help: 'Members that the cluster knows, itself included; 0 = it is none, null = one member did not tell',
      },
      ready: { type: 'bool', help: 'No member is still settling: then alerts are not sent yet' },
      watchdog_firing: { type: 'bool', help: 'Some member has the watchdog (`watchdog`)' },
      watchdog_missing: { type: 'list', help: 'Members that do not have it (`watchdog`)' },
      unread: { type: 'list', help: 'What members did not tell besides their alerts, and why' },
    }),
  rules: (target) => {
    const wanted = peersWanted(target);
    return {
      fail: [
        { when: '!reachable', say: '{error}' },
        ...(target.watchdog === undefined
          ? []
          : [{ when: '!watchdog_firing', say: `${target.watchdog} does not fire: alerts do not get here` }]),
        { when: 'critical > 0', say: '{critical} critical (limit 0): {critical_names}' },
      ],
      warn: [
        { when: 'warning > 0', say: '{warning} warnings (limit 0): {warning_names}' },
        { when: 'other > 0', say: '{other} of no known severity: {other_names}' },
        { when: 'size(not_answering) > 0', say: 'no answer: {not_answering}' },
        { when: '!ready', say: 'the cluster is still settling: alerts are not sent yet' },
        ...(wanted === undefined ? [] : [{ when: `peers < ${wanted}`, say: `{peers} members (want ${wanted})` }]),
        ...(target.watchdog === undefined
          ? []
          : [
              {
                when: 'size(watchdog_missing) > 0',
                say: `${target.watchdog} does not fire on {watchdog_missing}: alerts do not get there`,
              },
            ]),
      ],
    };
  },
  okSays: '{critical} critical, {warning} warnings, {silenced} silenced',
  iam: [],
  describe: ({ url }) => `alerts of ${url.map((one) => new URL(one).host).join(', ')}`,
  lane: ({ url }) => `host:${new URL(url[0] ?? 'http://none').host}`,
  laneLimit: 4,
  example: `- id: alerts
  group: api
  alertmanager:
    url: [http://alertmanager-0.internal:9093, http://alertmanager-1.internal:9093]
    watchdog: Watchdog
`,
  run: (probe) => probeAlertmanager(probe),
});
