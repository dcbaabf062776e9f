/** What may not leave the process in plain sight, masked: for Slack, PagerDuty, logs and the audit. */
export { redactDeep } from './redact/deep.ts';
export { type KnownSecrets, knownSecrets } from './redact/exact.ts';
export { isSecretName } from './redact/names.ts';
export { holdsSecret, redact, redactSecrets } from './redact/text.ts';
