import type { Json } from './world.ts';

/** An answer `{ok: false, error}` with Slack's own error string; `extra` joins the answer's body. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: Json;

  constructor(code: string, extra: Json = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

/** Somebody asked for what can't be done here: no such button, no such channel. The message is fit to be shown. */
export class WrongUse extends Error {}

/** `invalid_arguments` with the messages Slack puts into `response_metadata`. */
export function invalidArguments(...messages: string[]): SlackError {
  return new SlackError('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}
