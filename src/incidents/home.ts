import type { Post } from '../kernel/command.ts';
import { escapeSlack } from '../kernel/escape.ts';
import { setHomeProblem } from './channel/rows.ts';
import { showJob } from './jobs.ts';
import { type Incident, nameOf } from './model.ts';
import type { IncidentPorts } from './ports.ts';
import { say } from './say.ts';
import * as rows from './store.ts';

/** Why a channel can't be posted to, by Slack's word. */
const words: Record<string, string> = {
  is_archived: 'it is archived',
  is_inactive: 'it is archived',
  not_in_channel: 'Rounds is not in it: invite it',
  channel_not_found: 'it is gone, or Rounds was removed from it: invite it',
  restricted_action: 'posting there is restricted',
};

/**
 * The channel of an incident can't be used, or it gets none: all goes on in the thread of its message, which says so once. Of
 * a private one there is no such thread.
 */
export async function loseHome(id: number, reason: string, ports: IncidentPorts): Promise<void> {
  await ports.store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident || incident.homeProblem !== undefined) return;
    const why = words[reason] ?? `Slack refuses it (${reason})`;
    const at = ports.clock.now();
    await setHomeProblem(tx, id, why);
    await rows.addEvent(tx, id, { at, kind: 'channel', by: 'rounds', words: why });
    const post = goesOnHere(incident, why);
    // Where PHI may be involved nothing else would say it: the thread learns no more.
    const to = incident.phi ? 'announcement' : 'incident';
    if (!incident.private) await say(tx, ports, { id, key: `home:${incident.version}`, to, post });
    await ports.jobs.enqueue(tx, showJob, { id });
  });
}

function goesOnHere({ id, home, phi }: Incident, why: string): Post {
  const name = nameOf({ id });
  const head = home === undefined ? `${name} has no channel of its own` : `<#${home.channel}> can't be used`;
  const next = phi
    ? `As PHI may be involved, no details are told in this thread: \`/ops incident ${name}\` shows how things stand`
    : `${name} goes on in this thread`;
  const text = `${head}: ${escapeSlack(why)}. ${next}`;
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}
