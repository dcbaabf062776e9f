/** A check of one type, over something healthy that this machine serves. */
export interface Served {
  /** As an operator writes them. */
  params: object;
  secrets?: Record<string, string>;
  /** Rules beside the default ones. */
  fail?: string[];
  /** What the check comes to once its target is gone. */
  gone: 'fail' | 'unknown';
  /** Asks AWS, in any of `regions`. */
  isAws?: true;
}

/** All that is served; made in one process, used in another. */
export interface World {
  /** By check type. */
  checks: Record<string, Served>;
  /** Of AWS's stand-in. */
  awsUrl: string;
}

/** Where AWS's stand-in is the same. */
export const regions = ['eu-west-1', 'eu-central-1', 'us-east-1'];

export const minuteMs = 60_000;
