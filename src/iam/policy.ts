import type { Need, RoleNeeds } from './needs.ts';

interface Statement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: '*' | string[];
}

/** As IAM takes it. */
export interface Policy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/**
 * The least actions: a statement for each service, sorted. Of the resources only roles are named: most of what checks ask lists
 * and describes, for which IAM knows no narrower one than all. Pure.
 */
export function policyOf({ needs }: Pick<RoleNeeds, 'needs'>): Policy {
  const byService = Map.groupBy(needs, serviceOf);
  const statements = [...byService].map(([service, each]): Statement => {
    const resources = each.flatMap(({ resources = [] }) => resources);
    return {
      Sid: sidOf(service),
      Effect: 'Allow',
      Action: each.map(({ action }) => action),
      Resource: resources.length > 0 ? resources : '*',
    };
  });
  return { Version: '2012-10-17', Statement: statements };
}

function serviceOf({ action, resources }: Need): string {
  const service = action.slice(0, action.indexOf(':'));
  return resources ? `${service}-roles` : service;
}

/** Letters and digits are all that IAM takes: `elastic-load-balancing` → `RoundsElasticLoadBalancing`. */
function sidOf(service: string): string {
  const words = service.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return `Rounds${words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}`;
}
