import type { Owners } from './access/owners.ts';
import type { Audit } from './audit/audit.ts';
import type { Charts } from './charts/charts.ts';
import type { Checklists } from './checklists/checklists.ts';
import type { Ops } from './config/model.ts';
import type { DeadJobs } from './dead-jobs.ts';
import type { Directory } from './directory/directory.ts';
import type { Doctor } from './doctor/model.ts';
import type { Health } from './health/health.ts';
import type { Incidents } from './incidents/incidents.ts';
import type { Reports } from './reports/reports.ts';
import type { Runbooks } from './runbooks/files.ts';
import type { Severity } from './severities/model.ts';

/** What commands may use. `app.ts` makes it; a command takes from it what it needs. */
export interface Services {
  ops: Ops;
  /** Worst first. */
  severities: readonly Severity[];
  incidents: Incidents;
  checklists: Checklists;
  owners: Owners;
  directory: Directory;
  health: Health;
  reports: Reports;
  charts: Charts;
  runbooks: Runbooks;
  doctor: Doctor;
  audit: Audit;
  deadJobs: DeadJobs;
}
