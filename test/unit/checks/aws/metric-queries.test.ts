import { expect, test } from 'vitest';
import { describeSource, namesIn, queriesOf, querySize } from '../../../../src/checks/aws/metric-queries.ts';

const series = (metric: string) => ({ namespace: 'App', metric, dimensions: { Host: 'a' }, statistic: 'Sum' });
const math = (expression: string, ...names: string[]) => ({
  kind: 'expression' as const,
  expression,
  metrics: Object.fromEntries(names.map((name) => [name, series(name)])),
});
const expressionOf = (expression: string, ...names: string[]) =>
  queriesOf(math(expression, ...names), 'q7', 60).at(-1)?.Expression;

test('a metric is one query', () => {
  const source = { kind: 'metric' as const, ...series('errors') };
  expect(querySize(source)).toBe(1);
  expect(queriesOf(source, 'q7', 300)).toEqual([
    {
      Id: 'q7',
      MetricStat: {
        Metric: { Namespace: 'App', MetricName: 'errors', Dimensions: [{ Name: 'Host', Value: 'a' }] },
        Period: 300,
        Stat: 'Sum',
      },
      ReturnData: true,
    },
  ]);
});

test('an expression is itself and its inputs, which are not returned', () => {
  const source = math('a / b', 'a', 'b');
  expect(querySize(source)).toBe(3);
  expect(queriesOf(source, 'q7', 60).map(({ Id, ReturnData }) => [Id, ReturnData])).toEqual([
    ['q7_a', false],
    ['q7_b', false],
    ['q7', true],
  ]);
});

test.for([
  ['a / (a + b)', 'q7_a / (q7_a + q7_b)'],
  ['ab + a', 'ab + q7_a'],
  ['MAX([a,b]) * 1e3', 'MAX([q7_a,q7_b]) * 1e3'],
  ["SUM(SEARCH('{a,b} a', 'Sum')) + a", "SUM(SEARCH('{a,b} a', 'Sum')) + q7_a"],
  ['IF(a > 0, "a", b)', 'IF(q7_a > 0, "a", q7_b)'],
] as const)('names in %s', ([expression, expected]) => {
  expect(expressionOf(expression, 'a', 'b')).toBe(expected);
});

test('the names an expression reads', () => {
  expect(namesIn("IF(errors > 1e3, FILL(total, 0), 'x y')")).toEqual(['errors', 'total']);
});

test('in words', () => {
  expect(describeSource({ kind: 'metric', ...series('errors') })).toBe('App errors Sum (Host=a)');
  expect(describeSource({ kind: 'metric', ...series('errors'), dimensions: {} })).toBe('App errors Sum');
  expect(describeSource(math('a / b', 'a', 'b'))).toBe('a / b');
});
