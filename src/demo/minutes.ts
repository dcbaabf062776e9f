import type { Clock } from '../kernel/clock.ts';

/** A clock that may be moved has to be looked at. */
const lookMs = 1_000;
const minuteMs = 60_000;

/** Calls `onLook` every second, and `onMinute` at once and when the clock shows another minute. */
export function watchClock(
  clock: Clock,
  { onLook, onMinute }: { onLook: () => void; onMinute: () => void },
): { stop(): void } {
  let minute = Number.NaN;
  const look = () => {
    onLook();
    const shown = Math.floor(clock.now().getTime() / minuteMs);
    if (shown === minute) return;
    minute = shown;
    onMinute();
  };
  look();
  const timer = setInterval(look, lookMs);
  return { stop: () => clearInterval(timer) };
}
