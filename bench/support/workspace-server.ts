// A local workspace in a process of its own, so that a bot beside it is measured alone. Says the variables that connect one.
import { startWorkspace } from '../../src/workspace/workspace.ts';
import { socketMode } from '../../test/support/slack-bot.ts';

process.send?.(socketMode(await startWorkspace()));
process.on('disconnect', () => process.exit());
