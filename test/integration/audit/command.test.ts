import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import audit from '../../../commands/audit.ts';
import { createAudit } from '../../../src/audit/audit.ts';
import { type Access, permissionsOf } from '../../../src/kernel/access.ts';
import type { CommandContext, Reply } from '../../../src/kernel/command.ts';
import { newKeyPair, readPrivateKey } from '../../../src/kernel/ed25519.ts';
import type { Services } from '../../../src/services.ts';
import type { Store } from '../../../src/store/store.ts';
import { answerLine } from '../../../src/terminal/answer.ts';
import { beginAnew, fillAudit, noon, tamper } from '../../support/audit.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { embeddedStore } from '../../support/store.ts';

const clock = { now: () => noon };
const pair = newKeyPair();
const style = { colour: false, width: 100, zone: 'Europe/Berlin' };
let store: Store;
let folder: string;

beforeAll(async () => {
  store = await embeddedStore();
  folder = await mkdtemp(join(tmpdir(), 'rounds-heads-'));
});
beforeEach(async () => {
  await tamper(store, ...beginAnew);
  await fillAudit(store, 3);
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function contextOf(face: 'slack' | 'terminal', roles: string[], signingKey?: string): CommandContext<Services> {
  const access: Pick<Access, 'decide'> = {
    decide: async (_, role) =>
      roles.includes(role) ? { kind: 'allowed' } : { kind: 'denied', why: 'role', message: `not ${role}` },
  };
  return {
    services: { audit: createAudit({ store, clock, signingKey }) } as unknown as Services,
    actor: { id: 'os:root', name: 'root', mention: 'root' },
    request: 'DEF456',
    clock,
    log: memoryLog(),
    face,
    signal: new AbortController().signal,
    ...permissionsOf(access, { id: 'os:root' }),
  };
}

/** What a terminal gets. */
function typed(args: string[], { json = false, signingKey = pair.privateKey, roles = ['approver', 'admin'] } = {}) {
  return answerLine(audit, contextOf('terminal', roles, signingKey), { args, json, style });
}

async function asked(...args: string[]): Promise<Reply> {
  return (await audit.run(contextOf('slack', ['approver', 'admin'], pair.privateKey), args)) as Reply;
}

const headLine = async () => (await createAudit({ store, clock, signingKey: pair.privateKey }).headLine())!;

describe('rounds audit', () => {
  it('lists what was done, in the zone of the team', async () => {
    expect(await typed(['target:api-2'])).toEqual({
      text: '     2  2026-11-23 13:02:00 GMT+1  slack:UANNA  check.mute check/api-2  ABC123\n        “a deployment”',
      exitCode: 0,
    });
    const { text } = await typed(['limit:1'], { json: true });
    expect(JSON.parse(text!)).toMatchObject({
      rows: [{ seq: 3, actor: 'slack:UANNA', reason: 'a deployment' }],
      more: true,
    });
  });

  it('shows one row, or says that there is none', async () => {
    expect((await typed(['show', '#2'])).text).toContain('target   check/api-2');
    expect(await typed(['show', '4'])).toEqual({ problem: 'The audit has no row 4', exitCode: 3 });
    expect((await typed(['show', 'x'])).problem).toContain('"x" is no number of a row');
  });

  it('ends with 0 where nothing was changed, and says what only a head shows', async () => {
    const { text, exitCode } = await typed(['verify']);
    expect(exitCode).toBe(0);
    expect(text).toMatch(/^OK {2}3 rows are as they were recorded/);
    expect(text).toContain('Only a signed head from before shows that');
  });

  it('ends with 1 and names the first bad row', async () => {
    await tamper(store, sql`update audit_detail set actor = 'os:eve' where seq = 2`);
    expect(await typed(['verify'])).toEqual({
      text: 'FAIL  The audit was changed: row 2 (2026-11-23 13:02:00 GMT+1) has another actor than was recorded',
      exitCode: 1,
    });
    expect(JSON.parse((await typed(['verify'], { json: true })).text!)).toMatchObject({
      intact: false,
      first_bad: { kind: 'columns', seq: 2, at: '2026-11-23T12:02:00.000Z' },
    });
  });

  it('compares with heads: a line, a line that nobody quoted, or a file', async () => {
    const line = await headLine();
    const file = join(folder, 'heads.txt');
    await writeFile(file, `something\n{"msg":"${line}"}\n`);
    for (const head of [[line], line.split(' '), [file]]) {
      const { text, exitCode } = await typed(['verify', '--head', ...head]);
      expect(text).toMatch(/Head of row 3, signed .*: the chain fits; signature valid$/);
      expect(exitCode).toBe(0);
    }
    await tamper(store, ...beginAnew);
    await fillAudit(store, 2);
    expect(await typed(['verify', '--head', line])).toMatchObject({
      text: expect.stringContaining(
        'row 3 is missing at the end after 2026-11-23 13:02:00 GMT+1: a signed head knows them',
      ),
      exitCode: 1,
    });
  });

  it('checks a head with the public key alone, from text or a file; without one ends with 3', async () => {
    const line = await headLine();
    const file = join(folder, 'key.pub');
    await writeFile(file, `${pair.publicKey}\n`);
    const without = await answerLine(audit, contextOf('terminal', ['approver']), {
      args: ['verify', '--head', line],
      json: false,
      style,
    });
    expect(without).toMatchObject({ text: expect.stringContaining('give --public-key'), exitCode: 3 });
    for (const key of [pair.publicKey, file]) {
      const args = ['verify', '--head', line, '--public-key', key];
      const answer = await answerLine(audit, contextOf('terminal', ['approver']), { args, json: false, style });
      expect(answer).toMatchObject({ text: expect.stringContaining('signature valid'), exitCode: 0 });
    }
    const other = ['verify', '--head', line, '--public-key', newKeyPair().publicKey];
    expect(await typed(other)).toMatchObject({ text: expect.stringContaining('another key'), exitCode: 3 });
    expect(await typed(['verify', '--head', line.replace('seq=3', 'seq=4')])).toMatchObject({
      text: expect.stringContaining('1 line is no head of this key: 1 with a false signature'),
      exitCode: 3,
    });
    expect(await typed(['verify', '--head', line.slice(0, -3)])).toMatchObject({
      text: expect.stringContaining('1 line is no head of this key: 1 cut off or not copied whole'),
      exitCode: 3,
    });
  });

  it.each([
    [['verify', '--head', 'nothing-here'], 'neither the thing itself nor a file'],
    [['verify', '--head'], '--head needs a value'],
    [['verify', '--public-key', '--head', 'x'], '--public-key needs a value'],
    [['verify', '--public-key', '/nowhere'], 'neither the thing itself nor a file'],
    [['verify', '--heads'], '"--heads" is not understood'],
    [['verify', 'now'], '"now" is not understood'],
    [['head', 'now'], '"now" is not understood'],
    [['erase'], 'Which row?'],
    [['erase', '1'], 'Say why'],
    [['erase', '1', 'x'], 'at least 10 characters'],
    [['erase', '9', 'a', 'name', 'was', 'in', 'it'], 'The audit has no row 9'],
  ])('%j ends with 3', async (args, problem) => {
    expect(await typed(args)).toEqual({ problem: expect.stringContaining(problem), exitCode: 3 });
  });

  it('prints the signed head of now, which verifies; without a key says how to set one', async () => {
    const { text, exitCode } = await typed(['head']);
    expect(exitCode).toBe(0);
    expect(text).toBe(await headLine());
    expect(await typed(['verify', '--head', text!])).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await typed(['head'], { json: true })).text!)).toEqual({ head: text });
    const unsigned = await answerLine(audit, contextOf('terminal', ['approver']), {
      args: ['head'],
      json: false,
      style,
    });
    expect(unsigned).toEqual({ problem: expect.stringMatching(/not signed.*\n.*AUDIT_SIGNING_KEY/), exitCode: 3 });
  });

  it('erases for an admin only, and says so in the audit', async () => {
    const refused = await typed(['erase', '2', 'a', 'name', 'was', 'in', 'it'], { roles: ['approver'] });
    expect(refused).toMatchObject({ problem: 'not admin', exitCode: 3 });
    expect((await typed(['show', '2'])).text).toContain('check/api-2');
    expect(await typed(['erase', '2', 'a', 'name', 'was', 'in', 'it'])).toEqual({
      text: 'The text of row 2 is erased; row 4 says that you did it, and why.',
      exitCode: 0,
    });
    expect((await typed(['show', '2'])).text).not.toContain('check/api-2');
    expect((await typed(['show', '4'])).text).toMatch(
      /who {6}os:root\n.*reason {3}a name was in it\n.*request {2}DEF456/s,
    );
    expect((await typed(['erase', '2', 'a name again'])).problem).toBe('The text of row 2 is erased already');
    expect((await typed(['verify'])).exitCode).toBe(0);
  });

  it('makes a key pair that signs and checks, in a terminal by itself alone', async () => {
    expect(audit.aloneFor!(['key'], {})).toBe(true);
    const alone = { variables: {}, log: memoryLog(), signal: new AbortController().signal, silentBot: undefined };
    const text = ((await audit.withoutBot!(alone, ['key'])) as Reply).terminal(style);
    const made = readPrivateKey(/^AUDIT_SIGNING_KEY=(\S+)$/m.exec(text)![1]!);
    const line = await createAudit({ store, clock, signingKey: text.match(/=(\S+)$/m)![1]! }).headLine();
    expect(made).toBeDefined();
    expect(await typed(['verify', '--head', line!, '--public-key', text.split('\n').at(-1)!])).toMatchObject({
      exitCode: 0,
    });
    await expect(async () => audit.withoutBot!(alone, ['key', 'x'])).rejects.toMatchObject({ code: 'invalid' });
    // Through the socket of a bot.
    expect(await typed(['key'])).toMatchObject({ problem: expect.stringContaining('In a terminal'), exitCode: 3 });
  });

  it('verifies by itself where there is a database server, else as any other command', () => {
    expect(audit.aloneFor!(['verify'], {})).toBe(false);
    expect(audit.aloneFor!(['verify'], { DATABASE_URL: 'postgres://…' })).toBe(true);
    expect(audit.aloneFor!(['verify'], { DATABASE_URL_FILE: '/run/url' })).toBe(true);
    expect(audit.aloneFor!(['show', '1'], { DATABASE_URL: 'postgres://…' })).toBe(false);
    expect(audit.aloneFor!([], { DATABASE_URL: 'postgres://…' })).toBe(false);
  });
});

