import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { secretValues } from '../../../src/config/secret-values.ts';
import { makeReveal } from '../../../src/config/secrets.ts';
import { redact } from '../../../src/kernel/redact.ts';
import { Secret } from '../../../src/kernel/secret.ts';

it('takes the values of secret variables and their files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rounds-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'key'), 'from-a-file\n');
  const values = secretValues({
    SLACK_BOT_TOKEN: 'xoxb-1-2-3',
    DATABASE_URL: 'postgres://app:p%40ssw0rd@db/main',
    SHOP_API_KEY_FILE: join(folder, 'key'),
    GONE_TOKEN_FILE: join(folder, 'gone'),
    MY_PASSWORD: 'hunter2hunter2',
    DB_PASS: 'hunter3hunter3',
    MYSQL_PWD: 'hunter4hunter4',
    PWD: '/home/x/rounds',
    OLDPWD: '/home/x',
    SSH_ASKPASS: '/usr/bin/askpass',
    HOME: '/home/x',
    LOG_LEVEL: 'info',
  });
  expect(new Set(values)).toEqual(
    new Set([
      'xoxb-1-2-3',
      'postgres://app:p%40ssw0rd@db/main',
      'from-a-file',
      'hunter2hunter2',
      'hunter3hunter3',
      'hunter4hunter4',
    ]),
  );
});

it('masks every secret from when it is revealed, and the password in an address', () => {
  const reveal = makeReveal({ ODD: 'q9f8h3kd02lmz7pp', DSN: 'postgres://app:wh%40tever1@db/main' });
  expect(redact('it said q9f8h3kd02lmz7pp')).toBe('it said q9f8h3kd02lmz7pp');
  expect([reveal(new Secret('ODD')), reveal('plain')]).toEqual(['q9f8h3kd02lmz7pp', 'plain']);
  reveal(new Secret('DSN'));
  expect(redact('it said q9f8h3kd02lmz7pp, wh@tever1 and plain')).toBe('it said ***, *** and plain');
});
