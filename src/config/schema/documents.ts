import { z } from 'zod';
import { date, duration, identifier, owner } from './scalars.ts';

const day = 86_400_000;

/** A document that somebody reviews again and again. */
export const documentEntry = z.strictObject({
  id: identifier.describe('its name'),
  title: z.string().trim().min(1).max(120).describe('what people know it as'),
  owner: owner.optional().describe('who reviews it: `"@compliance"`'),
  url: z.url('an address such as https://wiki.example.com/dr').optional().describe('where it is'),
  reviewed: date.describe('when it was reviewed last: `2026-01-01`'),
  every: duration(day, 1_100 * day).describe('how long a review holds: `30d`, `180d`, `365d`'),
});
