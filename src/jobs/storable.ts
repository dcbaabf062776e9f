/** Words as a JSON column of the database takes them: without U+0000, without halves of a character. */
export const storable = (words: string): string => words.replaceAll('\0', '\uFFFD').toWellFormed();
