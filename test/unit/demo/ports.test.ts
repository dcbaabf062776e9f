import { expect, it } from 'vitest';
import { demoPorts } from '../../../src/demo/ports.ts';

it('the demo system has three ports in a row, or any free ones', () => {
  expect(demoPorts(3002)).toEqual({ port: 3002, databasePort: 3003, tlsPort: 3004 });
  expect(demoPorts(0)).toEqual({ port: 0, databasePort: 0, tlsPort: 0 });
  expect(() => demoPorts(65_534)).toThrow(expect.objectContaining({ hint: expect.stringContaining('65533') }));
});
