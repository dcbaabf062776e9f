import type { Measurement, Probe } from '../../kernel/check.ts';
import { Unmeasured } from '../../kernel/check.ts';
import type { SentryTarget } from './params.ts';
import { type Project, readEvents, readIssues, readProjects, type Sentry } from './read.ts';

/** Ids are for finding an issue; whoever wants all of them opens Sentry. */
const mostListed = 20;

/** Asks for projects, then for new and regressed issues and for counts of events. Throws Unmeasured when one is missing. */
export async function probeSentry(
  probe: Pick<Probe<SentryTarget>, 'target' | 'signal' | 'clock' | 'reveal'>,
): Promise<Measurement> {
  const { target, signal, clock, reveal } = probe;
  const { url, organization } = target;
  const sentry: Sentry = { url, organization, token: reveal(target.token).trim(), signal };
  const projects = watched(await readProjects(sentry), target);
  // Without it Sentry looks at the projects that the token's owner has joined, which may be none.
  const ids = target.projects ? projects.map(({ id }) => ['project', id]) : [['project', '-1']];
  const since = new Date(clock.now().getTime() - target.window);
  const moment = since.toISOString().slice(0, 19);
  const search = (query: string) => [
    ...ids,
    ['query', query],
    ...(target.environment ? [['environment', target.environment]] : []),
  ];
  const [found, regressed, events] = await Promise.all([
    readIssues(sentry, search(`is:unresolved firstSeen:>=${moment}`)),
    readIssues(sentry, search(`is:unresolved is:regressed lastSeen:>=${moment}`)),
    readEvents(sentry, ids),
  ]);
  const fresh = found.issues.filter(({ firstSeen }) => Date.parse(firstSeen) >= since.getTime() - 1_000);
  const listed = (issues: typeof fresh) => issues.slice(0, mostListed);
  const link = ({ id }: { id: string }) => `${url}/organizations/${organization}/issues/${id}/`;
  return {
    facts: {
      projects: projects.length,
      new_issues: fresh.length,
      new_capped: found.more,
      new_fatal: fresh.filter(({ level }) => level === 'fatal').length,
      new_ids: listed(fresh).map(({ shortId }) => shortId),
      regressed_issues: regressed.issues.length,
      regressed_capped: regressed.more,
      regressed_ids: listed(regressed.issues).map(({ shortId }) => shortId),
      links: listed([...fresh, ...regressed.issues]).map(link),
      events_24h: events.last,
      events_before_24h: events.before,
      events_usual_24h: events.usual ?? null,
      events_dropped_24h: events.dropped,
      without_events: projects.filter(({ firstEvent }) => firstEvent == null).map(({ slug }) => slug),
    },
  };
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
