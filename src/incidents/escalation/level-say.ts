import type { JobHandler } from '../../jobs/model.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import type { Recipient } from '../../severities/model.ts';
import type { Incident } from '../model.ts';
import type { IncidentPort, IncidentPorts } from '../ports.ts';
import { say } from '../say.ts';
import * as rows from '../store.ts';
import { headOf } from '../views/message.ts';
import { markedPost, takeOnButton } from '../views/plain.ts';
import { isLate, type Level } from './plan.ts';
import { addressesOf } from './recipients.ts';
import { levelOf, noticesOf } from './store.ts';
import { neutralHead, shownName, wayWords } from './words.ts';

/** Says in Slack that a level was reached. Whom it names there is mentioned, so that they notice. */
export function levelSayHandler(
  ports: IncidentPorts,
  slack: Pick<IncidentPort, 'mentionOf'>,
): JobHandler<{ id: number; plan: number; level: number }> {
  const { store } = ports;
  return async (data) => {
    const { id, plan, level: number } = data;
    const [incident, level] = await Promise.all([rows.findIncident(store.db(), id), levelOf(store.db(), data)]);
    if (!incident || !level || incident.acknowledged || incident.resolved) return;
    const line = await lineOf(incident, level, ports, slack);
    const late = isLate(level.dueAt, ports.clock.now(), ports.clock);
    const head = (name: string) => {
      const which = `level ${number} of ${level.levels}`;
      const due = late ? ` · late: due ${slackTime(level.dueAt, ports.clock.now())}` : '';
      return `⏫ *${name}*\nNobody has acknowledged yet · ${which}${due}`;
    };
    const post = (name: string) => markedPost(`${head(name)}\n${line}`, [takeOnButton(id, 'Acknowledge')]);
    const channels = level.way === 'slack' ? level.to.filter(({ kind }) => kind === 'channel') : [];
    await store.transaction<unknown, void>(async (tx) => {
      const key = `level:${plan}.${number}`;
      // Without a channel of its own both are the same thread.
      if (incident.home || incident.private)
        await say(tx, ports, { id, key, to: 'incident', post: post(headOf(incident)) });
      if (!incident.private) await say(tx, ports, { id, key, to: 'announcement', post: post(headOf(incident)) });
      for (const { name } of channels) {
        if (name === ports.announceIn) continue;
        const others = post(escapeSlack(neutralHead(incident)));
        await say(tx, ports, { id, key, to: { person: name }, post: others });
      }
    });
  };
}

async function lineOf(
  { id }: Incident,
  { plan, level, way, to }: Level,
  ports: IncidentPorts,
  slack: Pick<IncidentPort, 'mentionOf'>,
): Promise<string> {
  if (way === 'page') return 'Another page leaves';
  if (way === 'slack') {
    const mentions = (await Promise.all(to.map((each) => mentionsOf(each, ports, slack)))).flat();
    return mentions.length > 0 ? `${[...new Set(mentions)].join(' ')} → please take it on` : '→ please take it on';
  }
  const notices = await noticesOf(ports.store.db(), id, `level:${plan}.${level}:`);
  const reached = notices
    .filter(({ state }) => state !== 'failed')
    .map(({ name }) => shownName(name))
    .join(', ');
  // Asked again: the same, but for what was mended meanwhile.
  const { unreached } = await addressesOf(way, to, ports);
  const missed = unreached.map((words) => `⚠️ No ${wayWords[way]} to ${escapeSlack(words)}`);
  const to_ = reached && `${capital(wayWords[way])} to ${reached}`;
  return [to_, ...missed].filter(Boolean).join('\n');
}

/** A name of the directory is mentioned by what it has in Slack; without that its people are named. */
async function mentionsOf(
  { kind, name }: Recipient,
  { directory }: IncidentPorts,
  slack: Pick<IncidentPort, 'mentionOf'>,
): Promise<string[]> {
  if (kind === 'channel') return [];
  if (kind === 'member') return [(await slack.mentionOf(name)) ?? escapeSlack(name)];
  const people = await directory.people(name);
  if (people.length === 0) return [escapeSlack(name)];
  return Promise.all(
    people.map(async (person) => {
      const mention = person.slack === undefined ? undefined : await slack.mentionOf(person.slack);
      return mention ?? escapeSlack(person.name);
    }),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
