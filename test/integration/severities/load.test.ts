import { execFile } from 'node:child_process';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration, runbooksIn, waysMissing, withSeveritiesOf } from '../../../src/configuration.ts';
import { root, runbookFolders, severityFolders } from '../../../src/registry.ts';
import { runbookFiles } from '../../../src/runbooks/files.ts';
import { loadSeverities } from '../../../src/severities/load.ts';

const shipped = join(root, 'templates', 'incidents');
const good = 'label: Bad\nrank: 1\ncriteria: It is bad\nresponse_time: 15m\npage: page\n';

let dir: string;
let own: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rounds-severities-'));
  own = join(dir, 'templates', 'incidents');
  await writeFile(join(dir, 'ops.yml'), 'checks: [{id: a, tcp: {host: a.example, port: 1}}]\n');
});
afterEach(() => rm(dir, { recursive: true }));

async function write(name: string, text: string): Promise<void> {
  await mkdir(own, { recursive: true });
  await writeFile(join(own, name), text);
}

describe('the messages that a severity names', () => {
  const texts = (name: string, text: string) => {
    const folder = join(dir, 'templates', 'messages');
    return mkdir(folder, { recursive: true }).then(() => writeFile(join(folder, name), text));
  };

  it('must be there', async () => {
    await write('bad.yml', `${good}messages: { update: not-written }\n`);
    await expect(loadConfiguration(join(dir, 'ops.yml'), {})).rejects.toMatchObject({
      problems: [
        { file: join(own, 'bad.yml'), path: 'messages.update', found: '"not-written", and there is no such file' },
      ],
    });
  });

  it.each([
    ['names what there is not', '{{ titel }}', /titel/],
    ['says nothing', '{% if systems %}{{ title }}{% endif %}', /it says nothing/],
    ['fails where something is not known', '{% if systems == "" %}{{ who }}{% endif %}{{ title }}', /who/],
  ])('must be one that can be written: one that %s is refused', async (_, text, found) => {
    await write('bad.yml', good);
    await texts('notification.liquid', text);
    await expect(loadConfiguration(join(dir, 'ops.yml'), {})).rejects.toMatchObject({
      problems: [{ path: 'messages.notification', found: expect.stringMatching(found) }],
    });
  });

  it('are told together with other mistakes; one that is no template has its file named', async () => {
    await write('bad.yml', good);
    await writeFile(join(dir, 'ops.yml'), 'chekcs: []\n');
    await texts('notification.liquid', '{% if %');
    const read = loadConfiguration(join(dir, 'ops.yml'), {});
    await expect(read).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({ found: expect.stringContaining('notification.liquid') }),
        expect.objectContaining({ path: 'chekcs' }),
      ]),
    });
  });

  it('hold as they are where they can', async () => {
    await write('bad.yml', good);
    await texts('notification.liquid', 'Down: {{ title }}');
    const { messages } = await loadConfiguration(join(dir, 'ops.yml'), {});
    expect(messages.slack('notification', { title: '<!here>' })).toBe('Down: &lt;!here&gt;');
  });
});

describe('the checklists that a severity names', () => {
  const read = () => loadConfiguration(join(dir, 'ops.yml'), {});

  it('must be there: one with a typo is refused, with the file, and with what was likely meant', async () => {
    await write('bad.yml', `${good}checklists: [post-recovery, post-recvery]\n`);
    await expect(read()).rejects.toMatchObject({
      problems: [
        {
          ...{ file: join(own, 'bad.yml'), path: 'checklists', found: '"post-recvery", and there is no such file' },
          allowed: expect.stringContaining('did you mean post-recovery?'),
        },
      ],
    });
  });

  it('are those that come with Rounds, and those beside ops.yml', async () => {
    const folder = join(dir, 'templates', 'checklists');
    await write('bad.yml', `${good}checklists: [post-recovery, ours]\n`);
    await expect(read()).rejects.toMatchObject({ problems: [{ found: expect.stringContaining('"ours"') }] });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'ours.yml'), 'title: Ours\nitems: [{ id: a, title: A }]\n');
    expect((await read()).severities.all).toMatchObject([{ checklists: ['post-recovery', 'ours'] }]);
  });
});

