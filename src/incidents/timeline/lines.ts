import { plainLine } from '../../kernel/plain.ts';
import type { IncidentEvent } from '../model.ts';
import { inOrder, stamp } from './markdown.ts';
import { headOfEvent, personOf, readable } from './words.ts';

/** A line for each event, for a terminal: its number, when by the clock of `zone`, what, who, words. Pure. */
export function timelineLines(events: readonly IncidentEvent[], zone: string): string[] {
  const width = Math.max(2, ...events.map(({ id }) => String(id ?? '').length));
  return inOrder(events).map((event) => {
    const { id, at, by, words, struck } = event;
    const said = plainLine(readable(words));
    const head = `${struck ? `STRUCK (${plainLine(struck.reason)}) ` : ''}${headOfEvent(event)}`;
    return `  ${String(id ?? '').padStart(width)}  ${stamp(zone, at).join(' ')}  ${head}  ${personOf(by)}  ${said}`.trimEnd();
  });
}
