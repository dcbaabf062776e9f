import { createHash } from 'node:crypto';
import type { Alerts } from './alerts/alerts.ts';
import { createTicker, type Ticker } from './jobs/ticker.ts';
import type { Log } from './kernel/log.ts';
import type { LiveFolder } from './live/folder.ts';
import type { Store } from './store/store.ts';

/** Files that somebody edits while Rounds runs. */
export interface LiveFiles {
  /** `reports`: what people know them as. */
  name: string;
  folder: Pick<LiveFolder<unknown>, 'refresh' | 'problem'>;
  /** What is to follow when they say something else now. What it throws is told as a mistake in them. */
  onChanged(): void;
}

const everyMs = 5_000;
const shownLines = 5;

/** Looks at the files every 5 s. A mistake is told once in the alerts' channel and in the log; what held before still holds. */
export function watchFiles(
  files: readonly LiveFiles[],
  { store, announce, log }: { store: Store; announce: Alerts['announce']; log: Log },
): Ticker {
  async function look({ name, folder, onChanged }: LiveFiles): Promise<void> {
    const found = await folder.refresh();
    if (found === 'same') return;
    if (found === 'changed') {
      onChanged();
      log.info(`the files of ${name} changed, and hold from now on`);
      return;
    }
    const problem = folder.problem() ?? '';
    log.error({ problem }, `the files of ${name} have a mistake: what they said before still holds`);
    const lines = problem.split('\n').slice(0, shownLines);
    // On each replica the same mistake; it is told once until the text of it changes.
    const key = `live/${name}/${createHash('sha256').update(problem).digest('hex').slice(0, 16)}`;
    const head = `⚠️ The files of ${name} have a mistake: what they said before still holds`;
    await store.transaction((tx) =>
      announce(tx, { key, lines: [head, ...lines, '→ `npx rounds check-config` tells all'] }),
    );
  }

  return createTicker({
    name: 'looks at files',
    log,
    beat: async () => {
      for (const each of files) await look(each);
      return everyMs;
    },
  });
}
