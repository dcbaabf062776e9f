/** What a stand-in answers when it refuses; `code` is AWS's, as the wire carries it. */
export class AwsRefusal extends Error {
  readonly code: string;
  readonly status: number;
  /** The name of the older protocol, for services that once spoke it (CloudWatch). */
  readonly queryCode: string | undefined;
  constructor(code: string, message: string, options: { status?: number; queryCode?: string } = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.queryCode = options.queryCode;
  }
}
