import { setTimeout as pause } from 'node:timers/promises';
import { FolderInUse, openCore } from './app.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import type { Ops } from './config/model.ts';
import { ConfigError } from './config/problems.ts';
import { examine } from './doctor/examine.ts';
import { type Finding, type Found, ok, type Part, problem } from './doctor/model.ts';
import { configProblems } from './doctor/parts/config.ts';
import type { SeenSchedules } from './doctor/parts/schedules.ts';
import { configFile, Missing, type Pieces, partsOf, tokensIn } from './examination.ts';
import { lastSlots } from './jobs/schedules-store.ts';
import type { Alone } from './kernel/command.ts';
import { OpsError } from './kernel/errors.ts';
import { movedClock } from './play-clock.ts';
import type { Store } from './store/store.ts';

/** A person waits: a server that is down is told soon, and a terminal or a bot that starts may let the folder go. */
const databaseRetryMs = 2_000;
const folderPatienceMs = 3_000;
const betweenTriesMs = 200;

/** Looks at whatever can be opened when no bot can be asked; what can't be is a finding itself. */
export async function examineAlone(alone: Alone): Promise<Finding[]> {
  const { variables, signal } = alone;
  const { environment, found } = readForgivingly(variables);
  const first: Part[] = [...botPart(alone), { name: 'environment', look: async () => found }];
  if (environment === undefined) return examine(first, { signal });
  const { pieces, close } = await openPieces(environment, alone);
  try {
    return await examine([...first, ...partsOf(pieces, signal)], { signal });
  } finally {
    await close();
  }
}

/** The environment; one with mistakes is read again without the variables that have them. */
function readForgivingly(variables: NodeJS.ProcessEnv): { environment: Forgiven | undefined; found: Found[] } {
  try {
    return { environment: { ...readEnvironment(variables), wrong: [] }, found: [ok('it is good')] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = error.problems.map(({ path }) => path.replace(/_FILE$/, ''));
    return { environment: withoutMistakes(variables, wrong), found: configProblems(error) };
  }
}

interface Forgiven extends Environment {
  /** Variables with mistakes, left out. */
  wrong: string[];
}

function withoutMistakes(variables: NodeJS.ProcessEnv, wrong: string[]): Forgiven | undefined {
  const rest = { ...variables };
  // What must be set in production is known to be missing by now.
  for (const name of [...wrong, 'NODE_ENV']) {
    delete rest[name];
    delete rest[`${name}_FILE`];
  }
  try {
    return { ...readEnvironment(rest, { face: 'terminal' }), wrong };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function botPart({ silentBot, variables }: Alone): Part[] {
  if (silentBot) {
    const found = [problem(silentBot.message, silentBot.hint)];
    return [{ name: 'bot', look: async () => found }];
  }
  if (variables.DATABASE_URL || variables.DATABASE_URL_FILE) return [];
  return [{ name: 'bot', look: async () => [ok('none runs here: its connection to Slack was not looked at')] }];
}

async function openPieces(
  environment: Forgiven,
  { variables, log, signal }: Alone,
): Promise<{ pieces: Pieces; close(): Promise<void> }> {
  const slack = slackOf(environment);
  let store: Missing;
  if (environment.wrong.includes('DATABASE_URL')) store = new Missing('DATABASE_URL has a mistake');
  else {
    try {
      const clock = movedClock(environment);
      const options = { environment, variables, log, signal, retryForMs: databaseRetryMs, ...(clock && { clock }) };
      const core = await patiently(() => openCore(options), signal);
      const schedules = ranIn(core.store);
      return { pieces: { ...core.pieces, environment, slack, schedules }, close: () => core.close() };
    } catch (error) {
      store = refused(error);
    }
  }
  const ops = await loaded({ environment, variables });
  const rest = { ops, store, health: store, jobs: store, schedules: store, slack };
  return { pieces: { environment, variables, log, ...rest }, close: async () => {} };
}

/** Which schedules there are only a bot knows; the database knows when each ran. */
function ranIn(store: Store): SeenSchedules {
  return {
    list: async () => [...(await lastSlots(store.db()))].map(([name, last]) => ({ name, last, next: undefined })),
  };
}

function slackOf(environment: Forgiven): Pieces['slack'] {
  const [wrong] = environment.wrong.filter((name) => name.startsWith('SLACK_'));
  return wrong === undefined ? tokensIn(environment) : new Missing(`${wrong} has a mistake`);
}

/** Why nothing could be opened: a mistake in the configuration is told by the part `config`, all else is the database's. */
function refused(error: unknown): Missing {
  if (error instanceof ConfigError) return new Missing('the configuration has mistakes');
  const hint = error instanceof OpsError ? error.hint : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return new Missing("the database can't be used", [problem(message, hint)]);
}

async function loaded(from: Pick<Pieces, 'environment' | 'variables'>): Promise<Ops | Missing> {
  try {
    return (await configFile(from).load()).ops;
  } catch (error) {
    if (error instanceof ConfigError) return new Missing('the configuration has mistakes');
    throw error;
  }
}

async function patiently<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const startedAtMs = performance.now();
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof FolderInUse) || performance.now() - startedAtMs > folderPatienceMs) throw error;
    }
    await pause(betweenTriesMs, undefined, { signal });
  }
}
