import type { ChecklistPorts } from './ports.ts';

/** An owner as Slack knows them: `@group`, or an id; a contact by its `slack`. Undefined: ops.yml doesn't say. Pure. */
export function ownerInSlack(owner: string, { contacts }: Pick<ChecklistPorts, 'contacts'>): string | undefined {
  return /^(@|[USW][A-Z0-9]{2,}$)/.test(owner) ? owner : contacts.get(owner)?.slack;
}
