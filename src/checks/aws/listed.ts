import { Unmeasured } from '../../kernel/check.ts';
import type { AwsQuestion } from './errors.ts';

/**
 * A list that AWS always answers, be it empty. Without it the answer is none of AWS's: a proxy's page reads as an answer in
 * which nothing is, and must not pass for "there are none". Throws Unmeasured.
 */
export function listed<Item>(items: Item[] | undefined, { action, resource, region }: AwsQuestion): Item[] {
  if (items === undefined)
    throw new Unmeasured(
      'invalid_answer',
      `${action} on ${resource} in ${region}: the answer is not what AWS documents`,
    );
  return items;
}
