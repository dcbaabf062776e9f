import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAudit } from '../../../src/audit/audit.ts';
import { lastSentHead } from '../../../src/audit/sent.ts';
import { announceErasures, auditHead } from '../../../src/audit-head.ts';
import { newKeyPair } from '../../../src/kernel/ed25519.ts';
import { createLog } from '../../../src/kernel/log.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Desk, deskOf, inChannel } from '../../support/alerts.ts';
import { anna, beginAnew, fillAudit, tamper } from '../../support/audit.ts';
import { opsOf } from '../../support/checks.ts';
import { embeddedStore } from '../../support/store.ts';

const signingKey = newKeyPair().privateKey;
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});
beforeEach(async () => {
  await tamper(store, ...beginAnew);
  await fillAudit(store, 3);
  await store.pool.query('delete from signed_head');
});
afterAll(() => store.close());

describe('the signed head of the day', () => {
  /** Runs the day's job; what is logged at LOG_LEVEL=warn. */
  async function send(desk: Desk, slack: { audit?: string; alerts?: string }): Promise<string> {
    const logged: string[] = [];
    const log = createLog('warn', { readable: false, write: (line) => void logged.push(line) });
    const audit = createAudit({ store, clock: desk.clock, signingKey });
    const ops = opsOf([], { slack });
    const { alerts, queue } = desk;
    const [daily] = auditHead({ audit, alerts, jobs: queue, store, ops, log }).takeOn(queue);
    await store.transaction((tx) => daily!.enqueue(tx, desk.clock.now(), 'today', undefined));
    await queue.run();
    return logged.join('');
  }

  it('goes into the channel and a log that only takes warnings, and is noted with where it went', async () => {
    const desk = await deskOf(store);
    expect(await lastSentHead(store)).toBeUndefined();
    expect(await send(desk, { audit: '#alerts' })).toMatch(/rounds-audit v1 seq=3 hash=/);
    const noted = { at: desk.clock.now(), seq: 3 };
    expect(await lastSentHead(store)).toEqual({ ...noted, channel: { name: '#alerts', posted: false } });
    await desk.queue.finish();
    expect(inChannel(desk).map(({ text }) => text)).toEqual(['🔏 Audit: the signed head of today']);
    expect(await lastSentHead(store)).toEqual({ ...noted, channel: { name: '#alerts', posted: true } });
  });

  it('goes into the log alone without a channel, and is noted as that', async () => {
    const desk = await deskOf(store);
    expect(await send(desk, {})).toMatch(/rounds-audit v1 seq=3 hash=/);
    expect(await lastSentHead(store)).toEqual({ at: desk.clock.now(), seq: 3 });
  });
});

describe('an erasure', () => {
  it('is told in the channel of the audit, once it is done, without its reason', async () => {
    const desk = await deskOf(store);
    const onErasing = announceErasures(desk.alerts, opsOf([], { slack: { audit: '#alerts' } }));
    const audit = createAudit({ store, clock: desk.clock, onErasing });
    for (const [seq, reason] of [
      [2n, 'short'],
      [9n, 'there is no such row'],
    ] as const) {
      await expect(audit.erase(anna, { seq, reason })).rejects.toThrow();
    }
    expect((await store.pool.query('select 1 from alert_notice')).rowCount).toBe(0);
    desk.queue.waiting.splice(0);
    await audit.erase(anna, { seq: 2n, reason: 'Jane Doe was named in it' });
    await desk.queue.finish();
    const told = JSON.stringify(inChannel(desk));
    expect(told).toContain('the text of row 2 was erased');
    expect(told).toContain('by slack:UANNA');
    expect(told).not.toContain('Jane');
  });
});
