import { type Incident, nameOf, numberOf } from '../../src/incidents/model.ts';
import { changedPost, saidPost } from '../../src/incidents/views/answer.ts';
import type { CommandContext, Reply } from '../../src/kernel/command.ts';
import type { Services } from '../../src/services.ts';

export type Context = CommandContext<Services>;

export function askerOf({ actor, request }: Pick<Context, 'actor' | 'request'>) {
  return { by: { id: actor.id, mention: actor.mention }, request };
}

/** The incident that is named, or that of the channel, or the only one that is open. Throws OpsError. */
export function which({ services, channel, actor }: Context, word?: string): Promise<Incident> {
  return services.incidents.which({ word, channel, viewer: actor });
}

/**
 * Where the first word may name an incident: that word, and the others. "rolled back" names none, and "2 pods restarted" none
 * either: a number alone is a name only where nothing follows it.
 */
export function named([first, ...rest]: readonly string[]): [word: string | undefined, words: string] {
  const begins = first !== undefined && rest.length > 0 && /^\d+$/.test(first);
  if (first !== undefined && !begins && numberOf(first) !== undefined) return [first, rest.join(' ')];
  return [undefined, [first, ...rest].join(' ').trim()];
}

/** Where everybody may read about it: of a private one, and where PHI may be involved, in its own channel alone. */
export function readIn({ channel }: Pick<Context, 'channel'>, ...incidents: readonly Incident[]): Reply['place'] {
  const outside = ({ home }: Incident) => channel === undefined || home?.channel !== channel;
  return incidents.some((each) => (each.private || each.phi) && outside(each)) ? 'asker' : 'channel';
}

/** What is said of a private incident, only the asker sees: whoever else is in the channel may not be in it. */
export function placeFor({ private: isPrivate }: Pick<Incident, 'private'>, wanted: Reply['place']): Reply['place'] {
  return isPrivate && wanted !== 'source' ? 'asker' : wanted;
}

/** What a button shows is for whoever pressed it. */
export function privately(reply: Reply): Reply {
  return { ...reply, place: 'asker' };
}

export function changed(incident: Incident, words: string, place: Reply['place'] = 'channel'): Reply {
  return {
    place: placeFor(incident, place),
    slack: () => changedPost(incident, words),
    terminal: () => `${words}: ${nameOf(incident)} ${incident.label}: ${incident.title}`,
    json: () => incident,
  };
}

/** To the asker alone, of what the incident's channel is told. `words` are escaped: they may mention somebody. */
export function answered(incident: Incident, words: string): Reply {
  return { ...changed(incident, words, 'asker'), slack: () => saidPost(incident, words) };
}
