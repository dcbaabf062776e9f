import { z } from 'zod';

/** The keys that a schema allows at a path inside it; empty where it isn't an object or can't be told. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const objects = objectsIn(schema);
  const [head, ...rest] = path;
  if (head === undefined) return objects.flatMap((object) => Object.keys(object.shape));
  const children = [...objects.map((object) => object.shape[String(head)]), ...elementsIn(schema)];
  return [...new Set(children.flatMap((child) => (child === undefined ? [] : keysAt(child, rest))))];
}

/** The object schemas behind wrappers and in unions. */
function objectsIn(schema: unknown): z.ZodObject[] {
  return variants(schema).filter((variant) => variant instanceof z.ZodObject);
}

function elementsIn(schema: unknown): unknown[] {
  return variants(schema).flatMap((variant) => {
    if (variant instanceof z.ZodArray) return [variant.element];
    if (variant instanceof z.ZodRecord) return [variant.valueType];
    return [];
  });
}

function variants(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return variants(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return variants(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(variants);
  if (schema instanceof z.ZodIntersection) return [...variants(schema.def.left), ...variants(schema.def.right)];
  if (schema instanceof z.ZodPipe) return variants(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  return [schema];
}
