import { existsSync, readFileSync, symlinkSync, watch } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import script from '../../../src/checks/script.ts';
import type { ProbeSetting } from '../../support/probes.ts';
import { judgedByDefault, measure, whyUnmeasured } from '../../support/probes.ts';

const support = join(import.meta.dirname, '../../support');
const here: ProbeSetting = { dir: support, scriptDirs: [join(support, 'scripts')] };

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(await realpath(tmpdir()), 'rounds-script-'));
});
afterEach(async () => {
  await rm(scratch, { recursive: true });
});

const run = (...words: string[]) => ({ run: [`scripts/${words[0]}`, ...words.slice(1)] });

/** Resolves once a script under test has written the file. */
async function written(file: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const watcher = watch(scratch, () => existsSync(file) && resolve());
  if (!existsSync(file)) await promise;
  watcher.close();
  return readFileSync(file, 'utf8');
}

/** Gone, or a zombie that its parent has yet to collect. */
function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

describe('the contract of the monitoring plugins', () => {
  it('healthy: text, long text and perfdata are facts', async () => {
    const params = {
      ...run('check_ok'),
      facts: { age_hours: 'number', var_log: 'number', restored_rows: 'counter', size: 'number' },
    };
    const facts = await measure(script, params, here);
    expect(facts).toEqual({
      exit_code: 0,
      text: 'BACKUP OK - newest is 3 h old',
      long_text: 'restored into scratch\nsecond line',
      duration_ms: expect.any(Number),
      perfdata: { age_hours: 3, 'restored rows': 12000, '/var/log': 81, checks: 4, "can't restore": null, size: 1.5 },
      age_hours: 3,
      var_log: 81,
      restored_rows: 12000,
      size: 1.5,
    });
    expect(judgedByDefault(script, params, facts)).toBe('ok');
    const specs = script.facts(script.params.parse(params));
    expect(Object.keys(facts).filter((name) => !(name in specs))).toEqual([]);
  });

  it('degraded: exit 1 warns, failed: exit 2 fails', async () => {
    const warn = await measure(script, run('check_exit', '1', 'BACKUP WARNING - 27 h old'), here);
    expect(warn).toMatchObject({ exit_code: 1, text: 'BACKUP WARNING - 27 h old' });
    expect(judgedByDefault(script, run('check_exit'), warn)).toBe('warn');
    const fail = await measure(script, run('check_exit', '2'), here);
    expect(fail).toMatchObject({ exit_code: 2, text: 'exit code 2, no output' });
    expect(judgedByDefault(script, run('check_exit'), fail)).toBe('fail');
  });

  it('unknown: exit 3 and anything else', async () => {
    const unknown = await whyUnmeasured(measure(script, run('check_exit', '3', 'no route to vault'), here));
    expect(unknown).toMatchObject({ reason: 'error', message: 'script scripts/check_exit: no route to vault' });
    const odd = await whyUnmeasured(measure(script, run('check_exit', '77', 'odd'), here));
    expect(odd).toMatchObject({ reason: 'error', message: 'script scripts/check_exit: odd (exit code 77)' });
    const missing = await whyUnmeasured(measure(script, run('check_exit', '127', 'jq: not found'), here));
    expect(missing).toMatchObject({ reason: 'misconfigured', message: expect.stringContaining('jq: not found') });
    const crashed = await whyUnmeasured(measure(script, run('check_kills_itself'), here));
    expect(crashed).toMatchObject({
      reason: 'error',
      message: 'script scripts/check_kills_itself was killed by SIGSEGV',
    });
  });

  it('texts are whole', async () => {
    const long = `${'x'.repeat(3000)}ERROR`;
    expect((await measure(script, run('check_exit', '0', long), here)).text).toBe(long);
    expect((await measure(script, run('check_exit', '0', `OK\n${long}`), here)).long_text).toBe(long);
  });

  it('counters become rates once there is a sample before', async () => {
    const params = (value: number) => ({ ...run('check_counter', String(value)), facts: { requests: 'counter' } });
    expect(await measure(script, params(1000), here)).not.toHaveProperty('requests_per_second');
    const previous = { at: new Date(Date.now() - 100_000), facts: { requests: 1000 } };
    const facts = await measure(script, params(1500), { ...here, previous });
    expect(facts.requests).toBe(1500);
    expect(facts.requests_per_second).toBeCloseTo(5, 0);
    const reset = await measure(script, params(7), { ...here, previous });
    expect(reset).toMatchObject({ requests: 7 });
    expect(reset).not.toHaveProperty('requests_per_second');
    const before = { at: new Date(Date.now() - 100_000), facts: reset };
    expect((await measure(script, params(207), { ...here, previous: before })).requests_per_second).toBeCloseTo(2, 0);
  });
});

