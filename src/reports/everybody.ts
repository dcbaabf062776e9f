import type { Viewer } from '../incidents/store.ts';

/** Whose eyes reports have: in no private incident, since anybody may read them. */
export const everybody: Viewer = { id: 'rounds' };

/** How many things a section lists; the rest is counted. */
export const listed = 100;
