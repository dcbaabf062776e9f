import { POST_INTERVAL_MS, TIERS, type Tier } from './limits.ts';

const MINUTE_MS = 60_000;

/** Slack's rate limits, off until `enforced`: calls a minute per method, and chat.postMessage once a second per channel. */
export class RateLimits {
  enforced = false;
  private readonly calls = new Map<string, number[]>();

  /** Seconds to wait when this call is one too many, else undefined and the call is counted. */
  admit(method: string, tier: Tier, channel: string, nowMs: number): number | undefined {
    if (!this.enforced) return undefined;
    const isPost = method === 'chat.postMessage';
    const key = isPost ? `${method} ${channel}` : method;
    const windowMs = isPost ? POST_INTERVAL_MS : MINUTE_MS;
    const allowed = isPost ? 1 : TIERS[tier];
    const recent = (this.calls.get(key) ?? []).filter((at) => at > nowMs - windowMs);
    const oldest = recent[0];
    this.calls.set(key, recent);
    if (recent.length >= allowed && oldest !== undefined)
      return Math.max(1, Math.ceil((oldest + windowMs - nowMs) / 1000));
    recent.push(nowMs);
    return undefined;
  }
}
