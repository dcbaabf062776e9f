import { z } from 'zod';
import { defineJob, type JobContext, type JobHandler } from '../jobs/model.ts';
import type { Clock } from '../kernel/clock.ts';
import { PortError } from '../kernel/errors.ts';
import type { Store } from '../store/store.ts';
import { callsFor, latestOfEach, messageKey, needsSomebody, nextAction, tell, tellingKey } from './decide.ts';
import { isDeleted, isUneditable, mayBeThere, reasonOf, triedAgain } from './failures.ts';
import type { AlertPort, Notice, Standing } from './model.ts';
import * as rows from './posted.ts';
import { logPosted, logTold } from './told.ts';
import { channelTurns } from './turns.ts';
import { messagePost } from './views/message.ts';
import { settledPost } from './views/settled.ts';
import { tellingPost } from './views/telling.ts';
import type { Surroundings } from './views/words.ts';

/** Brings one message and its thread up to date. */
export const deliverNotice = defineJob({
  name: 'alerts.deliver',
  schema: z.object({ notice: z.uuid() }),
  lane: 'messages',
  // Jitter may halve each wait: 1,500 waits of up to two minutes outlast a day's outage in any case.
  retry: { limit: 1_500, firstMs: 1_000, maxMs: 120_000 },
  serial: ({ notice }) => notice,
});

export interface DeliverPorts {
  store: Store;
  port: AlertPort;
  clock: Clock;
  zone: string;
  dependents(checkId: string): number;
}

/** How long a 429 may hold a delivery up: then it waits in the queue, and leaves its slot to others. */
const patienceMs = 1_000;
/** A post that was sent off this long ago has arrived, or never will: Slack has 10 s, and clocks and networks some more. */
const onItsWayMs = 15_000;

/** It is looked for from this long before it was due: Slack's clock and ours differ. */
const lookBackMs = 30 * 60_000;

/**
 * Compares what should be said with what was posted until both agree. It may end anywhere: a post that was begun is
 * looked up before it is made again, and edits say the same however often.
 */
export function deliverer(ports: DeliverPorts): JobHandler<{ notice: string }> {
  const inTurn = channelTurns();
  return async ({ notice: id }, ctx) => {
    const first = await rows.readNotice(ports.store, id);
    if (!first) return;
    await inTurn(first.channel, async () => {
      for (let notice: Notice | undefined = first; notice; notice = await rows.readNotice(ports.store, id)) {
        if (nextAction(notice).kind === 'done') return;
        goesOn(ctx);
        await act(notice, ports, ctx).catch((error: unknown) => {
          throw triedAgain(error);
        });
      }
    });
  };
}

async function act(notice: Notice, ports: DeliverPorts, ctx: JobContext): Promise<void> {
  const action = nextAction(notice);
  switch (action.kind) {
    case 'look-for-message':
      return lookForMessage(notice, action.version, ports, ctx);
    case 'look-for-telling':
      return lookForTelling(notice, action.version, ports, ctx);
    case 'post':
      return postMessage(notice, ports, ctx);
    case 'edit':
      return editMessage(notice, ports, ctx);
    case 'tell':
      return postTelling(notice, ports, ctx);
    case 'skip-telling':
      await rows.said(ports.store, notice.id, notice.version);
      return logTold(ctx.log, notice, notice.version);
    case 'settle':
      return settle(notice, action.standing, ports, ctx);
    case 'done':
      return;
  }
}

async function lookForMessage(
  notice: Notice,
  version: number,
  { store, port }: DeliverPorts,
  ctx: JobContext,
): Promise<void> {
  const channelId = notice.channelId ?? (await port.channelId(notice.channel));
  const since = new Date(notice.openedAt.getTime() - lookBackMs);
  const ts = await lookedUp(
    () => port.find({ channel: channelId, key: messageKey(notice.id, version), since, patienceMs }),
    ctx,
  );
  if (ts !== undefined) {
    await rows.posted(store, notice.id, { version, channelId, ts });
    return logPosted(ctx.log, notice, version);
  }
  mayArriveNoMore(notice);
  await rows.notPosted(store, notice.id, version);
}

async function lookForTelling(
  notice: Notice,
  version: number,
  { store, port }: DeliverPorts,
  ctx: JobContext,
): Promise<void> {
  const { channelId, threadTs } = placeOf(notice);
  const find = () => port.find({ channel: channelId, threadTs, key: tellingKey(notice.id, version), patienceMs });
  const found = await lookedUp(find, ctx);
  if (found !== undefined) {
    const what = callsFor(notice, version);
    await rows.said(store, notice.id, version, what && { ts: found, what });
    return logTold(ctx.log, notice, version);
  }
  mayArriveNoMore(notice);
  await rows.notSaid(store, notice.id, version);
}

/** What isn't there yet may still be on its way, sent by a process that has ended or lost the job. */
function mayArriveNoMore({ begunAgoMs }: Notice): void {
  if (begunAgoMs === undefined || begunAgoMs >= onItsWayMs) return;
  const retryAfterMs = Math.ceil(onItsWayMs - Math.max(0, begunAgoMs));
  const message = 'a post that was begun is not there yet, and may still be on its way';
  throw new PortError('unconfirmed', message, { retryable: true, retryAfterMs });
}

