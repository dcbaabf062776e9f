import { type Facts, type Measurement, type Probe, Unmeasured } from '../../kernel/check.ts';
import { formatDuration } from '../../kernel/duration.ts';
import { part } from '../aws/part.ts';
import { firstFew } from '../facts/first-few.ts';
import { apiAt } from '../monitor/ask.ts';
import { type Ask, type Instant, instantOf } from './answer.ts';
import { earlierSamples, usualFacts } from './history.ts';
import type { PrometheusTarget } from './params.ts';
import { nameOf, pickFrom, worstFirst } from './pick.ts';
import { isPlainSeries } from './series.ts';

/**
 * Asks for the value, its age, the hold, and each earlier day. Throws Unmeasured when there is no value that can be trusted;
 * a past that is refused doesn't hide the value.
 */
export async function probePrometheus(probe: Probe<PrometheusTarget>): Promise<Measurement> {
  const { target, clock, heldForMs, signal, partsSignal } = probe;
  const api = await apiAt('Prometheus', target.url, target, probe);
  const room: Ask = { api, acceptWarnings: target.warnings === 'accept', signal };
  const [now, ageS] = await Promise.all([instantOf(target.query, room), ageOf(target, room)]);
  const ourMs = clock.now().getTime();
  // Its own time, so that the value and its past fit together whatever our clock says.
  const atMs = now.atMs ?? ourMs;
  const { value, of } = oneValue(now, target, api.name);
  const unread: string[] = [];
  const beside: Ask = { ...room, signal: partsSignal };
  const { same_hour: sameHour } = target;
  const [earlier, usual] = await Promise.all([
    heldForMs > 0
      ? part(unread, signal, () => earlierSamples({ target, atMs, aheadMs: atMs - ourMs, heldForMs }, beside))
      : undefined,
    sameHour ? part(unread, signal, () => usualFacts({ target, sameHour, atMs, value }, beside)) : undefined,
  ]);
  const facts: Facts = {
    value,
    series: now.samples.length,
    which: of ? api.redact(nameOf(of)) : '',
    values: firstFew(worstFirst(now.samples, target.pick).map((one) => api.redact(`${nameOf(one)}: ${one.value}`))),
    age_s: ageS,
    ...(usual === null ? { usual: null, ratio_to_usual: null, days_found: null } : usual),
    unread,
  };
  return { facts, ...(earlier && { earlier }) };
}

function oneValue({ samples }: Instant, target: PrometheusTarget, where: string) {
  const picked = pickFrom(samples, target);
  switch (picked.kind) {
    case 'value':
      return picked;
    case 'empty':
      throw new Unmeasured('empty', `the query gives no series in ${where}`, {
        next: 'check names and labels, and that the targets are scraped; `missing: zero` and `fresh` if no series means zero',
      });
    case 'several': {
      const some = firstFew(samples.map(nameOf), 2).join('; ');
      throw new Unmeasured('misconfigured', `the query gives ${samples.length} series (${some}), not one`, {
        next: 'aggregate: sum(…), max by (…), or set pick: max, min or sum',
      });
    }
    case 'odd': {
      const next = 'nothing was divided by nothing, for example; `(…) >= 0` leaves such series out';
      const what = Number.isNaN(picked.of.value) ? 'not a number (NaN)' : 'infinite';
      throw new Unmeasured('invalid_answer', `the query gives a value that is ${what}: ${nameOf(picked.of)}`, { next });
    }
  }
}

/** Seconds since the oldest of the series' newest samples, by the server's clock; null when nobody can tell. */
async function ageOf({ query, fresh, max_age }: PrometheusTarget, room: Ask): Promise<number | null> {
  const selector = fresh ?? (isPlainSeries(query) ? query : undefined);
  if (selector === undefined) return null;
  const { samples } = await instantOf(`max(time() - timestamp(${selector}))`, room);
  const [sample] = samples;
  if (sample === undefined) {
    // Of the query itself its value will say so.
    if (fresh === undefined) return null;
    throw new Unmeasured('empty', `${room.api.name} has no samples of ${fresh}`, {
      next: 'check that its targets are scraped, and fresh',
    });
  }
  if (!Number.isFinite(sample.value)) {
    const what = `${room.api.name} does not tell how old the samples of ${selector} are`;
    throw new Unmeasured('invalid_answer', what, { next: 'check that url leads to its API' });
  }
  if (sample.value * 1_000 > max_age) {
    const [age, limit] = [formatDuration(sample.value * 1_000), formatDuration(max_age)];
    throw new Unmeasured('empty', `the newest sample of ${selector} is ${age} old (limit ${limit})`, {
      next: 'check that its targets are scraped, or raise max_age',
    });
  }
  return Number(sample.value.toFixed(1));
}
