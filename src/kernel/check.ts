import type { z } from 'zod';
import type { AwsSettings } from './aws.ts';
import type { Clock } from './clock.ts';
import type { ReportedFinding, ScannedFinding } from './findings.ts';
import type { Reveal, Secret } from './secret.ts';

/** `list` is a list of strings; `json` is whatever the system answered, typed only when a rule reads it. */
export type FactType = 'number' | 'string' | 'bool' | 'list' | 'json';

export interface FactSpec {
  type: FactType;
  /** One line: what it is. */
  help: string;
  /** Shown behind the value: `ms`, `%`, `bytes`… The fact's name carries it too (`latency_ms`). */
  unit?: string;
  /** Needs a previous sample; while there is none, rules that read it are skipped as "not yet", not unknown. */
  rate?: true;
  /** For rules only: neither stored nor shown, because it may hold anything (a page's whole text). */
  hidden?: true;
  /** Why it is absent, from the other facts: "the answer is text/html, not JSON". */
  whyAbsent?: (facts: Facts) => string | undefined;
}

export type FactSpecs = Record<string, FactSpec>;

/** What a probe measured. Plain JSON; a fact that could not be measured is null or absent. */
export type Facts = Record<string, unknown>;

/** One measurement at one moment. */
export interface Sample {
  at: Date;
  facts: Facts;
}

/**
 * A rule that a check type ships, or that an operator writes.
 * `when` is a CEL condition over the check's facts; `say` replaces the generated reason, `{fact}` inside it is filled in.
 */
export interface Rule {
  when: string;
  say?: string;
}

export interface Rules {
  fail: Rule[];
  warn: Rule[];
  /** Hysteresis: once warn or fail, all of these must hold before it is ok again. */
  clear: Rule[];
}

/** Why a probe could not measure. Every one of them makes the check unknown. */
export type UnmeasuredReason =
  | 'denied'
  | 'no_credentials'
  | 'throttled'
  | 'not_entitled'
  | 'timeout'
  | 'empty'
  | 'unreachable'
  | 'too_large'
  | 'invalid_answer'
  | 'misconfigured'
  | 'error';

