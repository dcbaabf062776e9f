/** A resource as AWS Backup's lists name it. */
export interface Named {
  ResourceArn?: string | undefined;
  ResourceName?: string | undefined;
  ResourceType?: string | undefined;
}

/** `arn:aws:rds:eu-west-1:123456789012:db:main` → `main`. */
const lastPart = (arn: string) => /[^:/]+$/.exec(arn)?.[0] ?? arn;

/** `RDS main`. */
export function labelOf({ ResourceArn = '', ResourceName, ResourceType = 'resource' }: Named): string {
  return `${ResourceType} ${ResourceName || lastPart(ResourceArn)}`;
}

/** Whether `wanted` is its ARN or one of its names. */
export function isCalled({ ResourceArn = '', ResourceName }: Named, wanted: string): boolean {
  return wanted === ResourceArn || wanted === ResourceName || wanted === lastPart(ResourceArn);
}

/** Whether it is of this kind, `RDS`, in capitals or not. */
export function isOfKind({ ResourceType = '' }: Named, kind: string): boolean {
  return ResourceType.toLowerCase() === kind.toLowerCase();
}

/** Whether a check that is limited to kinds, and has exceptions, judges it. */
export function isJudged(
  resource: Named,
  { types, except }: { types?: string[] | undefined; except?: string[] | undefined },
): boolean {
  if (types && !types.some((kind) => isOfKind(resource, kind))) return false;
  return !except?.some((name) => isCalled(resource, name));
}
