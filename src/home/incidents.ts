import { incidentsOnHome } from '../incidents/views/home.ts';
import { defineHomeSection } from '../kernel/home.ts';
import type { Services } from '../services.ts';

/** The open incidents and the viewer's tasks, above the checks. Private ones are there for those in them. */
export default defineHomeSection<Services>({
  name: 'incidents',
  order: 5,
  async part({ services: { incidents }, actor, may, clock }) {
    const [open, tasks, decision] = await Promise.all([
      incidents.open(actor),
      incidents.tasks.mine(actor, 20),
      may('responder'),
    ]);
    return incidentsOnHome({ open, tasks, viewer: actor, mayAct: decision.kind === 'allowed', now: clock.now() });
  },
});
