import { type Incident, type IncidentEvent, nameOf as numberOf } from '../model.ts';
import { type CheckChange, inOrder } from './markdown.ts';
import { type NameOf, personOf } from './words.ts';

/** The shape of an exported timeline: stable, fields are only added. Times are ISO 8601 in UTC. */
export interface TimelineJson {
  format: 'rounds-timeline';
  version: 1;
  incident: {
    id: string;
    title: string;
    severity: string;
    label: string;
    drill: boolean;
    private: boolean;
    phi: boolean;
    declaredAt: string;
    acknowledgedAt: string | null;
    mitigatedAt: string | null;
    resolvedAt: string | null;
  };
  events: {
    id: number | null;
    at: string;
    kind: string;
    by: { id: string; name: string };
    words: string;
    data: Record<string, unknown>;
    struck: { at: string; by: { id: string; name: string }; reason: string } | null;
  }[];
  /** Changes of all checks while it was open. */
  checks: { at: string; check: string; from: string | null; to: string }[];
}

/** The whole timeline, in order of happening. Pure. */
export function timelineJson(
  incident: Incident,
  events: readonly IncidentEvent[],
  { nameOf, checks = [] }: { nameOf?: NameOf; checks?: readonly CheckChange[] } = {},
): TimelineJson {
  const { title, severity, label, drill, phi, declaredAt, acknowledged, mitigated, resolved } = incident;
  const person = (id: string) => ({ id, name: personOf(id, nameOf) });
  return {
    format: 'rounds-timeline',
    version: 1,
    incident: {
      ...{ id: numberOf(incident), title, severity, label, drill, private: incident.private, phi },
      declaredAt: declaredAt.toISOString(),
      acknowledgedAt: acknowledged?.at.toISOString() ?? null,
      mitigatedAt: mitigated?.at.toISOString() ?? null,
      resolvedAt: resolved?.at.toISOString() ?? null,
    },
    events: inOrder(events).map(({ id, at, kind, by, words, data, struck }) => ({
      ...{ id: id ?? null, at: at.toISOString(), kind, by: person(by), words, data: data ?? {} },
      struck: struck ? { at: struck.at.toISOString(), by: person(struck.by), reason: struck.reason } : null,
    })),
    checks: checks.map(({ at, check, from, to }) => ({ at: at.toISOString(), check, from: from ?? null, to })),
  };
}
