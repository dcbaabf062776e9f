import { expect, test } from 'vitest';
import { parse, problemOf, problemsOf } from './sample.ts';

const entry = (text: string) => `checks:\n  - {id: api, ${text}}\n`;
const url = 'url: "https://a.example"';

test('an unknown type is answered with the types there are, and the nearest', () => {
  expect(problemOf(entry('wep: {}'))).toEqual({
    path: 'checks[0].wep',
    line: 2,
    check: 'api',
    found: 'unknown check type "wep"',
    allowed: 'web, database, script — did you mean web?',
  });
});

test('no type and two types are refused', () => {
  expect(problemOf(entry('fail: status > 1'))).toMatchObject({
    path: 'checks[0]',
    found: 'no check type',
    allowed: 'one of web, database, script',
  });
  expect(problemOf(entry(`web: {${url}}, database: {dsn: {secret: X}}`))).toMatchObject({
    path: 'checks[0].database',
    found: '2 check types: web, database',
  });
});

test('a typo in a field beside a type is a typo of a field', () => {
  expect(problemOf(entry(`web: {${url}}, fial: status != 200, warn: status > 1`))).toMatchObject({
    path: 'checks[0].fial',
    found: 'unknown key "fial"',
    allowed: expect.stringContaining('did you mean fail?'),
  });
});

test('a check without an id is refused', () => {
  expect(problemOf(`checks:\n  - web: {${url}}\n    fail: status != 200\n`)).toMatchObject({
    path: 'checks[0]',
    line: 2,
    found: 'no id',
  });
});

test.each([
  ['url: 5', 'url', '5', 'text'],
  ['url: nope', 'url', '"nope"', 'a URL such as https://api.example.com/health'],
  ['', 'url', 'nothing', 'text'],
  [`${url}, method: get`, 'method', '"get"', 'one of GET, HEAD — did you mean GET?'],
  [`${url}, hedders: {}`, 'hedders', 'unknown key "hedders"', 'url, headers, method, proxy — did you mean headers?'],
  [`${url}, proxy: {host: h, prot: 1, port: 1}`, 'proxy.prot', 'unknown key "prot"', 'host, port — did you mean port?'],
  [`${url}, proxy: {host: h, port: 0}`, 'proxy.port', '0', 'at least 1'],
  [`${url}, headers: {accept: 5}`, 'headers.accept', '5', 'text, or a map of keys and values'],
])('web: {%s} is refused at its parameter', (params, path, found, allowed) => {
  expect(problemOf(entry(`fail: status != 200, web: {${params}}`))).toEqual({
    path: `checks[0].web.${path}`,
    line: 2,
    check: 'api',
    found,
    allowed,
  });
});

test('a type whose schema is not strict refuses unknown parameters too', () => {
  expect(problemOf(entry('database: {dsn: {secret: X}, shema: a}'))).toMatchObject({
    path: 'checks[0].database.shema',
    allowed: 'dsn, schema — did you mean schema?',
  });
});

test('a reference with a typo is not taken for text', () => {
  expect(problemsOf(entry('database: {dsn: {secrets: X}}')).map(({ path, allowed }) => [path, allowed])).toEqual([
    ['checks[0].database.dsn.secret', 'text'],
    ['checks[0].database.dsn.secrets', 'secret — did you mean secret?'],
  ]);
  expect(problemOf(entry('database: {dsn: {secret: not-a-name}}'))).toMatchObject({
    path: 'checks[0].database.dsn.secret',
    allowed: 'a variable name such as API_TOKEN',
  });
});

test.each([
  ['web', `${url}, headers: {authorization: sesame}`, 'headers.authorization', 'WEB_AUTHORIZATION'],
  ['web', `${url}, headers: {x-api-key: sesame}`, 'headers.x-api-key', 'WEB_X_API_KEY'],
  ['web', `${url}, headers: {x-other: Bearer sesame-street}`, 'headers.x-other', 'WEB_X_OTHER'],
  ['database', 'dsn: "postgres://me:sesame@db/main"', 'dsn', 'DATABASE_DSN'],
  ['database', 'dsn: "host=db password=sesame"', 'dsn', 'DATABASE_DSN'],
  ['script', 'run: [./checks/a, --password=sesame]', 'run[1]', 'SCRIPT_RUN'],
  ['web', `${url}, headers: {db_pass: sesame-street}`, 'headers.db_pass', 'WEB_DB_PASS'],
])('a secret in plain text in %s: {%s} is refused and not shown', (type, params, path, variable) => {
  const problem = problemOf(entry(`fail: status != 200, ${type}: {${params}}`));
  expect(problem).toMatchObject({
    path: `checks[0].${type}.${path}`,
    allowed: expect.stringContaining(`{secret: ${variable}}`),
  });
  expect(JSON.stringify(problem)).not.toContain('sesame');
});

test('a URL with a password in it is sent to where the credentials belong, not round in a circle', () => {
  const problem = problemOf(entry('fail: status != 200, web: {url: "https://me:sesame@a.example"}'));
  expect(problem).toMatchObject({
    path: 'checks[0].web.url',
    allowed: 'a URL without user and password; for http: headers: {authorization: {secret: NAME}}',
  });
  expect(JSON.stringify(problem)).not.toContain('sesame');
});

test('a secret of the wrong kind is not shown either', () => {
  const problems = problemsOf(entry('fail: status != 200, web: {url: {secret: X}, password: [sesame]}'));
  expect(JSON.stringify(problems)).not.toContain('sesame');
});

test('a script is looked for in the allowed folders', () => {
  const script = (run: string) => entry(`script: {run: [${run}]}`);
  for (const run of ['./checks/a', 'checks/sub/a', './checks/../checks/a']) {
    expect(parse(script(run)).checks).toHaveLength(1);
  }
  for (const run of ['./a', './checks', './checks/../a', '../checks/a', './checks-2/a', '/opt/anywhere']) {
    expect(problemOf(script(run))).toMatchObject({
      path: 'checks[0].script.run[0]',
      found: `${run}, outside the allowed folders`,
      allowed: 'a program inside ./checks',
    });
  }
});