/** Thrown by a probe that could not measure. The message names the resource; `next` says how to mend it. */
export class Unmeasured extends Error {
  override readonly name = 'Unmeasured';
  readonly reason: UnmeasuredReason;
  readonly next: string | undefined;
  /** Whether another attempt at once may help (a timeout may, a denial does not). */
  readonly retryable: boolean;
  constructor(
    reason: UnmeasuredReason,
    message: string,
    options: { next?: string; retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.next = options.next;
    this.retryable = options.retryable ?? (reason === 'timeout' || reason === 'unreachable');
  }
}

/**
 * Gathers questions of one kind asked by several checks of a sweep into few calls.
 * `key` names the kind (vendor, region, API); `ask` answers all gathered questions, in order, one answer per question;
 * an answer that is an Error rejects that question alone.
 */
export interface Batch {
  load<Q, A>(
    key: string,
    question: Q,
    options: {
      /** At most this many questions a call. */
      max: number;
      ask(questions: Q[], signal: AbortSignal): Promise<(A | Error)[]>;
    },
  ): Promise<A>;
}

/** Where the config file lives and what it allows; the same for all checks. */
export interface Site {
  /** Folder of ops.yml; relative paths start here. */
  dir: string;
  /** Folders (absolute) whose programs `script` checks may run. */
  scriptDirs: string[];
  /** Accounts that checks may name; undefined = none. */
  aws?: AwsSettings | undefined;
}

/** What a job elsewhere has reported of its runs, by the database's time. */
export interface Reported {
  /** Since when reports are waited for. */
  since: Date;
  /** When a run ended well last, and when that one had begun, if it said so. */
  okAt: Date | undefined;
  okStartedAt: Date | undefined;
  /** What the last scan that ended well has found; undefined = none has said. */
  findings?: ReportedFinding[] | undefined;
  /** The last ones, newest first; `lost` = it never said how it ended, and a later one did. */
  runs: {
    startedAt: Date | undefined;
    endedAt: Date | undefined;
    outcome: 'running' | 'ok' | 'fail' | 'lost';
    exitCode: number | undefined;
    /** One line, masked; '' = none. */
    message: string;
  }[];
}

/** What probes keep under a key. */
export interface KeptValue {
  /** When it was written. */
  at: Date;
  /** JSON, of whatever version of Rounds wrote it. */
  value: unknown;
  version: number;
}

/** What probes of one type keep beyond their runs, for all replicas. */
export interface Kept {
  /**
   * Undefined = nothing is kept. While the database is away: what this process saw last; throws `Unmeasured` when that is
   * nothing.
   */
  read(key: string): Promise<KeptValue | undefined>;
  /**
   * Writes it (JSON) unless somebody wrote since `before` was read (undefined = nothing was there): undefined then. Throws
   * `Unmeasured` while the database is away.
   */
  write(key: string, value: unknown, before: KeptValue | undefined): Promise<KeptValue | undefined>;
}

/** What a probe gets. It measures and never judges. */
export interface Probe<Target> {
  target: Target;
  /** An earlier sample of this check, kept when it declares a rate; some seconds old at least. */
  previous: Sample | undefined;
  /** Aborted at the check's timeout or when the sweep ends: a probe stops all of its work then. */
  signal: AbortSignal;
  /** Aborted a little before `signal`'s timeout: for parts without which the rest is worth telling. */
  partsSignal: AbortSignal;
  clock: Clock;
  batch: Batch;
  reveal: Reveal;
  site: Site;
  /** Reads what was reported under the check's id; throws `Unmeasured` while the database is away. */
  reported: () => Promise<Reported>;
  /** What probes of its type keep: for answers that cost money. */
  kept: Kept;
  /** How long a condition must hold (`held_for`), ms; 0 = no hold. A source with a history of its own returns `earlier`. */
  heldForMs: number;
}

export interface Measurement {
  facts: Facts;
  /** Samples before this one, oldest first, from a source that keeps its own history (CloudWatch, Prometheus). */
  earlier?: Sample[];
}

/** How a job elsewhere reports. */
export interface Hearing {
  /** It brings this. */
  token: Secret;
  /** Reads what a scan found from the body of its success; absent: what the job does is all that counts. */
  findings?: (body: string) => { findings: ScannedFinding[] } | { invalid: string };
}

/** An IAM action on these resources alone: ARNs, of the partition `aws` where the check can't know. */
export interface IamGrant {
  action: string;
  resources: string[];
}

export interface CheckType<Schema extends z.ZodType = z.ZodType> {
  /** The key an operator writes, in kebab case: `http`, `ecs-services`. */
  type: string;
  /** One line for help and docs. */
  summary: string;
  /** Ids of the catalogue of operations, for docs: `H1`. */
  catalogue: string[];
  params: Schema;
  /** All facts this check measures with these parameters. */
  facts: (target: z.output<Schema>) => FactSpecs;
  /** Default rules, used unless the check says `defaults: off`. */
  rules: (target: z.output<Schema>) => Partial<Rules>;
  /**
   * What an ok check says, with `{fact}` filled in; else a few telling facts are listed. A function where parameters decide
   * what is looked at: it may only vouch for that.
   */
  okSays?: string | ((target: z.output<Schema>) => string);
  /** IAM actions it needs; empty outside AWS. */
  iam: string[];
  /** Of these, what it takes with these parameters, a text on all resources; absent: all of them. */
  iamFor?: (target: z.output<Schema>) => (string | IamGrant)[];
  /** What it asks, in a few words for messages: `GET https://api.example.com/health` (no secrets). */
  describe: (target: z.output<Schema>) => string;
  /** Checks with the same lane share a concurrency limit: `host:api.example.com`, `aws:ecs`. */
  lane?: (target: z.output<Schema>) => string;
  /** At most this many at the same time in one lane; the config's `limits.per_lane` may be lower. */
  laneLimit?: number;
  /** Of a type whose target is a job elsewhere that reports; undefined with these parameters: nobody does. */
  hears?: (target: z.output<Schema>) => Hearing | undefined;
  /** A working example for the docs: the YAML of one check. */
  example: string;
  run: (probe: Probe<z.output<Schema>>) => Promise<Measurement>;
}

/** Declares a check type; the default export of a file in `src/checks/`. */
export function defineCheck<Schema extends z.ZodType>(check: CheckType<Schema>): CheckType<Schema> {
  return check;
}
