import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readPayload, writePayload } from '../../../src/audit/payload.ts';

const asker = { actor: 'slack:U1', request: 'ABC123' };
const entry = { action: 'check.mute', target: 'check/api' };

it('keeps what it is given, in one order', () => {
  const { payload } = writePayload(asker, { reason: 'why', after: { b: 1 }, before: null, ...entry });
  expect(payload).toBe(
    '{"actor":"slack:U1","action":"check.mute","target":"check/api","request":"ABC123","before":null,"after":{"b":1},"reason":"why"}',
  );
});

it('never fails over what it is to record, and never holds what PostgreSQL refuses', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.anything({ withBigInt: true, withDate: true }), (text, value) => {
      const { payload, searchable } = writePayload(
        { actor: text, request: text },
        { action: text, target: text, before: value, after: value, reason: text },
      );
      const recorded = readPayload(payload);
      // What jsonb can't read: a NUL, half of a surrogate pair.
      expect(JSON.stringify(recorded)).not.toMatch(/(?<!\\)(\\\\)*\\u(0000|d[89a-f])/);
      expect(recorded).toMatchObject(searchable);
      for (const stored of [payload, ...Object.values(searchable)]) {
        expect(stored.includes('\0')).toBe(false);
        expect(stored.isWellFormed()).toBe(true);
      }
    }),
  );
});

it('takes what refers to itself, and numbers that JSON has no word for', () => {
  const value: Record<string, unknown> = { count: 2n ** 60n, at: new Date(0) };
  value.self = value;
  expect(readPayload(writePayload(asker, { ...entry, after: value }).payload)?.after).toEqual({
    count: '1152921504606846976',
    at: '1970-01-01T00:00:00.000Z',
    self: '[circular]',
  });
});

it('cuts what would fill the database', () => {
  const { payload } = writePayload(asker, {
    ...entry,
    before: 'word '.repeat(100_000),
    reason: 'word '.repeat(100_000),
  });
  expect(payload.length).toBeLessThan(50_000);
  expect(readPayload(payload)?.before).toMatchObject({ cut: true });
});

it('masks secrets and personal data wherever they stand', () => {
  const mail = 'jane.doe@example.com';
  const { payload } = writePayload(asker, {
    action: 'check.mute',
    target: 'check/api',
    before: { password: 'sesame-opens' },
    after: [{ contact: mail }],
    reason: `asked by ${mail}`,
  });
  expect(payload).not.toContain(mail);
  expect(payload).not.toContain('sesame-opens');
});

it('keeps apart what was done to two checks whose ids look like keys', () => {
  const target = 'check/sk-prod-eu-west-database-01';
  expect(writePayload(asker, { ...entry, target }).searchable.target).toBe(target);
});

it('reads nothing but what it wrote', () => {
  const plain = { actor: 'a', action: 'b', target: 'c', request: 'R' };
  expect(readPayload(JSON.stringify(plain))).toEqual(plain);
  const odd = [
    { ...plain, request: undefined },
    { ...plain, reason: 1 },
    { ...plain, reason: null },
  ].map((value) => JSON.stringify(value));
  for (const text of ['', '{', 'null', '[]', '"x"', '{"actor":1}', ...odd]) expect(readPayload(text)).toBeUndefined();
});
