import { z } from 'zod';
import { Unmeasured } from '../../kernel/check.ts';
import { severities } from '../../kernel/findings.ts';
import { part } from '../aws/part.ts';
import { refusal } from '../network/json-api.ts';
import { gradeOf } from './grade.ts';
import { type Api, readPages, unknownSeverity } from './pages.ts';
import type { TargetOf } from './params.ts';
import { mostSuppressed, type OpenFinding, type Reading } from './reading.ts';

const version = '2024-10-15';
/** Names of projects are for finding the place. */
const mostProjects = 1_000;

const dependency = z.object({ package_name: z.string().nullish() });
/** Titles are not read. */
const issue = z.object({
  id: z.string(),
  attributes: z.object({
    key: z.string(),
    created_at: z.iso.datetime({ offset: true }),
    effective_severity_level: z.string(),
    problems: z.array(z.object({ id: z.string() })).nullish(),
    coordinates: z
      .array(z.object({ representations: z.array(z.object({ dependency: dependency.nullish() })).nullish() }))
      .nullish(),
  }),
  relationships: z
    .object({ scan_item: z.object({ data: z.object({ id: z.string() }).nullish() }).nullish() })
    .nullish(),
});
const project = z.object({ id: z.string(), attributes: z.object({ name: z.string() }) });

/**
 * Snyk's open issues of packages in an organisation that are not ignored, by its effective severity: the organisation's policies are
 * in it. Throws Unmeasured, also when the organisation has no project: then there was nothing to find.
 */
export async function readSnyk(
  { organization, url, most }: TargetOf<'snyk'>,
  { token, signal }: { token: string; signal: AbortSignal },
): Promise<Reading> {
  const api = apiOf(url, token, signal);
  const ask = <T>(what: string, shape: z.ZodType<T>, query: Record<string, string>, limit: number) => {
    const address = new URL(`${url}/rest/orgs/${organization}/${what}`);
    address.search = String(new URLSearchParams({ version, limit: '100', ...query }));
    return readPages(api, address, shape, limit);
  };
  const issues = (query: Record<string, string>, limit: number) =>
    ask('issues', issue, { type: 'package_vulnerability', status: 'open', ...query }, limit);

  const { items: projects } = await ask('projects', project, {}, mostProjects);
  if (projects.length === 0) {
    throw new Unmeasured('empty', `${api.who}: the organisation has no project`, {
      next: 'check organization, and import what is to be watched into Snyk',
    });
  }
  const names = new Map(projects.map(({ id, attributes }) => [id, attributes.name]));
  const open: OpenFinding[] = [];
  const reading: Reading = { open, cutOff: [], suppressed: null, unread: [] };
  for (const severity of severities) {
    const { items, complete } = await issues({ effective_severity_level: severity, ignored: 'false' }, most);
    for (const { attributes, relationships } of items) {
      const grade = gradeOf(attributes.effective_severity_level, undefined);
      if (grade === 'none') continue;
      if (grade === undefined) throw unknownSeverity(api.who, attributes.key);
      const place = relationships?.scan_item?.data?.id ?? '';
      open.push({
        ...{ id: idOf(attributes), severity: grade, since: new Date(attributes.created_at) },
        ...{ package: packageOf(attributes), where: names.get(place) ?? place },
      });
    }
    if (!complete) reading.cutOff.push(severity);
  }
  const ignored = await part(reading.unread, signal, () => issues({ ignored: 'true' }, mostSuppressed));
  return { ...reading, suppressed: ignored?.items.length ?? null };
}

type Attributes = z.output<typeof issue>['attributes'];

/** A CVE is what people search for. */
function idOf({ key, problems }: Attributes): string {
  return problems?.find(({ id }) => id.startsWith('CVE-'))?.id ?? key;
}

function packageOf({ coordinates }: Attributes): string {
  const names = coordinates?.flatMap(({ representations }) => representations ?? []) ?? [];
  return names.find((one) => one.dependency?.package_name)?.dependency?.package_name ?? '';
}

function apiOf(url: string, token: string, signal: AbortSignal): Api {
  const who = `Snyk at ${new URL(url).host}`;
  return {
    ...{ who, signal },
    headers: { accept: 'application/vnd.api+json', authorization: `token ${token}` },
    refused: (answer) =>
      refusal(answer, who, {
        denied:
          answer.status === 401
            ? 'the token is not valid: make a new one, of a service account of this organisation'
            : 'let the token view the organisation; the API takes a plan that has it',
        notFound: 'check organization and url: each region of Snyk has a url of its own',
      }),
    nextOf: ({ json }) => {
      const read = links.safeParse(json);
      return read.success ? (read.data.links?.next ?? undefined) : '';
    },
    listOf: (json) => data.safeParse(json).data?.data,
  };
}

const data = z.object({ data: z.unknown() });
/** As text or, as JSON:API allows, as an object with it. */
const link = z.union([z.string(), z.object({ href: z.string() }).transform(({ href }) => href)]).nullish();
const links = z.object({ links: z.object({ next: link }).nullish() });
