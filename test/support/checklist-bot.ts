import { onTestFinished } from 'vitest';
import checklist from '../../commands/checklist.ts';
import { createOwners } from '../../src/access/owners.ts';
import { createAudit } from '../../src/audit/audit.ts';
import type { Access } from '../../src/kernel/access.ts';
import { permissionsOf } from '../../src/kernel/access.ts';
import type { CommandContext, Reply } from '../../src/kernel/command.ts';
import type { Services } from '../../src/services.ts';
import { connectSlack } from '../../src/slack/connect.ts';
import type { ChecklistRoom } from './checklists.ts';
import { opsOf } from './checks.ts';
import { memoryLog } from './memory-log.ts';

/** Everybody is a responder, and nobody may approve. */
export const responders: Access = {
  decide: async (_, role) => {
    if (role === 'viewer' || role === 'responder') return { kind: 'allowed' };
    return { kind: 'denied', why: 'role', message: `This takes the role ${role}` };
  },
  holders: async () => [],
};

export function servicesOf({ checklists, store, clock }: ChecklistRoom): Services {
  const owners = createOwners({ log: memoryLog() });
  const audit = createAudit({ store, clock });
  return { checklists, owners, audit, ops: opsOf([]) } as unknown as Services;
}

/** The last reply to a line, as anna types it. */
export async function typed(
  room: ChecklistRoom,
  line: string,
  {
    may = responders,
    face = 'slack' as CommandContext<Services>['face'],
    id = 'slack:U0ANNA0001',
    services = servicesOf(room),
  } = {},
): Promise<Reply> {
  const actor = { id, name: 'anna', mention: id.startsWith('slack:') ? `<@${id.slice(6)}>` : id };
  const ctx: CommandContext<Services> = {
    ...{ services, actor, face, request: 'ABC123', clock: room.clock, log: memoryLog(), channel: 'C0SOMEWHERE' },
    signal: new AbortController().signal,
    ...permissionsOf(may, actor),
  };
  const reply = await (checklist.run(ctx, line.split(' ').filter(Boolean)) as Promise<Reply>);
  await room.queue.finish();
  return reply;
}

/** The bot in the room's workspace. */
export async function botOf(room: ChecklistRoom, access: Access = responders): Promise<void> {
  const { botToken, appToken, apiUrl } = room.workspace;
  const services = servicesOf(room);
  const bot = await connectSlack<Services>({
    ...{ commands: [checklist], services, store: room.store, clock: room.clock },
    ...{ log: memoryLog(), graceMs: 200, onFatal: () => {} },
    access: (directory) => {
      services.owners.use(directory);
      return access;
    },
    slack: { kind: 'socket', botToken, appToken, apiUrl },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
}
