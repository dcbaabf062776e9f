import type { Where } from '../checks/aws/account.ts';
import { Unmeasured } from '../kernel/check.ts';
import type { Discovery, Found } from './model.ts';

/** An account in a region. */
export interface Place {
  /** As checks name it; undefined = the bot's own credentials. */
  account: string | undefined;
  region: string;
  where: Where;
  /** The first of its account: what is the same in all regions is asked here. */
  first: boolean;
}

/** What one service has in one place, or why that is not known. */
export interface Section {
  discovery: Discovery;
  place: Place;
  found: Found[];
  remarks: string[];
  unread?: { why: string; next: string | undefined };
}

/**
 * Asks every service in every place; one that refuses hides no other. Resolves to the sections in the order of the places,
 * then of the services, whatever came first.
 */
export async function findAll(
  places: readonly Place[],
  discoveries: readonly Discovery[],
  { signal, onSection }: { signal: AbortSignal; onSection?: (section: Section) => unknown },
): Promise<Section[]> {
  const sections: Section[] = [];
  for (const place of places) {
    const asked = discoveries.filter(({ global }) => place.first || !global);
    const read = await Promise.all(
      asked.map(async (discovery) => {
        const section = await findOne(discovery, place, signal);
        onSection?.(section);
        return section;
      }),
    );
    sections.push(...read);
  }
  return sections;
}

async function findOne(discovery: Discovery, place: Place, signal: AbortSignal): Promise<Section> {
  try {
    const { found, remarks = [] } = await discovery.find({ where: place.where, signal });
    const inOrder = found.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    return { discovery, place, found: inOrder, remarks };
  } catch (error) {
    if (!(error instanceof Unmeasured)) throw error;
    const unread = { why: error.message, next: error.next };
    return { discovery, place, found: [], remarks: [], unread };
  }
}
