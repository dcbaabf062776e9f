export const evidences = ['none', 'note', 'link'] as const;
/** What must stand beside a tick. */
export type Evidence = (typeof evidences)[number];
