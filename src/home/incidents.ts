import { incidentsOnHome } from '../incidents/views/home.ts';
import { defineHomeSection } from '../kernel/home.ts';
import type { Services } from '../services.ts';

/** The open incidents and the viewer's tasks, above the checks. Private ones are there for those in them. */
export default defineHomeSection<Services>({
  name: 'incidents',
  order: 5,
  async part({ services: { incidents }, actor, may, clock }) {
    const [open, clocks, tasks, decision] = await Promise.all([
      incidents.open(actor),
      incidents.dueClocks(actor),
      incidents.tasks.mine(actor, 20),
      may('responder'),
    ]);
    const mayAct = decision.kind === 'allowed';
    return incidentsOnHome({ open, clocks, tasks, viewer: actor, mayAct, now: clock.now() });
  },
});
