import { defineCheck } from '../kernel/check.ts';
import { httpParams } from './http/params.ts';
import { probeHttp } from './http/probe.ts';

export default defineCheck({
  type: 'http',
  summary: 'An HTTP endpoint answers: status, latency, JSON body',
  catalogue: ['H1'],
  params: httpParams,
  facts: () => ({
    reachable: { type: 'bool', help: 'A complete HTTP answer came back; without it only `error` is known' },
    error: { type: 'string', help: 'Why not: connection refused, tls: certificate expired…; empty when it did' },
    status: { type: 'number', help: 'HTTP status; a redirect that is not followed shows as 3xx' },
    latency_ms: { type: 'number', unit: 'ms', help: 'From the name look-up to the last byte, on a fresh connection' },
    body_bytes: { type: 'number', unit: 'bytes', help: 'Length of the body, unpacked' },
    content_type: { type: 'string', help: 'Content-Type as sent; empty when none' },
    location: { type: 'string', help: 'Location of a redirect; empty when none' },
    body: {
      type: 'string',
      help: 'The whole body, for rules only; null when its encoding is not read, and above 1 MiB beside `json`',
      hidden: true,
    },
    json: {
      type: 'json',
      help: 'The body, when it is JSON: `json.database.latency > 50`',
      whyAbsent: ({ reachable, json_error: error, content_type: type }) =>
        reachable === true ? String(error || `the answer is ${type || 'of no stated type'}, not JSON`) : undefined,
    },
    json_error: { type: 'string', help: 'Why a body sent as JSON could not be read; empty when it could' },
  }),
  rules: () => ({
    fail: [
      { when: '!reachable', say: '{error}' },
      { when: 'status != 200', say: 'HTTP {status} (want 200)' },
    ],
  }),
  okSays: 'HTTP {status} in {latency_ms}',
  iam: [],
  describe: (target) => {
    const { origin, pathname } = new URL(target.url);
    return `${target.method} ${origin}${pathname}`;
  },
  lane: (target) => `host:${new URL(target.url).host}`,
  example: `- id: api
  group: api
  http: {url: "https://api.example.com/api/health", headers: {authorization: {secret: API_TOKEN}}}
  fail: ["json.status != 'healthy'", "json.database != 'connected'"]
  warn: ["latency_ms > 500"]
`,
  run: (probe) => probeHttp(probe),
});
