import { Unmeasured } from '../kernel/check.ts';
import { PortError } from '../kernel/errors.ts';
import { type Reveal, Secret } from '../kernel/secret.ts';
import { createGitHub } from './github.ts';
import { createJira } from './jira.ts';
import { createLinear } from './linear.ts';
import type { Tracker, TrackerSettings } from './model.ts';

/** The tracker that is configured. Its token is read anew each time: a rotated one counts at once. */
export function openTracker(settings: TrackerSettings, reveal: Reveal, timeoutMs?: number): Tracker {
  const { token: secret } = settings;
  const tokenName = secret instanceof Secret ? secret.name : 'ticket.token';
  const token = () => {
    try {
      return reveal(secret);
    } catch (error) {
      if (!(error instanceof Unmeasured)) throw error;
      throw new PortError('no_credentials', error.message, { retryable: false, cause: error });
    }
  };
  const how = { token, tokenName, ...(timeoutMs !== undefined && { timeoutMs }) };
  switch (settings.kind) {
    case 'github':
      return createGitHub({ ...how, url: settings.url, repo: settings.repo });
    case 'jira':
      return createJira({ ...settings, ...how });
    case 'linear':
      return createLinear({ ...how, url: settings.url, team: settings.team });
  }
}
