import { z } from 'zod';
import { secretRef } from '../../kernel/secret.ts';
import { defaultsSection, groupsSection } from './checks.ts';
import { cron, duration, identifier, timeZone } from './scalars.ts';
import { rolesSection, slackSection, teamSection } from './team.ts';

const second = 1_000;
const minute = 60 * second;

const windowEntry = z.strictObject({
  id: identifier,
  match: z
    .strictObject({ group: identifier.optional(), check: identifier.optional() })
    .refine(({ group, check }) => group !== undefined || check !== undefined, 'a group or a check: {group: data}'),
  cron,
  /** Default: the team's. */
  zone: timeZone.optional(),
  for: duration(minute, 24 * 60 * minute),
  mode: z.enum(['mute', 'skip']).default('mute'),
});

const scriptsSection = z.strictObject({
  allow: z.array(z.string().trim().min(1)).default(['./checks']),
});

const watchdogHelp = 'the address that an outside watchdog waits to be called at, or {secret: HEARTBEAT_URL}';
const watchdogUrl = z
  .string()
  .refine((text) => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? ''), watchdogHelp);

const heartbeatSection = z.strictObject({
  url: z.union([watchdogUrl, secretRef], { error: watchdogHelp }),
});

const limitsSection = z.strictObject({
  concurrent: z.int('a whole number from 1 to 2000').min(1).max(2_000).default(200),
  per_lane: z.int('a whole number from 1 to 2000').min(1).max(2_000).default(64),
  sweep_deadline: duration(second, 10 * minute).default(20 * second),
});

/** Every section but `checks`, which is read entry by entry since a check's type is one of its keys. */
export const sections = z.strictObject({
  version: z.literal(1, { error: '1' }).optional(),
  team: teamSection.prefault({}),
  slack: slackSection.prefault({}),
  roles: rolesSection.prefault({}),
  defaults: defaultsSection.prefault({}),
  groups: groupsSection.prefault({}),
  maintenance: z.array(windowEntry).default([]),
  scripts: scriptsSection.prefault({}),
  heartbeat: heartbeatSection.optional(),
  limits: limitsSection.prefault({}),
  checks: z.unknown().optional(),
});
export type Sections = z.output<typeof sections>;
