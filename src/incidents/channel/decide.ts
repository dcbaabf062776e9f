import type { Severity } from '../../severities/model.ts';
import type { Incident } from '../model.ts';
import { channelTopic } from './name.ts';
import type { Kept } from './rows.ts';

/** What follows from a declaration in Slack, in this order; each step looks first how far it has come. */
export type StepName =
  /** A channel whose creation was not answered may be there. */
  | 'find'
  | 'create'
  /** It could not be posted to: can it again? */
  | 'look'
  | 'unarchive'
  | 'topic'
  | 'on-call'
  | 'invite'
  | 'bookmark'
  | 'summary'
  | 'pin'
  | 'notify'
  | 'offer'
  | 'archive';

export interface Scene {
  incident: Incident;
  kept: Kept;
  /** Those in it, by Slack's ids: the reporter, who acknowledged, who has a role, members. */
  concerned: readonly string[];
  severity: Severity | undefined;
  /** Whether PagerDuty can be asked who is on call. */
  asksOnCall: boolean;
  now: Date;
}

/** PagerDuty being away is no reason to ask for hours: who takes it on comes in by that. */
const onCallForMs = 30 * 60_000;

/** The next step, or that all is as it should be; `putOff` = what failed lately, to be tried another time. Pure. */
export function nextStep(scene: Scene, putOff: ReadonlySet<StepName> = new Set()): StepName | 'done' {
  const open = (name: StepName) => !putOff.has(name) && scene.kept.refused[name] === undefined;
  return stepsOf(scene).find(open) ?? 'done';
}

function stepsOf(scene: Scene): StepName[] {
  const { incident, kept } = scene;
  if (incident.home) return incident.homeProblem === undefined ? stepsInside(scene) : stepsAway(scene);
  if (kept.begunAgoMs !== undefined) return ['find'];
  if (incident.homeProblem !== undefined) return announcing(scene);
  // It is over before there was a channel: none is needed any more.
  return incident.resolved ? [] : ['create'];
}

function stepsInside(scene: Scene): StepName[] {
  const { incident, kept } = scene;
  const { summary } = kept;
  return [
    ...when('topic', kept.topic !== channelTopic(incident)),
    ...when('on-call', shouldAskOnCall(scene)),
    ...when('invite', toInvite(scene).length > 0),
    ...when(
      'bookmark',
      kept.links.some(({ state }) => state === 'wanted'),
    ),
    ...when('summary', summary === undefined || summary.shown < incident.version),
    ...when('pin', summary !== undefined && kept.pinnedTs !== summary.ts),
    ...announcing(scene),
    ...when('archive', kept.archiveDue && incident.resolved !== undefined),
  ];
}

/** Its channel can't be used: what Rounds archived itself is opened again when the incident is, of all else only people know. */
function stepsAway({ incident, kept }: Scene): StepName[] {
  if (kept.archived) return incident.resolved ? [] : ['unarchive'];
  return ['look'];
}

function announcing({ incident, kept, severity }: Scene): StepName[] {
  if (incident.resolved) return [];
  const offers = severity && severity.runbooks.length + severity.checklists.length > 0;
  return [...when('notify', !kept.notified), ...when('offer', !!offers && kept.offered !== severity.id)];
}

function shouldAskOnCall({ incident, kept, asksOnCall, now }: Scene): boolean {
  const { way, drill, resolved, private: isPrivate, declaredAt } = incident;
  if (!asksOnCall || kept.onCallAsked || way !== 'page' || drill || resolved) return false;
  // Who is in a private one, people decide.
  return !isPrivate && now.getTime() - declaredAt.getTime() < onCallForMs;
}

/** Who was not asked in yet. */
export function toInvite({ concerned, kept: { people } }: Scene): string[] {
  const asked = new Set(people.flatMap(({ person, state }) => (state === 'wanted' ? [] : [person])));
  const wanted = people.map(({ person }) => person);
  return [...new Set([...concerned, ...wanted])].filter((person) => !asked.has(person));
}

/** Whether a channel whose time has come is archived; `needed`: the law's deadlines, which outlast the incident, are told there. Pure. */
export function archiving(
  incident: Incident,
  dueAt: Date | undefined,
  now: Date,
  { needed = false } = {},
): 'archive' | 'open' | 'early' | 'needed' | 'none' {
  if (!incident.home) return 'none';
  if (!incident.resolved) return 'open';
  if (dueAt && now < dueAt) return 'early';
  return needed ? 'needed' : 'archive';
}

function when(name: StepName, needed: boolean): StepName[] {
  return needed ? [name] : [];
}
