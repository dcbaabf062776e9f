import { isSecretName } from '../kernel/redact.ts';
import { secretVariables } from './schema/environment.ts';
import { errorCode, readSecret } from './secrets.ts';

/**
 * The values that no log line may show: of Rounds' own secret variables, of every other variable whose name says that it
 * is one (`API_TOKEN`, `API_TOKEN_FILE`), and the password in an address such as DATABASE_URL.
 */
export function secretValues(env: NodeJS.ProcessEnv): string[] {
  const named = Object.keys(env).map((name) => name.replace(/_FILE$/, ''));
  const names = new Set<string>([...secretVariables, ...named.filter(isSecretName)]);
  return [...names].flatMap((name) => {
    const value = readable(name, env);
    return value === undefined ? [] : [value, ...passwordIn(value)];
  });
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

/** As it is written, and as the server gets it. */
function passwordIn(address: string): string[] {
  const password = URL.parse(address)?.password ?? '';
  return password === '' ? [] : [password, decoded(password)];
}

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));
}
