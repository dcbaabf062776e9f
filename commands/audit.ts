import type { Audit } from '../src/audit/audit.ts';
import { headsIn, optionsOf, publicKeyIn } from '../src/audit/given.ts';
import { parseSearch, searchUsage } from '../src/audit/query.ts';
import { judgeVerification } from '../src/audit/verify.ts';
import { rowJson, verificationJson } from '../src/audit/views/json.ts';
import { rowPost, rowsPost, verificationPost } from '../src/audit/views/slack.ts';
import { rowsText, rowText, verificationText } from '../src/audit/views/terminal.ts';
import { withAuditAlone } from '../src/audit-alone.ts';
import type { Alone, CommandContext, Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { newKeyPair } from '../src/kernel/ed25519.ts';
import { OpsError } from '../src/kernel/errors.ts';
import type { Services } from '../src/services.ts';

type Context = CommandContext<Services>;

/** An answer in Slack has 50 blocks. */
const rowsOf = { slack: { most: 30, usual: 20 }, terminal: { most: 1_000, usual: 20 } };

export default defineCommand<Services>({
  name: 'audit',
  helpOrder: 90,
  summary: 'Search who did what, prove that nobody changed it, sign it as it is now, erase a text (takes admin)',
  usage: `${searchUsage} | show ROW | verify [--head LINE] | head | erase ROW REASON | key`,
  examples: [
    'audit since:24h',
    'audit by:me action:check',
    'audit show 1042',
    'audit verify',
    'audit head',
    'audit erase 1042 a patient was named',
  ],
  role: 'approver',
  // Whoever gets at a database server may verify what it holds, with a role that can only read it.
  aloneFor: ([word], { DATABASE_URL, DATABASE_URL_FILE }) =>
    word === 'key' || (word === 'verify' && Boolean(DATABASE_URL || DATABASE_URL_FILE)),
  withoutBot: (alone, [word, ...rest]) => (word === 'key' ? newKey(rest) : verifyAlone(alone, rest)),
  run(ctx, args) {
    const [word = '', ...rest] = args;
    const part = Object.hasOwn(parts, word) ? parts[word] : undefined;
    return part ? part(ctx, rest) : search(ctx, args);
  },
  buttons: {
    details: {
      summary: 'Shows all that a row of the audit recorded to whoever pressed it',
      role: 'approver',
      run: (ctx, seq) => show(ctx, [seq]),
    },
  },
});

const parts: Record<string, (ctx: Context, args: string[]) => Promise<Reply>> = { show, verify, head, erase, key };

async function search(ctx: Context, args: string[]): Promise<Reply> {
  const asking = { actor: ctx.actor.id, now: ctx.clock.now(), ...rowsOf[ctx.face] };
  const found = await ctx.services.audit.search(parseSearch(args, asking));
  return {
    place: 'asker',
    slack: () => rowsPost(found),
    terminal: (style) => rowsText(found, style),
    json: () => ({ rows: found.rows.map(rowJson), more: found.more }),
  };
}

async function show(ctx: Context, args: string[]): Promise<Reply> {
  const row = await ctx.services.audit.find(rowNumber(args[0], 'show ROW'));
  return {
    place: 'asker',
    slack: () => rowPost(row),
    terminal: (style) => rowText(row, style),
    json: () => rowJson(row),
  };
}

async function verify(ctx: Context, args: string[]): Promise<Reply> {
  return verification(ctx.services.audit, args, ctx);
}

function verifyAlone(alone: Alone, args: string[]): Promise<Reply> {
  return withAuditAlone(alone, (audit) => verification(audit, args, { face: 'terminal', signal: alone.signal }));
}

async function verification(
  audit: Pick<Audit, 'verify'>,
  args: string[],
  { face, signal }: Pick<Context, 'face' | 'signal'>,
): Promise<Reply> {
  const options = optionsOf(args, ['head', 'public-key']);
  // Whoever asks in Slack must not read the bot's files.
  const files = face === 'terminal';
  const given = options.head === undefined ? undefined : await headsIn(options.head, files);
  const publicKey = options['public-key'] === undefined ? undefined : await publicKeyIn(options['public-key'], files);
  const found = await audit.verify({ ...given, publicKey, signal });
  return {
    place: 'asker',
    slack: () => verificationPost(found),
    terminal: (style) => verificationText(found, style),
    json: () => verificationJson(found),
    exitCode: exitCodes[judgeVerification(found)],
  };
}

const exitCodes = { intact: 0, changed: 1, unproven: 3 } as const;

/** The signed head of now, for whoever keeps heads by themselves. */
async function head(ctx: Context, args: string[]): Promise<Reply> {
  takesNothing('head', args);
  const line = await ctx.services.audit.headLine();
  if (line === undefined) {
    throw new OpsError('unavailable', 'The audit is not signed: the bot has no key to sign with', {
      hint: 'make one with `npx rounds audit key` and set AUDIT_SIGNING_KEY',
    });
  }
  return {
    place: 'asker',
    slack: () => ({
      text: line,
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `\`\`\`${line}\`\`\`` } }],
    }),
    terminal: () => line,
    json: () => ({ head: line }),
  };
}

async function erase(ctx: Context, [typed, ...words]: string[]): Promise<Reply> {
  await ctx.require('admin');
  const seq = rowNumber(typed, 'erase ROW REASON');
  const reason = words.join(' ').trim();
  const asker = { actor: ctx.actor.id, request: ctx.request };
  const record = await ctx.services.audit.erase(asker, { seq: BigInt(seq), reason });
  const said = `The text of row ${seq} is erased; row ${record} says that you did it, and why.`;
  return {
    place: 'asker',
    slack: () => ({ text: said, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: said } }] }),
    terminal: () => said,
    json: () => ({ erased: seq, record: Number(record) }),
  };
}

/** A private key must not pass through a bot, its socket or Slack: only a terminal by itself makes one. */
async function key(): Promise<Reply> {
  throw new OpsError('invalid', 'A private key must not be seen in Slack', {
    hint: 'In a terminal: npx rounds audit key',
  });
}

async function newKey(args: string[]): Promise<Reply> {
  takesNothing('key', args);
  const { privateKey, publicKey } = newKeyPair();
  const lines = [
    'The private key is for the environment of the bot alone; it is shown this once:',
    `AUDIT_SIGNING_KEY=${privateKey}`,
    '',
    'The public key is for whoever checks signed heads, and no secret:',
    publicKey,
  ];
  return {
    place: 'asker',
    slack: () => ({ text: 'In a terminal: npx rounds audit key', blocks: [] }),
    terminal: () => lines.join('\n'),
    json: () => ({ private_key: privateKey, public_key: publicKey }),
  };
}

function takesNothing(part: string, [word]: string[]): void {
  if (word === undefined) return;
  throw new OpsError('invalid', `"${echo(word)}" is not understood here`, { hint: `usage: audit ${part}` });
}

function rowNumber(text: string | undefined, usage: string): number {
  const digits = /^#?(\d{1,15})$/.exec(text ?? '')?.[1];
  if (digits !== undefined) return Number(digits);
  const hint = `usage: audit ${usage}`;
  throw new OpsError('invalid', text === undefined ? 'Which row?' : `"${echo(text)}" is no number of a row`, { hint });
}
