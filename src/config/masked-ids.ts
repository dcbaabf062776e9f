import { redact } from '../kernel/redact.ts';
import { isMap, type Mistake, type Path } from './mistake.ts';

/** Ids that could not be told apart in Slack, in logs and in the audit, as `redact` takes them for something else. */
export function findMaskedIds(raw: Record<string, unknown>): Mistake[] {
  const listed = ['checks', 'maintenance'].flatMap((section) => {
    const entries: unknown[] = Array.isArray(raw[section]) ? raw[section] : [];
    return entries.flatMap((entry, at) => (isMap(entry) ? judge(entry.id, [section, at, 'id']) : []));
  });
  const groups = isMap(raw.groups) ? Object.keys(raw.groups) : [];
  return [...listed, ...groups.flatMap((id) => judge(id, ['groups', id]))];
}

function judge(id: unknown, path: Path): Mistake[] {
  if (typeof id !== 'string') return [];
  const shown = redact(id);
  if (shown === id) return [];
  return [
    {
      path,
      found: `an id that Slack, logs and the audit would show as "${shown}"`,
      allowed:
        'an id that does not look like a token, a number of a person or a card, and holds no secret: such texts are masked',
    },
  ];
}
