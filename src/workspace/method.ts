import type { Args } from './args.ts';
import type { Tier } from './limits.ts';
import type { WorkspaceState } from './state.ts';
import type { Json, Token } from './world.ts';

export interface Call {
  state: WorkspaceState;
  args: Args;
  token: Token;
  /** Makes the ticket of a Socket Mode connection. */
  socketUrl(): string;
}

/** One Web API method: what it asks for, how often it may be called, what it does. */
export interface Method {
  /** Any one of these scopes will do; empty = every token. */
  scopes: string[];
  tier: Tier;
  /** Which token may call it. */
  token?: 'bot' | 'app' | 'none';
  /** Answers the body without `ok`; throws SlackError for every refusal. */
  run(call: Call): Json;
}

export type MethodFamily = Record<string, Method>;
