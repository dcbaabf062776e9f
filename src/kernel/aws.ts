/** An AWS account that the bot reads by taking a role there. */
export interface AwsAccount {
  /** As checks name it. */
  name: string;
  /** ARN. */
  role: string;
  externalId: string | undefined;
  region: string | undefined;
}

/** What the config says about AWS. */
export interface AwsSettings {
  /** Of checks whose account has none. */
  region: string | undefined;
  accounts: ReadonlyMap<string, AwsAccount>;
}
