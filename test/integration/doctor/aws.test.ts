import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../../src/config/model.ts';
import { awsPart } from '../../../src/doctor/parts/aws.ts';
import { useAws } from '../../support/aws/environment.ts';
import { checkOf } from '../../support/checks.ts';
import { StandIn, type StandInAnswer } from '../../support/doctor-http.ts';

const { signal } = new AbortController();
const before = { ...process.env };
let answer: StandInAnswer;
let sts: StandIn;

beforeEach(async () => {
  sts = new StandIn(() => answer);
  useAws(await sts.start());
});
afterEach(() => sts.stop());
afterAll(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, before);
});

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::123456789012:assumed-role/rounds/i-1</Arn><UserId>AROA:i-1</UserId><Account>123456789012</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;

function refusal(code: string, status = 403): StandInAnswer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
  return { status, body, type: 'text/xml' };
}

function asking(target: unknown = {}): Check {
  const check = checkOf(async () => ({ facts: {} }), { target });
  return { ...check, definition: { ...check.definition, iam: ['ecs:ListServices'] } };
}

const look = (checks = [asking()]) => awsPart(checks).look(signal);

describe('AWS', () => {
  it('is not asked when no check asks it', async () => {
    expect(await look([checkOf(async () => ({ facts: {} }))])).toEqual([{ state: 'ok', message: 'no check asks AWS' }]);
    expect(sts.asked).toEqual([]);
  });

  it('says who the bot is', async () => {
    answer = { status: 200, body: identity, type: 'text/xml' };
    expect(await look()).toEqual([
      { state: 'ok', message: 'account 123456789012 as arn:aws:sts::123456789012:assumed-role/rounds/i-1' },
    ]);
    expect(sts.asked[0]!.body).toContain('Action=GetCallerIdentity');
  });

  it.each([
    ['ExpiredToken', 'the AWS credentials have expired'],
    ['InvalidClientTokenId', 'AWS does not know the access key'],
    ['SignatureDoesNotMatch', 'AWS refused the signature'],
    ['AccessDenied', 'AWS denies sts:GetCallerIdentity'],
  ])('%s: a problem with its fix', async (code, message) => {
    answer = refusal(code);
    expect(await look()).toEqual([{ state: 'problem', message, fix: expect.any(String) }]);
  });

  it('is unknown with a 500 and with a broken connection', async () => {
    answer = refusal('InternalFailure', 500);
    expect(await look()).toMatchObject([{ state: 'unknown' }]);
    answer = 'drop';
    expect(await look()).toMatchObject([{ state: 'unknown' }]);
  });

  it('is unknown when it hangs, within 5 s', async () => {
    answer = 'hang';
    expect(await look()).toMatchObject([{ state: 'unknown', message: 'AWS did not answer within 5 s' }]);
  });

  it('takes the region of a check where the environment has none, and says so when there is none at all', async () => {
    delete process.env.AWS_REGION;
    answer = { status: 200, body: identity, type: 'text/xml' };
    expect(await look([asking(), asking({ region: 'eu-central-1' })])).toMatchObject([{ state: 'ok' }]);
    expect(sts.asked.at(-1)!.authorization).toContain('/eu-central-1/sts/');
    expect(await look()).toEqual([{ state: 'problem', message: 'no AWS region', fix: 'set AWS_REGION' }]);
  });

  it('has a problem without credentials', async () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    process.env.AWS_EC2_METADATA_DISABLED = 'true';
    expect(await look()).toEqual([
      {
        state: 'problem',
        message: expect.stringMatching(/^no AWS credentials: /),
        fix: expect.stringContaining('AWS_PROFILE'),
      },
    ]);
    expect(sts.asked).toEqual([]);
  });
});
