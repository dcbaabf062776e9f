import { z } from 'zod';
import { defineCheck, type Measurement, type Probe, Unmeasured } from '../kernel/check.ts';
import { parseDuration } from '../kernel/duration.ts';
import { cleanText } from './facts/text.ts';
import { askJson, baseUrl, refusal } from './network/json-api.ts';
import { statusFacts, watchedComponents } from './statuspage/facts.ts';
import { summary } from './statuspage/page.ts';

/** The largest public pages have some 500 components and take 400 KB. */
const maxBytes = 4 * 1_048_576;

const params = z.strictObject({
  url: baseUrl.describe('the page: `https://www.githubstatus.com`; `/api/v2/summary.json` is read below it'),
  components: z
    .array(z.string().trim().min(1))
    .min(1)
    .optional()
    .describe(
      'names of those that matter, of a group for all in it, `GROUP / NAME` where a name stands in several groups; default: all, and what the page says of itself',
    ),
  stale_after: z
    .string()
    .refine((text) => parseDuration(text) !== undefined, 'a duration such as 30m, 12h or 7d')
    .transform((text) => (parseDuration(text) ?? 0) / 3_600_000)
    .meta({ title: 'duration such as 5m' })
    .optional()
    .describe('warn when the page was not updated for so long; default: never, since a quiet page may be weeks old'),
});
type Target = z.output<typeof params>;

export default defineCheck({
  type: 'statuspage',
  summary: 'A status page that speaks Statuspage’s JSON, your own or a vendor’s: components, incidents, maintenance',
  catalogue: ['H29'],
  params,
  facts: () => ({
    page: { type: 'string', help: 'Its title' },
    indicator: { type: 'string', help: 'Of the whole page: none, minor, major, critical or maintenance' },
    description: { type: 'string', help: 'The page’s own sentence: All Systems Operational' },
    components: { type: 'number', help: 'Components looked at' },
    down: { type: 'list', help: 'Of these, with a major outage' },
    degraded: { type: 'list', help: 'With a partial outage or degraded performance' },
    in_maintenance: { type: 'list', help: 'Under maintenance' },
    incidents: {
      type: 'number',
      help: 'Unresolved incidents with an impact; with `components`, those that concern them',
    },
    incident_names: { type: 'list', help: 'Their titles and states' },
    notices: { type: 'number', help: 'Unresolved incidents without an impact' },
    maintenance_now: { type: 'list', help: 'Maintenance in progress' },
    maintenance_planned: { type: 'list', help: 'Maintenance to come, with its beginning, the soonest first' },
    next_maintenance_at: {
      type: 'string',
      help: 'When the soonest begins (ISO 8601); null when none is planned',
      whyAbsent: () => 'no maintenance is planned',
    },
    updated_at: { type: 'string', help: 'When the page was last updated (ISO 8601)' },
    updated_age_h: {
      type: 'number',
      unit: 'h',
      help: 'How long ago that was',
      whyAbsent: () => 'the page does not say when it was updated',
    },
  }),
  rules: ({ components, stale_after }) => ({
    fail: [
      { when: 'size(down) > 0', say: '{page}: major outage of {down}; incidents: {incident_names}' },
      // The whole page's state may be another component's.
      ...(components ? [] : [{ when: "indicator in ['major', 'critical']", say: '{page}: {description}' }]),
    ],
    warn: [
      { when: 'size(degraded) > 0', say: '{page}: {degraded}; incidents: {incident_names}' },
      { when: 'incidents > 0', say: '{page}: {incidents} open: {incident_names}' },
      { when: 'size(in_maintenance) > 0', say: '{page}: under maintenance: {in_maintenance}' },
      { when: 'size(maintenance_now) > 0', say: '{page}: maintenance in progress: {maintenance_now}' },
      ...(components ? [] : [{ when: "indicator != 'none'", say: '{page}: {description}' }]),
      ...(stale_after === undefined
        ? []
        : [
            {
              when: `updated_age_h > ${stale_after}`,
              say: `{page}: not updated for {updated_age_h} (limit ${stale_after} h): is it kept?`,
            },
          ]),
    ],
  }),
  // Not the page's own sentence: it may be about what is not watched.
  okSays: '{page}: all well ({components} components looked at)',
  iam: [],
  describe: ({ url }) => `status page ${url}`,
  lane: ({ url }) => `host:${new URL(url).host}`,
  laneLimit: 2,
  example: `- id: github
  group: platform
  statuspage: {url: "https://www.githubstatus.com", components: [Git Operations, Webhooks, Actions]}
  every: 5m
`,
  run: (probe) => probeStatusPage(probe),
});

async function probeStatusPage({ target, signal, clock }: Probe<Target>): Promise<Measurement> {
  const who = `the status page ${target.url}`;
  const answer = await askJson({ who, url: new URL(`${target.url}/api/v2/summary.json`), maxBytes }, signal);
  if (answer.status !== 200) {
    throw refusal(answer, who, {
      denied: 'the page is not public: ask its owner, or read it from a network that it lets in',
      notFound: 'check the url: the page must offer /api/v2/summary.json below it',
    });
  }
  const read = summary.safeParse(answer.json);
  if (!read.success) {
    const where = read.error.issues[0]?.path.join('.') || 'it is no JSON object';
    throw new Unmeasured('invalid_answer', `${who} does not answer as Statuspage does (${where})`, {
      next: 'check the url; a page of another maker can be read with http or script',
    });
  }
  if (read.data.components.length === 0) {
    throw new Unmeasured('empty', `${who} lists no components`, { next: 'open it: was it emptied or moved?' });
  }
  const watched = watchedComponents(read.data, target.components);
  if (watched.kind === 'missing') {
    throw new Unmeasured('misconfigured', `${who} has no component ${some(watched.names)}`, {
      next: `name one that it has: ${some(read.data.components.map(({ name }) => cleanText(name, 60)))}`,
    });
  }
  return {
    facts: statusFacts(read.data, watched.components, { named: target.components !== undefined, now: clock.now() }),
  };
}

function some(names: string[]): string {
  const more = names.length - 5;
  return names.slice(0, 5).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