describe('which severities hold', () => {
  it('are the shipped ones where there is no folder', async () => {
    const { all, folder } = await loadSeverities(severityFolders(dir));
    expect(folder).toBe(shipped);
    const facts = all.map(({ id, response, page }) => [id, response, page.hours, page.offHours]);
    const within = (minutes: number) => ({ kind: 'within', ms: minutes * 60_000 });
    expect(facts).toEqual([
      ['p0', within(15), 'page', 'page'],
      ['p1', within(30), 'page', 'page'],
      ['p2', within(120), 'page', 'email'],
      ['p3', within(24 * 60), 'slack', 'slack'],
    ]);
    expect(all[0]?.updates).toEqual({ everyMs: 15 * 60_000, inRecoveryMs: 30 * 60_000 });
  });

  it('are those beside ops.yml alone, as soon as there is a folder', async () => {
    await write('bad.yml', good);
    await write('README.md', 'how we chose them');
    const { all, folder } = await loadSeverities(severityFolders(dir));
    expect([folder, all.map(({ id }) => id)]).toEqual([own, ['bad']]);
  });

  it('an empty folder, a file in its place and a file of another ending are mistakes', async () => {
    await mkdir(own, { recursive: true });
    await expect(loadSeverities(severityFolders(dir))).rejects.toMatchObject({
      problems: [{ file: own, found: 'a folder without severities' }],
    });
    await write('bad.yml', good);
    await write('worse.yaml', good);
    await expect(loadSeverities(severityFolders(dir))).rejects.toMatchObject({
      problems: [{ file: join(own, 'worse.yaml'), allowed: '.yml: name it worse.yml' }],
    });
    await rm(own, { recursive: true });
    await writeFile(own, good);
    await expect(loadSeverities(severityFolders(dir))).rejects.toMatchObject({
      problems: [{ file: own, found: "the folder can't be read (ENOTDIR)" }],
    });
  });

  it('a file that is a folder is told together with the mistakes of the others', async () => {
    await write('bad.yml', good.replace('15m', 'soon'));
    await mkdir(join(own, 'p0.yml'));
    await expect(loadSeverities(severityFolders(dir))).rejects.toMatchObject({
      problems: [
        { file: join(own, 'p0.yml'), found: "the file can't be read (EISDIR)" },
        { file: join(own, 'bad.yml'), line: 4, path: 'response_time' },
      ],
    });
  });
});

