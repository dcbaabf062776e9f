const part = (id: string, name: string, more: object = {}) => {
  return { id, name, status: 'operational', group_id: null, group: false, ...more };
};

/** Statuspage's summary of a good day: twelve components in two groups. */
export const statusPage = {
  page: { id: 'p', name: 'Shop Status', url: 'https://status.shop.example', time_zone: 'Etc/UTC' },
  status: { indicator: 'none', description: 'All Systems Operational' },
  components: [
    ...['EU', 'US'].map((name) => part(name, name, { group: true })),
    ...Array.from({ length: 12 }, (_, n) => part(`c${n}`, `API ${n}`, { group_id: n % 2 ? 'EU' : 'US' })),
  ],
  incidents: [],
  scheduled_maintenances: [],
};
