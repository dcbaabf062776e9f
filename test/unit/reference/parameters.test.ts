import { expect, test } from 'vitest';
import { z } from 'zod';
import { plainOrSecret } from '../../../src/kernel/secret.ts';
import { parametersOf } from '../../../src/reference/parameters.ts';

function typeOf(schema: z.ZodType): string | undefined {
  return parametersOf(z.strictObject({ it: schema }))[0]?.type;
}

test('types are named in words that an operator knows', () => {
  expect(typeOf(z.string())).toBe('text');
  expect(typeOf(z.boolean())).toBe('`true` or `false`');
  expect(typeOf(z.int())).toBe('whole number');
  expect(typeOf(z.int().min(1).max(10))).toBe('whole number, 1 to 10');
  expect(typeOf(z.number().min(0))).toBe('number, at least 0');
  expect(typeOf(z.int().max(10))).toBe('whole number, at most 10');
  expect(typeOf(z.enum(['GET', 'HEAD', 'POST']))).toBe('`GET`, `HEAD` or `POST`');
  expect(typeOf(z.array(z.string()))).toBe('list of text');
  expect(typeOf(z.record(z.string(), z.enum(['number', 'counter'])))).toBe('map of `number` or `counter`');
  expect(typeOf(plainOrSecret)).toBe('text or `{secret: NAME}`');
  expect(typeOf(z.union([z.literal('off'), z.string().meta({ title: 'duration' })]))).toBe('`off` or duration');
});

test('what is required, what is the default, and what for', () => {
  const params = z
    .strictObject({
      host: z.string().describe('where'),
      port: z.int().default(80),
      window: z
        .string()
        .transform((text) => text.length)
        .prefault('1h'),
      note: z.string().optional(),
      every: z.string().optional().meta({ fallback: '5m' }),
    })
    .refine(() => true);
  expect(parametersOf(params).map(({ name, required, fallback, help }) => [name, required, fallback, help])).toEqual([
    ['host', true, undefined, 'where'],
    ['port', false, '80', ''],
    ['window', false, '1h', ''],
    ['note', false, undefined, ''],
    ['every', false, '5m', ''],
  ]);
});

test('keys of the entries of a list stand below the list, unless its type has a name', () => {
  const entry = z.strictObject({ check: z.string(), of: z.array(z.strictObject({ name: z.string() })) });
  const params = z.strictObject({ show: z.array(entry), times: z.array(entry).meta({ title: 'times' }) });
  expect(parametersOf(params).map(({ name, type }) => `${name}: ${type}`)).toEqual([
    ...['show: list of map', 'show[].check: text', 'show[].of: list of map', 'show[].of[].name: text', 'times: times'],
  ]);
});

test('parameters inside maps stand below their map; a secret is one value', () => {
  const params = z.strictObject({
    proxy: z.strictObject({ host: z.string(), password: plainOrSecret }),
    metrics: z.record(z.string(), z.strictObject({ metric: z.string() })),
  });
  expect(parametersOf(params).map(({ name, type }) => `${name}: ${type}`)).toEqual([
    'proxy: map',
    'proxy.host: text',
    'proxy.password: text or `{secret: NAME}`',
    'metrics: map',
    'metrics.NAME.metric: text',
  ]);
});

test('of variants each parameter stands once, with the variants that have it', () => {
  const every = z.string().describe('how often');
  const token = z.string().describe('a key');
  const params = z.discriminatedUnion('source', [
    z.strictObject({ source: z.literal('push').describe('who'), every, token: token.optional() }),
    z.strictObject({ source: z.literal('pull').describe('who'), every, token, url: token.default('a') }),
    z.strictObject({ source: z.literal('poll').describe('who'), every, url: token.default('a') }),
  ]);
  expect(parametersOf(params).map(({ name, type, required, help }) => [name, type, required, help])).toEqual([
    ['source', '`push`, `pull` or `poll`', true, 'who'],
    ['every', 'text', true, 'how often'],
    ['token', 'text', false, '`push`: a key'],
    ['token', 'text', true, '`pull`: a key'],
    ['url', 'text', false, '`pull`, `poll`: a key'],
  ]);
});
