import type { AckFn, ViewResponseAction } from '@slack/bolt';
import { PortError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { goneWords, type ModalView } from './dialog-surface.ts';
import { isDeadTokenError } from './failures.ts';
import type { Outgoing } from './outgoing.ts';

/** What a dialog that was sent off shows next. */
export interface Screen {
  /**
   * Takes the acknowledgement of a delivery: it carries what is shown next or, when that takes too long, what `meanwhile`
   * says. Resolves when Slack has it.
   */
  join(ack: AckFn<ViewResponseAction>, meanwhile: () => ModalView): Promise<void>;
  /** `gone`: the person has closed the dialog. Throws PortError. */
  show(view: ModalView): Promise<'shown' | 'gone'>;
  /** Not the last word: shown only where Slack has its acknowledgement already. */
  progress(view: ModalView): Promise<'shown' | 'skipped' | 'gone'>;
  readonly hasShown: boolean;
}

/** The screens of what was sent off lately, by the key of the sending: a repetition is answered as the first one was. */
export interface Screens {
  find(key: string): Screen | undefined;
  open(key: string, viewId: string): Screen;
}

/** Slack waits 3 s for an acknowledgement, on the way there and back too. */
const patienceMs = 1_500;
const rememberedMax = 500;

export function openScreens({ outgoing, log }: { outgoing: Pick<Outgoing, 'updateView'>; log: Log }): Screens {
  const screens = new Map<string, Screen>();
  return {
    find: (key) => screens.get(key),
    open: (key, viewId) => {
      const screen = createScreen(viewId, outgoing, log);
      screens.set(key, screen);
      if (screens.size > rememberedMax) screens.delete(screens.keys().next().value!);
      return screen;
    },
  };
}

function createScreen(viewId: string, outgoing: Pick<Outgoing, 'updateView'>, log: Log): Screen {
  const waiting = new Set<(view: ModalView) => Promise<boolean>>();
  /** Slack was told something else before, or could not be told. */
  let acked = false;
  let last: ModalView | undefined;

  const update = async (view: ModalView, how: { patienceMs?: number } = {}): Promise<'shown' | 'gone'> => {
    try {
      await outgoing.updateView(viewId, { ...view }, how);
      return 'shown';
    } catch (error) {
      if (error instanceof PortError && goneWords.has(error.reason)) return 'gone';
      throw error;
    }
  };

  return {
    get hasShown() {
      return last !== undefined;
    },
    join: async (ack, meanwhile) => {
      if (last) return ack({ response_action: 'update', view: last });
      const told = Promise.withResolvers<void>();
      const tell = async (view: ModalView): Promise<boolean> => {
        clearTimeout(timer);
        waiting.delete(tell);
        try {
          await ack({ response_action: 'update', view });
          return true;
        } catch (error) {
          log.warn({ err: error }, 'Slack could not be told that a dialog has arrived');
          return false;
        } finally {
          told.resolve();
        }
      };
      const timer = setTimeout(() => {
        acked = true;
        void tell(meanwhile());
      }, patienceMs);
      waiting.add(tell);
      return told.promise;
    },
    show: async (view) => {
      last = view;
      const carried = await Promise.all([...waiting].map((tell) => tell(view)));
      return acked || !carried.includes(true) ? update(view) : 'shown';
    },
    progress: async (view) => {
      if (!acked) return 'skipped';
      try {
        return await update(view, { patienceMs: 0 });
      } catch (error) {
        if (!(error instanceof PortError)) throw error;
        if (!isDeadTokenError(error)) log.warn({ err: error }, 'a dialog was not refreshed');
        return 'skipped';
      }
    },
  };
}
