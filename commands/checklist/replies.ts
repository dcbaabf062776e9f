import { checklistCsv } from '../../src/checklists/csv.ts';
import type { Run } from '../../src/checklists/model.ts';
import { progressWords } from '../../src/checklists/model.ts';
import { linesPost } from '../../src/checklists/views/answer.ts';
import { historyPost, historyText } from '../../src/checklists/views/history.ts';
import { runPost } from '../../src/checklists/views/message.ts';
import { runText } from '../../src/checklists/views/terminal.ts';
import type { Reply } from '../../src/kernel/command.ts';
import { OpsError } from '../../src/kernel/errors.ts';
import { escapeSlack } from '../../src/kernel/escape.ts';
import type { Context } from './meant.ts';

/** Six years of one each day, and some. */
const mostExported = 3_000;
const mostShown = 15;

/** A run for whoever asked; everybody's message stands in its channel. */
export function runReply(
  { clock }: Context,
  run: Run,
  lines: readonly string[] = [],
  place: Reply['place'] = 'asker',
): Reply {
  return {
    place,
    slack: () => {
      const { text, blocks } = runPost(run, clock.now(), { own: true });
      const where = run.message ? [`Everybody's stands in <#${run.message.channel}>`] : [];
      const said = [...lines.map(escapeSlack), ...where];
      return { text, blocks: said.length > 0 ? [...linesPost(said).blocks, ...blocks] : blocks };
    },
    terminal: ({ zone }) => [...lines, runText(run, zone)].join('\n'),
    json: () => run,
  };
}

/** To the asker alone: everybody else sees it in the message of the run. */
export function toldReply(lines: readonly string[], text: readonly string[], json: unknown): Reply {
  return { place: 'asker', slack: () => linesPost(lines), terminal: () => text.join('\n'), json: () => json };
}

/** The runs of a checklist, and as files: with what the audit has of them. */
export async function historyReply(
  ctx: Context,
  { name, run: number, format }: { name: string; run: number | undefined; format: 'csv' | 'json' | undefined },
): Promise<Reply> {
  const { checklists, audit } = ctx.services;
  const wanted = format !== undefined || ctx.face === 'terminal' ? mostExported : mostShown;
  const one = number === undefined ? undefined : await checklists.run(number);
  const all =
    number === undefined ? await checklists.history(name, wanted + 1) : [one].filter((run) => run?.name === name);
  const more = all.length > wanted;
  const runs = all.slice(0, wanted).filter((run) => run !== undefined);
  const title = checklists.files().get(name)?.checklist.title ?? all[0]?.plan.title;
  if (title === undefined || (number !== undefined && runs.length === 0))
    throw new OpsError(
      'not_found',
      number === undefined ? `There is no checklist "${name}"` : `${name} has no run ${number}`,
      {
        hint: '`/ops checklist` lists them',
      },
    );
  const shown = runs.slice(0, mostShown);
  const answer: Reply = {
    place: 'channel',
    slack: () => historyPost(title, shown, { now: ctx.clock.now(), more }),
    terminal: ({ zone }) => [historyText(runs, zone), ...(more ? ['… and older ones'] : [])].join('\n'),
  };
  if (format === undefined && ctx.face === 'slack') return answer;
  const exported = await checklists.exported(name, runs, { head: await audit.headLine(), more });
  const text = format === 'csv' ? checklistCsv(exported) : `${JSON.stringify(exported, null, 2)}\n`;
  const file = `checklist-${name}${number === undefined ? '' : `-${number}`}.${format ?? 'json'}`;
  return {
    ...answer,
    json: () => exported,
    ...(format !== undefined && {
      terminal: () => text.trimEnd(),
      // Its texts were redacted when they were kept; another time the hashes of the audit would be taken for secrets.
      files: async () => [
        {
          asItIs: true as const,
          name: file,
          title: `${title}: ${more ? `the newest ${runs.length} runs, older ones by --json RUN` : `${runs.length} runs`}`,
          text,
        },
      ],
    }),
  };
}

export function changedWords(run: Run): string {
  return `${run.plan.title} (run ${run.id}) · ${progressWords(run.items)}`;
}
