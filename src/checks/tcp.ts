import { defineCheck } from '../kernel/check.ts';
import { probeTcp, tcpParams } from './tcp/probe.ts';

export default defineCheck({
  type: 'tcp',
  summary: 'A name resolves and a TCP port accepts connections',
  catalogue: ['H36'],
  params: tcpParams,
  facts: () => ({
    reachable: { type: 'bool', help: 'The port accepted a connection' },
    error: { type: 'string', help: 'Why it did not: connection refused, host not found…; empty when it did' },
    latency_ms: { type: 'number', unit: 'ms', help: 'Name look-up and connection' },
    address: { type: 'string', help: 'IP address that answered: `address != "10.0.0.7"`' },
  }),
  rules: () => ({ fail: [{ when: '!reachable', say: '{error}' }] }),
  okSays: 'open, answered in {latency_ms}',
  iam: [],
  describe: (target) => `TCP ${target.host}:${target.port}`,
  lane: (target) => `host:${target.host}:${target.port}`,
  example: `- id: redis-port
  group: data
  tcp: {host: redis.internal, port: 6379}
  warn: ["latency_ms > 100"]
`,
  run: (probe) => probeTcp(probe),
});
