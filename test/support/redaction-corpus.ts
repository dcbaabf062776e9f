import { readFileSync } from 'node:fs';

/** A line as systems write it; `secrets` are the parts that must not be seen. Nothing in it belongs to anybody. */
export interface LabelledLine {
  /** `token`, `e-mail` …; `none: …` for what only looks like it. */
  family: string;
  line: string;
  secrets: string[];
  /** What stands around the secrets and must stay. */
  rest: string[];
}

/** `redaction-corpus.txt`: a family a section, a secret between ⟦ and ⟧, ⏎ for the end of a line within one. */
export function redactionCorpus(): LabelledLine[] {
  const text = readFileSync(new URL('./redaction-corpus.txt', import.meta.url), 'utf8');
  let family = '';
  return text.split('\n').flatMap((raw): LabelledLine[] => {
    if (raw.startsWith('# ')) {
      family = raw.slice(2);
      return [];
    }
    if (raw === '') return [];
    const parts = raw.replaceAll('⏎', '\n').split(/[⟦⟧]/);
    const secrets = parts.filter((_, at) => at % 2 === 1);
    const rest = parts.filter((_, at) => at % 2 === 0);
    return [{ family, line: parts.join(''), secrets, rest }];
  });
}
