import type { MetricSource } from '../aws/metric-queries.ts';
import { type AwsProbe, lastMinutes, newestMinute, seriesOf } from '../aws/minutes.ts';
import { part } from '../aws/part.ts';
import { highest, type Measured, sumOf, tenth } from '../aws/worst.ts';
import type { Node } from './state.ts';

/**
 * What CloudWatch says of the nodes; of several the worst, with its name. A metric that could not be read is null and a
 * remark in `unread`. Memcached has no metric of its engine's CPU, and its share of memory is worked out.
 */
export async function loadFacts(
  probe: AwsProbe,
  nodes: Node[],
  engine: string | null,
  { unread, signal }: { unread: string[]; signal: AbortSignal },
) {
  const asked = <Read>(
    read: (probe: AwsProbe, source: MetricSource) => Promise<Read>,
    metric: string,
    statistic?: string,
  ) =>
    Promise.all(
      nodes.map(({ dimensions }) =>
        part(unread, signal, () => read(probe, seriesOf('AWS/ElastiCache', metric, dimensions, statistic))),
      ),
    );
  const isMemcached = engine === 'memcached';
  const nothing = nodes.map(() => null);
  const [cpu, engineCpu, used, unused, evictions, connections] = await Promise.all([
    asked(lastMinutes, 'CPUUtilization'),
    isMemcached ? nothing : asked(lastMinutes, 'EngineCPUUtilization'),
    asked(newestMinute, isMemcached ? 'BytesUsedForCacheItems' : 'DatabaseMemoryUsagePercentage'),
    isMemcached ? asked(newestMinute, 'UnusedMemory') : nothing,
    asked(lastMinutes, 'Evictions', 'Sum'),
    asked(newestMinute, 'CurrConnections'),
  ]);
  const each = (value: (index: number) => number | null | undefined): Measured[] =>
    nodes.map(({ name }, i) => ({ name, value: value(i) ?? null }));
  const memory = highest(each((i) => (isMemcached ? share(used[i], unused[i]) : used[i])));
  const busy = highest(each((i) => cpu[i]?.lowest));
  const engineBusy = highest(each((i) => engineCpu[i]?.lowest));
  return {
    memory_pct: tenth(memory.value),
    memory_on: memory.name,
    cpu_5m_pct: tenth(busy.value),
    cpu_on: busy.name,
    engine_cpu_5m_pct: tenth(engineBusy.value),
    engine_cpu_on: engineBusy.name,
    evictions_5m: sumOf(evictions.map((one) => one?.total)),
    connections: sumOf(connections.map((one) => one ?? undefined)),
  };
}

/** Percent of used and unused together. */
function share(used: number | null | undefined, unused: number | null | undefined): number | null {
  const all = (used ?? 0) + (unused ?? 0);
  return typeof used !== 'number' || typeof unused !== 'number' || all === 0 ? null : (used / all) * 100;
}
