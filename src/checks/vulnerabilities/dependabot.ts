import { z } from 'zod';
import { Unmeasured } from '../../kernel/check.ts';
import { severities } from '../../kernel/findings.ts';
import { part } from '../aws/part.ts';
import { type JsonAnswer, refusal } from '../network/json-api.ts';
import { gradeOf } from './grade.ts';
import { type Api, readPages, unknownSeverity } from './pages.ts';
import type { TargetOf } from './params.ts';
import { mostSuppressed, type OpenFinding, type Reading } from './reading.ts';

/** Titles and descriptions are not read. */
const alert = z.object({
  number: z.int(),
  created_at: z.iso.datetime({ offset: true }),
  dependency: z.object({ package: z.object({ name: z.string() }).nullish(), manifest_path: z.string().nullish() }),
  security_advisory: z.object({
    ghsa_id: z.string(),
    cve_id: z.string().nullish(),
    severity: z.string(),
    cvss: z.object({ score: z.number().nullish() }).nullish(),
  }),
});

/** Dependabot's open alerts of a repository. Throws Unmeasured, also where alerts are off: an empty list would say nothing. */
export async function readDependabot(
  { repository, url, most }: TargetOf<'dependabot'>,
  { token, signal }: { token: string; signal: AbortSignal },
): Promise<Reading> {
  const api = apiOf(url, repository, token, signal);
  const ask = (query: Record<string, string>, limit: number) => {
    const address = new URL(`${url}/repos/${repository}/dependabot/alerts`);
    address.search = String(new URLSearchParams({ ...query, per_page: '100' }));
    return readPages(api, address, alert, limit);
  };
  const open: OpenFinding[] = [];
  const reading: Reading = { open, cutOff: [], suppressed: null, unread: [] };
  // One after the other: GitHub asks not to be asked side by side.
  for (const severity of severities) {
    const oldestFirst = { state: 'open', severity, sort: 'created', direction: 'asc' };
    const { items, complete } = await ask(oldestFirst, most);
    open.push(...items.flatMap((item) => foundOf(item, api.who)));
    if (!complete) reading.cutOff.push(severity);
  }
  const dismissed = await part(reading.unread, signal, () =>
    ask({ state: 'dismissed,auto_dismissed' }, mostSuppressed),
  );
  return { ...reading, suppressed: dismissed?.items.length ?? null };
}

function foundOf({ created_at, dependency, security_advisory }: z.output<typeof alert>, who: string): OpenFinding[] {
  const { ghsa_id, cve_id, severity: word, cvss } = security_advisory;
  const severity = gradeOf(word, cvss?.score ?? undefined);
  if (severity === undefined) throw unknownSeverity(who, ghsa_id);
  if (severity === 'none') return [];
  return [
    {
      ...{ id: cve_id || ghsa_id, severity, since: new Date(created_at) },
      ...{ package: dependency.package?.name ?? '', where: dependency.manifest_path ?? '' },
    },
  ];
}

function apiOf(url: string, repository: string, token: string, signal: AbortSignal): Api {
  const who = `GitHub at ${new URL(url).host}`;
  return {
    ...{ who, signal },
    headers: {
      ...{ accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
      authorization: `Bearer ${token}`,
    },
    refused: (answer) => refused(answer, `${who} (Dependabot alerts of ${repository})`),
    nextOf: ({ headers }) => /<([^>]+)>;\s*rel="next"/.exec(String(headers.link ?? ''))?.[1],
    listOf: (json) => json,
  };
}

const message = z.object({ message: z.string() });

/** GitHub answers 403 for three things: no grant, alerts that are off, and too many questions. */
function refused(answer: JsonAnswer, who: string): Unmeasured {
  const { status, headers, json } = answer;
  const said = message.safeParse(json).data?.message ?? '';
  const limited = headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined;
  if (status === 403 && (limited || /rate limit/i.test(said)))
    return new Unmeasured('throttled', `${who} answered HTTP 403: too many questions`, {
      next: 'check less often: raise every',
    });
  if (status === 403 && /disabled|not enabled|archived/i.test(said))
    return new Unmeasured('not_entitled', `${who} answered HTTP 403: they are off`, {
      next: 'enable Dependabot alerts in the settings of the repository, under Advanced Security',
    });
  return refusal(answer, who, {
    denied:
      status === 401
        ? 'the token is not valid: make a new one that may read Dependabot alerts'
        : 'let the token read Dependabot alerts of this repository',
    notFound: 'check repository and url, and that the token may see it',
  });
}
