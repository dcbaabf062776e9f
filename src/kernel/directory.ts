/** How the chat workspace knows somebody. Only a `member` of the own workspace may be given anything. */
export type Standing = 'member' | 'guest' | 'bot' | 'deactivated' | 'foreign';

export interface UserGroup {
  id: string;
  /** Without the `@`. */
  handle: string;
  disabled: boolean;
}

export type DirectoryChange = { kind: 'person'; id: string } | { kind: 'groups' };

/** The people of the chat workspace. Every look-up asks anew and throws PortError when there is no answer in seconds. */
export interface Directory {
  person(userId: string): Promise<Standing>;
  /** Every user group, disabled ones too. */
  groups(): Promise<UserGroup[]>;
  /** User ids of a group's members; empty for a disabled group. */
  members(groupId: string): Promise<string[]>;
  /** Calls back when somebody or some group has changed, as far as this process hears of it. */
  onChange(listener: (change: DirectoryChange) => void): void;
}