describe('what a script gets', () => {
  it('is a small environment, its secrets and the config’s folder, and no secret comes back', async () => {
    const params = { ...run('check_environment'), env: { PGHOST: 'db1', PGPASSWORD: { secret: 'DB_PASSWORD' } } };
    process.env.SLACK_BOT_TOKEN_UNDER_TEST = 'xoxb-not-for-scripts';
    const { text } = await measure(script, params, { ...here, secrets: { DB_PASSWORD: 'hunter22' } });
    delete process.env.SLACK_BOT_TOKEN_UNDER_TEST;
    expect(text).toContain(`in ${support}:`);
    expect(text).toContain('PGHOST=db1');
    expect(text).toContain('PGPASSWORD=[secret DB_PASSWORD]');
    const names = String(text).match(/\b[A-Z_]+(?==)/g);
    expect(
      names?.filter((name) => !['PGHOST', 'PGPASSWORD', 'PATH', 'LANG', 'PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)),
    ).toEqual([]);
  });

  it('is its arguments as they are: no shell reads them', async () => {
    const facts = await measure(script, run('check_exit', '0', '$(id) `id` ; echo "x" *'), here);
    expect(facts.text).toBe('$(id) `id` ; echo "x" *');
  });

  it('is nothing, when it is outside the allowed folders', async () => {
    const outside = await whyUnmeasured(measure(script, { run: ['/bin/sh', '-c', 'id'] }, here));
    expect(outside).toMatchObject({
      reason: 'misconfigured',
      next: `put it into an allowed folder: ${support}/scripts`,
    });
    symlinkSync('/bin/sh', join(scratch, 'check_link'));
    const link = await whyUnmeasured(measure(script, { run: ['check_link'] }, { dir: scratch, scriptDirs: [scratch] }));
    expect(link.message).toMatch(/^script check_link \(really .*\) may not be run$/);
    const climb = await whyUnmeasured(measure(script, { run: ['scripts/../probes.ts'] }, here));
    expect(climb.reason).toBe('misconfigured');
    const none = await whyUnmeasured(measure(script, run('check_ok'), { ...here, scriptDirs: [] }));
    expect(none.next).toContain('no folder is allowed');
  });

  it('may be reached by a link that leads into an allowed folder', async () => {
    symlinkSync(join(support, 'scripts'), join(scratch, 'plugins'));
    const setting = { dir: scratch, scriptDirs: [join(scratch, 'plugins')] };
    expect(await measure(script, { run: ['plugins/check_ok'] }, setting)).toMatchObject({ exit_code: 0 });
  });

  it('not permitted: missing, not executable, no interpreter', async () => {
    const missing = await whyUnmeasured(measure(script, run('nothing'), here));
    expect(missing.message).toContain(`there is no ${support}/scripts/nothing`);
    const plain = await whyUnmeasured(measure(script, run('not_executable'), here));
    expect(plain).toMatchObject({ reason: 'misconfigured', next: expect.stringContaining('chmod +x') });
    const orphan = await whyUnmeasured(measure(script, run('check_no_interpreter'), here));
    expect(orphan).toMatchObject({
      reason: 'misconfigured',
      message: expect.stringContaining("can't be started (ENOENT)"),
    });
  });
});

describe('a script that misbehaves', () => {
  it('unreachable: forks and ignores SIGTERM — at the timeout the whole group is gone', async () => {
    const file = join(scratch, 'pids');
    const controller = new AbortController();
    const measuring = whyUnmeasured(
      measure(script, run('check_stubborn', file), { ...here, signal: controller.signal }),
    );
    const pids = (await written(file)).trim().split(' ').map(Number);
    expect(pids.map(isGone)).toEqual([false, false]);
    const startedMs = performance.now();
    controller.abort();
    const why = await measuring;
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(why).toMatchObject({
      reason: 'timeout',
      message: expect.stringMatching(/check_stubborn was not done within/),
    });
    await expect.poll(() => pids.map(isGone), { timeout: 10_000 }).toEqual([true, true]);
  });

  it('leaves a child behind: the child is gone, and the answer does not wait for it', async () => {
    const file = join(scratch, 'pid');
    const facts = await measure(script, run('check_leaves_child', file), here);
    expect(facts).toMatchObject({ exit_code: 0, text: 'OK - done' });
    await expect.poll(() => isGone(Number(readFileSync(file, 'utf8'))), { timeout: 10_000 }).toBe(true);
  });

  it('leaves a daemon of another session behind: the answer does not wait for it', async () => {
    const file = join(scratch, 'pid');
    const facts = await measure(script, run('check_leaves_daemon', file), here);
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
    expect(facts).toMatchObject({ exit_code: 0, text: 'OK - done' });
  });

  it('prints 50 MB: it is killed', async () => {
    const why = await whyUnmeasured(measure(script, run('check_flood'), here));
    expect(why).toMatchObject({ reason: 'too_large', message: expect.stringContaining('more than 64 KB') });
  });

  it('is not started when the check is over before', async () => {
    const why = await whyUnmeasured(
      measure(script, run('check_leaves_child', join(scratch, 'pid')), { ...here, signal: AbortSignal.abort() }),
    );
    expect(why.reason).toBe('timeout');
    expect(existsSync(join(scratch, 'pid'))).toBe(false);
  });
});
