import type { WorkspaceState } from '../state.ts';
import type { User } from '../world.ts';
import type { ClockShown, Completion, FaultsShown, PageShown, ReceivedShown, Snapshot } from './contract.ts';
import { peopleOf } from './deltas.ts';
import type { PageOptions, PlayClock } from './options.ts';
import type { TrafficLog } from './traffic.ts';
import { channelsFor, homeFor, MESSAGES_SHOWN, newestIn, viewsFor } from './visible.ts';

/** What a snapshot shows beside the workspace's own state. */
export interface Beside {
  options: PageOptions;
  connected: boolean;
  completions: Completion[];
  faults: FaultsShown;
  traffic: TrafficLog;
  clock: ClockShown | null;
  pages: PageShown[];
  received: ReceivedShown[];
}

/** Everything that one viewer may see, and what is everybody's, such as the traffic. */
export function snapshotFor(state: WorkspaceState, viewer: User, beside: Beside): Snapshot {
  const { options, traffic } = beside;
  const { botUser, teamName } = state.identity;
  const channels = channelsFor(state, viewer);
  const first = options.openedFirst === undefined ? undefined : state.findChannel(options.openedFirst);
  return {
    team: teamName,
    me: viewer.id,
    ...peopleOf(state),
    bot: { user: botUser, name: state.users.get(botUser)?.name ?? '', connected: beside.connected },
    channels,
    openedFirst: channels.find(({ id }) => id === first?.id)?.id ?? null,
    messages: channels.flatMap(({ id }) => newestIn(state, id)),
    ephemerals: state.ephemerals.filter((message) => message.ephemeral_to === viewer.id).slice(-MESSAGES_SHOWN),
    views: viewsFor(state, viewer),
    home: homeFor(state, viewer),
    shortcuts: options.shortcuts,
    completions: beside.completions,
    guide: options.guide,
    switches: options.system?.switches() ?? [],
    system: options.system?.name ?? '',
    faults: beside.faults,
    methods: [...traffic.methods].sort(),
    clock: beside.clock,
    pages: beside.pages,
    received: beside.received,
    traffic: traffic.entries,
  };
}

export function shownClock(clock: PlayClock | undefined): ClockShown | null {
  return clock ? { now: clock.now().toISOString(), speed: clock.speed, zone: clock.zone } : null;
}
