import type { Reply } from '../src/kernel/command.ts';
import { defineCommand } from '../src/kernel/command.ts';
import { echo } from '../src/kernel/echo.ts';
import { OpsError } from '../src/kernel/errors.ts';
import { nextTimes } from '../src/planned.ts';
import { schedulePost, scheduleText } from '../src/reports/views/schedule.ts';
import type { Services } from '../src/services.ts';

export default defineCommand<Services>({
  name: 'schedule',
  helpOrder: 35,
  summary: 'Show what runs by itself, and the next five times of each: reports and checklists',
  usage: '[NAME]',
  examples: ['schedule', 'schedule morning'],
  role: 'viewer',
  async run(ctx, [name, ...rest]): Promise<Reply> {
    if (rest.length > 0)
      throw new OpsError('invalid', `"${echo(rest.join(' '))}" is too much`, { hint: 'schedule [NAME]' });
    const now = ctx.clock.now();
    const all = nextTimes(ctx.services, now);
    const shown =
      name === undefined
        ? all.filter(({ off }) => off === undefined)
        : all.filter((each) => each.name === name.toLowerCase());
    if (name !== undefined && shown.length === 0)
      throw new OpsError('not_found', `Nothing named "${echo(name)}" has times of its own`, {
        hint: `there are ${all.map((each) => each.name).join(', ')}`,
      });
    const off = name === undefined ? all.length - shown.length : 0;
    return {
      place: 'channel',
      slack: () => schedulePost(shown, { now, off }),
      terminal: () => scheduleText(shown, { off }),
      json: () => shown,
    };
  },
});
