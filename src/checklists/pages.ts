import { isDespite } from './decide.ts';
import type { Evidence, Run, RunItem } from './model.ts';
import { cut } from './plain.ts';

/** As many checkboxes as Slack takes in one list. */
export const itemsOnPage = 10;

/** What a dialog keeps of the page that it shows: what changed meanwhile must not be taken back when it is sent. */
export interface Page {
  run: number;
  page: number;
  pages: number;
  /** `4/9` */
  progress: string;
  title: string;
  items: PageItem[];
}

export interface PageItem {
  n: number;
  title: string;
  done: boolean;
  /** What must stand beside the tick and does not yet. */
  needs: Exclude<Evidence, 'none'>[];
  /** Small, below it. */
  said: string;
}

/**
 * What a button carries: `42:3`, a run and a page or an item (0 = none). `own`: it stands in an answer that only one person
 * sees, which no job brings up to date. Undefined = another version's.
 */
export function pressedOf(value: string): { run: number; n: number; own: boolean } | undefined {
  const [, run, n = '0', own] = /^(\d{1,15})(?::(\d{1,4}))?(:own)?$/.exec(value) ?? [];
  return run === undefined ? undefined : { run: Number(run), n: Number(n), own: own !== undefined };
}

/** A page of a run, the nearest that there is; without what was left out. `said`: what to say below an item. Pure. */
export function pageOf(run: Run, wanted: number, progress: string, said: (one: RunItem) => string): Page {
  const pages = Math.max(1, Math.ceil(run.items.length / itemsOnPage));
  const page = Math.min(pages, Math.max(1, wanted));
  const items = run.items
    .slice((page - 1) * itemsOnPage, page * itemsOnPage)
    .filter(({ state }) => state !== 'left_out');
  return {
    ...{ run: run.id, page, pages, progress, title: cut(run.plan.title, 100) },
    items: items.map((one) => ({
      ...{ n: one.n, title: cut(one.item.title, 70), done: one.state === 'done', needs: needsOf(one) },
      said: cut(said(one), 70),
    })),
  };
}

/** A tick against the check takes a note, whatever else it takes. */
function needsOf({ item, result, note, link, state }: RunItem): PageItem['needs'] {
  if (state === 'done') return [];
  const needsNote = (item.evidence === 'note' || isDespite(result)) && note === '';
  const needsLink = item.evidence === 'link' && link === '';
  return [...(needsLink ? ['link' as const] : []), ...(needsNote ? ['note' as const] : [])];
}

/** What a dialog keeps, as it was written; undefined = another version's, which lacks this key. */
export function readKept<T>(value: string, key: keyof T & string): T | undefined {
  try {
    const kept: unknown = JSON.parse(value);
    return typeof kept === 'object' && kept !== null && key in kept ? (kept as T) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
