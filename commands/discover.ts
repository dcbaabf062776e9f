import { refuseExisting, writeWhole } from '../src/discovery/write.ts';
import { discoverAws } from '../src/discovery-alone.ts';
import { defineTerminalCommand, type ExitCode } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { readFlags } from '../src/kernel/flags.ts';
import { plainLine } from '../src/kernel/plain.ts';

const usage = 'aws [--account NAME …] [--region R …] [--out FILE [--force]]';
const hint = `usage: discover ${usage}`;
const regionShape = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

export default defineTerminalCommand({
  name: 'discover',
  summary:
    'Read an AWS account and write a first `ops.yml`: a commented check for everything found; what could not be read is said in it',
  usage,
  examples: [
    'discover aws',
    'discover aws --region eu-west-1 --region us-east-1 --out ops.yml',
    'discover aws --account shop',
  ],
  async runAlone(args, { print, env }): Promise<ExitCode> {
    const options = {
      account: { type: 'string', multiple: true, default: [] as string[] },
      region: { type: 'string', multiple: true, default: [] as string[] },
      out: { type: 'string' },
      force: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = readFlags(args, options, `discover ${usage}`);
    if (positionals.join(' ') !== 'aws')
      throw new OpsError('invalid', `discover does not know "${echo(positionals.join(' '))}"`, { hint });
    const strange = values.region.find((region) => !regionShape.test(region));
    if (strange !== undefined)
      throw new OpsError('invalid', `"${echo(strange)}" is no region`, { hint: 'a region is eu-west-1' });
    const say = (line: string) => void process.stderr.write(`${plainLine(line)}\n`);
    const { account: accounts, region: regions, out, force } = values;
    if (out !== undefined && !force) refuseExisting(out);
    const { text, on, off, unread } = await discoverAws({ variables: env, accounts, regions, say });
    if (out === undefined) print(text.trimEnd());
    else await writeWhole(out, text, { force });
    say(`${on} checks are on, ${off} wait in comments${out === undefined ? '' : `: written to ${out}`}`);
    if (on === 0) say('A config needs one check at least: take the comment marks off one of them, or write your own.');
    if (unread.length > 0) say(`Not everything was read (${unread.length}): what is missing stands in the file.`);
    return unread.length > 0 || on === 0 ? 1 : 0;
  },
});
