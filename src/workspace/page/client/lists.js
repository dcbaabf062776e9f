/** @typedef {Record<string, any>} Part What came over the wire: read with care. */

/** A list of parts, whatever came. @param {unknown} value @returns {Part[]} */
export function list(value) {
  return Array.isArray(value) ? value : [];
}
