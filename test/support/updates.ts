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

/** Moves a standing clock to a moment. */
export function setClock({ clock }: Room, at: string): void {
  clock.move(new Date(at).getTime() - clock.now().getTime());
}

/** Which timers are set, by their keys. */
export async function timersSet({ store }: Room): Promise<{ key: string; dueAt: string }[]> {
  const { rows } = await store.pool.query('select key, due_at from business_timer order by due_at, key');
  return rows.map(({ key, due_at }) => ({ key, dueAt: new Date(due_at).toISOString() }));
}
