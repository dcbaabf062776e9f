import type { Deliveries } from './delivery/deliveries.ts';
import type { WorkspaceState } from './state.ts';

/** The app's side of the workspace, as a person's actions need it. */
export interface Surroundings {
  state: WorkspaceState;
  deliveries: Deliveries;
  commands: string[];
  eventTypes: string[];
}
