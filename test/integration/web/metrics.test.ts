import { expect, test } from 'vitest';
import type { QueueState } from '../../../src/jobs/model.ts';
import { createMetrics } from '../../../src/web/metrics.ts';
import { startWeb } from '../../../src/web/server.ts';
import { memoryLog } from '../../support/memory-log.ts';

async function scraped(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  const routes = { 'GET /metrics': metrics.route };
  const server = await startWeb({ host: '127.0.0.1', port: 0, log: memoryLog(), routes });
  try {
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(answer.status).toBe(200);
    return (await answer.text()).split('\n');
  } finally {
    await server.close();
  }
}

const queue: QueueState = {
  counts: [
    { kind: 'health.sweep', state: 'waiting', count: 3 },
    { kind: 'alerts.deliver', state: 'dead', count: 1 },
  ],
  oldestWaitingMs: 4_500,
};

test('shows jobs by state and reason, acknowledgements, calls to Slack and how late deadlines were', async () => {
  const metrics = createMetrics();
  metrics.queue(async () => queue);
  metrics.ack(4);
  metrics.slackCall({ method: 'chat.postMessage', outcome: 'rate_limited', durationMs: 12 });
  metrics.slackCall({ method: 'chat.postMessage', outcome: 'ok', durationMs: 12 });
  metrics.finished({ kind: 'alerts.deliver', outcome: 'retried', reason: 'rate_limited', durationMs: 15 });
  metrics.timerKept(90_000);
  const lines = await scraped(metrics);
  expect(lines).toEqual(
    expect.arrayContaining([
      'rounds_queue_up 1',
      'rounds_queue_jobs{kind="health.sweep",state="waiting"} 3',
      'rounds_queue_jobs{kind="alerts.deliver",state="dead"} 1',
      'rounds_queue_oldest_seconds 4.5',
      'rounds_slack_ack_seconds_bucket{le="0.005"} 1',
      'rounds_slack_calls_total{method="chat.postMessage",outcome="rate_limited"} 1',
      'rounds_slack_calls_total{method="chat.postMessage",outcome="ok"} 1',
      'rounds_jobs_total{kind="alerts.deliver",outcome="retried",reason="rate_limited"} 1',
      'rounds_timer_lateness_seconds_bucket{le="60"} 0',
      'rounds_timer_lateness_seconds_bucket{le="300"} 1',
    ]),
  );
});

test('forgets what the queue no longer has', async () => {
  const metrics = createMetrics();
  let state = queue;
  metrics.queue(async () => state);
  await scraped(metrics);
  state = { counts: [], oldestWaitingMs: 0 };
  const lines = await scraped(metrics);
  expect(lines.filter((line) => line.startsWith('rounds_queue_jobs{'))).toEqual([]);
  expect(lines).toContain('rounds_queue_oldest_seconds 0');
});

test.each([
  ['fails', () => Promise.reject(new Error('the database is down'))],
  ['hangs', () => new Promise<QueueState>(() => undefined)],
])('is answered, and says so, when the state of the queue %s', async (_, state) => {
  const metrics = createMetrics();
  metrics.queue(state);
  const lines = await scraped(metrics);
  expect(lines).toContain('rounds_queue_up 0');
  expect(lines).toContain('rounds_queue_oldest_seconds Nan');
});
