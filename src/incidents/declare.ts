import { verb } from '../audit/verb.ts';
import { OpsError } from '../kernel/errors.ts';
import { wayToTell } from '../severities/decide.ts';
import { severityNamed } from '../severities/named.ts';
import { type Asker, withoutWords } from './change.ts';
import { kept } from './given.ts';
import { showJob } from './jobs.ts';
import { type Incident, incidentTypes, type Origin } from './model.ts';
import { pageNow } from './page-now.ts';
import type { Room } from './ports.ts';
import * as rows from './store.ts';

const longest = { title: 200, words: 2_000 };

/** What a person says when they declare an incident; all but the severity and the title may be left out. */
export interface Declaration {
  /** Names the submit, the command or the click: the same key is the same incident. */
  key: string;
  /** As a person names it: `P1`, `critical`. */
  severity: string;
  title: string;
  systems?: string;
  known?: string;
  /** Default: no. "Not sure" is to be given as true. */
  phi?: boolean;
  drill?: boolean;
  /** One of `incidentTypes`. */
  type?: string;
  /** Only its members see it; who declares it is the first. */
  private?: boolean;
  origin?: Origin;
  /** The channel it is declared in. */
  channel?: string;
}

/**
 * Declares an incident, once per key: state, audit, the page and the messages in one transaction. The page is the first job:
 * nothing waits for Slack. Throws OpsError `invalid`, `not_found` (the severity), `unavailable`.
 */
export async function declareIncident(
  asker: Asker,
  declared: Declaration,
  room: Room,
): Promise<{ kind: 'declared' | 'known'; incident: Incident }> {
  const { store, jobs, clock, severities, team } = room;
  const severity = severityNamed(severities.all, declared.severity);
  const title = kept(declared.title.replace(/\s+/g, ' '), longest.title);
  if (title === '')
    throw new OpsError('invalid', 'What is wrong? An incident needs a title', { hint: 'in a few words' });
  const at = clock.now();
  const way = wayToTell(severity, at, team).kind;
  const drill = declared.drill ?? false;
  const pages = way === 'page' && !drill;
  const done = await verb<unknown, { kind: 'declared' | 'known'; incident: Incident }>(
    { store, clock },
    { actor: asker.by.id, request: asker.request },
    async (tx) => {
      const made = await rows.insertIncident(tx, {
        ...{ key: declared.key, title, severity: severity.id, label: severity.label, urgency: severity.urgency },
        ...{
          systems: kept(declared.systems, longest.words),
          known: kept(declared.known, longest.words),
          phi: declared.phi ?? false,
          drill,
          way,
        },
        ...{ at, by: asker.by, channel: declared.channel, origin: originOf(declared.origin) },
        ...{ type: typeOf(declared.type), private: declared.private ?? false },
      });
      if (made === undefined)
        return { result: { kind: 'known', incident: (await rows.incidentOfKey(tx, declared.key))! }, audit: [] };
      await rows.addEvent(tx, made, { at, kind: 'declared', by: asker.by.id, words: `${severity.label}: ${title}` });
      await rows.addMember(tx, made, asker.by);
      if (pages) await pageNow(tx, { id: made, at }, room);
      await jobs.enqueue(tx, showJob, { id: made });
      const after = { severity: severity.id, title, way, phi: declared.phi ?? false, drill };
      const incident = (await rows.findIncident(tx, made))!;
      await room.follow(tx, { change: 'declared', incident, before: undefined, at, by: asker.by });
      const result = { kind: 'declared' as const, incident };
      const audit = { action: 'incident.declare', target: `incident/${made}`, after };
      return { result, audit: [incident.private ? withoutWords(audit) : audit] };
    },
  );
  // A page waits for nothing: not for the next look of the queue either.
  jobs.hurry();
  return done;
}

function originOf(origin: Origin | undefined): Origin | undefined {
  if (origin?.kind === 'message') return { ...origin, text: kept(origin.text, longest.words) };
  return origin?.kind === 'check' ? { ...origin, reason: kept(origin.reason, longest.words) } : origin;
}

function typeOf(given: string | undefined): string {
  if (given === undefined || given === '' || Object.hasOwn(incidentTypes, given)) return given ?? '';
  const hint = `one of ${Object.keys(incidentTypes).join(', ')}`;
  throw new OpsError('invalid', `There is no type "${given}"`, { hint });
}
