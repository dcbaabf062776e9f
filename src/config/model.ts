import type { Condition } from '../conditions/model.ts';
import type { AwsSettings } from '../kernel/aws.ts';
import type { CheckType } from '../kernel/check.ts';
import type { Role } from '../kernel/command.ts';
import type { Secret } from '../kernel/secret.ts';

/** A check as configured: parameters parsed, durations in ms, conditions compiled, defaults filled in. */
export interface Check {
  id: string;
  type: string;
  definition: CheckType;
  /** Parsed parameters of the check type. */
  target: unknown;
  group: string;
  owner?: string;
  runbook?: string;
  hint?: string;
  everyMs: number;
  timeoutMs: number;
  /** Tries in all, ≥ 1. */
  attempts: number;
  retryDelayMs: number;
  openAfter: { hits: number; of: number };
  closeAfter: number;
  staleAfterMs: number;
  heldForMs: number;
  dependsOn: string[];
  fail: Condition[];
  warn: Condition[];
  clear: Condition[];
}

export interface Group {
  id: string;
  owner?: string;
  runbook?: string;
  /** Where its alerts go instead of `slack.alerts`: an id, or `#name`. */
  channel?: string;
  /** 99.9 = 99.9 %. */
  sloPercent?: number;
}

/** Somebody who can be reached, by the name that levels of severities use. */
export interface Contact {
  name: string;
  /** `@group`, or an id of a user or group. */
  slack?: string;
  email?: string;
  phone?: string;
  /** The contact to call after this one. */
  backup?: string;
  /** Whoever is on call there. */
  pagerduty?: { policy?: string; schedule?: string; level: number };
}

/** A document that somebody reviews again and again. */
export interface Document {
  id: string;
  title: string;
  owner?: string;
  url?: string;
  /** `2026-01-01`: a day of the team's zone. */
  reviewed: string;
  /** How long a review holds. */
  everyMs: number;
}

/** A planned window: `mute` runs the checks and tells nobody, `skip` doesn't run them. */
export interface MaintenanceWindow {
  id: string;
  match: { group?: string; check?: string };
  /** Cron, in `zone`, of the window's starts. */
  cron: string;
  zone: string;
  forMs: number;
  mode: 'mute' | 'skip';
}

/** A loaded ops.yml. */
export interface Ops {
  file: string;
  dir: string;
  team: { name: string; zone: string; businessHours?: string; holidays: string[] };
  slack: { daily?: string; alerts?: string; incidents?: string; audit?: string };
  roles: Partial<Record<Role, string[]>>;
  contacts: Map<string, Contact>;
  groups: Map<string, Group>;
  checks: Check[];
  maintenance: MaintenanceWindow[];
  /** Reactions that flag a message for an incident's timeline; undefined = as the room has it. */
  timeline?: { flags: string[] };
  /** Names of reports that are made by themselves; undefined = the operator's own and `morning`. */
  reports: { scheduled?: string[] | undefined };
  /** Documents that must be reviewed. */
  documents: Document[];
  /** Of breaches of PHI. `contact` is the compliance contact, as a message marks them. */
  breach: { assessWithinMs: number; contact: string | undefined };
  /** Where incidents get a ticket. */
  ticket?: TicketSettings;
  /** The call that people of an incident meet in. */
  bridge?: { url: string };
  /** An outside watchdog that is called every minute while Rounds is well. */
  heartbeat?: { url: string | Secret };
  checklists: {
    /** Where they are posted: an id, or `#name`. */
    channel: string | undefined;
    /** Of the shipped ones, those that begin by their schedule. */
    scheduled: string[];
  };
  aws: AwsSettings;
  /** Absolute folders whose programs `script` checks may run. */
  scriptDirs: string[];
  limits: {
    /** Probes at the same time, in all. */
    concurrent: number;
    /** Probes at the same time in one lane (a host, an AWS API). */
    perLane: number;
    /** A sweep ends after this long, ms; what still runs is unknown. */
    sweepDeadlineMs: number;
  };
  /** References to secrets that have no value now: named in the log; the check is unknown when it runs. */
  missingSecrets: string[];
}

/** A tracker, by its HTTP API; addresses end without a slash. */
export type TicketSettings = { token: Secret; auto: boolean; url: string } & (
  | { kind: 'github'; repo: string }
  | { kind: 'jira'; email: string; project: string; issueType: string }
  | { kind: 'linear'; team: string }
);

/** One mistake in a config file: where, what was found, what is allowed. */
export interface ConfigProblem {
  file: string;
  /** Dotted path, `checks[3].http.url`; empty = the file as a whole. */
  path: string;
  line?: number;
  /** Id of the check it is in, so that a reader need not count entries. */
  check?: string;
  found: string;
  allowed: string;
}
