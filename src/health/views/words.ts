import { type Counts, type HealthReport, type Outcome, outcomes } from '../model.ts';

/** How each outcome looks: a mark for Slack, a word for people who can't tell colours apart, an ANSI colour. */
export const faces: Record<Outcome, { mark: string; word: string; ansi: string }> = {
  fail: { mark: '🔴', word: 'FAIL', ansi: '\x1b[1;31m' },
  unknown: { mark: '⚪', word: 'UNKNOWN', ansi: '\x1b[1;35m' },
  warn: { mark: '🟠', word: 'WARN', ansi: '\x1b[1;33m' },
  stale: { mark: '🕓', word: 'STALE', ansi: '\x1b[35m' },
  blocked: { mark: '⛓️', word: 'BLOCKED', ansi: '\x1b[2m' },
  muted: { mark: '🔕', word: 'MUTED', ansi: '\x1b[2m' },
  ok: { mark: '🟢', word: 'OK', ansi: '\x1b[32m' },
};

/** What heads an answer: its verdict, but where that is unknown only because all is muted, or blocked by that: muted. */
export function headingOf({ verdict, checks }: Pick<HealthReport, 'verdict' | 'checks'>): Outcome {
  const muted = new Set(checks.filter(({ outcome }) => outcome === 'muted').map(({ id }) => id));
  const isQuiet = ({ id, outcome, blocked_by: by }: HealthReport['checks'][number]) =>
    muted.has(id) || (outcome === 'blocked' && by !== undefined && muted.has(by));
  return verdict === 'unknown' && checks.length > 0 && checks.every(isQuiet) ? 'muted' : verdict;
}

/** "1 fail · 2 warn · 62 ok", worst first, zeros left out. */
export function countsLine(counts: Counts): string {
  const parts = outcomes.filter((outcome) => counts[outcome] > 0).map((outcome) => `${counts[outcome]} ${outcome}`);
  return parts.length ? parts.join(' · ') : 'no checks';
}

/** "1.8 s", "42 s", "3 min". */
export function tookWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** "just now", "5 min ago", "3 h ago", "2 d ago". */
export function ageWords(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / 1440)} d ago`;
}
