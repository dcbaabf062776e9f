/** A request as an operation sees it. */
export interface Asked {
  region: string;
  accessKeyId: string;
}

type Operation = (input: Record<string, unknown>, asked: Asked) => unknown;

interface Signed {
  /** In the credential scope: `ecs`, `monitoring`. */
  signingName: string;
  /** Of IAM actions. */
  iamPrefix: string;
}

/** Speaks AWS JSON: an operation throws AwsRefusal or returns what goes out. */
export interface JsonService extends Signed {
  protocol?: 'json';
  /** Before the dot in X-Amz-Target. */
  target: string;
  contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1';
  operations: Record<string, Operation>;
}

/**
 * Speaks AWS Query (`query`) or EC2's kind of it: the form arrives as nested input, all of it text; what an operation returns
 * goes out as XML (see toXml): `{DBInstances: {DBInstance: [...]}}`, `{TargetGroups: {member: [...]}}`, `{reservationSet: {item: [...]}}`.
 */
export interface QueryService extends Signed {
  protocol: 'query' | 'ec2';
  /** Of the API: `2014-10-31`. */
  version: string;
  operations: Record<string, Operation>;
}

/** What a route answers when it is more than a body of status 200. */
export class Answer {
  readonly body: unknown;
  readonly status: number;
  readonly headers: Record<string, string>;
  constructor(
    body: unknown,
    { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
  ) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'HEAD';
  /** `/backup-vaults/{vault}/recovery-points/`, without the query. */
  path: string;
  /** A query parameter that must be there, for services that tell operations by it (S3's `?encryption`). */
  having?: string;
  /** As IAM names it: `ListBackupJobs`. */
  operation: string;
  /** Path and query parameters and the body's members, together. `rest-xml`: returns `{Root: {...}}`. */
  run: Operation;
}

/** Speaks REST with JSON or XML bodies. */
export interface RestService extends Signed {
  protocol: 'rest-json' | 'rest-xml';
  /** Refusals of `rest-xml` are in an `ErrorResponse`, as all but S3 have them. */
  wrapped?: true;
  routes: Route[];
}

export type AwsService = JsonService | QueryService | RestService;
