import type { Post, Reply, TerminalStyle } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import type { Silence } from '../silences/model.ts';
import type { Ended, Muted } from '../silences/verbs.ts';
import { clean } from './clean.ts';
import { plain, section } from './slack.ts';
import { slackTime, zoneName, zoneTime } from './time.ts';

/** How a sentence is written: in Slack escaped, with times in the reader's zone; in a terminal in the team's. */
export interface Writing {
  text: (foreign: string) => string;
  time: (at: Date) => string;
}

export function forSlack(now: Date): Writing {
  return { text: escapeSlack, time: (at) => slackTime(at, now) };
}

export function forTerminal(now: Date, { zone }: TerminalStyle): Writing {
  return { text: clean, time: (at) => `${zoneTime(at, now, zone)} ${zoneName(at, zone)}` };
}

/** "group data until 15:04 by @anna: patches (not measured)". */
export function silenceWords({ target, mode, until, reason, by }: Silence, { text, time }: Writing): string {
  const why = reason === undefined ? '' : `: ${text(reason)}`;
  const skipped = mode === 'skip' ? ' (not measured)' : '';
  return `${target.kind} ${text(target.id)} until ${time(until)} by ${text(`@${by.name}`)}${why}${skipped}`;
}

function mutedWords({ kind, silence }: Muted, { text, time }: Writing): string {
  const { target, until, by } = silence;
  const already = kind === 'already' ? 'is already muted' : 'is muted';
  return `🔕 ${text(target.id)} ${already} until ${time(until)} by ${text(`@${by.name}`)}`;
}

function endedWords({ kind, silence, still }: Ended, writing: Writing): string {
  const { text, time } = writing;
  const { target, until, ended } = silence;
  const what = silence.kind === 'mute' ? `The mute of ${text(target.id)}` : `Maintenance of ${text(target.id)}`;
  const by = ended ? ` by ${text(`@${ended.by}`)}` : '';
  const words = {
    ended: `🔔 ${what} was ended${by}`,
    ended_before: `🔔 ${what} was ended already${by}${ended ? ` at ${time(ended.at)}` : ''}`,
    expired: `🔔 ${what} was over at ${time(until)}`,
  };
  return [
    words[kind],
    ...still.map(
      (each) => `🔕 still ${each.kind === 'mute' ? 'muted' : 'in maintenance'}: ${silenceWords(each, writing)}`,
    ),
  ].join('\n');
}

/** Ends a silence; whoever presses it needs the role for that. `n` where a block holds several. */
export function unmuteButton(id: string, label = 'Unmute', n?: number): Record<string, unknown> {
  const action = n === undefined ? 'health.unmute' : `health.unmute.${n}`;
  return { type: 'button', action_id: action, text: plain(label), value: id };
}

function postOf(text: string, button?: Record<string, unknown>): Post {
  return { text, blocks: [section(text), ...(button ? [{ type: 'actions', elements: [button] }] : [])] };
}

/** What was muted, until when, and the way back. */
export function mutedReply(muted: Muted, now: Date, place: Reply['place']): Reply {
  return {
    place,
    slack: () => postOf(mutedWords(muted, forSlack(now)), unmuteButton(muted.silence.id)),
    terminal: (style) => mutedWords(muted, forTerminal(now, style)),
    json: () => muted,
  };
}

export function begunReply(silence: Silence, now: Date, place: Reply['place']): Reply {
  const words = (writing: Writing) => `🔕 Maintenance of ${silenceWords(silence, writing)}`;
  return {
    place,
    slack: () => postOf(words(forSlack(now)), unmuteButton(silence.id, 'End')),
    terminal: (style) => `${words(forTerminal(now, style))}\n→ ends earlier with: rounds maintenance end ${silence.id}`,
    json: () => silence,
  };
}

export function endedReply(ended: Ended, now: Date, place: Reply['place']): Reply {
  return {
    place,
    slack: () => postOf(endedWords(ended, forSlack(now))),
    terminal: (style) => endedWords(ended, forTerminal(now, style)),
    json: () => ended,
  };
}
