import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import checkConfig from '../../../commands/check-config.ts';
import { type Configuration, loadConfiguration, runbooksIn } from '../../../src/configuration.ts';
import { root, runbookFolders } from '../../../src/registry.ts';
import { runbookFiles } from '../../../src/runbooks/files.ts';

/** Everything that its operator would set: with it nothing is left to remark on. */
function environmentOf({ ops: { missingSecrets } }: Configuration): NodeJS.ProcessEnv {
  const secrets = missingSecrets.map((name) => [name, `the-dummy-of-${name}`]);
  return { ...Object.fromEntries(secrets), SMTP_URL: 'smtp://127.0.0.1:25', TWILIO_ACCOUNT_SID: 'AC0' };
}

describe.each(['holi', 'ivr', 'rms'])('examples/%s', (name) => {
  const folder = join(root, 'examples', name);
  const file = join(folder, 'ops.yml');
  const read = () => loadConfiguration(file, {});

  it('is accepted by check-config without a remark once its secrets are set', async () => {
    const lines: string[] = [];
    const env = environmentOf(await read());
    expect(await checkConfig.runAlone([file], { env, json: false, print: (line) => lines.push(line) })).toBe(0);
    expect(lines[0]).toContain(`${file}: good — `);
    // What heartbeats' jobs have to send is no remark, nor is what comes when.
    expect(lines.slice(1).filter((line) => !/: good — |^heartbeat | comes (next|by itself)/.test(line))).toEqual([]);
  });

  it('brings its own severities, and every runbook that a check or severity names', async () => {
    const configuration = await read();
    expect(configuration.severities.folder).toBe(join(folder, 'templates', 'incidents'));
    const files = runbookFiles(runbookFolders(folder));
    for (const runbook of runbooksIn(configuration)) expect(await files.read(runbook)).toMatch(/^# /);
    for (const check of configuration.ops.checks.filter(({ group }) => group !== 'other-environments'))
      expect([check.id, check.runbook]).toEqual([check.id, expect.any(String)]);
  });

  it('every check has an owner, an alert has a channel', async () => {
    const { ops } = await read();
    expect(ops.checks.filter(({ owner }) => !owner).map(({ id }) => id)).toEqual([]);
    expect(ops.slack).toEqual(expect.objectContaining({ daily: '#ops-daily', alerts: '#alerts' }));
  });

  it('its runbooks ask only for groups and checks that there are', async () => {
    const { checks, groups } = (await read()).ops;
    const known = [...groups.keys(), ...checks.map(({ id }) => id)];
    const runbooks = join(folder, 'templates', 'runbooks');
    const texts = await Promise.all(readdirSync(runbooks).map((one) => readFile(join(runbooks, one), 'utf8')));
    const asked = texts.flatMap((text) => [...text.matchAll(/`\/ops health ([^`]+)`/g)]).map(([, what]) => what);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((what) => !known.includes(what!))).toEqual([]);
  });

  it('its README names every secret, and every runbook that no check leads to', async () => {
    const configuration = await read();
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    for (const secret of configuration.ops.missingSecrets) expect(readme).toContain(`\`${secret}\``);
    const named = runbooksIn(configuration);
    const written = readdirSync(join(folder, 'templates', 'runbooks')).map((one) => basename(one, '.md'));
    for (const runbook of written.filter((one) => !named.includes(one))) expect(readme).toContain(`\`${runbook}\``);
  });
});
