import { expect, it } from 'vitest';
import { createLog } from '../../../src/kernel/log.ts';

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
