import { verb } from '../audit/verb.ts';
import { OpsError } from '../kernel/errors.ts';
import { wayToTell } from '../severities/decide.ts';
import { severityNamed } from '../severities/named.ts';
import { kept } from './given.ts';
import { confirmTimer, confirmWithinMs, pageJob, showJob, watchJob } from './jobs.ts';
import type { By, Incident } from './model.ts';
import type { IncidentPorts } from './ports.ts';
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
  /** The channel it is declared in. */
  channel?: string;
}

/**
 * Declares an incident, once per key: state, audit, the page and the messages in one transaction. The page is the first job:
 * nothing waits for Slack. Throws OpsError `invalid`, `not_found` (the severity), `unavailable`.
 */
export async function declareIncident(
  asker: { by: By; request: string },
  declared: Declaration,
  ports: IncidentPorts,
): Promise<{ kind: 'declared' | 'known'; incident: Incident }> {
  const { store, jobs, timers, clock, severities, team } = ports;
  const severity = severityNamed(severities.all, declared.severity);
  const title = kept(declared.title.replace(/\s+/g, ' '), longest.title);
  if (title === '')
    throw new OpsError('invalid', 'What is wrong? An incident needs a title', { hint: 'in a few words' });
  const at = clock.now();
  const way = wayToTell(severity, at, team).kind;
  const drill = declared.drill ?? false;
  const pages = way === 'page' && !drill;
  return verb<unknown, { kind: 'declared' | 'known'; incident: Incident }>(
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
        ...{ at, by: asker.by, channel: declared.channel },
      });
      if (made === undefined)
        return { result: { kind: 'known', incident: (await rows.incidentOfKey(tx, declared.key))! }, audit: [] };
      await rows.addEvent(tx, made, { at, kind: 'declared', by: asker.by.id, words: `${severity.label}: ${title}` });
      if (pages) {
        const n = 1;
        await rows.insertPage(tx, made, { n, dedupKey: `rounds:${made}:${n}` });
        await jobs.enqueue(tx, pageJob, { id: made, n, action: 'trigger' }, { key: `${made}:${n}:trigger` });
        const dueAt = new Date(at.getTime() + confirmWithinMs);
        await timers.set(tx, { key: confirmTimer(made), dueAt, kind: watchJob, data: { id: made, what: 'confirm' } });
      }
      await jobs.enqueue(tx, showJob, { id: made });
      const after = { severity: severity.id, title, way, phi: declared.phi ?? false, drill };
      const incident = (await rows.findIncident(tx, made))!;
      const result = { kind: 'declared' as const, incident };
      return { result, audit: [{ action: 'incident.declare', target: `incident/${made}`, after }] };
    },
  );
}
