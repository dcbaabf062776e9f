import type { Facts } from '../../kernel/check.ts';
import { cleanText } from '../facts/text.ts';
import type { Component, Notice, Summary } from './page.ts';

const hourMs = 3_600_000;
/** A page in a bad hour; more than that is a flood. */
const mostListed = 50;

export type Watched = { kind: 'watched'; components: Component[] } | { kind: 'missing'; names: string[] };

/** The components to look at: those named, or all. In the place of a group, which repeats what is in it, that. Pure. */
export function watchedComponents({ components }: Summary, names: string[] | undefined): Watched {
  if (names === undefined) return { kind: 'watched', components: components.filter(({ group }) => group !== true) };
  const found = names.map((name) => components.filter((one) => isCalled(name, one, components)));
  const missing = names.filter((_, index) => found[index]?.length === 0);
  return missing.length > 0
    ? { kind: 'missing', names: missing }
    : { kind: 'watched', components: [...new Set(found.flat().flatMap((one) => insideOf(one, components)))] };
}

/** Incidents name what is in a group, not the group. */
function insideOf(component: Component, all: Component[]): Component[] {
  const inside = component.group ? all.filter(({ group_id: id }) => id === component.id) : [];
  return inside.length > 0 ? inside : [component];
}

/** By its own name, or with its group's: `EU / API`. */
function isCalled(name: string, component: Component, all: Component[]): boolean {
  const group = all.find(({ id }) => id === component.group_id);
  const names = [component.name, `${group?.name ?? ''} / ${component.name}`];
  return names.some((one) => one.trim().toLowerCase() === name.trim().toLowerCase());
}

/** What the page says at `now` about the watched components. `named`: others' incidents don't count. Pure. */
export function statusFacts(page: Summary, watched: Component[], { named, now }: { named: boolean; now: Date }): Facts {
  const ids = new Set(watched.map(({ id }) => id));
  const concerns = ({ components }: Notice) =>
    !named || !components?.length || components.some(({ id }) => ids.has(id));
  const having = (...states: string[]) => watched.filter(({ status }) => states.includes(status));
  const incidents = page.incidents.filter(concerns).filter(({ status }) => !/^(resolved|postmortem)$/.test(status));
  const open = incidents.filter(({ impact }) => impact !== 'none');
  const maintenances = page.scheduled_maintenances.filter(concerns);
  const planned = maintenances
    .filter(({ status }) => status === 'scheduled')
    .sort((a, b) => Date.parse(a.scheduled_for ?? '') - Date.parse(b.scheduled_for ?? ''));
  const updatedMs = Date.parse(page.page.updated_at ?? '');
  return {
    page: plain(page.page.name),
    indicator: page.status.indicator,
    description: plain(page.status.description),
    components: watched.length,
    down: listed(having('major_outage'), ({ name }) => plain(name)),
    degraded: listed(
      having('partial_outage', 'degraded_performance'),
      ({ name, status }) => `${plain(name)}: ${status.replace('_', ' ')}`,
    ),
    in_maintenance: listed(having('under_maintenance'), ({ name }) => plain(name)),
    incidents: open.length,
    incident_names: listed(open, ({ name, status }) => `${plain(name)} (${plain(status)})`),
    notices: incidents.length - open.length,
    maintenance_now: listed(
      maintenances.filter(({ status }) => /^(in_progress|verifying)$/.test(status)),
      ({ name }) => plain(name),
    ),
    maintenance_planned: listed(planned, ({ name, scheduled_for: at }) => `${plain(name)} (${at ?? 'no time given'})`),
    next_maintenance_at: planned[0]?.scheduled_for ?? null,
    updated_at: page.page.updated_at ?? null,
    updated_age_h: Number.isNaN(updatedMs) ? null : Math.round(((now.getTime() - updatedMs) / hourMs) * 10) / 10,
  };
}

function listed<T>(items: T[], say: (item: T) => string): string[] {
  return items.slice(0, mostListed).map(say);
}

/** One line of a stranger's text. */
function plain(text: string): string {
  return cleanText(text.replaceAll(/\s+/g, ' '), 120).trim();
}
