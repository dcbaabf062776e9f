import { verb } from '../audit/verb.ts';
import { OpsError } from '../kernel/errors.ts';
import { wayToTell } from '../severities/decide.ts';
import { severityNamed } from '../severities/named.ts';
import type { Tx } from '../store/store.ts';
import { type Asker, withoutWords } from './change.ts';
import { kept } from './given.ts';
import { showJob } from './jobs.ts';
import { type By, type Incident, incidentTypes, type Origin } from './model.ts';
import { pageNow } from './page-now.ts';
import type { Room } from './ports.ts';
import type { Proposal } from './proposals/model.ts';
import { declareFrom } from './proposals/proposals.ts';
import { lockProposal } from './proposals/store.ts';
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
  /** The proposal that it is declared from. */
  proposal?: number;
  /** The channel it is declared in. */
  channel?: string;
}

/**
 * Declares an incident, once per key: state, audit, the page and the messages in one transaction. The page is the first job:
 * nothing waits for Slack. Throws OpsError `invalid`, `not_found` (the severity), `unavailable`.
 */
export async function declareIncident(asker: Asker, declared: Declaration, room: Room): Promise<Declared> {
  const done = await writeDeclared(asker, preparedOf(asker.by, declared, room), room);
  // A page waits for nothing: not for the next look of the queue either.
  room.jobs.hurry();
  room.onChanged?.();
  return done;
}

export interface Declared {
  kind: 'declared' | 'known';
  incident: Incident;
}

/** An incident as it is to be written down, judged by the severities and the hour of its declaration. */
export interface Prepared extends rows.NewIncident {
  pages: boolean;
  proposal?: number;
}

/** Throws OpsError `invalid`, `not_found` (the severity). Asks nothing but the clock. */
export function preparedOf(by: By, declared: Declaration, { clock, severities, team }: Room): Prepared {
  const severity = severityNamed(severities.all, declared.severity);
  const title = kept(declared.title.replace(/\s+/g, ' '), longest.title);
  if (title === '')
    throw new OpsError('invalid', 'What is wrong? An incident needs a title', { hint: 'in a few words' });
  const at = clock.now();
  const way = wayToTell(severity, at, team).kind;
  const drill = declared.drill ?? false;
  return {
    ...{ key: declared.key, title, severity: severity.id, label: severity.label, urgency: severity.urgency },
    ...{ systems: kept(declared.systems, longest.words), known: kept(declared.known, longest.words) },
    ...{ phi: declared.phi ?? false, drill, way, pages: way === 'page' && !drill, at, by },
    ...{ channel: declared.channel, origin: originOf(declared.origin) },
    ...{ type: typeOf(declared.type), private: declared.private ?? false },
    ...(declared.proposal !== undefined && { proposal: declared.proposal }),
  };
}

/** How it rings, and what else is to be written with it, in the same transaction; `journaled`: it was declared before. */
export interface Writing {
  ring?(tx: Tx, incident: Incident): Promise<void>;
  /** Known already: this key has declared it. */
  known?(tx: Tx, incident: Incident): Promise<void>;
  journaled?: boolean;
  /** Aborted: whoever waited has gone on without it, so nothing is to be written any more. */
  signal?: AbortSignal;
}

/** Writes it down with all that follows, unless its key has declared one already. Throws OpsError `unavailable`. */
export function writeDeclared(asker: Asker, made: Prepared, room: Room, writing: Writing = {}): Promise<Declared> {
  const { store, clock, jobs } = room;
  const { key, at, severity, label, title, way, phi, drill } = made;
  return verb<unknown, Declared>({ store, clock }, { actor: asker.by.id, request: asker.request }, async (tx) => {
    const proposal = made.proposal === undefined ? undefined : await lockProposal(tx, made.proposal);
    const id = await rows.insertIncident(tx, { ...made, origin: made.origin ?? (proposal && alertOf(proposal)) });
    if (id === undefined) {
      const incident = (await rows.incidentOfKey(tx, key))!;
      await writing.known?.(tx, incident);
      return { result: { kind: 'known', incident }, audit: [] };
    }
    await rows.addEvent(tx, id, { at, kind: 'declared', by: asker.by.id, words: `${label}: ${title}` });
    await rows.addMember(tx, id, asker.by);
    const { journaled = false } = writing;
    if (proposal) await declareFrom(tx, proposal, { id, at: clock.now(), by: asker.by, journaled }, room);
    if (made.pages) {
      if (writing.ring) await writing.ring(tx, (await rows.findIncident(tx, id))!);
      else await pageNow(tx, { id, at }, room);
    }
    await jobs.enqueue(tx, showJob, { id });
    const incident = (await rows.findIncident(tx, id))!;
    await room.follow(tx, { change: 'declared', incident, before: undefined, at, by: asker.by });
    writing.signal?.throwIfAborted();
    const after = { severity, title, way, phi, drill, ...(journaled && { declared: at.toISOString() }) };
    const audit = { action: 'incident.declare', target: `incident/${id}`, after };
    return { result: { kind: 'declared', incident }, audit: [incident.private ? withoutWords(audit) : audit] };
  });
}

function originOf(origin: Origin | undefined): Origin | undefined {
  if (origin?.kind === 'message') return { ...origin, text: kept(origin.text, longest.words) };
  return origin?.kind === 'check' ? { ...origin, reason: kept(origin.reason, longest.words) } : origin;
}

function alertOf({ source, name, key }: Proposal): Origin {
  return { kind: 'alert', source, name, key };
}

function typeOf(given: string | undefined): string {
  if (given === undefined || given === '' || Object.hasOwn(incidentTypes, given)) return given ?? '';
  const hint = `one of ${Object.keys(incidentTypes).join(', ')}`;
  throw new OpsError('invalid', `There is no type "${given}"`, { hint });
}
