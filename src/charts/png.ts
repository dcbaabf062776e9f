import { readFile } from 'node:fs/promises';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { barsSvg } from './bars.ts';
import { gridSvg } from './grid.ts';
import { lineSvg } from './line.ts';
import type { Chart } from './model.ts';
import { family } from './text.ts';

/** Pixels per unit of the drawing: text stays sharp on a phone and when the picture is opened. */
const scale = 2;

const files = [
  import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'),
  import.meta.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  import.meta.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
];

/** Makes what turns charts into PNG files, 1600 px wide. Once a process: the module can be set up only once. */
export async function openPainter(): Promise<(chart: Chart) => Uint8Array> {
  const [wasm, ...fonts] = await Promise.all(files.map((file) => readFile(new URL(file))));
  await initWasm(wasm!);
  // Fonts of the machine would make its pictures its own.
  const font = { fontBuffers: fonts, defaultFontFamily: family, sansSerifFamily: family, loadSystemFonts: false };
  return (chart) => {
    const image = new Resvg(svgOf(chart), { font, fitTo: { mode: 'zoom', value: scale } });
    const rendered = image.render();
    const png = rendered.asPng();
    rendered.free();
    image.free();
    return png;
  };
}

export function svgOf(chart: Chart): string {
  if (chart.kind === 'bars') return barsSvg(chart);
  return chart.kind === 'line' ? lineSvg(chart) : gridSvg(chart);
}
