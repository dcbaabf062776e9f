import { z } from 'zod';

/** A reference to a secret in the environment. It prints as its name, never as its value. */
export class Secret {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
  toString(): string {
    return `[secret ${this.name}]`;
  }
  toJSON(): string {
    return this.toString();
  }
}

/** Turns a plain string or a reference into the value to use. Throws `Unmeasured('no_credentials')` when it is not set. */
export type Reveal = (value: string | Secret) => string;

/** `{secret: NAME}`: the variable NAME, or the content of the file that NAME_FILE names. */
export const secretRef = z
  .strictObject({ secret: z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'a variable name such as API_TOKEN') })
  .transform((ref) => new Secret(ref.secret));

/** A plain string, or a secret reference. */
export const plainOrSecret = z.union([z.string(), secretRef]);
