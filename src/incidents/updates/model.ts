import type { By } from '../model.ts';

/** What people were told, as it is kept: texts are redacted. */
export interface Update {
  /** From 1, for each incident. */
  n: number;
  at: Date;
  by: By;
  status: string;
  /** Actions completed. */
  done: string;
  /** Next steps. */
  next: string;
  eta: string;
  /** Nothing new. */
  unchanged: boolean;
  /** When it said that the next one comes. */
  nextAt?: Date;
}

/** When the next one is due: by the severity's rhythm, in so long, or never. */
export type NextDue = 'usual' | 'none' | { inMs: number };

/** What somebody writes. */
export interface Written {
  /** One submit, one command, one click is one update. */
  key: string;
  id: number;
  status: string;
  done?: string;
  next?: string;
  eta?: string;
  /** The harm is over since now. */
  mitigated?: boolean;
  due?: NextDue;
}
