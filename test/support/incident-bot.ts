import { onTestFinished } from 'vitest';
import holdCommand from '../../commands/hold.ts';
import incidentCommand from '../../commands/incident.ts';
import timelineCommand from '../../commands/timeline.ts';
import toldCommand from '../../commands/told.ts';
import { auditDenials } from '../../src/audit-denials.ts';
import { type Access, permissionsOf } from '../../src/kernel/access.ts';
import type { Command, CommandContext, Reply } from '../../src/kernel/command.ts';
import type { Services } from '../../src/services.ts';
import { connectSlack } from '../../src/slack/connect.ts';
import { timelineHearing } from '../../src/timeline-hearing.ts';
import type { Room } from './incidents.ts';
import { memoryLog } from './memory-log.ts';

export const everybodyMay: Access = { decide: async () => ({ kind: 'allowed' }), holders: async () => [] };

/** People of the workspace, as those who ask. */
export const people = {
  anna: { id: 'slack:U0ANNA0001', name: 'anna', mention: '<@U0ANNA0001>' },
  ben: { id: 'slack:U0BEN00001', name: 'ben', mention: '<@U0BEN00001>' },
};

export function servicesOf({ incidents, ports }: Room, over: Partial<Services> = {}): Services {
  const services = {
    incidents,
    severities: ports.severities.all,
    ops: { team: { zone: 'UTC' } },
    health: { failures: async () => [] },
    ...over,
  };
  return services as unknown as Services;
}

/** The bot's Slack side over the room's workspace, with the commands of incidents; over Socket Mode. */
export async function incidentBot(
  room: Room,
  { access = everybodyMay, services = {} }: { access?: Access; services?: Partial<Services> } = {},
) {
  const { botToken, appToken, apiUrl } = room.workspace;
  const log = memoryLog();
  const denials = auditDenials({ store: room.store, clock: room.store.time, log });
  const bot = await connectSlack<Services>({
    ...{ commands: [incidentCommand, timelineCommand], services: servicesOf(room, services) },
    ...{ store: room.store, clock: room.clock, log, graceMs: 200 },
    ...{ onFatal: () => {}, onDenied: denials.take, access: () => access },
    hearing: timelineHearing(room.incidents.timeline),
    slack: { kind: 'socket', botToken, appToken, apiUrl },
  });
  onTestFinished(() => bot.stop());
  await bot.start();
  return { bot, denials, log };
}

/** Runs a line of a command for somebody; what it rejects with is the answer's failure. */
export async function typed(
  room: Room,
  line: string,
  over: {
    by?: keyof typeof people | { id: string; name: string; mention: string };
    channel?: string;
    may?: Access;
    face?: 'slack' | 'terminal';
    services?: Partial<Services>;
  } = {},
): Promise<Reply> {
  const { by = 'anna', channel, may = everybodyMay, face = 'slack' } = over;
  const [name, ...args] = line.split(' ').filter(Boolean);
  const commands = { hold: holdCommand, incident: incidentCommand, timeline: timelineCommand, told: toldCommand };
  const command = commands[name as keyof typeof commands] as Command<Services>;
  const actor = typeof by === 'string' ? people[by] : by;
  const ctx: CommandContext<Services> = {
    services: servicesOf(room, over.services),
    ...{ actor, face, request: 'ABC123', clock: room.clock, log: memoryLog() },
    signal: new AbortController().signal,
    ...(channel !== undefined && { channel }),
    ...permissionsOf(may, actor),
  };
  return (await command.run(ctx, args)) as Reply;
}

/** Makes a channel the own one of an incident, as if it had been made for it. */
export async function giveHome(room: Room, id: number, name: string): Promise<string> {
  const channel = room.workspace.channel(name).id;
  await room.store.pool.query('update incident set home_id = $1, home_name = $2 where id = $3', [
    channel,
    name.replace('#', ''),
    id,
  ]);
  return channel;
}