describe('those that come with Rounds', () => {
  it('load beside an ops.yml, and every runbook they offer can be read', async () => {
    await cp(shipped, own, { recursive: true });
    const read = await loadConfiguration(join(dir, 'ops.yml'), {});
    expect(read.severities.all.length).toBeGreaterThanOrEqual(4);
    const runbooks = runbookFiles(runbookFolders(dir));
    for (const name of runbooksIn(read)) expect(await runbooks.read(name)).toMatch(/^# /);
  });
});

describe('a severity of the try-out alone', () => {
  const more = join(root, 'src', 'try-out', 'severities');
  const ids = async (opsYml: string) => {
    const { all } = await withSeveritiesOf(more, await loadConfiguration(opsYml, {}));
    return all.map(({ id }) => id);
  };

  it('stands behind those that come with Rounds, and escalates as its file says', async () => {
    const configured = await loadConfiguration(join(root, 'ops.yml'), {});
    expect(configured.severities.all.map(({ escalation }) => escalation.by)).not.toContain('rounds');
    const { all } = await withSeveritiesOf(more, configured);
    expect(all.map(({ id }) => id)).toEqual(['p0', 'p1', 'p2', 'p3', 'unanswered']);
    expect(all.at(-1)?.escalation).toMatchObject({
      by: 'rounds',
      levels: [
        { afterMs: 0, way: 'slack' },
        { afterMs: 300_000, way: 'email' },
        { afterMs: 600_000, way: 'sms' },
        { afterMs: 900_000, way: 'phone', to: [{ kind: 'contact', name: 'backup' }] },
      ],
    });
    const runbooks = runbookFiles(runbookFolders(root));
    for (const name of all.flatMap((each) => each.runbooks)) expect(await runbooks.read(name)).toMatch(/^# /);
  });

  it('is left out where its backup is nobody, or its rank is taken', async () => {
    const opsYml = join(dir, 'ops.yml');
    expect(await ids(opsYml)).toEqual(['p0', 'p1', 'p2', 'p3']);
    await appendFile(opsYml, 'contacts: {backup: {phone: "+1-555-0102"}}\n');
    await write('bad.yml', good);
    expect(await ids(opsYml)).toEqual(['bad', 'unanswered']);
    await write('bad.yml', good.replace('rank: 1', 'rank: 20'));
    expect(await ids(opsYml)).toEqual(['bad']);
  });
});

describe('a level that names a contact', () => {
  const levels = 'escalation:\n  levels:\n    - { after: 5m, way: phone, to: [on-call, bakup] }\n';

  it('whom ops.yml does not have is refused, with who was likely meant; on-call is always there', async () => {
    await write('bad.yml', good + levels);
    await appendFile(join(dir, 'ops.yml'), 'contacts: {backup: {phone: "+1-555-0102"}}\n');
    await expect(loadConfiguration(join(dir, 'ops.yml'), {})).rejects.toMatchObject({
      problems: [
        {
          ...{ file: join(own, 'bad.yml'), path: 'escalation.levels[0].to' },
          ...{ found: expect.stringContaining('"bakup"'), allowed: expect.stringContaining('did you mean backup') },
        },
      ],
    });
  });

  it('and has no way to be reached is a remark, as is a way that nothing is set up for', async () => {
    await write('bad.yml', good + levels.replace('bakup', 'backup'));
    await write(
      'mild.yml',
      'label: Mild\nrank: 2\ncriteria: x\nresponse_time: 2h\npage: {hours: page, off_hours: email}\n',
    );
    await appendFile(join(dir, 'ops.yml'), 'contacts: {backup: {email: b@example.com}}\n');
    const read = await loadConfiguration(join(dir, 'ops.yml'), {});
    expect(waysMissing(read, {})).toEqual([
      'level 1 of bad calls, and TWILIO_ACCOUNT_SID is not set',
      'mild tells by e-mail off hours, and SMTP_URL is not set: NOT TOLD will be said instead',
    ]);
    expect(waysMissing(read, { SMTP_URL: 'smtp://x', TWILIO_ACCOUNT_SID: 'AC1' })).toEqual([
      'level 1 of bad calls backup, who has no phone in contacts',
    ]);
  });
});

describe('the program', () => {
  function rounds(...args: string[]): Promise<{ code: number; text: string }> {
    // Tokens keep it from starting the try-out; it is meant to end before it asks Slack anything.
    const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'none', SLACK_API_URL: 'http://127.0.0.1:9/api/' };
    const env = { PATH: process.env.PATH, DATA_DIR: join(dir, 'data'), PORT: '0', ...slack };
    return promisify(execFile)(process.execPath, [join(root, 'src/main.ts'), ...args], {
      cwd: dir,
      env,
      timeout: 60_000,
    }).then(
      ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        text: error.stdout + error.stderr,
      }),
    );
  }

  it('check-config tells the mistakes of ops.yml and of severities together, then what is good and what is not written', async () => {
    await write('bad.yml', `${good.replace('page: page', 'page: {hours: page, off_hours: slack}')}runbooks: gone\n`);
    const ops = await readFile(join(dir, 'ops.yml'), 'utf8');
    await writeFile(join(dir, 'ops.yml'), ops.replace('port: 1', 'prot: 1'));
    const broken = await rounds('check-config', 'ops.yml');
    expect(broken.code).toBe(3);
    expect(broken.text).toContain('2 files: ');
    expect(broken.text).toContain('ops.yml:1  checks[0] (a).tcp.prot');
    expect(broken.text).toContain('templates/incidents/bad.yml:5  page.off_hours');

    await write(
      'bad.yml',
      `${good.replace('15m', '5h').replace('page: page', 'page: {hours: page, off_hours: slack}')}runbooks: gone\n`,
    );
    await writeFile(join(dir, 'ops.yml'), ops);
    const mended = await rounds('check-config', 'ops.yml');
    const isOfReports = (line: string) => /^(reports|checklists|remark: report .*): | comes /.test(line);
    expect({
      ...mended,
      text: mended.text
        .split('\n')
        .filter((line) => !isOfReports(line))
        .join('\n'),
    }).toEqual({
      code: 0,
      text: [
        'ops.yml: good — 1 check, 1 group, 0 roles, 0 maintenance windows',
        'templates/incidents: good — Bad',
        'remark: team.business_hours is not set, so bad pages at any hour, save on holidays',
        `runbook gone is not written yet: ${join(dir, 'templates/runbooks/gone.md')}`,
        '',
      ].join('\n'),
    });
  });

  it('a bot does not start with a broken severity, and names file and line', async () => {
    await write('bad.yml', good.replace('15m', 'soon'));
    const { code, text } = await rounds('start');
    expect(code).toBe(3);
    expect(text).toContain('templates/incidents/bad.yml:4  response_time\n  found: "soon"\n');
  });
});
