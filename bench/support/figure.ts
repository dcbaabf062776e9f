/** One promise about speed: what was measured against what, and whether it holds on this machine now. */
export interface Figure {
  name: string;
  measured: string;
  /** What it is compared with, from the same run. */
  reference: string;
  /** measured / reference, or reference / measured where more is better: 1 or less keeps the promise. */
  ratio: number;
}

/** Prints figures as a table; a ratio above 1 is marked, never an error: machines differ. */
export function printFigures(figures: Figure[]): void {
  for (const { name, measured, reference, ratio } of figures) {
    const mark = ratio <= 1 ? 'holds' : 'MISSED';
    process.stdout.write(`${mark.padEnd(7)} ${ratio.toFixed(2).padStart(5)}  ${name}: ${measured}; ${reference}\n`);
  }
}
