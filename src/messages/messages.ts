import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Liquid, type Template } from 'liquidjs';
import { OpsError } from '../kernel/errors.ts';
import { escapeSlack } from '../kernel/escape.ts';

/** The texts that operators write, by the names of their files in `templates/messages`. */
export interface Messages {
  /** Slack text: what is filled in is escaped, the template's own marks work. Throws OpsError `invalid`, `not_found`. */
  slack(name: string, facts: Facts): string;
  /** Plain text or Markdown, for mails and files. Throws as `slack`. */
  plain(name: string, facts: Facts): string;
  names: readonly string[];
}

/** What is marked for Slack already, a time in the reader's zone or a mention: it stays as it is, and is `plain` elsewhere. */
export class Marked {
  readonly slack: string;
  readonly plain: string;
  constructor(slack: string, plain: string) {
    this.slack = slack;
    this.plain = plain;
  }
}

/** What a template may name; times and durations are given as text. A name that is not there is a mistake. */
export type Facts = Record<string, unknown>;

/**
 * Reads the templates of these folders; a file of an earlier folder takes the place of one of the same name. Throws OpsError
 * `invalid` for one that is none.
 */
export async function loadMessages(folders: readonly string[]): Promise<Messages> {
  const files = new Map<string, string>();
  for (const folder of folders.toReversed()) {
    for (const file of await filesIn(folder)) files.set(basename(file, '.liquid'), join(folder, file));
  }
  // `escapeSlack` of what a template fills in; its own <@U1> and *bold* stay.
  const forSlack = engine((value) => (value instanceof Marked ? value.slack : escapeSlack(textOf(value))));
  const asItIs = engine(textOf);
  const parsed = new Map<string, { slack: Template[]; plain: Template[]; file: string }>();
  for (const [name, file] of files) {
    const text = await readFile(file, 'utf8');
    parsed.set(name, { file, ...saying(file, () => ({ slack: forSlack.parse(text), plain: asItIs.parse(text) })) });
  }
  const render = (liquid: Liquid, kind: 'slack' | 'plain', name: string, facts: Facts) => {
    const found = parsed.get(name);
    if (!found) throw new OpsError('not_found', `There is no templates/messages/${name}.liquid`);
    return saying(found.file, () =>
      String(liquid.renderSync(found[kind], facts))
        .replace(/\n{3,}/g, '\n\n')
        .trim(),
    );
  };
  return {
    slack: (name, facts) => render(forSlack, 'slack', name, facts),
    plain: (name, facts) => render(asItIs, 'plain', name, facts),
    names: [...parsed.keys()].toSorted(),
  };
}

/** No files, no includes from elsewhere; a name that is not there is said, but may be asked for with `if`. Nothing is no. */
function engine(outputEscape: (value: unknown) => string): Liquid {
  const bounds = { renderLimit: 500, memoryLimit: 10_000_000, parseLimit: 1_000_000 };
  return new Liquid({
    outputEscape,
    strictVariables: true,
    lenientIf: true,
    // What is empty is not there: in plain Liquid `if` takes '' for something.
    jsTruthy: true,
    ownPropertyOnly: true,
    templates: {},
    ...bounds,
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Marked) return value.plain;
  return typeof value === 'string' ? value : String(value);
}

function saying<R>(file: string, work: () => R): R {
  try {
    return work();
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new OpsError('invalid', `${file}: ${why}`, {
      hint: 'docs/writing.md says what a message may name',
      cause: error,
    });
  }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((file) => file.endsWith('.liquid')).toSorted();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
