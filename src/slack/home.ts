import type { Access, DeniedAttempt } from '../kernel/access.ts';
import { permissionsOf } from '../kernel/access.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Actor, Post, SlackBlock } from '../kernel/command.ts';
import { OpsError, PortError } from '../kernel/errors.ts';
import type { HomePart, HomeSection } from '../kernel/home.ts';
import type { Log } from '../kernel/log.ts';
import { newRequest } from '../kernel/request.ts';
import { isDeadTokenError } from './failures.ts';
import { composeHome, type HomeContent, homeView } from './home-view.ts';
import type { Outgoing } from './outgoing.ts';
import { deniedPost, errorPost, wentWrongPost } from './posts.ts';
import type { Work } from './work.ts';

/** Everybody's App Home, as far as this process hears of it. */
export interface Home {
  /** Somebody opened theirs: it is published, and followed for a while. Never rejects. */
  opened(actor: Actor): Promise<void>;
  /** Publishes what is known now; a notice stays on top until it is opened or published again. Rejects with PortError. */
  publish(actor: Actor, notice?: Post): Promise<void>;
  /** Publishes it with a notice that goes with the next look. Rejects with PortError. */
  busy(actor: Actor, notice: Post): Promise<void>;
  /**
   * Publishes it again if it is followed here and looks different by now; also where another replica follows it, when they
   * did something on it. Never rejects.
   */
  refresh(actor: Actor, did: 'on_home' | 'elsewhere'): Promise<void>;
  /** Something may have changed for whoever looks. */
  changed(): void;
  start(): void;
  /** Follows nobody any more, and begins to say so: `Work.stop` waits for that. */
  stop(): void;
}

export interface HomePorts<Services> {
  sections: readonly HomeSection<Services>[];
  services: Services;
  clock: Clock;
  log: Log;
  access: Access;
  onDenied(attempt: DeniedAttempt): void;
  isOwner(owner: string, userId: string): Promise<boolean>;
  outgoing: Pick<Outgoing, 'publishHome'>;
  work: Work;
  timing?: Partial<HomeTiming>;
}

/** How closely an open page follows. Slack takes 100 calls a minute: 20 people make at most 80. */
export interface HomeTiming {
  /** How long after it was opened. */
  forMs: number;
  /** At most this often for each person, when something has changed… */
  everyMs: number;
  /** …and when only time has passed. */
  agesEveryMs: number;
  most: number;
}
const defaults: HomeTiming = { forMs: 600_000, everyMs: 15_000, agesEveryMs: 60_000, most: 20 };

interface Follower {
  actor: Actor;
  openedAtMs: number;
  publishedAtMs: number;
  /** When it was published last because something had changed: opening it does not count. */
  followedAtMs: number;
  /** What was shown last, without its age. */
  shown: string;
  notice: Post | undefined;
}

