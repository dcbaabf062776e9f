import type { Facts } from '../../kernel/check.ts';
import { few, tally } from '../facts/few.ts';
import type { Alarm } from './read.ts';

/** What the alarms say now. With a part of them, what was found holds; that there is no more does not. */
export function alarmFacts(
  alarms: Alarm[],
  { complete, insufficient, now }: { complete: boolean; insufficient: 'unknown' | 'warn' | 'ok'; now: Date },
): Facts {
  const named = (wanted: (alarm: Alarm) => boolean) => {
    const names = alarms.filter(wanted).map(({ name }) => name);
    return names.length > 0 || complete ? few(names) : null;
  };
  const firing = alarms.filter(({ state }) => state === 'ALARM');
  const since = firing.flatMap((alarm) => alarm.since?.getTime() ?? []);
  const silent = alarms.some(({ state }) => state === 'INSUFFICIENT_DATA');
  return {
    alarms: alarms.length,
    complete,
    in_alarm: named(({ state }) => state === 'ALARM'),
    in_alarm_count: complete ? firing.length : null,
    longest_in_alarm_s: since.length > 0 ? Math.round((now.getTime() - Math.min(...since)) / 1000) : null,
    insufficient_data: named(({ state }) => state === 'INSUFFICIENT_DATA'),
    all_have_data: silent ? (insufficient === 'unknown' ? null : false) : complete || null,
    not_evaluated: listed(alarms, complete),
    actions_disabled: named(({ actionsEnabled }) => !actionsEnabled),
  };
}

function listed(alarms: Alarm[], complete: boolean): string[] | null {
  const found = alarms.flatMap(({ name, trouble }) => (trouble ? [`${name} (${trouble})`] : []));
  return found.length > 0 || complete ? few(found) : null;
}

/** How often which of these alarms went off. Of a part of the history, who went off holds; that nobody else did does not. */
export function firedFacts(names: string[], complete: boolean): Facts {
  return {
    went_off: names.length > 0 || complete ? few(tally(names).map(([name, times]) => `${name} ×${times}`)) : null,
    times_went_off: complete ? names.length : null,
  };
}
