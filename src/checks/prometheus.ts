import { defineCheck, type Facts } from '../kernel/check.ts';
import { notRead } from './aws/unread.ts';
import { cleanText } from './facts/text.ts';
import { leastDays } from './prometheus/history.ts';
import { prometheusParams } from './prometheus/params.ts';
import { probePrometheus } from './prometheus/probe.ts';

export default defineCheck({
  type: 'prometheus',
  summary: 'A PromQL query against a limit, held for a time, or against the same hour of earlier days',
  catalogue: ['H25', 'H39'],
  params: prometheusParams,
  facts: ({ unit }) => ({
    value: { type: 'number', help: 'What the query gives now: the one series, or what `pick` takes', unit },
    series: { type: 'number', help: 'Series that it gives; 0 with `missing: zero`' },
    which: { type: 'string', help: 'Labels of the series that `value` is of; empty for a sum' },
    values: { type: 'list', help: 'All series with their values, what `pick` takes first' },
    age_s: {
      type: 'number',
      unit: 's',
      help: 'Since the newest sample that the query reads; null when it is no plain series and `fresh` is not set',
      whyAbsent: () => 'the age of its samples is not known: set fresh to the series that the query reads',
    },
    usual: {
      type: 'number',
      unit,
      help: `Median at this hour of earlier days; null with fewer than ${leastDays} days (\`same_hour\`)`,
      whyAbsent: tooFewDays,
    },
    ratio_to_usual: {
      type: 'number',
      help: '`value` / `usual`: 0.5 is half as much; null where `usual` is 0 (`same_hour`)',
      whyAbsent: (facts) => (facts.usual === 0 ? 'usual is 0, and nothing is a multiple of that' : tooFewDays(facts)),
    },
    days_found: { type: 'number', help: 'Earlier days with data at this hour (`same_hour`)', whyAbsent: tooFewDays },
    unread: { type: 'list', help: 'What could not be read of the past (`same_hour`, `held_for`), and why' },
  }),
  rules: ({ same_hour }) => ({
    warn: same_hour
      ? [
          {
            when: 'usual == 0 ? value != 0 : ratio_to_usual < 0.5 || ratio_to_usual > 1.5',
            say: '{value}, usually {usual} at this hour (limit 50 % to 150 % of that)',
          },
        ]
      : [],
  }),
  okSays: 'value {value}',
  iam: [],
  describe: ({ url, query }) => `PromQL on ${new URL(url).host}: ${cleanText(query.replaceAll(/\s+/g, ' '), 80)}`,
  lane: ({ url }) => `host:${new URL(url).host}`,
  laneLimit: 4,
  example: `- id: error-rate
  group: api
  prometheus:
    url: http://prometheus.internal:9090
    query: 100 * sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))
    fresh: http_requests_total
    unit: "%"
  warn: ["value > 1"]
  fail: ["value > 5"]
  held_for: 5m
`,
  run: (probe) => probePrometheus(probe),
});

function tooFewDays(facts: Facts): string | undefined {
  const { days_found: found } = facts;
  if (found === null) return notRead(facts);
  if (found === undefined) return 'same_hour is not set';
  return `${found} earlier days have data at this hour (${leastDays} are needed): the retention may be shorter`;
}
