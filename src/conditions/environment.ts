import { Environment } from '@marcbachmann/cel-js';
import type { FactSpecs, FactType } from '../kernel/check.ts';

const celType: Record<FactType, string> = {
  number: 'double',
  string: 'string',
  bool: 'bool',
  list: 'list<string>',
  json: 'dyn',
};

/** Only the type checker asks for these: evaluate.ts computes them, and knows mixed operands. */
function typeOnly(): never {
  throw new Error('this operator is for type checking');
}

// Measured numbers are doubles and `200` is an int: without these, `status != 200` would not pass the type check.
const mixed = [
  ...['+', '-', '*', '/', '%'].flatMap((op) => [`double ${op} int`, `int ${op} double`]),
  'double % double',
  'double == int',
  'double in list<int>',
  'int in list<double>',
];

const base = new Environment();
for (const operator of mixed) base.registerOperator(operator, typeOnly);
for (const form of ['baseline(double): double', 'abs(double): double', 'abs(int): int'])
  base.registerFunction(form, typeOnly);

/** An environment that knows these facts and their types. Throws for a name that CEL keeps for itself (`type`, `int`). */
export function environmentOf(facts: FactSpecs, names: string[]): Environment {
  const environment = base.clone();
  for (const name of names) {
    const spec = facts[name];
    if (spec) environment.registerVariable(name, celType[spec.type]);
  }
  return environment;
}
