import { escapeSlack } from '../kernel/escape.ts';
import type { FieldErrors, FormItem, FormValues } from '../kernel/form.ts';
import type { ItemChange } from './decide.ts';
import type { Run, RunItem } from './model.ts';
import type { Page } from './pages.ts';
import { cut } from './plain.ts';

/** The dialog of a page: its checkboxes, and fields for what must stand beside a tick. Pure. */
export function pageFields(page: Page): FormItem[] {
  const { items, title, progress, pages } = page;
  const where = pages > 1 ? ` · page ${page.page} of ${pages}` : '';
  const options = items.map(({ n, title: label, said }) => ({
    value: String(n),
    label: `${n} ${label}`,
    description: said,
  }));
  const fields = items.flatMap(({ n, title: label, needs }): FormItem[] => {
    if (needs === 'none') return [];
    const words = needs === 'link' ? 'a link to the evidence' : 'what you found';
    return [
      {
        kind: 'text',
        name: `${needs}-${n}`,
        label: `${n} ${label}: ${words}`,
        optional: true,
        maxLength: needs === 'link' ? 1_000 : 500,
      },
    ];
  });
  return [
    { kind: 'note', text: `*${escapeSlack(title)}* · ${progress}${where}` },
    {
      ...{ kind: 'several', name: 'done', label: 'Done', shown: 'list', optional: true, options },
      initial: items.filter(({ done }) => done).map(({ n }) => String(n)),
    },
    ...fields,
    { kind: 'note', text: 'Something does not apply? Choose it in the menu of the message, and say why.' },
  ];
}

/** Only what was changed in the dialog: ticks that others made meanwhile stay. Pure. */
export function readPageForm(values: FormValues, page: Page): { parsed: ItemChange[] } | { errors: FieldErrors } {
  const ticked = new Set([values.done ?? []].flat().map(String));
  const errors: FieldErrors = {};
  const parsed: ItemChange[] = [];
  for (const { n, done, needs } of page.items) {
    const given = needs === 'none' ? undefined : textOf(values[`${needs}-${n}`]);
    const words = given === undefined || needs === 'none' ? {} : { [needs]: given, seen: { [needs]: '' } };
    const isTicked = ticked.has(String(n));
    if (isTicked && !done) {
      if (needs !== 'none' && given === undefined) errors[`${needs}-${n}`] = 'It is ticked: this must stand beside it';
      parsed.push({ n, to: 'done', ...words });
    } else if (!isTicked && done) parsed.push({ n, to: 'open' });
    else if (given !== undefined) parsed.push({ n, to: 'noted', ...words });
  }
  return Object.keys(errors).length > 0 ? { errors } : { parsed };
}

/** What the dialog of one item keeps of it. */
export interface Shown {
  run: number;
  n: number;
  title: string;
  how: string;
  said: string;
  state: RunItem['state'];
  mayBeLeftOut: boolean;
  note: string;
  link: string;
}

/** Slack keeps 3,000 characters beside a dialog, its place included. */
const mostKept = 2_600;

export function shownOf(run: Run, one: RunItem, said: string): Shown {
  const { n, item, state, note, link } = one;
  // A link that is longer is not shown, and stays unless another is typed.
  const words = { note, link: link.length > 500 ? '' : link };
  const shown = (most: number): Shown => ({
    ...{ run: run.id, n, title: cut(item.title, 150), how: cut(item.how ?? '', most), said: cut(said, most), state },
    ...{ mayBeLeftOut: item.mayBeLeftOut, ...words },
  });
  const fits = [600, 300, 100].map(shown).find((each) => JSON.stringify(JSON.stringify(each)).length <= mostKept);
  return fits ?? shown(0);
}

/** The dialog of one item: done, not applicable, open again, with its words. Pure. */
export function itemFields({ n, title, how, said, state, mayBeLeftOut, note, link }: Shown): FormItem[] {
  const lines = [`*${n}* ${escapeSlack(title)}`, ...[how, said].filter((text) => text !== '').map(escapeSlack)];
  const options = [
    { value: 'done', label: 'Done' },
    ...(mayBeLeftOut ? [{ value: 'left_out', label: 'Not applicable', description: 'The note says why' }] : []),
    ...(state === 'open' ? [] : [{ value: 'open', label: 'Open again' }]),
    { value: 'noted', label: 'As it is: keep the words only' },
  ];
  return [
    { kind: 'note', text: lines.join('\n') },
    {
      kind: 'choice',
      name: 'to',
      label: 'It is',
      shown: 'list',
      options,
      initial: state === 'open' ? 'done' : 'noted',
    },
    {
      kind: 'text',
      name: 'note',
      label: 'Note, or why it does not apply',
      lines: 'many',
      optional: true,
      maxLength: 500,
      initial: note,
    },
    {
      kind: 'text',
      name: 'link',
      label: 'Evidence',
      optional: true,
      maxLength: 1_000,
      initial: link,
      placeholder: 'https://…',
    },
  ];
}

export function readItemForm(
  values: FormValues,
  { n, note, link }: Shown,
): { parsed: ItemChange } | { errors: FieldErrors } {
  const to = wordOf(values.to);
  const typed = textOf(values.note);
  const typedLink = textOf(values.link) ?? '';
  if (to === undefined) return { errors: { to: 'Choose one' } };
  if (to === 'left_out' && typed === undefined) return { errors: { note: 'Why does it not apply?' } };
  if (typedLink !== '' && !/^https?:\/\//.test(typedLink))
    return { errors: { link: 'A URL that begins with https://' } };
  // Only what was changed is sent: what others wrote meanwhile stays. A reason is always one's own.
  const words = {
    ...((to === 'left_out' || (typed ?? '') !== note) && { note: typed ?? '' }),
    ...(typedLink !== link && { link: typedLink }),
  };
  const seen = { ...('note' in words && { note }), ...('link' in words && { link }) };
  return { parsed: { n, to, ...words, ...(Object.keys(words).length > 0 && { seen }) } };
}

function wordOf(value: FormValues[string]): ItemChange['to'] | undefined {
  return (['done', 'left_out', 'open', 'noted'] as const).find((each) => each === value);
}

function textOf(value: FormValues[string]): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
