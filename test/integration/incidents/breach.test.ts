import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAudit } from '../../../src/audit/audit.ts';
import type { Answers } from '../../../src/incidents/breach/model.ts';
import { anna, asker, ben, type Room, roomOf } from '../../support/incidents.ts';
import { embeddedStore } from '../../support/store.ts';
import type { Store } from '../../../src/store/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const down = { key: 'k1', severity: 'P0', title: 'Records of Jane Doe are public' };
const factors = { nature: 'Names, dates of birth', who: 'Anybody', acquired: 'Yes', mitigated: 'Taken down' };
const breached: Answers = {
  ...{ exposed: 'yes', factors, states: { CA: 620, NY: 40 }, individuals: 660, weAre: 'covered_entity' },
  conclusion: 'breach',
};
let store: Store;
beforeAll(async () => {
  store = await embeddedStore();
});

/** With its own channel, where details may be said. */
async function declared(over: Parameters<Room['incidents']['declare']>[1] | object = {}, settings = {}): Promise<Room> {
  const room = await roomOf(store, settings);
  await room.incidents.declare(asker, { ...down, phi: true, ...over });
  await store.pool.query(`update incident set home_id = $1, home_name = 'inc-1'`, ['#general']);
  await room.queue.finish();
  return room;
}

const assess = (room: Room, answers: Answers = breached, basedOn = 0, discovered?: { at: Date; reason: string }) =>
  room.incidents.breach.assess(asker, { id: 1, answers, basedOn, ...(discovered && { discovered }) });

const own = (room: Room) => room.said('#general').join('\n');

it('placeholder', async () => {
  const room = await declared();
  console.log(room.said(), own(room));
  await room.pass(30_000);
  await room.queue.finish();
  console.log(own(room));
  await assess(room);
  await room.queue.finish();
  console.log(own(room));
});