describe('/ops audit', () => {
  it('answers the asker alone', async () => {
    for (const args of [[], ['show', '1'], ['verify'], ['head'], ['erase', '1', 'a name was in it']]) {
      const reply = await asked(...args);
      expect(reply.place).toBe('asker');
      expect(reply.slack().blocks.length).toBeGreaterThan(0);
    }
    const details = (await audit.buttons!.details!.run(contextOf('slack', ['approver']), '3')) as Reply;
    expect(details.place).toBe('asker');
    expect(JSON.stringify(details.slack())).toContain('check/api-3');
  });

  it('makes no key, and reads no file of the bot', async () => {
    await expect(asked('key')).rejects.toMatchObject({ code: 'invalid' });
    const file = join(folder, 'slack-heads.txt');
    await writeFile(file, await headLine());
    await expect(asked('verify', '--head', file)).rejects.toMatchObject({ code: 'invalid' });
    await writeFile(file, pair.publicKey);
    await expect(asked('verify', '--public-key', file)).rejects.toMatchObject({ code: 'invalid' });
    // As a phone types it, and as people quote a line in Slack.
    const reply = await asked('verify', '—head', ...`\`${await headLine()}\``.split(' '));
    expect(reply.exitCode).toBe(0);
    expect(reply.slack().text).toBe('🟢 Audit: 3 rows as recorded');
  });

  it('takes the role approver, for the button too', () => {
    expect(audit.role).toBe('approver');
    expect(audit.buttons?.details?.role).toBe('approver');
  });
});

describe('the signing key', () => {
  it('is refused when it is none; without one there is no head', async () => {
    expect(() => createAudit({ store, clock, signingKey: 'sesame' })).toThrow(
      'AUDIT_SIGNING_KEY is no Ed25519 private key',
    );
    expect(await createAudit({ store, clock }).headLine()).toBeUndefined();
  });
});
