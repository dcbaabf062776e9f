import { cutText } from './cut.ts';

/** Elements and text objects of Block Kit, fitted into Slack's limits. Pure. */
export type Shape = Record<string, unknown>;

export function isRecord(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text object of at most `max` characters, or undefined when it says nothing. */
export function text(value: unknown, max: number): Shape | undefined {
  if (!isRecord(value) || typeof value.text !== 'string') return undefined;
  if (value.type === 'plain_text') return plain(value, max);
  const body = value.text.toWellFormed();
  if (value.type !== 'mrkdwn' || blank(body)) return undefined;
  return mrkdwn(cutText(body, max));
}

/** Everything leaves verbatim: Slack links, formats and mentions nothing that a view did not mark as such. */
export function mrkdwn(body: string): Shape {
  return { type: 'mrkdwn', text: body, verbatim: true };
}

/** A plain_text object; a mrkdwn one becomes plain. */
export function plain(value: unknown, max: number): Shape | undefined {
  if (!isRecord(value) || typeof value.text !== 'string' || blank(value.text)) return undefined;
  const emoji = typeof value.emoji === 'boolean' ? { emoji: value.emoji } : {};
  return { type: 'plain_text', text: cutText(value.text.toWellFormed(), max), ...emoji };
}

function blank(value: string): boolean {
  return value.trim() === '';
}

/** Fits elements of the allowed types; equal action_ids are told apart by a number behind them (`health.details.1`). */
export function fitElements(
  elements: readonly unknown[],
  allowed: readonly string[],
): { kept: Shape[]; unfit: boolean } {
  const taken = new Set<string>();
  const kept = elements.flatMap((element) => {
    if (!isRecord(element) || typeof element.type !== 'string' || !allowed.includes(element.type)) return [];
    const fitted = fitElement(element, element.type);
    if (!fitted) return [];
    if (typeof fitted.action_id === 'string') fitted.action_id = untaken(fitted.action_id, taken);
    return [fitted];
  });
  return { kept, unfit: elements.length > 0 };
}

function untaken(id: string, taken: Set<string>): string {
  let free = id;
  for (let n = 1; taken.has(free); n += 1) free = `${id.slice(0, 250)}.${n}`;
  taken.add(free);
  return free;
}

function fitElement(element: Shape, type: string): Shape | undefined {
  if (type === 'image') return fitImage(element);
  const id = element.action_id;
  if (id !== undefined && (typeof id !== 'string' || id.length === 0 || id.length > 255)) return undefined;
  const common: Shape = { type, ...(id !== undefined && { action_id: id }), ...confirmOf(element.confirm) };
  return type === 'button' ? fitButton(element, common) : fitMenu(element, common, type === 'overflow' ? 5 : 100);
}

/** A value or URL too long can't be cut without changing what the button does: such a button is left out. */
function fitButton(element: Shape, common: Shape): Shape | undefined {
  const label = plain(element.text, 75);
  const { value, url, style } = element;
  if (!label) return undefined;
  if (value !== undefined && (typeof value !== 'string' || value.length > 2_000)) return undefined;
  if (url !== undefined && (typeof url !== 'string' || url.length > 3_000 || !isHttpUrl(url))) return undefined;
  return {
    ...common,
    text: label,
    ...(value !== undefined && { value: value.toWellFormed() }),
    ...(url !== undefined && { url }),
    ...((style === 'primary' || style === 'danger') && { style }),
  };
}

function fitMenu(element: Shape, common: Shape, max: number): Shape | undefined {
  const options = (Array.isArray(element.options) ? element.options : []).flatMap((option: unknown) => {
    const label = isRecord(option) ? plain(option.text, 75) : undefined;
    if (!isRecord(option) || !label || typeof option.value !== 'string') return [];
    if (option.value.length === 0 || option.value.length > 150) return [];
    return [{ text: label, value: option.value.toWellFormed() }];
  });
  if (options.length === 0) return undefined;
  const placeholder = common.type === 'static_select' ? plain(element.placeholder, 150) : undefined;
  return { ...common, options: options.slice(0, max), ...(placeholder && { placeholder }) };
}

function fitImage(element: Shape): Shape | undefined {
  const { image_url: url, alt_text: alt } = element;
  if (typeof url !== 'string' || url.length > 3_000 || !isHttpUrl(url)) return undefined;
  const described = typeof alt === 'string' && !blank(alt) ? alt.toWellFormed() : 'image';
  return { type: 'image', image_url: url, alt_text: cutText(described, 2_000) };
}

function confirmOf(confirm: unknown): Shape {
  if (!isRecord(confirm)) return {};
  const title = plain(confirm.title, 100);
  const body = text(confirm.text, 300);
  const yes = plain(confirm.confirm, 30);
  const no = plain(confirm.deny, 30);
  return title && body && yes && no ? { confirm: { title, text: body, confirm: yes, deny: no } } : {};
}

function isHttpUrl(url: string): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url);
}
