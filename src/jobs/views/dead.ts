import type { Post, SlackBlock } from '../../kernel/command.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { escapeSlack } from '../../kernel/escape.ts';
import { plainLine } from '../../kernel/plain.ts';
import type { DeadJob } from '../model.ts';

/** What `/ops jobs` shows. What a job carries is not shown: it may be anything. */
export interface DeadList {
  jobs: readonly DeadJob[];
  total: number;
  /** What was just put back. */
  replayed: readonly DeadJob[];
  now: Date;
}

/** Why it died, in one line of a message. */
const MESSAGE_CHARS = 300;

export function deadPost(list: DeadList): Post {
  const { jobs, now } = list;
  const head = headline(list, escapeSlack);
  const left = more(list);
  return {
    text: head,
    blocks: [
      section(`*${head}*`),
      ...jobs.map((job) => deadBlock(job, now)),
      ...(left === undefined ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text: left }] }]),
    ],
  };
}

function deadBlock(job: DeadJob, now: Date): SlackBlock {
  const lines = [
    `🔴 *${escapeSlack(job.kind)}* ${facts(job, now, escapeSlack)}`,
    escapeSlack(short(job.message)),
    `\`${job.id}\``,
  ];
  return {
    ...section(lines.join('\n')),
    accessory: {
      type: 'button',
      action_id: 'jobs.replay',
      text: { type: 'plain_text', text: 'Replay' },
      value: job.id,
    },
  };
}

export function deadText(list: DeadList, { colour }: { colour: boolean }): string {
  const { jobs, now } = list;
  const sign = colour ? '\x1b[1;31m✗\x1b[0m' : '✗';
  const lines = jobs.flatMap((job) => [
    `${sign} ${plainLine(job.kind)} ${facts(job, now, plainLine)}`,
    `  ${plainLine(short(job.message))}`,
    `  → rounds jobs replay ${job.id}`,
  ]);
  const left = more(list);
  return [headline(list, plainLine), ...lines, ...(left === undefined ? [] : [left])].join('\n');
}

/** The shape is a promise to scripts: keys are only ever added. */
export function deadJson({ jobs, total, replayed }: DeadList): unknown {
  const row = ({ id, kind, reason, message, attempts, diedAt }: DeadJob) => ({
    ...{ id, kind, reason, message, attempts },
    died_at: diedAt,
  });
  return { total, dead: jobs.map(row), replayed: replayed.map(row) };
}

function headline({ total, replayed }: DeadList, write: (foreign: string) => string): string {
  const dead = total === 0 ? 'No dead jobs' : `${total} dead ${total === 1 ? 'job' : 'jobs'}`;
  if (replayed.length === 0) return dead;
  const kinds = [...new Set(replayed.map(({ kind }) => kind))].map(write).join(', ');
  return `Put back: ${replayed.length} × ${kinds} · ${dead}`;
}

function facts({ reason, attempts, diedAt }: DeadJob, now: Date, write: (foreign: string) => string): string {
  const ago = formatDuration(Math.max(0, now.getTime() - diedAt.getTime()));
  return `${write(reason)}, ${attempts} ${attempts === 1 ? 'try' : 'tries'}, ${ago} ago`;
}

function more({ jobs, total }: DeadList): string | undefined {
  return total > jobs.length ? `${total - jobs.length} older ones are not shown` : undefined;
}

function short(text: string): string {
  return text.length > MESSAGE_CHARS ? `${text.slice(0, MESSAGE_CHARS - 1)}…` : text;
}

function section(text: string): SlackBlock & { text: object } {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}
