/** An event's handler that keeps the browser from doing its own thing. @param {(event: Event) => unknown} go */
export function instead(go) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    return go(event);
  };
}
