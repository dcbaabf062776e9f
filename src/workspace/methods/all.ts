import type { MethodFamily } from '../method.ts';
import { authMethods } from './auth.ts';
import { chatMethods } from './chat.ts';

/** Every Web API method this workspace knows; any other is `unknown_method`. */
export const METHODS: MethodFamily = {
  ...authMethods,
  ...chatMethods,
};
