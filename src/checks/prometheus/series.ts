/** A name, and labels in braces. */
const named = /^[a-zA-Z_:][a-zA-Z0-9_:]*\s*(\{([^"{}]|"([^"\\]|\\.)*")*\})?$/;
/** The only numbers that look like one. */
const numberWords = /^(inf|nan)$/i;

/** Whether PromQL is a plain series: only of such a one `timestamp` tells when its samples came; of all else it is now. Pure. */
export function isPlainSeries(query: string): boolean {
  return named.test(query) && !numberWords.test(query);
}
