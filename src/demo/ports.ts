import { OpsError } from '../kernel/errors.ts';

export interface DemoPorts {
  port: number;
  databasePort: number;
  tlsPort: number;
}

/** The demo system's three ports, from DEMO_PORT on; 0 = any free one for each. Throws OpsError `invalid`. Pure. */
export function demoPorts(first: number): DemoPorts {
  if (first === 0) return { port: 0, databasePort: 0, tlsPort: 0 };
  if (first <= 65_533) return { port: first, databasePort: first + 1, tlsPort: first + 2 };
  throw new OpsError('invalid', `DEMO_PORT is ${first}, and the demo system takes the next two ports as well`, {
    hint: 'set it to 65533 or below',
  });
}

/** What to change when one of the three is taken. */
export const demoPortSetting = 'DEMO_PORT (the demo system takes it and the next two), and the same ports in ops.yml';
