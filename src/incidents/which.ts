import { OpsError } from '../kernel/errors.ts';
import { noSuchIncident } from './change.ts';
import { type Incident, nameOf, numberOf } from './model.ts';
import type { IncidentPorts } from './ports.ts';
import * as rows from './store.ts';

/** What somebody says of the incident they mean: a word such as `INC-42`, or where they ask. */
export interface Meant {
  word?: string | undefined;
  /** Slack's id of the channel. */
  channel?: string | undefined;
  /** Who asks: `slack:U1`. */
  viewer: { id: string };
}

/**
 * The incident that somebody means: the one they name, else the one whose channel it is, else the only one that is open. One
 * that they may not see is not there. Throws OpsError `not_found`, `invalid`.
 */
export async function whichIncident(
  { word, channel, viewer }: Meant,
  { store }: Pick<IncidentPorts, 'store'>,
): Promise<Incident> {
  const db = store.db();
  if (word) {
    const id = numberOf(word);
    if (id === undefined) throw new OpsError('invalid', `"${word}" is no incident`, { hint: 'INC-42, for example' });
    return seen(id);
  }
  const id = channel === undefined ? undefined : await rows.incidentOfHome(db, channel);
  if (id !== undefined) return seen(id);
  const open = (await rows.listIncidents(db, 50, viewer)).filter(({ resolved }) => !resolved);
  const [only, ...more] = open;
  if (only && more.length === 0) return only;
  if (!only) throw new OpsError('invalid', 'Which incident? None is open', { hint: '`/ops incident` lists them' });
  const names = open.slice(0, 5).map(nameOf).join(', ');
  throw new OpsError('invalid', `Which incident? ${open.length} are open: ${names}`, {
    hint: 'Name one, or ask in its channel',
  });

  /** The same words whether it is not there, or is private: nobody learns which. */
  function notForThem(number: number): OpsError {
    const { code, message, hint } = noSuchIncident(number);
    return new OpsError(code, `${message}, or it is private and you are not in it`, { ...(hint && { hint }) });
  }

  async function seen(number: number): Promise<Incident> {
    const incident = await rows.findIncident(db, number);
    if (!incident || !(await rows.maySee(db, number, viewer))) throw notForThem(number);
    return incident;
  }
}
