import type { BlockAction, ViewOutput } from '@slack/bolt';
import type { Actor, Post } from '../kernel/command.ts';
import type { Log } from '../kernel/log.ts';
import type { ViewFace } from './asked.ts';
import { createDialog, type Dialog, type DialogPlace } from './dialog-surface.ts';
import type { Dialogs } from './dialogs.ts';
import type { Home } from './home.ts';
import type { Outgoing } from './outgoing.ts';
import type { Surface } from './surfaces.ts';

export interface ViewPorts {
  outgoing: Outgoing;
  dialogs: Dialogs;
  home: Home | undefined;
  log: Log;
}

/** Where the answer to something asked in a view is shown, from the click to its end. */
export interface InView extends ViewFace {
  /**
   * Does what can't wait: see `Dialog.begin`. `elsewhere`: it is shown without a new dialog; `dropped`: nobody is to see it
   * here, nothing is done.
   */
  begin(): Promise<'open' | 'elsewhere' | 'dropped'>;
  end(): Promise<void>;
  /** In place of `end`, when nothing is done: no dialog is remembered. */
  drop(): void;
}

const moment = 'One moment …';

/** Of a shortcut: a dialog of its own, and nothing where it can't be opened. */
export function ofShortcut(
  triggerId: string,
  { label, opening }: { label: string; opening: string },
  ports: ViewPorts,
): InView {
  const dialog = createDialog({ ...ports, title: label, place: { kind: 'open', triggerId } });
  const begin = async () => ((await dialog.begin(opening)) === 'open' ? 'open' : 'dropped');
  return { ...faceOf(dialog), begin };
}

/** Of a button on App Home or in a dialog; `inPlace` = it answers on what it was pressed on. */
export function ofPress(body: BlockAction, actor: Actor, inPlace: boolean, ports: ViewPorts): InView | undefined {
  const { view, trigger_id: triggerId } = body;
  if (!view) return undefined;
  const title = labelOf(body);
  return view.type === 'home'
    ? onHome({ actor, title, triggerId, inPlace }, ports)
    : inDialog({ view, actor, title, triggerId, inPlace }, ports);
}

/** Where a form goes that a button opens: over nothing, on top of the dialog it was pressed in, or in place of the third. */
export function formPlace({ view, trigger_id: triggerId }: BlockAction): DialogPlace {
  if (!view || view.type === 'home') return { kind: 'open', triggerId };
  return isThird(view) ? placeOf(view) : { kind: 'push', triggerId };
}

/** Slack stacks three dialogs. */
function isThird(view: ViewOutput): boolean {
  return view.previous_view_id !== null && view.previous_view_id !== view.root_view_id;
}

function placeOf(view: ViewOutput): Extract<DialogPlace, { kind: 'replace' }> {
  return { kind: 'replace', viewId: view.id, externalId: view.external_id || view.id };
}

interface Press {
  actor: Actor;
  title: string;
  triggerId: string;
  inPlace: boolean;
}

function onHome({ actor, title, triggerId, inPlace }: Press, ports: ViewPorts): InView {
  const { home } = ports;
  const onTop = async (post: Post, final: boolean) => {
    await (final ? home?.publish(actor, post) : home?.busy(actor, busy));
    return 'shown' as const;
  };
  const instead: Surface = { show: onTop, thread: async () => {}, pictures: undefined };
  const dialog = createDialog({ ...ports, title, place: { kind: 'open', triggerId }, instead });
  let isBusy = false;
  const tab: Surface = {
    show: async (_, final) => {
      if (!final && isBusy) return 'skipped';
      isBusy = true;
      await (final ? home?.publish(actor) : home?.busy(actor, busy));
      return 'shown';
    },
    showsNoAnswer: true,
    thread: async () => {},
    pictures: undefined,
  };
  const face = faceOf(dialog);
  return {
    ...face,
    surface: (place) => (place === 'source' && !dialog.begun ? tab : dialog),
    // The trigger may be too old for a dialog by now, and the page says that something is on its way.
    tell: async (post) => void (isBusy ? await onTop(post, true) : await face.tell(post)),
    begin: async () => (inPlace ? 'elsewhere' : newDialog(dialog)),
    end: async () => {
      await face.end();
      await home?.refresh(actor, 'on_home');
    },
  };
}

const busy: Post = {
  text: moment,
  blocks: [
    {
      type: 'section',
      text: { type: 'mrkdwn', text: '⏳ Working on it … If nothing follows within a minute, press it again.' },
    },
  ],
};

function inDialog({ view, actor, title, triggerId, inPlace }: Press & { view: ViewOutput }, ports: ViewPorts): InView {
  const replaced = createDialog({ ...ports, title: view.title?.text ?? title, place: placeOf(view) });
  // What a fourth dialog would say replaces the third.
  const stays = inPlace || isThird(view);
  const dialog = stays
    ? replaced
    : createDialog({ ...ports, title, place: { kind: 'push', triggerId }, instead: replaced });
  const face = faceOf(dialog);
  const drop = () => {
    replaced.end();
    dialog.end();
  };
  return {
    ...face,
    drop,
    begin: async () => (stays ? 'elsewhere' : newDialog(dialog)),
    end: async () => {
      drop();
      await ports.home?.refresh(actor, 'elsewhere');
    },
  };
}

function faceOf(dialog: Dialog): Omit<InView, 'begin'> {
  return {
    surface: () => dialog,
    tell: async (post) => void (await dialog.show(post, true)),
    closed: dialog.closed,
    end: async () => dialog.end(),
    drop: () => dialog.end(),
  };
}

async function newDialog(dialog: Dialog): Promise<'open' | 'elsewhere' | 'dropped'> {
  const begun = await dialog.begin(moment);
  return begun === 'open' ? 'open' : begun === 'used' ? 'dropped' : 'elsewhere';
}

/** What stands on the button names the dialog. */
function labelOf({ actions: [action] }: BlockAction): string {
  return action?.type === 'button' ? action.text.text : '';
}
