import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { environmentVariables } from '../../../src/config/schema/environment.ts';

test('.env.example names every variable, and copied as it is changes nothing', async () => {
  const example = parseEnv(await readFile(join(import.meta.dirname, '../../../.env.example'), 'utf8'));
  expect(Object.keys(example).sort()).toEqual(Object.keys(environmentVariables.shape).sort());
  expect(readEnvironment(example)).toEqual(readEnvironment({}));
});
