import type { Completion, GuideStep, Shortcut, SwitchShown } from './contract.ts';

/** The system beside the workspace that can be broken to see what the bot makes of it. */
export interface DemoSystem {
  name: string;
  switches(): SwitchShown[];
  /** Throws for an unknown id; the message is shown. */
  set(id: string, on: boolean): void | Promise<void>;
  /** Calls `listener` after every change until the returned function is called. */
  onChange(listener: () => void): () => void;
}

/** What the workspace's page shows beside the workspace itself. */
export interface PageOptions {
  system?: DemoSystem;
  guide: GuideStep[];
  /** Asked at each visit and whenever the bot connects; a failure leaves what was known. */
  completions(): Promise<Completion[]> | Completion[];
  /** The app's shortcuts; others are refused. */
  shortcuts: Shortcut[];
  /** Name of the channel that a first visit shows. */
  openedFirst?: string;
}

/** A clock that can be moved while everything runs. It never goes back. */
export interface PlayClock {
  now(): Date;
  /** Workspace seconds per real second. */
  readonly speed: number;
  /** The team's IANA zone. */
  readonly zone: string;
  /** To this wall-clock time in `zone`, the next time it comes: `09:00`. */
  jump(to: string): void;
  setSpeed(speed: number): void;
  /** Calls `listener` after every change until the returned function is called. */
  onChange(listener: () => void): () => void;
}
