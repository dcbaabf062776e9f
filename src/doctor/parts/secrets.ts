import type { Ops } from '../../config/model.ts';
import { isSet, secretsIn } from '../../config/secrets.ts';
import { ok, type Part, problem } from '../model.ts';

/** The secrets that ops.yml refers to: each must have a value. They are read again, as a check does at each run. */
export function secretsPart(
  { checks, heartbeat }: Pick<Ops, 'checks' | 'heartbeat'>,
  variables: NodeJS.ProcessEnv,
): Part {
  return {
    name: 'secrets',
    look: async () => {
      const users = new Map<string, string[]>();
      const wanting = [...checks.map(({ id, target }) => ({ id, target })), { id: 'heartbeat', target: heartbeat }];
      for (const { id, target } of wanting) {
        for (const name of secretsIn(target)) users.set(name, [...(users.get(name) ?? []), id]);
      }
      const missing = [...users].filter(([name]) => !isSet(name, variables));
      if (missing.length === 0) return [ok(users.size > 0 ? `all ${users.size} have a value` : 'none is needed')];
      return missing.map(([name, ids]) =>
        problem(
          `${name} is not set: needed by ${ids.join(', ')}`,
          `set ${name}, or ${name}_FILE to a file that holds it`,
        ),
      );
    },
  };
}
