import { z } from 'zod';
import { duration, identifier, oneOrMany } from '../../config/schema/scalars.ts';
import { aboutChecks, aboutKeys, checksOrWhy, showKey } from '../estate/about.ts';
import { complianceTypes, isToldElsewhere, type Point, pointLine, pointMarks, pointsOf } from '../estate/compliance.ts';
import { checklistPoints } from '../estate/compliance-lists.ts';
import { fewLines, fewRows } from '../estate/few.ts';
import { ownAuditPoints } from '../estate/own-audit.ts';
import { defineReportSection } from '../section.ts';

const day = 86_400_000;

const options = z.strictObject({
  ...aboutKeys,
  checklists: oneOrMany(identifier)
    .default([])
    .describe('names of checklists that must be gone through; default: those with hipaa or compliance in their name')
    .meta({ title: 'id, or a list' }),
  checklists_within: duration(day, 400 * day)
    .prefault('35d')
    .describe('how long ago the last time may be'),
  show: showKey,
});

/** What must be so: each point with yes, no or unknown. */
export default defineReportSection({
  name: 'compliance',
  summary: 'Compliance: encryption, CloudTrail, access, the audit of Rounds and checklists, each with ✓, ✗ or unknown',
  options,
  async run(ctx, { checks, groups, checklists, checklists_within, show }) {
    const { why } = await checksOrWhy(ctx);
    const about =
      why === undefined
        ? await aboutChecks(ctx, { checks, groups }, ({ type }) => complianceTypes.includes(type))
        : { checks: [], unknown: [`encryption, CloudTrail and access: ${why}`] };
    const [own, lists] = await Promise.all([
      ownAuditPoints(ctx),
      checklistPoints(ctx, { named: checklists, withinMs: checklists_within }),
    ]);
    const order = ['no', 'unknown', 'open', 'yes'];
    const points = [...pointsOf(about.checks), ...lists, ...own].toSorted(
      (a, b) => order.indexOf(a.state) - order.indexOf(b.state),
    );
    const good = points.filter(({ state }) => state === 'yes').length;
    const inThread = (point: Point) => show === 'thread' && (!isBad(point) || isToldElsewhere(point));
    const said = points.filter((point) => isBad(point) && !inThread(point));
    const { unknown } = about;
    const onlyOwn = points.length === own.length && unknown.length === 0;
    return {
      title: 'Compliance',
      attention: said.some(({ state }) => state === 'no') ? 'act' : said.length + unknown.length > 0 ? 'look' : 'none',
      lines: fewLines(points, { of: 'points', line: (point) => pointLine(point, inThread(point)) }),
      unknown,
      brief: onlyOwn && good === points.length ? 'audit as recorded' : `compliance ${good}/${points.length}`,
      tables: fewRows(points, {
        title: 'Compliance',
        columns: ['What', 'State', 'Found'],
        row: ({ what, state, words }) => [what, pointMarks[state], words],
      }),
      values: { good, of: points.length },
    };
  },
});

function isBad({ state }: Point): boolean {
  return state === 'no' || state === 'unknown';
}
