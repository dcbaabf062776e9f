import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../../src/store/store.ts';
import type { Workspace } from '../../src/workspace/workspace.ts';
import type { Finding } from './soak-findings.ts';

/** What people did about incidents: titles that were sent off, and how often somebody pressed something. */
export interface Declared {
  titles: Set<string>;
  /** Of those, whose answer people saw. */
  answered: Set<string>;
  presses: number;
}

/** Somebody declares, acknowledges here or on the phone, and resolves, again and again, until the signal. */
export async function liveIncidents(workspace: Workspace, declared: Declared, signal: AbortSignal): Promise<void> {
  const anna = workspace.user('anna');
  for (let n = 1; !signal.aborted; n += 1) {
    const title = `soak ${n}`;
    while (workspace.views('anna').length > 0) await anna.dismiss();
    await anna.command('#ops', '/ops incident declare');
    const view = await soon(() => workspace.views('anna').find(({ callback_id: id }) => id === 'incident.declare'));
    if (view) {
      declared.titles.add(title);
      // Sent off, and once more by somebody who saw no answer; the dialog is the same.
      for (let times = 1 + randomInt(2); times > 0; times -= 1)
        await anna.submit(view, { title, severity: 'p1' }).catch(closed);
      const isAnswered = () => JSON.stringify(workspace.views('anna')).includes('Declared') || undefined;
      if (await soon(isAnswered)) declared.answered.add(title);
      while (workspace.views('anna').length > 0) await anna.dismiss();
    }
    await pause(randomInt(500, 3_000));
    if (await handleOne(workspace)) declared.presses += 1;
  }
}

/** What is there within 3 s: a bot that is killed meanwhile opens and answers nothing. */
async function soon<T>(look: () => T | undefined): Promise<T | undefined> {
  for (let tries = 0; tries < 60; tries += 1) {
    const found = look();
    if (found !== undefined) return found;
    await pause(50);
  }
  return undefined;
}

/** The bot took the dialog away meanwhile. */
function closed(error: unknown): void {
  if (!(error instanceof Error)) throw error;
}

async function handleOne(workspace: Workspace): Promise<boolean> {
  const ringing = workspace.phone.pages().filter(({ status }) => status === 'triggered');
  const page = ringing[randomInt(Math.max(1, ringing.length))];
  const id = page && /^rounds:(\d+):/.exec(page.dedupKey)?.[1];
  if (id === undefined) return false;
  const choice = randomInt(3);
  if (choice === 0) return workspace.phone.acknowledge(page!.dedupKey);
  const words = choice === 1 ? `ack INC-${id}` : `resolve INC-${id} soaked`;
  return (await workspace.user('anna').command('#ops', `/ops incident ${words}`)).ok;
}

export async function openIncidents(store: Store): Promise<string[]> {
  const { rows } = await store.pool.query<{ id: string }>('select id::text from incident where resolved_at is null');
  return rows.map(({ id }) => id);
}

export async function endIncidents(ids: readonly string[], workspace: Workspace): Promise<void> {
  for (const id of ids) await workspace.user('anna').command('#ops', `/ops incident resolve INC-${id} healed`);
}

/** One incident for each title, one alert for each page, one message for each step; nothing rings when all is over. */
export async function incidentFindings(
  store: Store,
  workspace: Workspace,
  { titles, answered }: Declared,
): Promise<Finding[]> {
  const { rows } = await store.pool.query<{
    id: string;
    title: string;
    open: boolean;
    shown: boolean;
    pages: string[];
  }>(`
    select id::text, title, resolved_at is null as open, shown = version as shown,
           array(select dedup_key from incident_page where incident_id = i.id) as pages
    from incident i`);
  const doubledTitles = rows.length - new Set(rows.map(({ title }) => title)).size;
  const rung = workspace.phone.pages();
  const known = new Set(rows.flatMap(({ pages }) => pages));
  const said = [...workspace.state.channels.values()].flatMap(({ id }) =>
    workspace.messages(id).flatMap(({ metadata }) => {
      const key = String(metadata?.event_payload.key);
      return key.startsWith('incident:') ? [`${id} ${key}`] : [];
    }),
  );
  const homes = [...workspace.state.channels.values()].filter(({ name }) => name?.startsWith('inc-')).length;
  const withHome = await store.pool.query('select 1 from incident where home_id is not null');
  const kept = new Set(rows.map(({ title }) => title));
  return [
    {
      name: 'declarations lost',
      measured: [...answered].filter((title) => !kept.has(title)).length,
      wanted: 0,
      of: answered.size,
    },
    { name: 'incidents doubled', measured: doubledTitles, wanted: 0, of: titles.size },
    {
      name: 'incidents that nobody declared',
      measured: rows.filter(({ title }) => !titles.has(title)).length,
      wanted: 0,
    },
    {
      name: 'incidents not at their end',
      measured: rows.filter(({ open, shown }) => open || !shown).length,
      wanted: 0,
      of: rows.length,
    },
    {
      name: 'pages still open',
      measured: rung.filter(({ status }) => status !== 'resolved').length,
      wanted: 0,
      of: rung.length,
    },
    {
      name: 'pages doubled, lost, or of no incident',
      measured:
        rung.length -
        new Set(rung.map(({ dedupKey }) => dedupKey)).size +
        rung.filter(({ dedupKey }) => !known.has(dedupKey)).length,
      wanted: 0,
      of: known.size,
    },
    { name: 'messages of incidents doubled', measured: said.length - new Set(said).size, wanted: 0, of: said.length },
    { name: 'channels doubled', measured: homes - withHome.rows.length, wanted: 0, of: homes },
  ];
}
