import { defineTerminalCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { nearest } from '../src/kernel/nearest.ts';
import { checkReference, describeCheckType, listCheckTypes } from '../src/reference/checks.ts';
import { checkTypes } from '../src/registry.ts';

export default defineTerminalCommand({
  name: 'checks',
  summary: 'List the check types, or show one with its parameters, facts and default rules',
  usage: '[TYPE | --markdown]',
  examples: ['checks', 'checks http'],
  async runAlone([name], { print }) {
    const types = await checkTypes();
    if (name === undefined) print(listCheckTypes(types));
    else if (name === '--markdown') print(checkReference(types).trimEnd());
    else {
      const type = types.find((candidate) => candidate.type === name);
      if (!type) {
        const close = nearest(
          name,
          types.map((candidate) => candidate.type),
        );
        throw new OpsError('not_found', `There is no check type "${echo(name)}"`, {
          hint: close ? `Did you mean ${close}?` : '`rounds checks` lists them',
        });
      }
      print(describeCheckType(type).trimEnd());
    }
    return 0;
  },
});
