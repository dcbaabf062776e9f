import { afterEach, describe, expect, it } from 'vitest';
import type { SwitchShown } from '../../../../src/workspace/page/contract.ts';
import type { Workspace, WorkspaceOptions } from '../../../../src/workspace/workspace.ts';
import { client, refusal } from '../support.ts';
import { ANNA, control, playClock, startWithPage, visit } from './support.ts';

let workspace: Workspace;

afterEach(() => workspace.close());

async function started(...options: Parameters<typeof startWithPage>): Promise<void> {
  workspace = await startWithPage(...options);
}

const stand = (method: string, fault: Record<string, unknown> | null) =>
  control(workspace, { kind: 'fault', method, fault });
const ops = () => workspace.channel('ops').id;
const say = () => client(workspace).chat.postMessage({ channel: ops(), text: 'x' });

describe('faults that stand', () => {
  it('meet every call of their method until they are taken back', async () => {
    await started();
    expect(await stand('chat.postMessage', { kind: 'error', error: 'fatal_error' })).toEqual({ ok: true });
    for (let i = 0; i < 3; i++) expect((await refusal(say())).error).toBe('fatal_error');
    await client(workspace).auth.test();
    expect(await stand('chat.postMessage', null)).toEqual({ ok: true });
    await say();
    expect(workspace.traffic.map(({ faulted }) => faulted)).toEqual([true, true, true, false, false]);
  });

  it.each([
    ['an HTTP error', { kind: 'http', status: 503 }, 0],
    ['429', { kind: 'ratelimited', retryAfterSeconds: 1 }, 0],
    ['a connection that breaks before', { kind: 'drop-request' }, 0],
    ['a connection that breaks after', { kind: 'drop-response' }, 1],
  ])('can be %s, for every method', async (_what, fault, effects) => {
    await started();
    await stand('*', fault);
    await expect(say()).rejects.toThrow();
    expect(workspace.messages('ops').length).toBe(effects);
  });

  it('can be a delay', async () => {
    await started();
    await stand('*', { kind: 'delay', ms: 300 });
    const startedMs = performance.now();
    await say();
    expect(performance.now() - startedMs).toBeGreaterThan(290);
  });

  it('come after those that wait for a single call, and a method’s own before that of all', async () => {
    await started();
    await stand('*', { kind: 'error', error: 'of_all' });
    await stand('chat.postMessage', { kind: 'error', error: 'its_own' });
    workspace.fault('*', { kind: 'error', error: 'once' });
    const met = [await refusal(say()), await refusal(say()), await refusal(client(workspace).auth.test())];
    expect(met.map(({ error }) => error)).toEqual(['once', 'its_own', 'of_all']);
    workspace.clearFaults();
    await say();
  });

  it.each([
    ['*', { kind: 'delay', ms: -1 }],
    ['*', { kind: 'http', status: 200 }],
    ['*', { kind: 'error', error: 'Not a code' }],
    ['*', { kind: 'explode' }],
    ['a b', { kind: 'drop-request' }],
    ['', { kind: 'drop-request' }],
  ])('of %s can not be %j', async (method, fault) => {
    await started();
    expect(await stand(method, fault)).toMatchObject({ ok: false, error: 'invalid_control' });
    await say();
  });
});

describe('the demo system', () => {
  function clinic() {
    const state: SwitchShown[] = [{ id: 'api', label: 'API', help: 'Down', on: false }];
    const listeners = new Set<() => void>();
    return {
      name: 'clinic',
      switches: () => state.map((one) => ({ ...one })),
      set: async (id: string, on: boolean) => {
        if (id === 'api' && state[0]) state[0].on = on;
        for (const listener of listeners) listener();
      },
      onChange: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }

  it('is broken and repaired by its switches', async () => {
    const system = clinic();
    await started({ system });
    const anna = await visit(workspace, ANNA);
    expect(anna.snapshot).toMatchObject({ system: 'clinic', switches: [{ id: 'api', on: false }] });
    expect(await control(workspace, { kind: 'switch', id: 'api', on: true })).toEqual({ ok: true });
    await anna.hears('switches', ({ switches }) => switches[0]?.on === true);
    await system.set('api', false);
    await anna.hears('switches', ({ switches }) => switches[0]?.on === false);
    await anna.leave();
  });

  it('that has no such switch, or is not there, is an outcome', async () => {
    await started({ system: clinic() });
    expect((await control(workspace, { kind: 'switch', id: 'moon', on: true })).message).toBe(
      'There is no switch moon',
    );
    await workspace.close();
    await started();
    expect((await control(workspace, { kind: 'switch', id: 'api', on: true })).ok).toBe(false);
  });
});

describe('the clock', () => {
  const open = (rest: Omit<WorkspaceOptions, 'page'>) => started({}, { ackDeadlineMs: 500, ...rest });

  it('is moved from the page, and everybody sees it', async () => {
    const clock = playClock();
    await open({ playClock: clock });
    const anna = await visit(workspace, ANNA);
    expect(anna.snapshot.clock).toMatchObject({ speed: 1, zone: 'Europe/Berlin' });
    expect(await control(workspace, { kind: 'clock_speed', speed: 60 })).toEqual({ ok: true });
    await anna.hears('clock', (event) => event.clock.speed === 60);
    expect(await control(workspace, { kind: 'clock_jump', to: '09:00' })).toEqual({ ok: true });
    expect(clock.aheadMs).toBe(3_600_000);
    for (const wrong of [{ to: '9:00' }, { to: '24:00' }, { to: 'noon' }]) {
      expect((await control(workspace, { kind: 'clock_jump', ...wrong })).error).toBe('invalid_control');
    }
    expect((await control(workspace, { kind: 'clock_speed', speed: 0 })).error).toBe('invalid_control');
    await anna.leave();
  });

  it('moves timestamps, and leaves triggers, response_urls and rates in real time', async () => {
    const clock = playClock();
    await open({ playClock: clock });
    const trigger = workspace.state.newTrigger(ANNA);
    const url = workspace.state.newResponseUrl({ channel: ops(), user: ANNA });
    workspace.enforceRateLimits();
    await say();
    clock.aheadMs = 24 * 3_600_000;
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'x' }, blocks: [] };
    expect((await client(workspace).views.open({ trigger_id: trigger, view })).ok).toBe(true);
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'still here' }) });
    expect(answer.status).toBe(200);
    await expect(say()).rejects.toThrow();
    await workspace.user('anna').say('ops', 'tomorrow');
    const aheadMs = Number(workspace.messages('ops').at(-1)?.ts) * 1_000 - Date.now();
    expect(aheadMs).toBeGreaterThan(23 * 3_600_000);
    expect(workspace.traffic.at(-1)?.at.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });

  it('of a test moves all of it, unless the test says otherwise', async () => {
    let nowMs = Date.now();
    const clock = { now: () => new Date(nowMs) };
    await open({ clock });
    const trigger = workspace.state.newTrigger(ANNA);
    nowMs += 3_001;
    const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'x' }, blocks: [] };
    const opened = client(workspace).views.open({ trigger_id: trigger, view });
    expect((await refusal(opened)).error).toBe('expired_trigger_id');
  });

  it("can't be moved where it is the machine's", async () => {
    await open({});
    for (const order of [
      { kind: 'clock_jump', to: '09:00' },
      { kind: 'clock_speed', speed: 2 },
    ]) {
      expect((await control(workspace, order)).message).toBe("This workspace's clock can't be moved");
    }
  });
});
