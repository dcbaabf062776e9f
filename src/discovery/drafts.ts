import type { Section } from './find.ts';
import type { Found } from './model.ts';
import { idMaker } from './names.ts';

/** A check as it will stand in the file. */
export interface Draft {
  id: string;
  /** The whole entry, in the order in which it is written. */
  entry: Record<string, unknown>;
  comment: string[];
  /** Written as a comment. */
  off: boolean;
}

/** A section with the checks that can be offered for it. */
export interface DraftSection extends Section {
  drafts: Draft[];
}

/**
 * The entries of what was found, of those types that there are; of others, what is offered in their place. One that is found
 * in several regions (a trail) is there once. Ids name account and region where there are several. Pure.
 */
export function draftsOf(sections: readonly Section[], types: ReadonlySet<string>): DraftSection[] {
  const idOf = idMaker();
  const accounts = new Set(sections.map(({ place }) => place.account));
  const several = {
    accounts: accounts.size > 1,
    regions: new Set(sections.map(({ place }) => place.region)).size > 1,
  };
  const seen = new Set<string>();
  return sections.map((section) => {
    const { place, discovery } = section;
    const offered = section.found.flatMap((found) => offeredFor(found, types));
    const drafts = offered.flatMap((found): Draft[] => {
      const region = found.region ?? place.region;
      const { account } = place;
      const target = { ...(account !== undefined && { account }), ...found.params, region };
      const key = JSON.stringify([found.type, target]);
      if (seen.has(key)) return [];
      seen.add(key);
      const words = [...(several.accounts ? [account ?? 'own'] : []), found.name, ...(several.regions ? [region] : [])];
      const id = idOf(words, found.type);
      const entry = { id, group: discovery.group, ...found.beside, [found.type]: target };
      return [{ id, entry, comment: found.comment, off: found.off ?? false }];
    });
    return { ...section, drafts };
  });
}

function offeredFor(found: Found, types: ReadonlySet<string>): Found[] {
  if (types.has(found.type)) return [found];
  return (found.orElse ?? []).flatMap((other) => offeredFor(other, types));
}
