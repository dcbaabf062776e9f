import pg from 'pg';

const INT8 = 20;
const NUMERIC = 1700;
const DATE = 1082;

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the integer ${text} is too large for a JavaScript number`);
  return value;
}

/**
 * How our pool reads columns: bigint and numeric as numbers (an unsafe bigint is an error), date as `YYYY-MM-DD`
 * (pg would make it midnight in the process's zone). Everything else as pg does, whose global settings stay as they are.
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === INT8) return safeInteger;
      if (oid === NUMERIC) return Number;
      if (oid === DATE) return (text: string) => text;
    }
    return format === undefined ? pg.types.getTypeParser(oid) : pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};
