import { expect, it } from 'vitest';
import { createLog } from '../../../src/kernel/log.ts';
import { maskAlways } from '../../../src/kernel/redact.ts';

function written(readable: boolean): { log: ReturnType<typeof createLog>; lines: string[] } {
  const lines: string[] = [];
  return { log: createLog('info', { readable, write: (line) => void lines.push(line) }), lines };
}

it('writes lines for a person at a terminal', () => {
  const { log, lines } = written(true);
  log.info({ port: 3000 }, 'ready');
  log.warn('careful');
  log.debug('not shown');
  expect(lines).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d ready \{"port":3000\}\n$/),
    expect.stringMatching(/ warn careful\n$/),
  ]);
});

it('writes JSON for machines, errors with their stack', () => {
  const { log, lines } = written(false);
  log.error({ err: new Error('no') }, 'failed');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 50,
    msg: 'failed',
    err: { message: 'no', stack: expect.any(String) },
  });
});

it('masks secrets and personal data in messages, fields and errors, for machines and people', () => {
  for (const readable of [true, false]) {
    const { log, lines } = written(readable);
    log.info({ user: 'anna@example.com', password: 'hunter2', headers: { authorization: 'Bearer abc123def' } }, 'ok');
    log.error({ err: new Error('connect postgres://app:hunter2@db/main', { cause: new Error('ssn 078-05-1120') }) });
    log.warn('paged +1 212 555 0147 for MRN 0012345');
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toMatch(/anna|hunter2|abc123def|078-05|555 0147|0012345/);
    expect(lines.join('')).toMatch(/postgres:\/\/app:\*\*\*@db\/main/);
  }
});

it('masks the values it is told are secret, whatever they look like', () => {
  const lines: string[] = [];
  maskAlways('plain words', 'quo"ted\\value');
  const log = createLog('info', { readable: false, write: (line) => void lines.push(line) });
  log.info({ said: 'plain words', 'plain words': 1, list: ['quo"ted\\value'] }, 'they are plain words');
  maskAlways('later-secret');
  log.info('a later-secret');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { said: '***', '***': 1, list: ['***'], msg: 'they are ***' },
    { msg: 'a ***' },
  ]);
});

it('keeps level, time and numbers as they are', () => {
  const { log, lines } = written(false);
  log.info({ port: 3000, rows: 2_125_550_147, took_ms: 1.5 }, 'ready');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 30,
    time: expect.any(Number),
    pid: process.pid,
    hostname: expect.any(String),
    port: 3000,
    rows: 2_125_550_147,
    took_ms: 1.5,
    msg: 'ready',
  });
});
