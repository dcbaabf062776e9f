import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { echo } from '../kernel/echo.ts';
import { readPublicKey } from '../kernel/ed25519.ts';
import { OpsError } from '../kernel/errors.ts';
import { countUnreadable, findHeads, type SignedHead } from './head.ts';

const verifyUsage = 'usage: audit verify [--head LINE] [--public-key KEY]';

/** `--name words …`; an option has all words up to the next, for a line that nobody quoted. Slack makes `—` of `--`. */
export function optionsOf<Name extends string>(
  args: readonly string[],
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const options: Partial<Record<Name, string>> = {};
  let name: Name | undefined;
  for (const arg of args) {
    const typed = /^(?:--|—)([a-z-]+)$/.exec(arg)?.[1];
    const known = names.find((candidate) => candidate === typed);
    if (known !== undefined) {
      name = known;
      options[known] ??= '';
    } else if (typed === undefined && name !== undefined) options[name] = `${options[name]} ${arg}`.trim();
    else {
      throw new OpsError('invalid', `"${echo(arg)}" is not understood here`, { hint: verifyUsage });
    }
  }
  const empty = names.find((candidate) => options[candidate] === '');
  if (empty !== undefined) throw new OpsError('invalid', `--${empty} needs a value behind it`, { hint: verifyUsage });
  return options;
}

/** The heads in a text, and how many lines in it begin as one but are none. */
interface GivenHeads {
  heads: SignedHead[];
  unreadable: number;
}

/** The signed heads in what was given: the line itself, or, where files may be read, a file with such lines in it. */
export async function headsIn(given: string, files: boolean): Promise<GivenHeads> {
  const inline = readHeads(given);
  const found = isEmpty(inline) && files ? readHeads(await contentOf(given, '--head')) : inline;
  if (!isEmpty(found)) return found;
  throw new OpsError('invalid', 'There is no signed head in what --head gives', {
    hint: 'a line such as: rounds-audit v1 seq=… hash=… at=… key=… sig=…',
  });
}

function readHeads(text: string): GivenHeads {
  return { heads: findHeads(text), unreadable: countUnreadable(text) };
}

function isEmpty({ heads, unreadable }: GivenHeads): boolean {
  return heads.length === 0 && unreadable === 0;
}

/** A public key, or the file that has it. */
export async function publicKeyIn(given: string, files: boolean): Promise<KeyObject> {
  const inline = readPublicKey(given);
  const key = inline ?? (files ? readPublicKey(await contentOf(given, '--public-key')) : undefined);
  if (key !== undefined) return key;
  throw new OpsError('invalid', 'What --public-key gives is no Ed25519 public key', {
    hint: '`npx rounds audit key` prints one with each new private key',
  });
}

async function contentOf(path: string, option: string): Promise<string> {
  const full = resolve(path);
  try {
    return await readFile(full, 'utf8');
  } catch (cause) {
    throw new OpsError('invalid', `${option} is neither the thing itself nor a file that can be read`, {
      hint: `no readable file at ${full}`,
      cause,
    });
  }
}
