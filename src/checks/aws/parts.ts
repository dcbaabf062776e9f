import { Unmeasured } from '../../kernel/check.ts';
import { reasonOf } from './reason.ts';

type Asked<Parts> = { [Name in keyof Parts]: (() => Promise<Parts[Name]>) | undefined };

/**
 * The parts of a check, side by side. One that is not asked for is undefined; one that is refused is null and a remark, so that
 * it doesn't hide the rest. Throws the first refusal when nothing was read, and what isn't Unmeasured.
 */
export async function readParts<Parts extends object>(
  asked: Asked<Parts>,
  signal: AbortSignal,
): Promise<{ parts: { [Name in keyof Parts]: Parts[Name] | null | undefined }; unread: string[] }> {
  const unread: string[] = [];
  const refusals: Unmeasured[] = [];
  const read = async ([name, work]: [string, (() => Promise<unknown>) | undefined]) => {
    try {
      return [name, await work?.()];
    } catch (error) {
      unread.push(reasonOf(error, signal));
      if (error instanceof Unmeasured) refusals.push(error);
      return [name, null];
    }
  };
  const all = await Promise.all(Object.entries<(() => Promise<unknown>) | undefined>(asked).map(read));
  if (refusals[0] && all.every(([, found]) => found === null || found === undefined)) throw refusals[0];
  return { parts: Object.fromEntries(all), unread };
}
