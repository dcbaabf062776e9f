// A process of its own that answers, so that its CPU is not counted as the bot's.
// Paths: /ok answers at once, /after/<ms> answers then, /hang never does.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const body = JSON.stringify({ status: 'healthy', database: 'connected', redis: 'connected' });
const server = createServer((req, res) => {
  const [, word, ms] = (req.url ?? '').split('/');
  const answer = () => res.writeHead(200, { 'content-type': 'application/json' }).end(body);
  if (word === 'hang') return;
  if (word === 'after') setTimeout(answer, Number(ms));
  else answer();
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
