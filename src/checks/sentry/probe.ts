import type { Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import { part } from '../aws/part.ts';
import type { SentryTarget } from './params.ts';
import { type Issue, type Project, readEvents, readIssues, readProjects, type Sentry } from './read.ts';

/** Ids are for finding an issue; whoever wants all of them opens Sentry. */
const mostListed = 20;

/**
 * Asks for projects, then for new and regressed issues and for counts of events. Throws Unmeasured without projects; what is
 * refused of the rest is null and told in `unread`, so that it hides nothing of what was measured.
 */
export async function probeSentry(
  probe: Pick<Probe<SentryTarget>, 'target' | 'signal' | 'partsSignal' | 'clock' | 'reveal'>,
): Promise<Measurement> {
  const { target, signal, partsSignal, clock, reveal } = probe;
  const { url, organization } = target;
  const sentry: Sentry = { url, organization, token: reveal(target.token).trim(), signal };
  const beside: Sentry = { ...sentry, signal: partsSignal };
  const projects = watched(await readProjects(sentry), target);
  // Without it Sentry looks at the projects that the token's owner has joined, which may be none.
  const ids = target.projects ? projects.map(({ id }) => ['project', id]) : [['project', '-1']];
  const since = new Date(clock.now().getTime() - target.window);
  const moment = since.toISOString().slice(0, 19);
  const search = (query: string) =>
    readIssues(beside, [
      ...ids,
      ['query', query],
      ...(target.environment ? [['environment', target.environment]] : []),
    ]);
  const searchNew = async (more = '') => {
    const { issues, more: capped } = await search(`is:unresolved firstSeen:>=${moment}${more}`);
    return { issues: issues.filter(({ firstSeen }) => Date.parse(firstSeen) >= since.getTime() - 1_000), capped };
  };
  const unread: string[] = [];
  const readNew = async () => {
    const fresh = await part(unread, signal, () => searchNew());
    // A fatal one may be behind the last page.
    return { fresh, fatal: fresh?.capped ? await part(unread, signal, () => searchNew(' level:fatal')) : fresh };
  };
  const [{ fresh, fatal }, regressed, events] = await Promise.all([
    readNew(),
    part(unread, signal, () => search(`is:unresolved is:regressed lastSeen:>=${moment}`)),
    part(unread, signal, () => readEvents(beside, ids)),
  ]);
  const fatals = fatal?.issues.filter(({ level }) => level === 'fatal');
  const link = ({ id }: Issue) => `${url}/organizations/${organization}/issues/${id}/`;
  const seen = [...(fatals ?? []), ...(fresh?.issues ?? []), ...(regressed?.issues ?? [])];
  return {
    facts: {
      projects: projects.length,
      new_issues: fresh?.issues.length ?? null,
      new_capped: fresh?.capped ?? null,
      new_fatal: fatals?.length ?? null,
      fatal_ids: shortIds(fatals),
      new_ids: shortIds(fresh?.issues),
      regressed_issues: regressed?.issues.length ?? null,
      regressed_capped: regressed?.more ?? null,
      regressed_ids: shortIds(regressed?.issues),
      links: [...new Set(seen.map(link))].slice(0, mostListed),
      events_24h: events?.last ?? null,
      events_before_24h: events?.before ?? null,
      events_usual_24h: events?.usual ?? null,
      events_dropped_24h: events?.dropped ?? null,
      without_events: projects.filter(({ firstEvent }) => firstEvent == null).map(({ slug }) => slug),
      unread,
    },
  };
}

function shortIds(issues: Issue[] | undefined): string[] | null {
  return issues?.slice(0, mostListed).map(({ shortId }) => shortId) ?? null;
}

/** The projects to look at. Throws when one that was asked for isn't there, or when none has ever sent anything. */
function watched(all: Project[], { organization, projects: wanted }: SentryTarget): Project[] {
  const missing = wanted?.filter((slug) => !all.some((project) => project.slug === slug)) ?? [];
  if (missing.length > 0) {
    throw new Unmeasured('misconfigured', `${organization} shows no project ${missing.slice(0, 5).join(', ')}`, {
      next: `correct projects, or let the token see it; it sees ${all.length}`,
    });
  }
  const projects = wanted ? all.filter(({ slug }) => wanted.includes(slug)) : all;
  if (projects.length === 0) {
    throw new Unmeasured('empty', `${organization} shows no project`, { next: 'let the token see its projects' });
  }
  if (projects.every(({ firstEvent }) => firstEvent == null)) {
    throw new Unmeasured('empty', `no project of ${organization} has ever sent an event to Sentry`, {
      next: 'check the DSN in the programs',
    });
  }
  return projects;
}
