import type { TeamHours } from './business-hours.ts';
import type { Severities, Way } from './model.ts';

/** What a person who checks the configuration wants to know of its severities, a line each. */
export function severityLines({ all, folder }: Severities, team: TeamHours): string[] {
  const labels = all.map(({ label }) => label).join(', ');
  const byHour = all.filter(({ page }) => page.hours !== page.offHours);
  const remarks = byHour.map(({ id, page }) => {
    return `remark: team.business_hours is not set, so ${id} ${said[page.hours]} at any hour, save on holidays`;
  });
  return [`${folder}: good — ${labels}`, ...(team.businessHours === undefined ? remarks : [])];
}

const said: Record<Way, string> = { page: 'pages', email: 'sends e-mail', slack: 'tells Slack' };
