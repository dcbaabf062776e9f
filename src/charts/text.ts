/** The only family there is: a picture looks the same on every machine. */
export const family = 'Inter';

/** Advances in em, a little above what was measured of Inter 600, by kind of character. */
const advances: [kind: RegExp, em: number][] = [
  [/[ijlI.,:;'|!()[\]/ ·]/, 0.29],
  [/[ftr"*_-]/, 0.44],
  [/[mwMW@%—]/, 0.92],
  [/[A-Z]/, 0.71],
  [/[0-9]/, 0.63],
  [/[\u3000-\u{10ffff}]/u, 1.1],
];

/** About how wide Inter draws a text, px; a little too wide rather than too narrow. */
export function widthOf(text: string, size: number): number {
  let em = 0;
  for (const each of text) em += advances.find(([kind]) => kind.test(each))?.[1] ?? 0.58;
  return em * size;
}

/** A text that fits into `width` px: what is too much of it is `…`, at the end or in the middle. */
export function fitText(text: string, size: number, width: number, where: 'end' | 'middle' = 'end'): string {
  if (widthOf(text, size) <= width) return text;
  const all = [...text];
  for (let kept = all.length - 1; kept > 0; kept -= 1) {
    const head = where === 'end' ? kept : Math.ceil(kept * 0.6);
    const tail = all.slice(all.length - (kept - head));
    const cut = `${all.slice(0, head).join('').trimEnd()}…${kept === head ? '' : tail.join('')}`;
    if (widthOf(cut, size) <= width) return cut;
  }
  return '…';
}

export interface TextStyle {
  x: number;
  y: number;
  size: number;
  fill: string;
  weight?: 400 | 600;
  anchor?: 'start' | 'middle' | 'end';
}

/** A line of text as SVG, its baseline at `y`. */
export function textSvg(text: string, { x, y, size, fill, weight = 400, anchor = 'start' }: TextStyle): string {
  return `<text x="${round(x)}" y="${round(y)}" font-family="${family}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A text as XML 1.0 can carry it: controls and halves of surrogate pairs are none of it. */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\ufffe\uffff]/gu, ' ');
}

function escapeXml(text: string): string {
  return cleanText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
