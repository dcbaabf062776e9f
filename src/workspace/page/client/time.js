/** Moments in the viewer's zone, as Slack shows them. */

const dayMs = 86_400_000;

/** @param {number} ms @param {string} zone @param {Intl.DateTimeFormatOptions} options */
function format(ms, zone, options) {
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(ms).replace(',', '');
}

/** "09:04" @param {number} ms @param {string} zone */
export const clockTime = (ms, zone) => format(ms, zone, { hour: '2-digit', minute: '2-digit' });

/** "09:04:12" @param {number} ms @param {string} zone */
export const clockSeconds = (ms, zone) => format(ms, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** "Mon 23 Nov" @param {number} ms @param {string} zone */
export const day = (ms, zone) => format(ms, zone, { weekday: 'short', day: 'numeric', month: 'short' });

/** "today", "yesterday", else the day. @param {number} ms @param {number} now @param {string} zone */
export function dayWords(ms, now, zone) {
  if (day(ms, zone) === day(now, zone) && Math.abs(now - ms) < 2 * dayMs) return 'Today';
  if (day(ms, zone) === day(now - dayMs, zone) && now - ms < 3 * dayMs) return 'Yesterday';
  return day(ms, zone);
}

/** Slack's date tokens. @param {string} pattern @param {number} ms @param {number} now @param {string} zone */
export function dateToken(pattern, ms, now, zone) {
  const long = /** @type {const} */ ({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const pretty = (/** @type {string} */ plain) => {
    const words = dayWords(ms, now, zone);
    return words === 'Today' || words === 'Yesterday' ? words.toLowerCase() : plain;
  };
  /** @type {Record<string, () => string>} */
  const parts = {
    date_num: () => new Date(ms).toISOString().slice(0, 10),
    date: () => format(ms, zone, { day: 'numeric', month: 'long', year: 'numeric' }),
    date_short: () => format(ms, zone, { day: 'numeric', month: 'short', year: 'numeric' }),
    date_long: () => format(ms, zone, long),
    date_pretty: () => pretty(format(ms, zone, { day: 'numeric', month: 'long', year: 'numeric' })),
    date_short_pretty: () => pretty(format(ms, zone, { day: 'numeric', month: 'short', year: 'numeric' })),
    date_long_pretty: () => pretty(format(ms, zone, long)),
    time: () => clockTime(ms, zone),
    time_secs: () => clockSeconds(ms, zone),
    ago: () => `${Math.max(0, Math.round((now - ms) / 60_000))} min ago`,
  };
  return pattern.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(parts, name) ? (parts[name]?.() ?? whole) : whole,
  );
}
