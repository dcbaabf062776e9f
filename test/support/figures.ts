import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Configuration, loadConfiguration } from '../../src/configuration.ts';
import { root } from '../../src/registry.ts';

/** A figure of an operation's document, and where it stands in its configuration. */
export type Figure = [figure: string, check: string, place: Place];

interface Place {
  /** A rule as written, or one that the type brings. */
  fail?: string | string[];
  warn?: string | string[];
  /** Everything else is a part of the check as written in ops.yml. */
  [key: string]: unknown;
}

export interface Example {
  read: Configuration;
  /** ops.yml as written. */
  written: { checks: Record<string, unknown>[] } & Record<string, unknown>;
}

export async function exampleOf(name: string): Promise<Example> {
  const file = join(root, 'examples', name, 'ops.yml');
  return { read: await loadConfiguration(file, {}), written: parseYaml(await readFile(file, 'utf8')) };
}

/** Fails when the figure does not stand where it is said to stand. */
export function expectFigure({ read, written }: Example, id: string, { fail, warn, ...rest }: Place): void {
  const check = read.ops.checks.find((one) => one.id === id);
  expect(check, `a check ${id}`).toBeDefined();
  const sources = (rules: { source: string }[] = []) => rules.map(({ source }) => source);
  expect(sources(check?.fail)).toEqual(expect.arrayContaining([fail ?? []].flat()));
  expect(sources(check?.warn)).toEqual(expect.arrayContaining([warn ?? []].flat()));
  expect(written.checks.find((one) => one.id === id)).toMatchObject(rest);
}
