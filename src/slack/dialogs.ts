/** The dialogs that this process works on, so that closing one ends its work. */
export interface Dialogs {
  track(viewId: string, closing: AbortController): void;
  /** Somebody closed it. */
  closed(viewId: string): void;
  /** Nobody works on it any more. */
  forget(closing: AbortController): void;
  /** How many are remembered. */
  readonly size: number;
}

export function openDialogs(): Dialogs {
  const open = new Map<string, Set<AbortController>>();
  return {
    get size() {
      return open.size;
    },
    track: (viewId, closing) => void open.set(viewId, (open.get(viewId) ?? new Set()).add(closing)),
    closed: (viewId) => {
      for (const closing of open.get(viewId) ?? []) closing.abort();
      open.delete(viewId);
    },
    forget: (closing) => {
      for (const [viewId, all] of open) if (all.delete(closing) && all.size === 0) open.delete(viewId);
    },
  };
}
