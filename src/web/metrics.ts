import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HealthReport } from '../health/model.ts';
import type { Route } from './server.ts';

/** What Prometheus may scrape at /metrics. */
export interface Metrics {
  route: Route;
  /** Called once for every finished sweep. */
  sweep(report: HealthReport): void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'rounds_' });
  const seconds = new Histogram({
    name: 'rounds_sweep_seconds',
    help: 'Duration of a sweep',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 20, 60],
    registers: [registry],
  });
  const measured = new Counter({
    name: 'rounds_check_runs_total',
    help: 'Measured checks by type and outcome',
    labelNames: ['type', 'outcome'],
    registers: [registry],
  });
  const state = new Gauge({
    name: 'rounds_checks',
    help: 'Checks of the last sweep by outcome',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    route: async () => ({ status: 200, type: registry.contentType, text: await registry.metrics() }),
    sweep(report) {
      seconds.observe(report.duration_ms / 1000);
      for (const check of report.checks) measured.inc({ type: check.type, outcome: check.outcome });
      for (const [outcome, count] of Object.entries(report.counts)) state.set({ outcome }, count);
    },
  };
}
