import { faces, ink } from './colours.ts';
import { cellSvg } from './marks.ts';
import type { Level } from './model.ts';
import { fitText, textSvg, widthOf } from './text.ts';

/** Width of every picture; it is rendered at twice the size. */
export const width = 800;
export const side = 28;
/** Where the header ends and the drawing may begin. */
export const headerHeight = 92;

/** Sizes of text: a phone shows the picture at less than half its width. */
export const sizes = { title: 27, body: 19 };

/** The card with its header around a drawing. */
export function framed(
  inner: string,
  { title, subtitle, last, height }: { title: string; subtitle: string; last?: string; height: number },
): string {
  const lastWidth = last === undefined ? 0 : widthOf(last, sizes.title) + 24;
  const room = width - 2 * side;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect x="1" y="1" width="${width - 2}" height="${height - 2}" rx="16" fill="${ink.card}" stroke="${ink.edge}"/>`,
    textSvg(fitText(title, sizes.title, room - lastWidth, 'middle'), {
      ...{ x: side, y: 45, size: sizes.title, fill: ink.text, weight: 600 },
    }),
    last === undefined
      ? ''
      : textSvg(last, { x: width - side, y: 45, size: sizes.title, fill: ink.line, weight: 600, anchor: 'end' }),
    textSvg(fitText(subtitle, sizes.body, room), { x: side, y: 75, size: sizes.body, fill: ink.quiet }),
    inner,
    '</svg>',
  ].join('');
}

/** What the colours mean, in one line whose baseline is `y`; only what is given. */
export function legendSvg(entries: readonly { level: Level | null; word?: string }[], y: number): string {
  let x = side;
  return entries
    .map(({ level, word }) => {
      const label = word ?? (level === null ? 'not measured' : faces[level].word);
      const drawn = `${cellSvg(level, { x, y: y - 15, width: 18, height: 18 })}${textSvg(label, { x: x + 25, y, size: sizes.body, fill: ink.quiet })}`;
      x += 25 + widthOf(label, sizes.body) + 16;
      return drawn;
    })
    .join('');
}
