import type { Where } from '../checks/aws/account.ts';

/** A check that is worth having for something that was found. */
export interface Found {
  /** What its id is made of. Foreign text. */
  name: string;
  /** Left out of the file while there is no such check type. */
  type: string;
  /** Of the type, without `account` and `region`. */
  params: Record<string, unknown>;
  /** Where it must be asked, when that is not where it was found. */
  region?: string;
  /** Keys of the check beside its type: `{warn: [...], held_for: '5m'}`. */
  beside?: Record<string, unknown>;
  /** Why it is there and what to adjust, a line each. Foreign text. */
  comment: string[];
  /** Written as a comment: somebody must decide first. */
  off?: true;
  /** In its place while its type is not there. */
  orElse?: Found[];
}

export interface Asking {
  where: Where;
  signal: AbortSignal;
}

export interface Inventory {
  found: Found[];
  /** What the reader should know: "only the first 100 were read". */
  remarks?: string[];
}

/** What one AWS service has, read with list and describe calls alone: the default export of a file in `src/discovery/aws/`. */
export interface Discovery {
  /** As its section is headed: `ECS`. */
  service: string;
  /** Group of its checks. */
  group: string;
  /** IAM actions that it takes. */
  iam: string[];
  /** The same in every region of an account: asked once. */
  global?: true;
  /** Throws Unmeasured only. */
  find(asking: Asking): Promise<Inventory>;
}

export function defineDiscovery(discovery: Discovery): Discovery {
  return discovery;
}

/** Said when there was more than is read. */
export function onlyFirst(
  { items, complete }: { items: readonly unknown[]; complete: boolean },
  what: string,
): string[] {
  return complete ? [] : [`only the first ${items.length} ${what} were read`];
}
