import { numberOf } from '../../src/incidents/model.ts';
import { OpsError } from '../../src/kernel/errors.ts';

/** `[INC] [URL]`, for commands that take no more. Throws OpsError `invalid`. */
export function wordAndUrl(args: string[]): { word?: string; url?: string } {
  const [first, second, ...more] = args;
  const named = first !== undefined && numberOf(first) !== undefined;
  const url = named ? second : first;
  if (more.length > 0 || (!named && second !== undefined))
    throw new OpsError('invalid', 'An incident and an address, no more', { hint: 'INC-42 https://…, for example' });
  return { ...(named && { word: first }), ...(url !== undefined && { url }) };
}
