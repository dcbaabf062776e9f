import { z } from 'zod';
import { Unmeasured } from '../../kernel/check.ts';
import { everyPage } from '../aws/client.ts';
import { cleanText } from '../facts/text.ts';
import { askJson, type JsonAnswer } from '../network/json-api.ts';

/** A page of a hundred alerts with their descriptions has some 1 MB. */
const maxBytes = 8 * 1_048_576;

/** An API that lists page by page. */
export interface Api {
  /** For messages: `GitHub at api.github.com`. */
  who: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** Why an answer that is not 200 tells nothing. */
  refused(answer: JsonAnswer): Unmeasured;
  /** The address of the next page, as the answer gives it. */
  nextOf(answer: JsonAnswer): string | undefined;
  /** Of an answer, its list. */
  listOf(json: unknown): unknown;
}

/**
 * Items of a list, at most `most`, and whether these are all. Of the next page's address only the query is taken, so that no answer
 * can send the token elsewhere. Throws Unmeasured, also for an item without the `shape`.
 */
export async function readPages<T>(
  api: Api,
  first: URL,
  shape: z.ZodType<T>,
  most: number,
): Promise<{ items: T[]; complete: boolean }> {
  const { who, headers, signal } = api;
  return everyPage(async (query) => {
    const url = new URL(first);
    if (query !== undefined) url.search = query;
    const answer = await askJson({ who, url, headers, maxBytes }, signal);
    if (answer.status !== 200) throw api.refused(answer);
    const read = z.array(shape).safeParse(api.listOf(answer.json));
    if (!read.success)
      throw notAsDocumented(who, `at ${read.error.issues[0]?.path.map(String).join('.') || 'its top'}`);
    const next = api.nextOf(answer);
    if (next === undefined) return { items: read.data, next };
    const { search } = URL.parse(next, first.href) ?? { search: '' };
    if (search === '' || search === url.search) throw notAsDocumented(who, 'the next page');
    return { items: read.data, next: search };
  }, most);
}

/** A word that may mean anything must not be left out of the count. */
export function unknownSeverity(who: string, id: string): Unmeasured {
  return notAsDocumented(who, `the severity of ${cleanText(id, 50)}`);
}

function notAsDocumented(who: string, where: string): Unmeasured {
  const next = 'check the url; a server of your own may be too old';
  return new Unmeasured('invalid_answer', `${who}: the answer is not as documented (${where})`, { next });
}
