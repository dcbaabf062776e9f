/** Lists of messages stay at their end while somebody reads there, and stay put while somebody reads above. */

/** What each list showed when it was drawn last. @type {WeakMap<Element, { key: string, atEnd: boolean }>} */
const known = new WeakMap();
const nearPx = 80;

export function keepAtBottom() {
  for (const list of document.querySelectorAll('.messages[role=log]')) {
    const key = list.getAttribute('aria-label') ?? '';
    const before = known.get(list);
    if (!before) list.addEventListener('scroll', () => remember(list), { passive: true });
    if (!before || before.key !== key || before.atEnd) list.scrollTop = list.scrollHeight;
    remember(list);
  }
}

/** @param {Element} list */
function remember(list) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < nearPx;
  known.set(list, { key: list.getAttribute('aria-label') ?? '', atEnd });
}

// A picture that has just been loaded makes a list longer.
document.addEventListener('load', keepAtBottom, { capture: true });
