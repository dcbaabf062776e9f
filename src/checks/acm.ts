import { z } from 'zod';
import { defineCheck, type Probe, Unmeasured } from '../kernel/check.ts';
import { acmFacts, acmRules, daysLeft, isFor, nameOf, validityFacts } from './acm/facts.ts';
import { type AcmReader, type Certificate, certificates, renewalOf } from './acm/read.ts';
import { awsLane, whereOf } from './aws/account.ts';
import { connectAcm } from './aws/acm.ts';
import { account, partitionOf, region } from './aws/params.ts';
import { part } from './aws/part.ts';
import { few } from './facts/few.ts';

/** ACM begins to renew 60 days before the end; a call for each certificate from then on. */
const renewalDays = 60;
const mostRenewals = 50;
/** Where CloudFront's certificates are. */
const cloudFrontRegion = 'us-east-1';

const params = z.strictObject({
  domains: z
    .array(z.string().min(1).toLowerCase())
    .min(1)
    .optional()
    .describe('names that an issued certificate has to be for, in use or not; `*.example.com` is for one level'),
  warn_days: z.int().min(1).default(30).describe('warn with fewer days left'),
  fail_days: z.int().min(1).default(7).describe('fail with fewer days left'),
  cloudfront: z.boolean().default(true).describe('whether to read us-east-1 too, where CloudFront’s certificates are'),
  account,
  region,
});
type Target = z.output<typeof params>;

export default defineCheck({
  type: 'acm',
  summary: 'Certificates in ACM that are in use: days left, status, renewal; of a region and of CloudFront’s',
  catalogue: ['H17'],
  params,
  facts: () => acmFacts,
  rules: acmRules,
  okSays: '{in_use} in use, the first expires in {days_left}',
  iam: ['acm:ListCertificates', 'acm:DescribeCertificate'],
  iamFor: ({ cloudfront, region = '*' }) => [
    'acm:ListCertificates',
    {
      action: 'acm:DescribeCertificate',
      resources: [...new Set([region, ...(cloudfront && region !== '*' ? [cloudFrontRegion] : [])])].map(
        (each) => `arn:${partitionOf(each)}:acm:${each}:*:certificate/*`,
      ),
    },
  ],
  describe: ({ domains }) => `ACM certificates${domains ? ` of ${few(domains).join(', ')}` : ''}`,
  lane: (target) => awsLane('acm', target),
  example: `- id: certificates
  group: platform
  every: 6h
  timeout: 30s
  acm: {domains: [www.example.com], region: eu-west-1}
`,
  async run(probe: Probe<Target>) {
    const { target, signal, partsSignal, clock } = probe;
    const now = clock.now();
    const unread: string[] = [];
    const readers = await readersOf(probe);
    const lists = await Promise.all(
      readers.map((reader, i) =>
        // The check's own region is what it is about; the other one is beside it.
        i === 0 ? certificates(reader) : part(unread, signal, () => certificates(reader)),
      ),
    );
    const found = lists.flatMap((list) => list?.items ?? []);
    const complete = lists.every((list) => list?.complete);
    if (lists.some((list) => list?.complete === false)) unread.push(`certificates past the first ${found.length}`);
    const judged = judgedOf(found, target.domains);
    if (judged.length === 0 && complete && !target.domains) throw nothing(readers);
    const renewals = await renewalFacts(readers, judged, { now, unread, signal, partsSignal });
    const missing = (target.domains ?? []).filter((domain) => !issuedFor(found, domain, now));
    const validity = validityFacts(judged, target, now);
    const listed = (of: (one: Certificate) => boolean) => few(found.filter(of).map(nameOf));
    return {
      facts: {
        certificates: complete ? found.length : null,
        in_use: complete ? found.filter(({ inUse }) => inUse).length : null,
        imported: complete ? judged.filter(({ imported }) => imported).length : null,
        regions: readers.flatMap(({ acm }, i) => (lists[i] ? [acm.region] : [])),
        ...(complete ? validity : ofSome(validity)),
        missing: complete || missing.length === 0 ? few(missing) : null,
        ...renewals,
        unvalidated: listed(({ status }) => status === 'PENDING_VALIDATION'),
        unused_expired: listed((one) => !one.inUse && one.notAfter !== undefined && one.notAfter <= now),
        unread,
      },
    };
  },
});

async function readersOf(probe: Probe<Target>): Promise<AcmReader[]> {
  const { target, signal, partsSignal } = probe;
  const where = whereOf(probe);
  const own = { acm: await connectAcm(where, signal), signal };
  if (!target.cloudfront || own.acm.region === cloudFrontRegion) return [own];
  return [own, { acm: await connectAcm({ ...where, region: cloudFrontRegion }, signal), signal: partsSignal }];
}

/** Of a part of the certificates, what was found holds; that there is no more does not. */
function ofSome(validity: ReturnType<typeof validityFacts>) {
  const held = (found: string[]) => (found.length > 0 ? found : null);
  const { expired, expiring_now, expiring, broken } = validity;
  return {
    ...{ days_left: null, first_to_expire: null, first_not_after: null },
    ...{ expired: held(expired), expiring_now: held(expiring_now), expiring: held(expiring), broken: held(broken) },
  };
}

/** Those in use, and the best one of each domain that has to have one. */
function judgedOf(found: Certificate[], domains: string[] = []): Certificate[] {
  const wanted = domains.flatMap((domain) => {
    const issued = found.filter((one) => one.status === 'ISSUED' && isFor(one, domain));
    return issued.toSorted((a, b) => Number(b.notAfter) - Number(a.notAfter)).slice(0, 1);
  });
  return [...new Set([...found.filter(({ inUse }) => inUse), ...wanted])];
}

function issuedFor(found: Certificate[], domain: string, now: Date): boolean {
  return found.some((one) => one.status === 'ISSUED' && one.notAfter && one.notAfter > now && isFor(one, domain));
}

function nothing(readers: AcmReader[]): Unmeasured {
  const where = readers.map(({ acm }) => acm.region).join(' and ');
  return new Unmeasured('empty', `no ACM certificate is in use in ${where}`, { next: 'check account and region' });
}

/** ACM's own renewal of what ends soon; imported certificates have none. */
async function renewalFacts(
  readers: AcmReader[],
  judged: Certificate[],
  { now, unread, signal, partsSignal }: { now: Date; unread: string[]; signal: AbortSignal; partsSignal: AbortSignal },
) {
  const soon = judged
    .filter((one) => !one.imported && one.status === 'ISSUED' && daysLeft(one, now) < renewalDays)
    .toSorted((a, b) => daysLeft(a, now) - daysLeft(b, now));
  const renewals = await Promise.all(
    soon.slice(0, mostRenewals).map(async (one) => {
      const reader = readers.find(({ acm }) => acm.region === one.region);
      return (
        reader && { one, renewal: await part(unread, signal, () => renewalOf({ ...reader, signal: partsSignal }, one)) }
      );
    }),
  );
  if (soon.length > mostRenewals) unread.push(`renewals past the first ${mostRenewals}`);
  const known = renewals.filter((each) => each !== undefined).filter(({ renewal }) => renewal !== null);
  const all = known.length === soon.length;
  const listed = (status: string) => {
    const those = known.filter(({ renewal }) => renewal?.status === status);
    const words = those.map(({ one, renewal }) => [nameOf(one), renewal?.reason].filter(Boolean).join(' '));
    return all || words.length > 0 ? few(words) : null;
  };
  return { renewal_failed: listed('FAILED'), renewal_waiting: listed('PENDING_VALIDATION') };
}
