import { z } from 'zod';
import { defineCheck, type FactSpecs, type Probe } from '../kernel/check.ts';
import { severities } from '../kernel/findings.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectGuardDuty } from './aws/guardduty.ts';
import { connectInspector } from './aws/inspector.ts';
import { account, duration, region } from './aws/params.ts';
import { readParts } from './aws/parts.ts';
import { connectSecurityHub } from './aws/securityhub.ts';
import { withUnread } from './aws/unread.ts';
import { few } from './facts/few.ts';
import { findingFacts } from './security-findings/facts.ts';
import { type Reading, type Source, sourceNames, sources } from './security-findings/finding.ts';
import { readGuardDuty } from './security-findings/guardduty.ts';
import { readInspector, scans } from './security-findings/inspector.ts';
import { readSecurityHub } from './security-findings/security-hub.ts';

const hourMs = 3_600_000;

const params = z.strictObject({
  sources: z
    .array(z.enum(sources))
    .min(1)
    .default([...sources])
    .describe('who is asked; leave out what the account does not use'),
  deadlines: z
    .strictObject({
      critical: duration.prefault('24h').describe('for a critical finding'),
      high: duration.prefault('7d').describe('for a high one'),
      medium: duration.prefault('30d').describe('for a medium one'),
      low: duration.prefault('90d').describe('for a low one'),
    })
    .prefault({})
    .describe('an open finding older than this fails'),
  inspector_scans: z
    .array(z.enum(scans))
    .default([])
    .describe('scans of Inspector that must be on; default: Inspector itself, whatever it scans'),
  most: z
    .int()
    .min(1)
    .max(5_000)
    .default(500)
    .describe('findings read of each severity and source, oldest first; Security Hub answers 300 a second at most'),
  account,
  region,
});
type Target = z.output<typeof params>;

const actions: Record<Source, string[]> = {
  'security-hub': ['securityhub:GetFindings', 'securityhub:GetEnabledStandards'],
  guardduty: [
    ...['guardduty:ListDetectors', 'guardduty:GetDetector', 'guardduty:GetFindingsStatistics'],
    ...['guardduty:ListFindings', 'guardduty:GetFindings'],
  ],
  inspector: ['inspector2:BatchGetAccountStatus', 'inspector2:ListFindings'],
};

const orNull = 'at least, where `complete` is false; null if none was found and not all sources were read';

const facts: FactSpecs = {
  critical: { type: 'number', help: `open critical findings, ${orNull}` },
  high: { type: 'number', help: `open high ones, ${orNull}` },
  medium: { type: 'number', help: `open medium ones, ${orNull}` },
  low: { type: 'number', help: `open low ones, without the informational, ${orNull}` },
  new_24h: { type: 'number', help: 'of all these, not older than 24 h; null if not all were read' },
  overdue: { type: 'number', help: `open longer than the deadline of their severity, ${orNull}` },
  overdue_of: { type: 'list', help: 'these by severity and source, with the oldest and the deadline' },
  worst: { type: 'list', help: 'critical and high ones: control, vulnerability or type, how often, source' },
  threats: { type: 'number', help: 'critical and high ones of GuardDuty; null if it was not read' },
  threats_of: { type: 'list', help: 'their types, and how often' },
  off: {
    type: 'list',
    help: 'sources, standards of Security Hub and scans of Inspector that are off; null if not known',
  },
  ...Object.fromEntries(
    severities.map((severity): [string, FactSpecs[string]] => [
      `${severity}_deadline_h`,
      { type: 'number', unit: 'h', help: `the deadline \`deadlines.${severity}\`` },
    ]),
  ),
  complete: { type: 'bool', help: 'whether every open finding was read' },
  cut_off: { type: 'list', help: 'severities of which only the oldest `most` were read' },
  unread: { type: 'list', help: 'sources that could not be read, and why' },
};

export default defineCheck({
  type: 'security-findings',
  summary: 'Open findings of Security Hub, GuardDuty and Inspector by severity, new ones, ones past their deadline',
  catalogue: ['H14', 'H41'],
  params,
  facts: () => withUnread(facts),
  rules: () => ({
    fail: [
      { when: 'size(off) > 0', say: '{off}: switch it on, or leave it out' },
      { when: 'critical > 0', say: '{critical} critical open (limit 0): {worst}' },
      { when: 'threats > 0', say: '{threats} critical or high of GuardDuty open (limit 0): {threats_of}' },
      { when: 'overdue > 0', say: '{overdue} past the deadline: {overdue_of}' },
    ],
    warn: [
      { when: 'high > 0', say: '{high} high open (limit 0): {worst}' },
      { when: 'size(unread) > 0', say: 'not read: {unread}' },
    ],
  }),
  okSays: ({ sources: asked }) => `no critical or high finding of ${namesOf(asked)}, {medium} medium, {low} low`,
  iam: Object.values(actions).flat(),
  iamFor: ({ sources: asked }) =>
    sources.filter((source) => asked.includes(source)).flatMap((source) => actions[source]),
  describe: ({ sources: asked }) => `findings of ${asked.join(', ')}`,
  lane: (target) => awsLane('security', target),
  laneLimit: 1,
  example: `- id: security
  group: general
  every: 1h
  timeout: 60s
  security-findings:
    sources: [security-hub, guardduty]
    deadlines: {high: 14d}
    region: eu-west-1
`,
  async run(probe: Probe<Target>) {
    const { target, signal: whole, partsSignal: signal, clock } = probe;
    const where = whereOf(probe);
    const { most } = target;
    const ask: Record<Source, () => Promise<Reading>> = {
      'security-hub': async () =>
        readSecurityHub(
          { aws: await connectSecurityHub(where, signal), signal, most, askedToo: alsoAsked(target) },
          whole,
        ),
      guardduty: async () => readGuardDuty({ aws: await connectGuardDuty(where, signal), signal, most }, whole),
      inspector: async () =>
        readInspector(
          { aws: await connectInspector(where, signal), signal, most, expected: target.inspector_scans },
          whole,
        ),
    };
    const asked = Object.fromEntries(target.sources.map((source) => [source, ask[source]]));
    const { parts, unread } = await readParts<Partial<Record<Source, Reading>>>(asked, whole);
    const deadlines = Object.fromEntries(
      severities.map((severity) => [`${severity}_deadline_h`, target.deadlines[severity] / hourMs]),
    );
    return {
      facts: {
        ...findingFacts(parts, { now: clock.now(), deadlines: target.deadlines }),
        ...deadlines,
        unread: few([...unread, ...target.sources.flatMap((source) => parts[source]?.unread ?? [])]),
      },
    };
  },
});

function namesOf(asked: Source[]): string {
  return sources
    .filter((source) => asked.includes(source))
    .map((source) => sourceNames[source])
    .join(', ');
}

/** Security Hub has the findings of the others too: the names it gives to those that are asked themselves. */
function alsoAsked({ sources: asked }: Target): string[] {
  return [...(asked.includes('guardduty') ? ['GuardDuty'] : []), ...(asked.includes('inspector') ? ['Inspector'] : [])];
}
