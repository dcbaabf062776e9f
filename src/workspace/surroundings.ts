import type { Deliveries } from './delivery/deliveries.ts';
import type { WorkspaceState } from './state.ts';

/** A shortcut of the app: from anywhere, or on a message. */
export interface AppShortcut {
  callbackId: string;
  kind: 'global' | 'message';
}

/** The app's side of the workspace, as a person's actions need it. */
export interface Surroundings {
  state: WorkspaceState;
  deliveries: Deliveries;
  commands: string[];
  eventTypes: string[];
  /** Undefined: any callback_id will do. */
  shortcuts?: AppShortcut[];
}
