import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createAudit } from '../../../src/audit/audit.ts';
import { auditDenials, type Denials } from '../../../src/audit-denials.ts';
import type { DeniedAttempt } from '../../../src/kernel/access.ts';
import type { Store } from '../../../src/store/store.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

let store: Store;
let log: ReturnType<typeof memoryLog>;
let denials: Denials;
let nowMs: number;
let people = 0;
let actor: DeniedAttempt['actor'];

beforeAll(async () => {
  store = await embeddedStore();
});
afterAll(() => store.close());
beforeEach(() => {
  people += 1;
  actor = { id: `slack:U${people}`, name: 'eve', mention: `<@U${people}>` };
  log = memoryLog();
  nowMs = 0;
  denials = auditDenials({ store, clock: store.time, log, elapsedMs: () => nowMs });
});

function attempt(over: Partial<DeniedAttempt> = {}): DeniedAttempt {
  const denial = { kind: 'denied', why: 'guest', message: "Guests can't" } as const;
  return { actor, request: 'ABC123', action: 'maintenance', words: 'db 7d x', role: 'viewer', denial, ...over };
}

/** What the audit says of this test's person, oldest first. */
async function rows(): Promise<unknown[]> {
  await denials.settled();
  const found = await createAudit({ store, clock: store.time }).search({ limit: 50, actors: [actor.id] });
  return found.rows.map(({ recorded }) => recorded).reverse();
}

it('records what a guest tried with a command that anybody may begin with, and with which words', async () => {
  denials.take(attempt());
  expect(await rows()).toMatchObject([
    {
      actor: actor.id,
      request: 'ABC123',
      action: 'access.denied',
      target: 'maintenance',
      after: { role: 'viewer', why: 'guest', words: 'db 7d x' },
    },
  ]);
  expect(log.lines).toMatchObject([
    { level: 'warn', message: 'denied', fields: { actor: actor.id, command: 'maintenance', reason: "Guests can't" } },
  ]);
});

it('masks the words before it cuts them', async () => {
  const token = `xoxb-${'1234567890-'.repeat(2)}${'a'.repeat(24)}`;
  denials.take(attempt({ words: `${'x'.repeat(185)} ${token} ${'y'.repeat(9_000)}` }));
  const said = JSON.stringify([await rows(), log.lines]);
  expect(said).not.toContain('1234567890');
  expect(said).not.toContain('y'.repeat(50));
});

it('writes one row per person, action and minute, with how many there were before; the log has each', async () => {
  for (let time = 0; time < 20; time += 1) denials.take(attempt());
  denials.take(attempt({ action: 'health.mute1h', words: 'main-db' }));
  nowMs = 59_999;
  denials.take(attempt());
  nowMs = 60_000;
  denials.take(attempt({ words: 'later' }));
  const after = (await rows()).map((row) => (row as { after: unknown }).after);
  expect(after).toEqual([
    { role: 'viewer', why: 'guest', words: 'db 7d x' },
    { role: 'viewer', why: 'guest', words: 'main-db' },
    { role: 'viewer', why: 'guest', words: 'later', unrecorded_before: 20 },
  ]);
  expect(log.lines).toHaveLength(23);
});

it('records the next one when one could not be recorded, and says so', async () => {
  let broken = true;
  const transaction: Store['transaction'] = (work) =>
    broken ? Promise.reject(new Error('the database is away')) : store.transaction(work);
  denials = auditDenials({ store: { transaction }, clock: store.time, log, elapsedMs: () => nowMs });
  denials.take(attempt());
  expect(await rows()).toEqual([]);
  expect(log.lines.map(({ message }) => message)).toEqual(['denied', 'a denial was not recorded']);
  broken = false;
  denials.take(attempt());
  expect(await rows()).toMatchObject([{ after: { unrecorded_before: 1 } }]);
});

it('does not wait for ever for a database that hangs', async () => {
  const transaction: Store['transaction'] = () => new Promise(() => {});
  denials = auditDenials({ store: { transaction }, clock: store.time, log, patienceMs: 1 });
  denials.take(attempt());
  await denials.settled();
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { denials: 1 } });
});
