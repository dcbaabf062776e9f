import { inflateSync } from 'node:zlib';

export interface Pixels {
  width: number;
  height: number;
  /** [red, green, blue, alpha] at a place. */
  at(x: number, y: number): [number, number, number, number];
  /** How many pixels of a box have this colour, as `#rrggbb`. */
  count(colour: string, box?: Box): number;
}
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Decodes a PNG of 8-bit RGBA without interlacing, as the pictures are. */
export function pixelsOf(png: Buffer): Pixels {
  if (!png.subarray(0, 8).equals(pngSignature)) throw new Error('not a PNG');
  const data: Buffer[] = [];
  let header: Buffer | undefined;
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
    at += length + 12;
  }
  if (header?.[8] !== 8 || header[9] !== 6 || header[12] !== 0) throw new Error('not 8-bit RGBA');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = unfiltered(inflateSync(Buffer.concat(data)), width, height);
  const at: Pixels['at'] = (x, y) => {
    const start = (y * width + x) * 4;
    return [rows[start]!, rows[start + 1]!, rows[start + 2]!, rows[start + 3]!];
  };
  return {
    width,
    height,
    at,
    count: (colour, box = { x: 0, y: 0, width, height }) => {
      let found = 0;
      for (let y = box.y; y < box.y + box.height; y += 1) {
        for (let x = box.x; x < box.x + box.width; x += 1) {
          const [red, green, blue] = at(x, y);
          if (`#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}` === colour)
            found += 1;
        }
      }
      return found;
    },
  };
}

function unfiltered(raw: Buffer, width: number, height: number): Buffer {
  const stride = width * 4;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x += 1) {
      const left = x >= 4 ? out[y * stride + x - 4]! : 0;
      const up = y > 0 ? out[(y - 1) * stride + x]! : 0;
      const corner = x >= 4 && y > 0 ? out[(y - 1) * stride + x - 4]! : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      if (guess === undefined) throw new Error(`filter ${filter} in a PNG`);
      out[y * stride + x] = (raw[y * (stride + 1) + 1 + x]! + guess) & 255;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
