import { defineCheck } from '../kernel/check.ts';
import { dnsParams } from './dns/params.ts';
import { probeDns } from './dns/probe.ts';

export default defineCheck({
  type: 'dns',
  summary: 'What a name resolves to, asked of name servers directly: records of one type, compared with those expected',
  catalogue: ['H36'],
  params: dnsParams,
  facts: () => ({
    reachable: { type: 'bool', help: 'A name server answered; without it only `error` is known' },
    error: { type: 'string', help: 'Why none did; empty when one did' },
    resolved: { type: 'bool', help: 'There are records of this type' },
    status: {
      type: 'string',
      help: '`ok`; `nxdomain` = there is no such name; `nodata` = the name has no such record; `servfail` = the servers can’t tell (delegation, DNSSEC; of the system’s servers that is unknown)',
    },
    answers: { type: 'list', help: 'The records, the first 50 in order' },
    answers_count: { type: 'number', help: 'How many there are' },
    latency_ms: { type: 'number', unit: 'ms', help: 'Until the answer came, over all tries' },
    ttl_s: {
      type: 'number',
      unit: 's',
      help: 'Time to live, the smallest; known for A and AAAA only',
      whyAbsent: ({ resolved }) => (resolved === true ? 'the time to live is known for A and AAAA only' : undefined),
    },
    missing: { type: 'list', help: 'Expected and not there; with `match: one` only when none is' },
    unexpected: { type: 'list', help: 'There and not expected; empty without `expect`' },
  }),
  rules: ({ name, type, expect, match }) => ({
    fail: [
      { when: '!reachable', say: '{error}' },
      { when: "status == 'nxdomain'", say: `there is no name ${name}: check its registration and zone` },
      { when: "status == 'nodata'", say: `${name} has no ${type} record: add it to the zone` },
      { when: "status == 'servfail'", say: `the name servers fail on ${name}: check its delegation and DNSSEC` },
      ...(expect ? [{ when: 'size(missing) > 0', say: `${name} ${type} lacks {missing} (it has {answers})` }] : []),
    ],
    warn:
      expect && match === 'exact'
        ? [{ when: 'size(unexpected) > 0', say: `${name} ${type} has {unexpected} as well: who added it?` }]
        : [],
  }),
  okSays: '{answers} in {latency_ms}',
  iam: [],
  describe: ({ name, type }) => `DNS ${type} of ${name}`,
  lane: ({ servers }) => `dns:${servers?.join(',') ?? 'system'}`,
  laneLimit: 10,
  example: `- id: www-name
  group: platform
  dns: {name: www.example.com, type: A, servers: [192.0.2.53], expect: [192.0.2.7]}
`,
  run: (probe) => probeDns(probe),
});
