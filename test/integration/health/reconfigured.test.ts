import { expect, test } from 'vitest';
import { checkOf, condition } from '../../support/checks.ts';
import { all, final, healthOf, service, unhurried } from '../../support/health.ts';

const hourMs = 3_600_000;

test('another check under the same id: the last result is not its own', async () => {
  const before = await healthOf([service('a').check]);
  await final(before.health.measure({ scope: all, signal: unhurried }));
  const rare = { everyMs: 24 * hourMs, staleAfterMs: 72 * hourMs };
  const other = service('a', { ...rare, target: { host: 'another.example.com' } });
  const after = await healthOf([other.check], before);
  const [report] = (await final(after.health.measure({ scope: all, signal: unhurried }))).checks;
  expect(report).toMatchObject({ outcome: 'unknown', reason: 'not measured yet', facts: {} });
  const same = await healthOf([service('a', { ...rare, timeoutMs: 5_000 }).check], before);
  expect((await same.health.last(all)).verdict).toBe('ok');
});

test('neither its sample, nor its warn, nor its hold counts for the new one', async () => {
  const over = (limit: number) => [condition(`n > ${limit}`, (facts) => Number(facts.n) > limit)];
  const clear = [condition('n < 1', (facts) => Number(facts.n) < 1)];
  const facts = { n: 10 };
  const previous: unknown[] = [];
  const run: Parameters<typeof checkOf>[0] = async (probe) => {
    previous.push(probe.previous);
    return { facts: { ...facts } };
  };
  const before = await healthOf([checkOf(run, { warn: over(5), clear })]);
  for (let n = 0; n < 2; n += 1) {
    await final(before.health.measure({ scope: all, signal: unhurried }));
    before.clock.move(60_000);
  }
  const after = await healthOf([checkOf(run, { warn: over(50), clear })], before);
  expect((await final(after.health.measure({ scope: all, signal: unhurried }))).verdict).toBe('ok');
  expect(previous.map((sample) => sample !== undefined)).toEqual([false, true, false]);
  const holding = await healthOf([checkOf(run, { warn: over(5), heldForMs: 60_000 })], before);
  expect((await final(holding.health.measure({ scope: all, signal: unhurried }))).verdict).toBe('ok');
});
