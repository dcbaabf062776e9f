import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { secretValues } from '../../../src/config/secret-values.ts';
import { makeReveal } from '../../../src/config/secrets.ts';
import { Secret } from '../../../src/kernel/secret.ts';

it('takes the values of secret variables, their files, and the password in an address', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rounds-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'key'), 'from-a-file\n');
  const values = secretValues({
    SLACK_BOT_TOKEN: 'xoxb-1-2-3',
    DATABASE_URL: 'postgres://app:p%40ssw0rd@db/main',
    SHOP_API_KEY_FILE: join(folder, 'key'),
    GONE_TOKEN_FILE: join(folder, 'gone'),
    MY_PASSWORD: 'hunter2hunter2',
    HOME: '/home/x',
    LOG_LEVEL: 'info',
  });
  expect(new Set(values)).toEqual(
    new Set([
      'xoxb-1-2-3',
      'postgres://app:p%40ssw0rd@db/main',
      'p%40ssw0rd',
      'p@ssw0rd',
      'from-a-file',
      'hunter2hunter2',
    ]),
  );
});

it('tells of every secret that is revealed', () => {
  const told: string[] = [];
  const reveal = makeReveal({ ODD: 'value-1' }, (value) => told.push(value));
  expect([reveal(new Secret('ODD')), reveal('plain')]).toEqual(['value-1', 'plain']);
  expect(told).toEqual(['value-1']);
});
