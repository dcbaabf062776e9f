import { buffer } from 'node:stream/consumers';
import type { Chart } from './model.ts';
import { openPainter } from './png.ts';

/**
 * The child's whole life: charts as a JSON array on stdin, one PNG each on stdout, with its length in bytes (32 bits, big
 * endian) before it.
 */
const charts: Chart[] = JSON.parse((await buffer(process.stdin)).toString('utf8'));
const paint = await openPainter();
for (const chart of charts) {
  const png = paint(chart);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(png.length);
  process.stdout.write(length);
  process.stdout.write(png);
}
