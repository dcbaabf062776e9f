import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

export const signingSecret = 'bench-signing-secret';
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a signed `/ops help` as Slack does; resolves with the time to its acknowledgement, ms. */
export function slash(port: number): Promise<number> {
  const body = new URLSearchParams({
    command: '/ops',
    text: 'help',
    trigger_id: randomUUID(),
    user_id: 'U0BENCH',
    user_name: 'bench',
    team_id: 'T0BENCH',
    channel_id: 'C0BENCH',
    channel_name: 'ops',
    response_url: 'http://127.0.0.1:9/',
    api_app_id: 'A0BENCH',
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        agent,
        method: 'POST',
        path: '/slack/events',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
        },
      },
      (res) => {
        res.resume();
        res.on('end', () => {
          if (res.statusCode === 200) resolve(performance.now() - started);
          else reject(new Error(`acknowledged with ${res.statusCode}`));
        });
      },
    );
    req.on('error', reject);
    req.end(body);
  });
}

/** `rate` commands a second for `seconds`, sent on time whether or not earlier ones were answered. */
export async function atRate(port: number, rate: number, seconds: number): Promise<number[]> {
  const started = performance.now();
  const sent: Promise<number>[] = [];
  while (sent.length < rate * seconds) {
    const due = Math.min(rate * seconds, Math.floor(((performance.now() - started) / 1000) * rate));
    while (sent.length < due) sent.push(slash(port));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return Promise.all(sent);
}

/** As many as `connections` senders get through in `seconds`; commands a second. */
export async function atFullSpeed(port: number, connections: number, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const sender = async () => {
    while (performance.now() < end) {
      await slash(port);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  return done / seconds;
}

export function closeConnections(): void {
  agent.destroy();
}
