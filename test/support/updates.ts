import type { Room } from './incidents.ts';

/** Gives an incident a channel of its own. */
export async function homed({ store, workspace }: Room, id = 1, name = 'inc-home'): Promise<string> {
  const channel = workspace.addChannel(name, ['anna', 'ben', 'rounds']);
  await store.pool.query('update incident set home_id = $1, home_name = $2 where id = $3', [channel.id, name, id]);
  return channel.id;
}

/** What the bot told somebody directly, oldest first. */
export function told({ workspace }: Room, user: string): string[] {
  const channel = [...workspace.state.channels.values()].find(({ is_im, members }) => is_im && members.has(user));
  return channel ? workspace.messages(channel.id).map(({ blocks }) => JSON.stringify(blocks)) : [];
}

/** All that the bot says in a channel, oldest first. */
export function allSaid({ workspace }: Room, channel = '#alerts'): string[] {
  return workspace.messages(channel).flatMap(({ bot_id, blocks }) => (bot_id ? [JSON.stringify(blocks)] : []));
}

/** What the bot says in a channel under such a key, oldest first: other parts say things there too. */
export function saidOf({ workspace }: Room, what: RegExp, channel = '#inc-home'): string[] {
  return workspace
    .messages(channel)
    .flatMap(({ bot_id, blocks, metadata }) =>
      bot_id && what.test(String(metadata?.event_payload.key)) ? [JSON.stringify(blocks)] : [],
    );
}

/** Slack makes no channels, until `workspace.clearFaults()`. */
export function withoutChannels({ workspace }: Room): void {
  workspace.fault('conversations.create', { kind: 'ratelimited', retryAfterSeconds: 1 }, 1_000);
}

/** Moves a standing clock to a moment. */
export function setClock({ clock }: Room, at: string): void {
  clock.move(new Date(at).getTime() - clock.now().getTime());
}

/** Which timers are set, by their keys. */
export async function timersSet({ store }: Room): Promise<{ key: string; dueAt: string }[]> {
  const { rows } = await store.pool.query('select key, due_at from business_timer order by due_at, key');
  return rows.map(({ key, due_at }) => ({ key, dueAt: new Date(due_at).toISOString() }));
}

/** Time passes, and all that follows is done. */
export async function pass(room: Room, ms: number): Promise<void> {
  await room.pass(ms);
  await room.queue.finish();
}

/** To this minute since the declaration at nine, in steps in which timers are kept. */
export async function until(room: Room, minutes: number): Promise<void> {
  const end = new Date('2026-11-23T09:00:00Z').getTime() + minutes * 60_000;
  while (room.clock.now().getTime() < end) await pass(room, Math.min(60_000, end - room.clock.now().getTime()));
}

/** What is said of those whose time is nearly over, or is. */
export const clockPosts = (room: Room) => saidOf(room, /:clocks:/);
