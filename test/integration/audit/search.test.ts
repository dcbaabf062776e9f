import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '../../../src/audit/append.ts';
import type { AuditEntry } from '../../../src/audit/model.ts';
import { type AuditSearch, findAuditRow, searchAudit } from '../../../src/audit/search.ts';
import type { Store } from '../../../src/store/store.ts';
import { noon } from '../../support/audit.ts';
import { embeddedStore, serverStore } from '../../support/store.ts';

const stores: [string, () => Promise<Store>][] = [
  ['embedded', embeddedStore],
  ['server', serverStore],
];

const rows: [actor: string, entry: AuditEntry][] = [
  ['slack:UANNA', { action: 'check.mute', target: 'check/main-db', before: { muted: false }, after: { muted: true } }],
  ['os:anna', { action: 'check.unmute', target: 'check/main-db', reason: 'Überprüft: 100 % "gut"' }],
  ['rounds', { action: 'checkout', target: 'cart_1%', reason: 'C:\\temp\nsecond line' }],
  ['slack:UBOB', { action: 'maintenance.begin', target: 'group/data', reason: "Robert'); drop table audit_entry;--" }],
];

describe.each(stores)('a search on the %s store', (_name, open) => {
  let store: Store;
  const found = async (search: Partial<AuditSearch>) =>
    (await searchAudit(store, { limit: 50, ...search })).rows.map(({ seq }) => seq);
  beforeAll(async () => {
    store = await open();
    for (const [index, [actor, entry]] of rows.entries()) {
      const at = new Date(noon.getTime() + index * 3_600_000);
      await store.transaction((tx) => appendAudit(tx, { actor, request: `REF00${index}` }, entry, at));
    }
  });
  afterAll(() => store.close());

  it('finds all, newest first, with what was recorded', async () => {
    expect(await found({})).toEqual([4, 3, 2, 1]);
    expect(await findAuditRow(store, 1)).toMatchObject({
      at: noon,
      recorded: { actor: 'slack:UANNA', request: 'REF000', ...rows[0]![1] },
    });
    expect(await findAuditRow(store, 5)).toBeUndefined();
    expect(await findAuditRow(store, 0)).toBeUndefined();
  });

  it.each<[Partial<AuditSearch>, number[]]>([
    [{ actors: ['slack:UANNA'] }, [1]],
    [{ actors: ['anna', 'os:anna'] }, [2]],
    [{ action: 'check' }, [2, 1]],
    [{ action: 'check.' }, [2, 1]],
    [{ action: 'check.mute' }, [1]],
    [{ action: 'chec' }, []],
    [{ action: '%' }, []],
    [{ target: 'MAIN-db' }, [2, 1]],
    [{ target: '_1%' }, [3]],
    [{ target: '%' }, [3]],
    [{ words: ['Überprüft: 100 %', 'GUT'] }, [2]],
    [{ words: ['"gut"'] }, [2]],
    [{ words: ['c:\\TEMP'] }, [3]],
    [{ words: ['\n'] }, [3]],
    [{ words: ['REF002'] }, [3]],
    [{ words: ['muted', 'true'] }, [1]],
    [{ words: ["robert'); drop"] }, [4]],
    [{ words: ['nobody'] }, []],
    [{ since: new Date(noon.getTime() + 3_600_000) }, [4, 3, 2]],
    [{ until: new Date(noon.getTime() + 3_600_000) }, [1]],
    [{ below: 3 }, [2, 1]],
    [{ below: 3, action: 'check', actors: ['os:anna'], words: ['gut'] }, [2]],
  ])('%j', async (search, seqs) => {
    expect(await found(search)).toEqual(seqs);
  });

  it('says whether there is more', async () => {
    expect(await searchAudit(store, { limit: 2 })).toMatchObject({ rows: [{ seq: 4 }, { seq: 3 }], more: true });
    expect(await searchAudit(store, { limit: 4 })).toMatchObject({ more: false });
  });

  it('takes whatever is typed', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom("';--", '\0', '\ud800', '$1', '%', '{}', '\\'),
    );
    const search = fc.record(
      { words: fc.array(text), actors: fc.array(text), action: text, target: text },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(search, async (typed) => {
        expect((await found(typed)).length).toBeLessThanOrEqual(rows.length);
      }),
    );
    expect(await found({})).toHaveLength(rows.length);
  });
});
