import type { Post, SlackBlock } from '../../kernel/command.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { slackTime } from '../../kernel/slack-time.ts';
import { type Incident, nameOf } from '../model.ts';
import { byHand, type DoneStep, type Exported, type Hold, stepNames, steps } from './model.ts';

export function offerPost(incident: Incident): Post {
  const text = `🧊 ${headOf(incident)}: keep its evidence?`;
  const line =
    'A hold keeps what Rounds recorded, from a day before on, and lists what is to be kept elsewhere by hand.';
  return post(`*${text}*\n${line}`, text, [button('place', 'Hold the evidence', incident.id, 'primary')]);
}

/** How a hold stands: what Rounds keeps itself, and what people have to keep elsewhere. */
export function holdPost(incident: Incident, hold: Hold, now: Date): Post {
  const left = steps.filter((step) => !hold.done.some((each) => each.step === step)).length;
  const text = `🧊 ${headOf(incident)}: evidence is on hold${left === 0 ? '' : `, ${left} of ${steps.length} steps are open`}`;
  const lines = [
    `✅ What Rounds recorded since ${slackTime(hold.from, now)} is kept: check results, timeline, audit. By ${mention(hold.placedBy.mention)}`,
    ...steps.map((step) => {
      const done = hold.done.find((each) => each.step === step);
      return done ? doneLine(done, now) : `⬜ *${stepNames[step]}*. Do it by hand: ${byHand[step]}`;
    }),
  ];
  const buttons = [
    button('mark', 'Mark a step', incident.id, left > 0 ? 'primary' : undefined),
    button('export', 'Export what Rounds has', incident.id),
  ];
  return post(`*${text}*\n${lines.join('\n')}`, text, buttons);
}

export function holdText(incident: Incident, hold: Hold | undefined, zone: string): string {
  if (!hold) return `${nameOf(incident)}: its evidence is not on hold`;
  const time = (at: Date) => at.toLocaleString('sv-SE', { timeZone: zone });
  return [
    `${nameOf(incident)}: evidence is on hold since ${time(hold.placedAt)} by ${hold.placedBy.id}`,
    `  kept: what Rounds recorded since ${time(hold.from)}`,
    ...steps.map((step) => {
      const done = hold.done.find((each) => each.step === step);
      const state = done ? `${time(done.at)} by ${done.by.id}: ${done.reference}` : `do it by hand: ${byHand[step]}`;
      return `  ${done ? '[x]' : '[ ]'} ${stepNames[step]}, ${state}`;
    }),
  ].join('\n');
}

export function markedPost(incident: Incident, done: DoneStep, now: Date): Post {
  const text = `🧊 ${headOf(incident)}: ${stepNames[done.step]}`;
  return post(`${text}\n${doneLine(done, now)}`, text);
}

export function releasedPost(incident: Incident, by: string, reason: string): Post {
  const text = `🧊 ${headOf(incident)}: its evidence is not on hold any more`;
  return post(`*${text}*\nReleased by ${mention(by)}: ${escapeSlack(reason)}`, text);
}

export function exportedPost(incident: Incident, { name, lines, sha256 }: Exported, by: string): Post {
  const text = `🧊 ${headOf(incident)}: what Rounds has, as a file`;
  const facts = `${escapeSlack(name)}, ${lines} lines, for ${mention(by)}\nSHA-256 \`${sha256}\`, in the audit too`;
  return post(`*${text}*\n${facts}`, text);
}

export function notExportedPost(incident: Incident, why: string): Post {
  const name = nameOf(incident);
  const text = `🧊 ${headOf(incident)}: the file of its evidence could not be made here`;
  return post(
    `*${text}*\n${escapeSlack(why)}\n→ \`npx rounds hold export ${name} > ${name}.jsonl\` in a terminal`,
    text,
  );
}

function doneLine({ step, at, by, reference }: DoneStep, now: Date): string {
  return `✅ *${stepNames[step]}* ${slackTime(at, now)} by ${mention(by.mention)}: ${escapeSlack(reference)}`;
}

function headOf(incident: Incident): string {
  return `${incident.drill ? 'DRILL ' : ''}${nameOf(incident)}`;
}

function mention(text: string): string {
  return /^<@[A-Z0-9]+>$/.test(text) ? text : escapeSlack(text);
}

function post(words: string, text: string, elements: SlackBlock[] = []): Post {
  const section = { type: 'section', text: { type: 'mrkdwn', text: words } };
  return { text, blocks: [section, ...(elements.length > 0 ? [{ type: 'actions', elements }] : [])] };
}

function button(name: string, text: string, id: number, style?: 'primary'): SlackBlock {
  return {
    ...{
      type: 'button',
      action_id: `hold.${name}`,
      value: String(id),
      text: { type: 'plain_text', text, emoji: true },
    },
    ...(style && { style }),
  };
}
