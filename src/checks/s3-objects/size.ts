import { type Probe, Unmeasured } from '../../kernel/check.ts';
import { whereOf } from '../aws/account.ts';
import { untilAborted } from '../aws/client.ts';
import { askMetric } from '../aws/metric-ask.ts';
import { readWindow, windowFor } from '../aws/metric-window.ts';
import { seriesOf } from '../aws/minutes.ts';
import type { S3ObjectsTarget } from './params.ts';

/** S3 reports once a day, the day before. */
const periodMs = 86_400_000;

/** CloudWatch has the size by kind of storage, and no sum; a kind that the bucket doesn't use has no data. */
const kinds = [
  'StandardStorage',
  'StandardIAStorage',
  'OneZoneIAStorage',
  'IntelligentTieringFAStorage',
  'IntelligentTieringIAStorage',
  'IntelligentTieringAIAStorage',
  'GlacierInstantRetrievalStorage',
  'GlacierStorage',
  'DeepArchiveStorage',
];

/** Bytes of the whole bucket a day or two ago; null while CloudWatch has none. Throws Unmeasured. */
export function bucketBytes(probe: Probe<S3ObjectsTarget>): Promise<number | null> {
  // The call is shared with other checks, so this one's parts can only stop waiting for it.
  return untilAborted(sumOfKinds(probe), probe.partsSignal).catch((cause: unknown) => {
    if (cause instanceof Unmeasured || !probe.partsSignal.aborted) throw cause;
    throw new Unmeasured('timeout', `cloudwatch:GetMetricData on bucket ${probe.target.bucket}: no answer in time`, {
      cause,
    });
  });
}

async function sumOfKinds(probe: Probe<S3ObjectsTarget>): Promise<number | null> {
  const nowMs = probe.clock.now().getTime();
  const window = windowFor(nowMs, periodMs, 0);
  const sizes = await Promise.all(
    kinds.map(async (StorageType) => {
      const dimensions = { BucketName: probe.target.bucket, StorageType };
      const { points } = await askMetric(
        probe,
        whereOf(probe),
        seriesOf('AWS/S3', 'BucketSizeBytes', dimensions),
        window,
      );
      const reading = readWindow(points, window, { nowMs, missing: 'unknown' });
      return reading.kind === 'value' ? reading.value : null;
    }),
  );
  const known = sizes.filter((size) => size !== null);
  return known.length === 0 ? null : known.reduce((sum, size) => sum + size, 0);
}
