import { cleanText } from '../facts/text.ts';
import type { Sample } from './answer.ts';
import type { PrometheusTarget } from './params.ts';

export type Picked =
  | { kind: 'value'; value: number; of: Sample | undefined }
  | { kind: 'empty' }
  /** One value was asked for, and there are more. */
  | { kind: 'several' }
  /** A series is NaN or infinite: nobody can say which one is the largest, or what the sum is. */
  | { kind: 'odd'; of: Sample };

/** The value of several series at one moment. Pure. */
export function pickFrom(
  samples: readonly Sample[],
  { pick, missing }: Pick<PrometheusTarget, 'pick' | 'missing'>,
): Picked {
  const odd = samples.find(({ value }) => !Number.isFinite(value));
  if (odd) return { kind: 'odd', of: odd };
  const [first] = samples;
  if (first === undefined) return missing === 'zero' ? { kind: 'value', value: 0, of: undefined } : { kind: 'empty' };
  if (pick === 'only') {
    return samples.length > 1 ? { kind: 'several' } : { kind: 'value', value: first.value, of: first };
  }
  if (pick === 'sum') {
    return { kind: 'value', value: samples.reduce((sum, { value }) => sum + value, 0), of: undefined };
  }
  const [worst = first] = worstFirst(samples, pick);
  return { kind: 'value', value: worst.value, of: worst };
}

/** The one that `pick` picks first. Pure. */
export function worstFirst(samples: readonly Sample[], pick: PrometheusTarget['pick']): Sample[] {
  return samples.toSorted((a, b) => (pick === 'min' ? a.value - b.value : b.value - a.value));
}

/** `instance="a", job="api"`: what tells series apart, bounded. Pure. */
export function nameOf({ labels }: Sample): string {
  const { __name__: metric, ...rest } = labels;
  const pairs = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return cleanText(pairs.length > 0 ? pairs.join(', ') : (metric ?? 'the result'), 120).replaceAll(/\s+/g, ' ');
}