async function postMessage(notice: Notice, ports: DeliverPorts, ctx: JobContext): Promise<void> {
  const { store, port } = ports;
  const { id, version } = notice;
  const post = messagePost(notice, await surroundings(notice, ports, ctx));
  goesOn(ctx);
  if (!(await rows.beginPosting(store, id, version))) return;
  await holdOn(ctx);
  const onAgain = () => beginAgain(store, notice, ctx);
  const placed = await port
    .post({ channel: notice.channelId ?? notice.channel, key: messageKey(id, version), post, patienceMs, onAgain })
    .catch(async (error: unknown) => {
      if (!mayBeThere(error)) await rows.notPosted(store, id, version);
      throw error;
    });
  await rows.posted(store, id, { version, channelId: placed.channel, ts: placed.ts });
  logPosted(ctx.log, notice, version);
}

async function editMessage(notice: Notice, ports: DeliverPorts, ctx: JobContext): Promise<void> {
  const { store, port } = ports;
  const { channelId, threadTs } = placeOf(notice);
  const post = messagePost(notice, await surroundings(notice, ports, ctx));
  await holdOn(ctx);
  try {
    await port.update({ channel: channelId, ts: threadTs, post, patienceMs });
  } catch (error) {
    if (isDeleted(error)) return rows.gone(store, notice.id);
    if (!isUneditable(error)) throw error;
    ctx.log.warn({ notice: notice.id, err: error }, 'Slack does not let a message be edited; its thread goes on');
  }
  await rows.shown(store, notice.id, notice.version);
}

async function postTelling(notice: Notice, ports: DeliverPorts, ctx: JobContext): Promise<void> {
  const { store, port } = ports;
  const { id, version } = notice;
  const { channelId, threadTs } = placeOf(notice);
  const telling = tell(notice);
  const post = tellingPost(telling, notice.problems, await surroundings(notice, ports, ctx));
  goesOn(ctx);
  if (!(await rows.beginSaying(store, id, version))) return;
  await holdOn(ctx);
  const how = { patienceMs, onAgain: () => beginAgain(store, notice, ctx) };
  const key = tellingKey(id, version);
  let ts: string;
  try {
    ({ ts } = await port.post({
      ...{ channel: channelId, threadTs, key, post, ...how },
      ...(telling.notify && { broadcast: true }),
    }));
  } catch (error) {
    if (isDeleted(error)) return rows.gone(store, id);
    if (!mayBeThere(error)) await rows.notSaid(store, id, version);
    throw error;
  }
  const what = telling.notify ? callsFor(notice, version) : undefined;
  await rows.said(store, id, version, what && { ts, what });
  logTold(ctx.log, notice, version);
}

/** A post that the channel shows is made to say that it is over; one that can't be edited stays as it is. */
async function settle(notice: Notice, standing: Standing, ports: DeliverPorts, ctx: JobContext): Promise<void> {
  const { store, port, clock, zone } = ports;
  const { channelId, id, problems } = notice;
  if (channelId === undefined) throw new Error('a post without a place');
  const post = settledPost(standing, latestOfEach(problems), { now: clock.now(), zone });
  await holdOn(ctx);
  try {
    await port.update({ channel: channelId, ts: standing.ts, post, patienceMs });
  } catch (error) {
    if (!isDeleted(error) && !isUneditable(error)) throw error;
    ctx.log.warn({ notice: id, err: error }, 'a post that is over can not be edited');
  }
  await rows.settled(store, id, standing.ts);
}

/** Where a notice's message stands; it was posted. */
function placeOf({ channelId, ts }: Notice): { channelId: string; threadTs: string } {
  if (channelId === undefined || ts === undefined) throw new Error('a message without a place');
  return { channelId, threadTs: ts };
}

/** The time, and how owners are mentioned; one who can't be looked up now is named: the alert doesn't wait for that. */
async function surroundings(notice: Notice, ports: DeliverPorts, ctx: JobContext): Promise<Surroundings> {
  const owners = latestOfEach(notice.problems)
    .filter(needsSomebody)
    .map(({ said }) => said.owner);
  const mentions = new Map<string, string>();
  for (const owner of new Set(owners)) {
    if (owner === undefined) continue;
    const mention = await ports.port.mentionOf(owner).catch((error: unknown) => {
      ctx.log.warn({ owner, err: error }, 'an owner is named without a mention');
      return undefined;
    });
    if (mention !== undefined) mentions.set(owner, mention);
  }
  return { now: ports.clock.now(), zone: ports.zone, mentions, dependents: ports.dependents };
}

/** A job that was told to stop begins nothing. */
function goesOn({ signal }: JobContext): void {
  if (signal.aborted) throw new PortError('stopped', 'the bot is stopping', { retryable: true });
}

/** Right before an effect: a process that was frozen may have lost the job to another. */
async function holdOn(ctx: JobContext): Promise<void> {
  if (!(await ctx.stillMine())) throw lost();
  goesOn(ctx);
}

/** Before a post is sent a second time: from now on it may be on its way again. */
async function beginAgain(store: Store, { id, version }: Notice, ctx: JobContext): Promise<void> {
  await holdOn(ctx);
  if (!(await rows.beginAgain(store, id, version))) throw lost();
}

function lost(): PortError {
  return new PortError('lost', 'another process has this job now', { retryable: true });
}

/** Where the bot may not look it posts again: an alert that comes twice is better than one that never comes. */
async function lookedUp(find: () => Promise<string | undefined>, ctx: JobContext): Promise<string | undefined> {
  try {
    return await find();
  } catch (error) {
    if (isDeleted(error)) return undefined;
    if (!['not_in_channel', 'missing_scope'].includes(reasonOf(error) ?? '')) throw error;
    ctx.log.warn({ err: error }, 'a message can not be looked up: invite the bot to the channel');
    return undefined;
  }
}
