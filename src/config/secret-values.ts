import { isSecretName } from '../kernel/redact.ts';
import { secretVariables } from './schema/environment.ts';
import { errorCode, readSecret } from './secrets.ts';

/**
 * The values that nothing may show (for `maskAlways`): of Rounds' own secret variables, and of every other variable whose
 * name says that it is one (`API_TOKEN`, `DB_PASS`, `API_TOKEN_FILE`).
 */
export function secretValues(env: NodeJS.ProcessEnv): string[] {
  const named = Object.keys(env).map((name) => name.replace(/_FILE$/, ''));
  // A shell's PWD is the folder it is in.
  const secret = named.filter((name) => isSecretName(name) && name !== 'PWD');
  const names = new Set<string>([...secretVariables, ...secret]);
  return [...names].flatMap((name) => readable(name, env) ?? []);
}

function readable(name: string, env: NodeJS.ProcessEnv): string | undefined {
  try {
    return readSecret(name, env);
  } catch (error) {
    // Whoever needs the secret says that its file can't be read; here it only means that there is nothing to mask.
    if (error instanceof Error && errorCode(error) !== error.message) return undefined;
    throw error;
  }
}
