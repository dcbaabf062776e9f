// A bare Bolt app that acknowledges /ops with a text: what Rounds is compared with.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import bolt from '@slack/bolt';

const receiver = new bolt.HTTPReceiver({ signingSecret: process.argv[2] ?? '', endpoints: '/slack/events' });
const app = new bolt.App({
  token: 'xoxb-bench',
  botId: 'B1',
  botUserId: 'U1',
  tokenVerificationEnabled: false,
  receiver,
});
app.command('/ops', async ({ ack }) => ack({ response_type: 'ephemeral', text: 'help' }));
const server = createServer((req, res) => receiver.requestListener(req, res));
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
