import { AwsRefusal } from './refusal.ts';

type Input = Record<string, unknown>;

/**
 * A page of `MaxRecords` (or another member) records after `Marker`, as the Query services answer them; the marker can't be
 * read, as AWS's can't. Throws what AWS answers for a size out of bounds and a marker that is none of its own.
 */
export function recordsPage<Record>(
  records: Record[],
  input: Input,
  { size = 'MaxRecords', least = 20, most = 100, byDefault = 100 } = {},
): { items: Record[]; Marker: string | undefined } {
  const asked = input[size] === undefined ? byDefault : Number(input[size]);
  if (!(asked >= least && asked <= most))
    throw new AwsRefusal(
      'InvalidParameterValue',
      `Invalid value ${asked} for ${size}. Must be between ${least} and ${most}`,
    );
  const from = input.Marker === undefined ? 0 : Number(Buffer.from(String(input.Marker), 'base64url').toString());
  if (!Number.isInteger(from)) throw new AwsRefusal('InvalidParameterValue', 'The marker is invalid.');
  const next = from + asked;
  return {
    items: records.slice(from, next),
    Marker: next < records.length ? Buffer.from(String(next)).toString('base64url') : undefined,
  };
}

/** What a Query service answers about a name that it doesn't know. */
export function unknownName(code: string, message: string): AwsRefusal {
  return new AwsRefusal(code, message, { status: 404 });
}

/** A list as a form brings it: one, several or none. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
