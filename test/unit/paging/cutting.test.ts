import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf, dedupKeyOf } from '../../../src/paging/body.ts';
import { fitDetails } from '../../../src/paging/details.ts';
import type { PagerTrigger } from '../../../src/paging/model.ts';
import { cutAtGrapheme } from '../../../src/paging/text.ts';

const family = '👨‍👩‍👧‍👦';
const routingKey = '0123456789abcdef0123456789abcdef';
const trigger: PagerTrigger = {
  ...{ action: 'trigger', dedupKey: 'rounds:1:1', summary: 'API down', source: 'api', severity: 'critical' },
};
const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

interface Sent {
  dedup_key: string;
  client_url?: string;
  links?: { href: string; text: string }[];
  payload: { summary: string; source: string; component?: string; timestamp?: string; custom_details?: unknown };
}
function sent(changes: Partial<PagerTrigger>): Sent {
  return JSON.parse(bodyOf(routingKey, { ...trigger, ...changes }));
}

describe('cutting a text', () => {
  it('leaves what fits, and cuts between what people see as characters', () => {
    expect(cutAtGrapheme('x'.repeat(1_024), 1_024)).toBe('x'.repeat(1_024));
    expect(cutAtGrapheme('x'.repeat(1_025), 1_024)).toBe(`${'x'.repeat(1_023)}…`);
    expect(cutAtGrapheme(family.repeat(3), 2 * family.length)).toBe(`${family}…`);
    expect(cutAtGrapheme('e\u0301'.repeat(4), 4)).toBe('e\u0301…');
  });

  it('never makes it longer than allowed, nor half a character', () => {
    const text = fc.string({ unit: fc.constantFrom('a', family, '😀', 'e\u0301', '\u0301', '🇩🇪', '\r\n') });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (whole, max) => {
        const cut = cutAtGrapheme(whole, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        if (whole.length <= max) expect(cut).toBe(whole);
        else expect(cut.endsWith('…')).toBe(true);
      }),
    );
  });

  it('cuts through a letter with a thousand marks rather than showing nothing', () => {
    expect(cutAtGrapheme(`a${'\u0301'.repeat(2_000)}`, 100)).toHaveLength(100);
  });
});

describe('a dedup key', () => {
  it('of up to 255 bytes is sent as it is; longer ones stay different', () => {
    expect(dedupKeyOf('rounds:42:1')).toBe('rounds:42:1');
    expect(dedupKeyOf('x'.repeat(255))).toBe('x'.repeat(255));
    const [one, two] = [dedupKeyOf(`${'é'.repeat(200)}1`), dedupKeyOf(`${'é'.repeat(200)}2`)];
    expect(one).not.toBe(two);
    expect(one).toBe(dedupKeyOf(`${'é'.repeat(200)}1`));
  });

  it('never has more than 255 bytes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'é', '語', '😀', '\ud800'), minLength: 50, maxLength: 400 }),
        (key) => {
          expect(Buffer.byteLength(dedupKeyOf(key))).toBeLessThanOrEqual(255);
        },
      ),
    );
  });
});

describe('cutting details', () => {
  it('leaves small ones alone', () => {
    const details = { check: 'api', facts: { statusCode: 502 } };
    expect(fitDetails(details, 1_000)).toBe(details);
  });

  it('cuts the largest first and says how much is missing', () => {
    const fitted = fitDetails({ note: 'kept', log: 'x'.repeat(5_000), trace: 'y'.repeat(300) }, 2_000);
    expect(fitted).toMatchObject({ note: 'kept', trace: 'y'.repeat(300) });
    expect(fitted.log).toMatch(/^x+… \(3,\d{3} of 5,000 characters left out\)$/);
    expect(sizeOf(fitted)).toBeGreaterThan(1_700);
  });

  it('cuts within what is nested, and counts what has no room', () => {
    const fitted = fitDetails(
      { check: { id: 'api', log: 'x'.repeat(9_000) }, rows: Array(500).fill('a row of it') },
      3_000,
    );
    expect(fitted.check).toMatchObject({ id: 'api', log: expect.stringMatching(/characters left out\)$/) });
    expect(fitted.rows).toEqual(
      expect.arrayContaining(['a row of it', expect.stringMatching(/^\d+ more values left out$/)]),
    );
  });

  it('leaves out a value under a key that is too long by itself, not those behind it', () => {
    const fitted = fitDetails({ ['k'.repeat(5_000)]: 1, note: 'kept' }, 1_000);
    expect(fitted).toEqual({ note: 'kept', '…': '1 more value left out' });
  });

  it('always fits, whatever it is given', () => {
    const max = fc.integer({ min: 240, max: 3_000 });
    const details = fc.dictionary(
      fc.string(),
      fc.jsonValue({ maxDepth: 4 }).chain((value) => fc.constantFrom(value, JSON.stringify(value).repeat(90))),
      {
        maxKeys: 40,
      },
    );
    fc.assert(
      fc.property(details, max, (whole, most) => {
        expect(sizeOf(fitDetails(whole, most))).toBeLessThanOrEqual(most);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the body', () => {
  it('is redacted, on one line where a phone shows it, and never without a summary or source', () => {
    const { payload } = sent({
      summary: 'login of anna@example.com fails\nwith password=hunter2-hunter2',
      source: ' ',
      component: 'call +1 555 010 9999',
      details: { error: 'Bearer abcdef123456', password: 'x' },
    });
    expect(payload.summary).toBe('login of [e-mail] fails with password=***');
    expect(payload.source).toBe('rounds');
    expect(payload.component).toBe('call [phone]');
    expect(payload.custom_details).toEqual({ error: 'Bearer ***', password: '***' });
    expect(sent({ summary: ' \u0000 ' }).payload.summary).toBe('Something needs attention');
  });

  it('keeps web addresses, and no others', () => {
    const { links, client_url } = sent({
      clientUrl: 'javascript:alert(1)',
      links: [
        { href: 'https://x.example/incident', text: '' },
        { href: 'javascript:alert(1)', text: 'no' },
        { href: `https://x.example/${'x'.repeat(3_000)}`, text: 'too long' },
      ],
    });
    expect(client_url).toBeUndefined();
    expect(links).toEqual([{ href: 'https://x.example/incident', text: 'https://x.example/incident' }]);
  });

  it('stays within 512 KB and 1,024 characters, whatever the texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).map((part) => part.repeat(300));
    const details = fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 20 })), { maxKeys: 30 });
    fc.assert(
      fc.property(text, text, details, (summary, source, given) => {
        const body = bodyOf(routingKey, { ...trigger, summary, source, client: source, details: given });
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(512_000);
        const { payload }: Sent = JSON.parse(body);
        expect(payload.summary.length).toBeLessThanOrEqual(1_024);
        expect([payload.summary, payload.source].every((one) => one !== '' && one.isWellFormed())).toBe(true);
        expect(body).not.toMatch(/\\ud[89a-f]/i);
      }),
      { numRuns: 25 },
    );
  });

  it('of an acknowledgement or a resolution is its key alone', () => {
    expect(JSON.parse(bodyOf(routingKey, { action: 'resolve', dedupKey: 'rounds:1:1' }))).toEqual({
      routing_key: routingKey,
      event_action: 'resolve',
      dedup_key: 'rounds:1:1',
    });
  });
});
