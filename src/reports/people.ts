import { OpsError, PortError } from '../kernel/errors.ts';
import type { SectionContext } from './section.ts';
import { within } from './within.ts';

/** So many names are asked for; a report lists no more people. */
const mostNames = 60;
/** Names are a courtesy: who can't be asked for in this time stands with their id. */
const patienceMs = 2_000;

/** What these actors are called in a table: `Anna Berg`, `Rounds`, else `U012ABCDEF`, `os:anna`. */
export async function namesOf(
  { sources, signal }: Pick<SectionContext, 'sources' | 'signal'>,
  actors: Iterable<string>,
): Promise<(actor: string) => string> {
  const ids = [...new Set(actors)].slice(0, mostNames);
  const nobody = new Map<string, string>();
  const asked = ids.length === 0 ? nobody : within(() => sources.names(ids), { ms: patienceMs, signal });
  const names = await Promise.resolve(asked).catch((error: unknown) => {
    signal.throwIfAborted();
    if (error instanceof OpsError || error instanceof PortError) return nobody;
    throw error;
  });
  return (actor) => names.get(actor) ?? (actor === 'rounds' ? 'Rounds' : actor.replace(/^slack:/, ''));
}