export function createHome<S>(ports: HomePorts<S>): Home {
  const { sections, clock, log, access, outgoing, work } = ports;
  const timing = { ...defaults, ...ports.timing };
  const followers = new Map<string, Follower>();
  /** The end of each person's queue: what is built later is published later. */
  const turns = new Map<string, Promise<void>>();
  let ticking: NodeJS.Timeout | undefined;
  let waking: NodeJS.Timeout | undefined;
  let following: Promise<void> | undefined;
  let missed = false;
  let failing = false;
  let stopped = false;

  function inTurn(user: string, run: () => Promise<void>): Promise<void> {
    const turn = (turns.get(user) ?? Promise.resolve()).then(run);
    const ended: Promise<void> = turn
      .catch(() => 'told to whoever waits for it')
      .then(() => void (turns.get(user) === ended && turns.delete(user)));
    turns.set(user, ended);
    return turn;
  }

  async function contentFor(actor: Actor, byOpening: boolean): Promise<HomeContent & { denied: boolean }> {
    const request = newRequest();
    const permissions = permissionsOf(access, actor);
    const decision = await permissions.may('viewer');
    if (decision.kind === 'denied') {
      if (byOpening) ports.onDenied({ actor, request, action: 'home', words: '', role: 'viewer', denial: decision });
      const holders = decision.why === 'role' ? await access.holders('viewer') : [];
      return { ...deniedPost(decision, holders), asOf: undefined, denied: true };
    }
    const ctx = {
      ...{ services: ports.services, actor, request, clock, log, face: 'slack' as const, signal: work.signal },
      ...{ inView: true as const, ...permissions },
      isMine: (owner: string) => ports.isOwner(owner, userOf(actor)),
    };
    const parts = await Promise.all(
      sections.map(({ name, part }): Promise<HomePart> => part(ctx).catch((error) => failedPart(error, name, request))),
    );
    return { ...composeHome(parts), denied: false };
  }

  function failedPart(error: unknown, section: string, ref: string): HomePart {
    if (error instanceof OpsError) return { head: errorPost(error).blocks };
    log.error({ err: error, section, ref }, `a section of App Home went wrong (ref ${ref})`);
    return { head: wentWrongPost(ref).blocks };
  }

  /** Publishes, and keeps what was shown of those who are followed. */
  async function show(
    actor: Actor,
    content: Awaited<ReturnType<typeof contentFor>>,
    { notice, ...patience }: { notice?: Post | undefined; patienceMs?: number } = {},
  ): Promise<void> {
    const user = userOf(actor);
    if (content.denied) followers.delete(user);
    const follower = followers.get(user);
    const view = homeView(content, { followsUntil: follower && endOf(follower), notice });
    // Also when it fails: the next try comes no sooner.
    if (follower) follower.publishedAtMs = performance.now();
    await outgoing.publishHome(user, view, patience);
    if (follower) follower.shown = shownOf(content, notice);
    if (failing) log.info('App Home is published again');
    failing = false;
  }

  /** Said once while it lasts: with every page that is followed it would be said again. */
  function failed(error: unknown): void {
    if (isDeadTokenError(error)) return;
    if (!(error instanceof PortError)) {
      log.error({ err: error }, 'App Home could not be built');
      return;
    }
    const remedy = error.reason === 'not_enabled' ? ': turn the home tab on, with manifest.yml' : '';
    if (!failing) log.warn({ err: error }, `App Home could not be published${remedy}`);
    failing = true;
  }

  function endOf({ openedAtMs }: Follower): Date {
    return new Date(clock.now().getTime() + openedAtMs + timing.forMs - performance.now());
  }

  function follow(actor: Actor, notice?: Post): void {
    if (stopped) return;
    const user = userOf(actor);
    followers.delete(user);
    followers.set(user, { actor, openedAtMs: performance.now(), publishedAtMs: 0, followedAtMs: 0, shown: '', notice });
    for (const oldest of followers.values()) {
      if (followers.size <= timing.most) break;
      unfollow(oldest);
    }
  }

  /** Has the page say that it follows no longer; nobody waits for that, as Slack may ask for patience. */
  function unfollow({ actor, notice }: Follower): void {
    const user = userOf(actor);
    followers.delete(user);
    const lastLook = async () => show(actor, await contentFor(actor, false), { notice });
    work.start('ending an App Home', () => inTurn(user, lastLook).catch(failed));
  }

  /** One page that is followed: shown again when it is time and it would look different, or a last time. */
  async function look(user: string, hurried: boolean): Promise<void> {
    const follower = followers.get(user);
    if (!follower) return;
    const nowMs = performance.now();
    const { actor, notice } = follower;
    if (nowMs - follower.openedAtMs > timing.forMs) return unfollow(follower);
    const waitMs = follower.followedAtMs + timing.everyMs - nowMs;
    if (!hurried && waitMs > 0) return wakeIn(waitMs);
    const content = await contentFor(actor, false);
    if (nowMs - follower.publishedAtMs < timing.agesEveryMs && shownOf(content, notice) === follower.shown) return;
    follower.followedAtMs = nowMs;
    await show(actor, content, { notice, patienceMs: 0 });
  }

  /** What has changed meanwhile is shown as soon as it may be. */
  function wakeIn(ms: number): void {
    waking ??= setTimeout(() => {
      waking = undefined;
      changed();
    }, ms).unref();
  }

  async function lookAtAll(): Promise<void> {
    for (const user of [...followers.keys()]) {
      if (!work.open) return;
      await inTurn(user, () => look(user, false)).catch(failed);
    }
  }

  function changed(): void {
    if (followers.size === 0 || !work.open) return;
    // What changes while pages are made may have come too late for some of them.
    missed = following !== undefined;
    if (missed) return;
    following = lookAtAll().finally(() => {
      following = undefined;
      if (missed) changed();
    });
    work.start('following App Home', () => following ?? Promise.resolve());
  }

  return {
    opened: (actor) => {
      follow(actor);
      return inTurn(userOf(actor), async () => show(actor, await contentFor(actor, true))).catch(failed);
    },
    publish: (actor, notice) => {
      follow(actor, notice);
      return inTurn(userOf(actor), async () => show(actor, await contentFor(actor, false), { notice }));
    },
    busy: (actor, notice) => {
      follow(actor);
      return inTurn(userOf(actor), async () => show(actor, await contentFor(actor, false), { notice }));
    },
    refresh: (actor, did) => {
      const user = userOf(actor);
      // It was opened at another replica.
      if (did === 'on_home' && !followers.has(user)) follow(actor);
      return inTurn(user, () => look(user, true)).catch(failed);
    },
    changed,
    start: () => {
      ticking = setInterval(changed, timing.everyMs);
      ticking.unref();
    },
    stop: () => {
      clearInterval(ticking);
      clearTimeout(waking);
      stopped = true;
      for (const follower of [...followers.values()]) unfollow(follower);
    },
  };
}

function userOf({ id }: Actor): string {
  return id.replace(/^slack:/, '');
}

function shownOf({ blocks }: { blocks: SlackBlock[] }, notice?: Post): string {
  return JSON.stringify([blocks, notice?.blocks]);
}
