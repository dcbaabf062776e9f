import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { demoPorts } from '../../../src/demo/ports.ts';
import { root } from '../../../src/registry.ts';
import { elsewhere } from '../../../src/try-out/places.ts';

const clinicFrom = (first: number) => {
  const { port, databasePort, tlsPort } = demoPorts(first);
  return {
    url: `http://127.0.0.1:${port}`,
    databaseUrl: `postgres://rounds@127.0.0.1:${databasePort}/clinic`,
    tlsUrl: `https://127.0.0.1:${tlsPort}`,
  };
};
const usual = { caFile: '/srv/data/demo-ca.pem', opsConfig: '/srv/ops.yml' };
const words = 'the demo system is not where the ops.yml that comes with Rounds looks for it: write there ';

it('says nothing of the defaults, which are those of ops.yml', async () => {
  const { demoPort, dataDir } = readEnvironment({});
  expect(elsewhere(clinicFrom(demoPort), usual)).toBeUndefined();
  const text = await readFile(join(root, 'ops.yml'), 'utf8');
  for (const place of ['127.0.0.1:3002', '127.0.0.1:3003', '127.0.0.1:3004', `ca: ${dataDir.slice(2)}/demo-ca.pem`]) {
    expect(text).toContain(place);
  }
});

it('says what to write for what: of other ports, of another folder, of both', () => {
  expect(elsewhere(clinicFrom(4_000), usual)).toBe(`${words}4000 for 3002, 4001 for 3003, 4002 for 3004`);
  const moved = { ...usual, caFile: '/var/rounds/demo-ca.pem' };
  const ca = '/var/rounds/demo-ca.pem for data/demo-ca.pem';
  expect(elsewhere(clinicFrom(3_002), moved)).toBe(words + ca);
  expect(elsewhere(clinicFrom(3_003), moved)).toBe(`${words}3003 for 3002, 3004 for 3003, 3005 for 3004, ${ca}`);
});
