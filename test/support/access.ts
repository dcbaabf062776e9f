import type { Access } from '../../src/kernel/access.ts';

/** What holds where nobody can be looked up: everyone may look, nobody may change anything. */
export const viewersOnly: Access = {
  decide: async (_, role) => {
    if (role === 'viewer') return { kind: 'allowed' };
    return { kind: 'denied', why: 'role', message: `This takes the role ${role}, which you don't have.` };
  },
  holders: async () => [],
};
