import { z } from 'zod';
import { kept } from '../given.ts';
import { hashed, type Signal } from './model.ts';

const words = z.record(z.string(), z.string()).nullish();
const moment = z.iso.datetime({ offset: true });
const body = z.object({
  groupKey: z.string().min(1),
  status: z.enum(['firing', 'resolved']),
  ...{ groupLabels: words, commonLabels: words, commonAnnotations: words },
  externalURL: z.string().nullish(),
  truncatedAlerts: z.number().int().min(0).nullish(),
  alerts: z
    .array(
      z.object({
        ...{ status: z.enum(['firing', 'resolved']), labels: words, annotations: words },
        startsAt: moment,
        endsAt: moment.nullish(),
      }),
    )
    .min(1),
});

/** Labels that name what is affected, the most telling first. */
const places = ['service', 'app', 'job', 'namespace', 'cluster', 'instance'];

/** What a body of Alertmanager's webhook (version 4) says: one group of alerts is one signal. Pure. */
export function readAlertmanager(text: string): { signal: Signal } | { invalid: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { invalid: 'the body is not JSON' };
  }
  const read = body.safeParse(json);
  if (!read.success) {
    const [first] = read.error.issues;
    return { invalid: `${first?.path.join('.') || 'the body'}: ${first?.message ?? 'unexpected'}` };
  }
  const { groupKey, status, alerts, externalURL, truncatedAlerts } = read.data;
  const firing = alerts.filter((alert) => alert.status === 'firing');
  const [first] = firing.length > 0 ? firing : alerts;
  const labels = { ...first?.labels, ...read.data.groupLabels, ...read.data.commonLabels };
  // What only one of several says does not hold for all.
  const shared = alerts.length === 1 ? labels : { ...read.data.groupLabels, ...read.data.commonLabels };
  const notes = { ...first?.annotations, ...read.data.commonAnnotations };
  const place = places.map((name) => shared[name]).find((value) => value);
  const starts = (firing.length > 0 ? firing : alerts).map(({ startsAt }) => new Date(startsAt).getTime());
  const url = webAddress(externalURL);
  return {
    signal: {
      ...{ source: 'alertmanager', key: hashed(groupKey), what: status === 'firing' ? 'firing' : 'over' },
      name: kept(labels.alertname, 150) || 'Alert',
      systems: kept(place, 100),
      details: kept(notes.summary || notes.description || notes.message, 1_000),
      severity: kept(shared.severity, 40),
      alerts: Math.max(1, firing.length + (truncatedAlerts ?? 0)),
      since: new Date(Math.min(...starts)),
      ...(url !== undefined && { url }),
    },
  };
}

function webAddress(text: string | null | undefined): string | undefined {
  const url = URL.parse(text ?? '');
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return undefined;
  return url.href.length > 500 ? undefined : url.href;
}
