import type { Erasure } from './audit/erase.ts';
import { timeOfRow } from './audit/rows.ts';
import { nameOf } from './incidents/model.ts';
import { OpsError } from './kernel/errors.ts';
import type { Tx } from './store/store.ts';

/** Of an incident whose evidence is kept. */
interface Held {
  incident: number;
  from: Date;
  to?: Date;
}

/** What the audit tells of a time that is held as evidence is not erased. Throws OpsError `conflict`. */
export function unlessHeld(
  onErasing: ((tx: Tx, erasure: Erasure) => Promise<void>) | undefined,
  windows: (tx: Tx) => Promise<Held[]>,
): (tx: Tx, erasure: Erasure) => Promise<void> {
  return async (tx, erasure) => {
    const at = await timeOfRow(tx, erasure.seq);
    const held = (await windows(tx)).find(({ from, to }) => at && at >= from && (to === undefined || at <= to));
    if (held) {
      const name = nameOf({ id: held.incident });
      throw new OpsError('conflict', `This row is evidence of ${name}, which is on hold`, {
        hint: `\`/ops hold release ${name} WHY\` ends the hold`,
      });
    }
    await onErasing?.(tx, erasure);
  };
}
