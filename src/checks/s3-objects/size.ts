import type { Probe } from '../../kernel/check.ts';
import { whereOf } from '../aws/account.ts';
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
export async function bucketBytes(probe: Probe<S3ObjectsTarget>): Promise<number | null> {
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
