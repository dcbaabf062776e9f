import { faces } from './colours.ts';
import type { Level } from './model.ts';
import { round } from './text.ts';

/** A level's mark around a point: × fail, ▲ warn, ? unknown, – quiet; ok has none. `size` px across. */
export function markSvg(level: Level, x: number, y: number, size: number, colour = faces[level].mark): string {
  const h = size / 2;
  const path = {
    ok: '',
    fail: `M${round(x - h)} ${round(y - h)}L${round(x + h)} ${round(y + h)}M${round(x + h)} ${round(y - h)}L${round(x - h)} ${round(y + h)}`,
    warn: `M${round(x)} ${round(y - h)}L${round(x + h)} ${round(y + h)}H${round(x - h)}Z`,
    unknown: `M${round(x - h * 0.7)} ${round(y - h * 0.45)}A${round(h * 0.7)} ${round(h * 0.6)} 0 1 1 ${round(x)} ${round(y + h * 0.2)}V${round(y + h * 0.4)}M${round(x)} ${round(y + h * 0.85)}V${round(y + h)}`,
    quiet: `M${round(x - h)} ${round(y)}H${round(x + h)}`,
  }[level];
  if (path === '') return '';
  if (level === 'warn') return `<path d="${path}" fill="${colour}"/>`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${round(Math.max(1.4, size / 5))}" stroke-linecap="round"/>`;
}

/** A square as in the grid, with its mark: what a legend shows. */
export function cellSvg(level: Level | null, box: { x: number; y: number; width: number; height: number }): string {
  const { x, y, width, height } = box;
  const shape = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="2"`;
  if (level === null) return `<rect ${shape} fill="none" stroke="#d5dae1" stroke-width="1"/>`;
  const size = Math.min(width, height) * 0.5;
  return `<rect ${shape} fill="${faces[level].fill}"/>${markSvg(level, x + width / 2, y + height / 2, size)}`;
}
