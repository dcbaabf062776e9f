/** What may not leave the process in plain sight, masked: for Slack, PagerDuty, logs and the audit. */
export { redactDeep } from './redact/deep.ts';
export { maskAlways } from './redact/exact.ts';
export { withoutHidden } from './redact/hidden.ts';
export { isSecretName } from './redact/names.ts';
export { holdsSecret, redact, redactAddress, redactSecrets } from './redact/text.ts';
