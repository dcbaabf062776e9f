/** Somebody who can be reached by a name of the directory. */
export interface Reachable {
  /** `Anna Berg` of PagerDuty, or the contact's own name: `cto`. */
  name: string;
  emails: string[];
  /** The one to call first. */
  phones: string[];
  /** As ops.yml names them in Slack: `@devops`, `U012ABCDEF`. */
  slack?: string;
  /** Of somebody of PagerDuty's: when they were last seen to be on call, and whether they are as far as is known. */
  onCall?: { seenAt: Date; current: boolean };
}

/** What is known of PagerDuty's on-call people. */
export interface OnCallState {
  /** When PagerDuty was last heard; undefined = never. */
  answeredAt: Date | undefined;
  /** Why it could not be asked the last time. */
  problem: string | undefined;
  /** How many are on call, as far as is known, and how many of them have a number. */
  people: number;
  withPhone: number;
}
