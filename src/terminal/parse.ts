import { OpsError } from '../kernel/errors.ts';

/** What was typed behind `rounds`. */
export interface Line {
  /** The first word, or undefined for help. */
  command: string | undefined;
  args: string[];
  json: boolean;
  help: boolean;
}

/** `rounds health api --json` → command, its words, and the flags that the terminal itself understands. */
export function parseLine(argv: readonly string[]): Line {
  const flags = new Set(['--json', '--help', '-h']);
  const words = argv.filter((word) => !flags.has(word));
  const [command, ...args] = words;
  return { command, args, json: argv.includes('--json'), help: argv.includes('--help') || argv.includes('-h') };
}

/** The words a running bot gets over its socket. */
export interface TerminalRequest {
  command: string;
  args: string[];
  /** The config that the person means, absolute; absent = whichever the bot has. */
  opsConfig?: string;
  colour: boolean;
  width: number;
  json: boolean;
}

/** Reads a request from the socket; throws OpsError('invalid') when a client of another version sends another shape. */
export function readRequest(text: string): TerminalRequest {
  const value: unknown = JSON.parse(text);
  if (
    typeof value === 'object' &&
    value !== null &&
    'command' in value &&
    'args' in value &&
    Array.isArray(value.args)
  ) {
    return value as TerminalRequest;
  }
  throw new OpsError('invalid', 'This is not a request of `rounds`', {
    hint: 'use the same version for the bot and the terminal',
  });
}
