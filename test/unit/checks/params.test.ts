import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import http from '../../../src/checks/http.ts';
import postgresQuery from '../../../src/checks/postgres-query.ts';
import script from '../../../src/checks/script.ts';
import tcp from '../../../src/checks/tcp.ts';
import { compileCondition } from '../../../src/conditions/compile.ts';
import type { CheckType } from '../../../src/kernel/check.ts';
import { Secret } from '../../../src/kernel/secret.ts';

const types: CheckType[] = [http as CheckType, tcp as CheckType, script as CheckType, postgresQuery as CheckType];

function problems(type: CheckType, params: unknown): string[] {
  const parsed = type.params.safeParse(params);
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
}

describe.each(types.map((type) => [type.type, type] as const))('%s', (name, type) => {
  const [example] = parseYaml(type.example);

  it('has an example that holds: parameters, default rules and its own', () => {
    const target = type.params.parse(example[name]);
    const { fail = [], warn = [], clear = [] } = type.rules(target);
    const own = [...(example.fail ?? []), ...(example.warn ?? [])].map((when: string) => ({ when }));
    for (const rule of [...fail, ...warn, ...clear, ...own]) {
      expect(compileCondition(rule, type.facts(target)), rule.when).toMatchObject({ ok: true });
    }
    expect(type.describe(target)).not.toBe('');
    expect(type.lane?.(target)).toMatch(/^[a-z]+/);
  });

  it('refuses parameters that it does not know', () => {
    expect(problems(type, { ...example[name], surprise: 1 }).join()).toContain('surprise');
  });
});

describe('http', () => {
  it('refuses what can’t be asked, in words', () => {
    expect(problems(http, { url: 'ftp://example.com' })[0]).toContain('http:// or https://');
    expect(problems(http, { url: 'not a url' })[0]).toContain('http:// or https://');
    expect(problems(http, { url: 'https://me:pw@example.com' })[0]).toContain('without a user name or password');
    expect(problems(http, { url: 'https://example.com', headers: { 'a b': 'c' } })).not.toEqual([]);
    expect(problems(http, { url: 'https://example.com', body: 'x' })[0]).toContain('method: POST');
    expect(problems(http, { url: 'https://example.com', method: 'DELETE' })).not.toEqual([]);
  });

  it('shares a lane per host and port', () => {
    const lane = (url: string) => http.lane?.(http.params.parse({ url }));
    expect(lane('https://api.example.com/a')).toBe(lane('https://api.example.com/b'));
    expect(lane('https://api.example.com:8443/')).toBe('host:api.example.com:8443');
  });
});

describe('tcp', () => {
  it('takes a host and a port', () => {
    expect(problems(tcp, { host: 'db.example', port: 5432 })).toEqual([]);
    expect(problems(tcp, { host: '::1', port: 5432 })).toEqual([]);
    expect(problems(tcp, { host: 'db.example:5432', port: 5432 })[0]).toContain('without a port');
    expect(problems(tcp, { host: 'tcp://db', port: 1 })).not.toEqual([]);
    expect(problems(tcp, { host: 'db', port: 70_000 })).not.toEqual([]);
  });
});

describe('script', () => {
  it('takes words and numbers, and declares rates for counters', () => {
    const target = script.params.parse({ run: ['./check', '--warn', 5], facts: { hits: 'counter', age: 'number' } });
    expect(target.run).toEqual(['./check', '--warn', '5']);
    expect(script.describe(target)).toBe('script ./check');
    expect(script.facts(target)).toMatchObject({
      hits: { type: 'number' },
      hits_per_second: { rate: true },
      age: { type: 'number' },
    });
    expect(script.facts(target)).not.toHaveProperty('age_per_second');
    expect(problems(script, { run: [] })).not.toEqual([]);
    expect(problems(script, { run: ['x'], facts: { text: 'number' } }).join()).not.toBe('');
  });
});

describe('postgres-query', () => {
  const query = { dsn: { secret: 'MAIN_DB_URL' }, sql: 'select 1 as a', facts: { a: 'number' } };

  it('keeps the password out of the file, and the DSN out of messages', () => {
    expect(problems(postgresQuery, { ...query, dsn: 'postgres://me:pw@db/app' })[0]).toContain('{secret: NAME}');
    expect(problems(postgresQuery, { ...query, dsn: 'mysql://db/app' })[0]).toContain('postgres://');
    const byName = postgresQuery.params.parse(query);
    expect(byName.dsn).toBeInstanceOf(Secret);
    expect(postgresQuery.describe(byName)).toBe('query on MAIN_DB_URL');
    const usual = postgresQuery.params.parse({ ...query, dsn: 'postgres://me@db.example/app' });
    expect(postgresQuery.lane?.(usual)).toBe('postgres:db.example:5432/app');
    expect(postgresQuery.laneLimit).toBe(2);
    const plain = postgresQuery.params.parse({ ...query, dsn: 'postgres://me@db.example:5433/app?sslmode=no-verify' });
    expect(postgresQuery.describe(plain)).toBe('query on db.example:5433/app');
  });

  it('wants its columns declared', () => {
    expect(problems(postgresQuery, { dsn: query.dsn, sql: query.sql })).not.toEqual([]);
    expect(problems(postgresQuery, { ...query, facts: {} })[0]).toContain('at least one column');
    expect(problems(postgresQuery, { ...query, facts: { rows: 'number' } })).not.toEqual([]);
    expect(postgresQuery.params.parse({ ...query, sql: 'select 1 as a ; \n' })).toMatchObject({ sql: 'select 1 as a' });
    expect(problems(postgresQuery, { ...query, sql: ' ; ' })[0]).toBe('a select');
  });
});
