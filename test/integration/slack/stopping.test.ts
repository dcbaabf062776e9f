import { describe, expect, it, vi } from 'vitest';
import { botOf, posted, reply, section, workspaceOf } from './setup.ts';

describe('stopping while Slack hangs', () => {
  it('settles within the grace and a second, and nothing is tried again', async () => {
    const workspace = await workspaceOf();
    const { script, stop, log, outgoing } = await botOf(workspace, 'socket', { timeoutMs: 5_000, graceMs: 200 });
    await workspace.user('anna').command('ops', '/ops slow');
    script.push(reply('checking'));
    const { channel, ts } = await posted(workspace, 'ops', 'checking');
    for (const method of ['chat.update', 'conversations.history', 'chat.postMessage'])
      workspace.fault(method, { kind: 'delay', ms: 3_000 }, 10);
    const update = outgoing.update({ channel, ts, post: section('hangs') });
    const post = outgoing.post({ channel, post: section('hangs'), key: 'hangs' });
    const refused = [update, post].map((call) => expect(call).rejects.toMatchObject({ reason: 'stopped' }));
    script.push(reply('done'), 'end');
    const startedMs = performance.now();
    await stop();
    expect(performance.now() - startedMs).toBeLessThan(1_700);
    await Promise.all(refused);
    expect(log.lines.filter(({ message }) => message?.includes('did not end'))).toEqual([]);
    await expect(outgoing.update({ channel, ts, post: section('no more') })).rejects.toMatchObject({
      reason: 'stopped',
    });
    await vi.waitFor(() => expect(workspace.traffic.filter(({ method }) => method === 'chat.update')).toHaveLength(2), {
      timeout: 10_000,
    });
  });
});
