/** The emoji codes that operations people use; others stay as they were typed. */

/** @type {Record<string, string>} */
const codes = {
  '+1': '👍',
  '-1': '👎',
  thumbsup: '👍',
  eyes: '👀',
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  warning: '⚠️',
  rotating_light: '🚨',
  fire: '🔥',
  red_circle: '🔴',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  large_green_circle: '🟢',
  large_blue_circle: '🔵',
  white_circle: '⚪',
  bell: '🔔',
  no_bell: '🔕',
  hourglass_flowing_sand: '⏳',
  alarm_clock: '⏰',
  link: '🔗',
  chains: '⛓️',
  tada: '🎉',
  pray: '🙏',
  wave: '👋',
  smile: '😄',
  thinking_face: '🤔',
  memo: '📝',
  pushpin: '📌',
  bookmark: '🔖',
  chart_with_upwards_trend: '📈',
  telephone_receiver: '📞',
  pager: '📟',
  lock: '🔒',
  wrench: '🔧',
  hammer_and_wrench: '🛠️',
  rocket: '🚀',
  hospital: '🏥',
  question: '❓',
  exclamation: '❗',
  heart: '❤️',
};

/** Offered as reactions. */
export const reactions = ['+1', 'eyes', 'white_check_mark', 'pushpin', 'rotating_light'];

/** @param {string} name @returns {string | undefined} */
export function emoji(name) {
  return Object.hasOwn(codes, name) ? codes[name] : undefined;
}
