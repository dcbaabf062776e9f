import type { Post } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { OpsError } from '../../kernel/errors.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Log } from '../../kernel/log.ts';
import type { Messages } from '../../messages/messages.ts';
import type { Severity } from '../../severities/model.ts';
import type { Tx } from '../../store/store.ts';
import { type Incident, nameOf } from '../model.ts';
import type { Room } from '../ports.ts';
import { say } from '../say.ts';
import { mention } from '../views/message.ts';
import { severityOf } from './papers.ts';
import { momentText } from './time.ts';
import { section } from './views.ts';

/** Says that it is over: in its channel, and where it was announced, which learns nothing where PHI may be involved. */
export async function tellResolution(tx: Tx, incident: Incident, room: Room): Promise<void> {
  const { id, resolved, home } = incident;
  if (!resolved) return;
  const key = `resolution:${resolved.at.getTime()}`;
  const severity = severityOf(incident, room);
  const post = (quoted: boolean) => resolutionPost(incident, { severity, quoted, ...room, zone: room.team.zone });
  // Without a channel of its own both are the same thread.
  // Of a private one nothing is told in a channel that others read.
  const own = post(home !== undefined);
  if (home || incident.private) await say(tx, room, { id, key, to: 'incident', post: own });
  if (!incident.private) await say(tx, room, { id, key, to: 'announcement', post: post(!incident.phi) });
}

interface Ports {
  severity: Severity | undefined;
  /** False: it says no more than that it is over. */
  quoted: boolean;
  messages: Messages;
  zone: string;
  log: Log;
}

/** From the severity's template. One that fails must not keep an incident open: then it is said in our own words. */
export function resolutionPost(incident: Incident, { severity, quoted, messages, zone, log }: Ports): Post {
  const text = noticeText();
  return { text: text.split('\n', 1)[0] ?? text, blocks: [section(text)] };

  function noticeText(): string {
    try {
      return messages.slack(severity?.messages.resolution ?? 'resolution', factsOf(incident, { quoted, zone }));
    } catch (error) {
      if (!(error instanceof OpsError)) throw error;
      log.error({ err: error, incident: incident.id }, 'a template of messages fails');
      const { resolved, label } = incident;
      const words = quoted && resolved?.words ? `: ${escapeSlack(resolved.words)}` : '';
      return `*✅ ${nameOf(incident)} ${escapeSlack(label)}: resolved* by ${mention(resolved?.by ?? '')}${words}`;
    }
  }
}

function durationWords(ms: number): string {
  return ms < 60_000 ? 'less than a minute' : formatDuration(ms);
}

const elsewhere = "see the incident's channel";

/** What the template may name; plain text, no secrets. Pure. */
export function factsOf(incident: Incident, { quoted, zone }: { quoted: boolean; zone: string }) {
  const { label, title, drill, declaredAt, resolved } = incident;
  const over = resolved?.at ?? declaredAt;
  const ended = resolved?.endedAt;
  const falseAlarm = resolved?.falseAlarm ?? false;
  const said = (text: string | undefined, none: string) => (quoted || !text ? text || none : elsewhere);
  return {
    ...{ incident: nameOf(incident), severity: `${drill ? 'DRILL ' : ''}${label}`, false_alarm: falseAlarm },
    title: quoted ? title : '',
    time: momentText(over, zone),
    duration: durationWords(over.getTime() - declaredAt.getTime()),
    impact_ended: ended ? momentText(ended, zone) : '',
    cause: falseAlarm ? 'none: it was a false alarm' : said(resolved?.cause, 'not known yet'),
    resolution: falseAlarm ? 'closed as a false alarm' : said(resolved?.words, 'not said'),
    prevention: said(resolved?.prevention, ''),
  };
}
