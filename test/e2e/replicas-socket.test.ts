import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acknowledged, type Replicas, startReplicas } from '../support/balancer-replicas.ts';
import { sharedTests } from '../support/balancer-shared.ts';
import { eventually } from '../support/eventually.ts';
import { shownText } from '../support/slack-bot.ts';

let replicas: Replicas;

beforeAll(async () => {
  replicas = await startReplicas('socket');
  await Promise.all([replicas.start(), replicas.start()]);
}, 120_000);
afterAll(() => replicas.close());

describe('two replicas over Socket Mode', () => {
  sharedTests(
    () => replicas,
    async (deliver) => {
      replicas.workspace.sockets.duplicateNext(1);
      await deliver();
    },
  );

  it('an answer begun by one that is killed is ended by the other', async () => {
    const { workspace, targets, bots, query } = replicas;
    const before = await Promise.all(bots().map(acknowledged));
    targets.api.hang = true;
    const posted = workspace.messages('#ops').length;
    await workspace.user('anna').command('#ops', '/ops health');
    const answer = () => workspace.messages('#ops')[posted];
    await eventually(() => expect(answer()?.text).toBeDefined());
    await eventually(async () => {
      expect(await query(`select ts from slack_answer where ts is not null`)).toHaveLength(1);
    });
    const after = await Promise.all(bots().map(acknowledged));
    const worker = bots().find((_, at) => after[at]! > before[at]!)!;
    await replicas.kill(worker);
    expect(answer()!.blocks.some(({ type }) => type === 'actions')).toBe(false);
    // As if two minutes had passed without a sign of life.
    await query(`update slack_answer set alive_at = alive_at - interval '2 minutes'`);
    const words = '`/ops health` was interrupted by a restart of the bot.';
    await workspace.waitFor(() => shownText(answer()!).includes(words), { timeoutMs: 45_000, what: 'the end' });
    await eventually(async () => expect(await query('select 1 from slack_answer')).toEqual([]));
  }, 90_000);
});
