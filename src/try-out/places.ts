import { dirname, resolve } from 'node:path';
import type { Clinic } from '../demo/clinic.ts';
import { demoPorts } from '../demo/ports.ts';

/** Where the ops.yml that comes with Rounds looks for the demo system; the file is relative to it. */
const expected = { ports: Object.values(demoPorts(3_002)).map(String), caFile: 'data/demo-ca.pem' };

/**
 * What to change in the ops.yml that comes with Rounds when DEMO_PORT or DATA_DIR put the demo system elsewhere; undefined =
 * nothing. Pure.
 */
export function elsewhere(
  { url, databaseUrl, tlsUrl }: Pick<Clinic, 'url' | 'databaseUrl' | 'tlsUrl'>,
  { caFile, opsConfig }: { caFile: string; opsConfig: string },
): string | undefined {
  const ports = [url, databaseUrl, tlsUrl].map((each) => new URL(each).port);
  const changes = expected.ports.flatMap((port, at) => (ports[at] === port ? [] : [`${ports[at]} for ${port}`]));
  if (resolve(dirname(opsConfig), expected.caFile) !== caFile) changes.push(`${caFile} for ${expected.caFile}`);
  if (changes.length === 0) return undefined;
  return `the demo system is not where the ops.yml that comes with Rounds looks for it: write there ${changes.join(', ')}`;
}
