import type { Check } from '../../config/model.ts';
import { limitsOn } from '../../health/trend.ts';
import type { PastMetric } from '../metrics/options.ts';
import type { Target } from '../metrics/target.ts';

const below = (value: number): Target => ({ op: '<', value });
const above = (value: number): Target => ({ op: '>', value });

/** What can run out, by check type; without a target only its growth is told. */
const facts: Record<string, { fact: string; target?: Target }[]> = {
  rds: [
    { fact: 'cpu_pct', target: below(70) },
    { fact: 'connections_pct', target: below(80) },
    { fact: 'storage_free_pct', target: above(30) },
  ],
  elasticache: [
    { fact: 'memory_pct', target: below(80) },
    { fact: 'engine_cpu_5m_pct', target: below(70) },
  ],
  redis: [
    { fact: 'used_pct', target: below(80) },
    { fact: 'clients_pct', target: below(80) },
  ],
  postgres: [{ fact: 'connections_pct', target: below(80) }, { fact: 'size_bytes' }],
  pgbouncer: [{ fact: 'clients_pct', target: below(80) }],
  'ecs-capacity': [
    { fact: 'cpu_reserved_pct', target: below(70) },
    { fact: 'memory_reserved_pct', target: below(80) },
  ],
  'load-balancer': [{ fact: 'requests_5m' }],
};
/** Their one number may be anything: a share with a limit is one that can run out. */
const shares = ['prometheus', 'cloudwatch-metric'];

/** What `capacity` looks at without options, in the order of the file. Pure. */
export function usualCapacity(checks: readonly Check[]): PastMetric[] {
  return checks.flatMap((check): PastMetric[] => {
    if (shares.includes(check.type)) {
      const isShare = check.definition.facts(check.target).value?.unit === '%' && limitsOn(check, 'value').length > 0;
      return isShare ? [{ check: check.id, fact: 'value' }] : [];
    }
    return (facts[check.type] ?? []).map((each) => ({ check: check.id, ...each }));
  });
}
