import type { MethodFamily } from '../method.ts';
import { authMethods } from './auth.ts';
import { chatMethods } from './chat.ts';
import { conversationsMethods } from './conversations.ts';
import { filesMethods } from './files.ts';
import { historyMethods } from './history.ts';
import { marksMethods } from './marks.ts';
import { usersMethods } from './users.ts';
import { validateMethods } from './validate.ts';
import { viewsMethods } from './views.ts';

/** Every Web API method this workspace knows; any other is `unknown_method`. */
export const METHODS: MethodFamily = {
  ...authMethods,
  ...chatMethods,
  ...conversationsMethods,
  ...historyMethods,
  ...usersMethods,
  ...marksMethods,
  ...filesMethods,
  ...viewsMethods,
  ...validateMethods,
};
