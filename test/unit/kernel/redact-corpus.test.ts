import { expect, it } from 'vitest';
import { redact } from '../../../src/kernel/redact.ts';
import { type LabelledLine, redactionCorpus } from '../../support/redaction-corpus.ts';

interface Judged {
  line: LabelledLine;
  shown: string;
  /** Secrets that are gone, and that are still there. */
  found: number;
  missed: number;
  /** Parts around the secrets, or of a line without any, that were damaged. */
  damaged: number;
}

function judge(line: LabelledLine): Judged {
  const shown = redact(line.line);
  const seen = line.secrets.filter((secret) => shown.includes(secret)).length;
  let at = 0;
  const damaged = line.rest.filter((part) => {
    const next = shown.indexOf(part, at);
    if (next >= 0) at = next + part.length;
    return next < 0;
  }).length;
  return { line, shown, found: line.secrets.length - seen, missed: seen, damaged };
}

/** Of what should be masked, the share that is; of what was masked, the share that should be. */
function rates(judged: readonly Judged[]): { recall: number; precision: number; spans: number } {
  const found = judged.reduce((sum, each) => sum + each.found, 0);
  const missed = judged.reduce((sum, each) => sum + each.missed, 0);
  const damaged = judged.reduce((sum, each) => sum + Math.min(1, each.damaged), 0);
  return {
    recall: found / Math.max(1, found + missed),
    precision: found / Math.max(1, found + damaged),
    spans: found + missed,
  };
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

it('finds what the corpus labels and leaves the rest alone', () => {
  const corpus = redactionCorpus();
  const judged = corpus.map(judge);
  const positives = judged.filter(({ line }) => line.secrets.length > 0);
  const lines = [...Map.groupBy(judged, ({ line }) => line.family)].map(([family, each]) => {
    const { recall, precision, spans } = rates(each);
    if (spans === 0)
      return `  ${family.padEnd(20)} ${each.length} lines, ${each.filter(({ damaged }) => damaged).length} damaged`;
    return `  ${family.padEnd(20)} ${each.length} lines, recall ${percent(recall)}, precision ${percent(precision)}`;
  });
  const total = rates(judged);
  const wrong = judged.filter(({ missed, damaged }) => missed + damaged > 0);
  process.stdout.write(
    [
      `redaction: ${total.spans} secrets in ${positives.length} lines beside ${judged.length - positives.length} lookalikes: ` +
        `recall ${percent(total.recall)}, precision ${percent(total.precision)}`,
      ...lines,
      ...wrong.map(
        ({ line, shown }) => `  wrong: ${line.line.replaceAll('\n', '⏎')}  →  ${shown.replaceAll('\n', '⏎')}`,
      ),
      '',
    ].join('\n'),
  );
  expect(positives.length).toBeGreaterThanOrEqual(300);
  expect(judged.length - positives.length).toBeGreaterThanOrEqual(300);
  expect(total.recall).toBeGreaterThanOrEqual(0.98);
  expect(total.precision).toBeGreaterThanOrEqual(0.98);
  for (const [family, each] of Map.groupBy(positives, ({ line }) => line.family))
    expect(rates(each).recall, family).toBeGreaterThanOrEqual(0.95);
});

it('redacts a redacted line to itself', () => {
  for (const { line } of redactionCorpus()) {
    const once = redact(line);
    expect(redact(once)).toBe(once);
  }
});
