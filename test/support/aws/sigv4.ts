import type { IncomingMessage } from 'node:http';
import { AwsRefusal } from './refusal.ts';

export interface Authorization {
  accessKeyId: string;
  region: string;
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

/** The service in the credential scope; undefined when there is none to read. */
export function signingNameOf({ headers }: IncomingMessage): string | undefined {
  return form.exec(headers.authorization ?? '')?.[4];
}

/** The parts of a Signature Version 4 header; throws what AWS answers when one is missing or for another service. */
export function parseAuthorization(request: IncomingMessage, signingName: string, hasTarget: boolean): Authorization {
  const mustBeSigned = ['host', 'x-amz-date', ...(hasTarget ? ['x-amz-target'] : [])];
  const { authorization } = request.headers;
  if (!authorization) throw new AwsRefusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, accessKeyId = '', date = '', region = '', service, signed = ''] = form.exec(authorization) ?? [];
  if (!accessKeyId) throw new AwsRefusal('IncompleteSignatureException', 'Authorization header is malformed');
  if (service !== signingName)
    throw new AwsRefusal(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${signingName}'.`,
    );
  const headers = signed.split(';');
  if (mustBeSigned.some((name) => !headers.includes(name)))
    throw new AwsRefusal('InvalidSignatureException', "'Host', 'X-Amz-Date' and 'X-Amz-Target' must be signed");
  if (!String(request.headers['x-amz-date'] ?? '').startsWith(date))
    throw new AwsRefusal('InvalidSignatureException', 'Date in Credential scope does not match X-Amz-Date');
  return { accessKeyId, region };
}
