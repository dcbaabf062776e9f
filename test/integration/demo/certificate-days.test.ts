import { join } from 'node:path';
import { expect, it } from 'vitest';
import script from '../../../src/checks/script.ts';
import { root } from '../../../src/registry.ts';
import { clinicOf } from '../../support/demo.ts';
import { judgedByDefault, measure, whyUnmeasured } from '../../support/probes.ts';

const here = { dir: root, scriptDirs: [join(root, 'checks')] };
const params = (...args: string[]) => ({ run: ['./checks/certificate-days', ...args], facts: { days_left: 'number' } });

it('tells days, warns and fails by its limits, whoever signed', async () => {
  const { tlsUrl } = await clinicOf();
  const { port } = new URL(tlsUrl);
  const asked = async (warn: string, fail: string) => {
    const words = params('127.0.0.1', port, warn, fail);
    const facts = await measure(script, words, here);
    return [judgedByDefault(script, words, facts), facts.days_left, facts.text];
  };
  const named = `the certificate of 127.0.0.1:${port}`;
  expect(await asked('30', '7')).toEqual([
    'ok',
    90,
    expect.stringContaining(`${named} is valid for 90 days, until 20`),
  ]);
  expect(await asked('91', '7')).toEqual([
    'warn',
    90,
    expect.stringMatching(/expires in 90 days, on .* \(limit 91\)$/),
  ]);
  expect(await asked('99', '91')).toEqual(['fail', 90, expect.stringMatching(/\(limit 91\)$/)]);
});

it('does not know when nobody answers, or when it is called wrongly', async () => {
  const refused = await whyUnmeasured(measure(script, params('127.0.0.1', '9', '30', '7'), here));
  expect(refused.message).toContain("can't read the certificate of 127.0.0.1:9: ECONNREFUSED");
  const wrong = await whyUnmeasured(measure(script, params('127.0.0.1'), here));
  expect(wrong.message).toContain('usage: certificate-days HOST PORT WARN_DAYS FAIL_DAYS');
});
