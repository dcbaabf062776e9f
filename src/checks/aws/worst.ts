/** What one of several was measured at; null = not measured. */
export interface Measured {
  name: string;
  value: number | null;
}

/** The highest of those that were measured, and whose it is; nulls when none was. */
export function highest(all: Measured[]): Measured | { name: null; value: null } {
  return all.reduce<Measured | { name: null; value: null }>(
    (worst, one) => (one.value !== null && (worst.value === null || one.value > worst.value) ? one : worst),
    { name: null, value: null },
  );
}

/** The lowest of those that were measured. */
export function lowest(all: Measured[]): Measured | { name: null; value: null } {
  const { name, value } = highest(
    all.map((one) => ({ name: one.name, value: one.value === null ? null : -one.value })),
  );
  return value === null ? { name: null, value } : { name, value: -value };
}

/** To one decimal; null stays. */
export function tenth(value: number): number;
export function tenth(value: number | null): number | null;
export function tenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

/** Of all or of none: a sum that lacks one would look like fewer. */
export function sumOf(all: (number | undefined)[]): number | null {
  return all.reduce<number | null>((sum, one) => (sum === null || one === undefined ? null : sum + one), 0);
}
