import type { JobHandler } from '../../jobs/model.ts';
import { PortError } from '../../kernel/errors.ts';
import type { EventKind, Incident } from '../model.ts';
import type { IncidentPorts } from '../ports.ts';
import { say } from '../say.ts';
import * as rows from '../store.ts';
import { plainPost } from '../views/plain.ts';
import { alarmJob } from './jobs.ts';
import { type Notice, noticesOf, setNotice } from './store.ts';
import { sayNotTold } from './told.ts';
import { callOf, mailOf, textOf, wayWords } from './words.ts';

const eventKinds: Record<Notice['why'], EventKind> = { fallback: 'fallback', level: 'escalated', told: 'told' };

/** Sends one e-mail or text message, or calls, unless somebody is on it by now; says what became of it. */
export function reachHandler(ports: IncidentPorts): JobHandler<{ id: number; key: string }> {
  const { store } = ports;
  return async ({ id, key }, { signal, lastAttempt, stillMine }) => {
    const incident = await rows.findIncident(store.db(), id);
    const notice = (await noticesOf(store.db(), id, key)).find((each) => each.key === key);
    if (!incident || notice?.state !== 'sending') return;
    if (incident.acknowledged || incident.resolved) return setNotice(store.db(), id, { ...notice, state: 'void' });
    if (!(await stillMine())) return;
    try {
      await sendNotice(incident, notice, ports, signal);
    } catch (error) {
      if (!(error instanceof PortError) || error.reason === 'stopped') throw error;
      const state = error.retryable && !lastAttempt ? 'sending' : 'failed';
      await ended(incident, notice, { state, reason: error.message }, ports);
      if (state === 'failed') return;
      throw error;
    }
    await ended(incident, notice, { state: 'sent', reason: undefined }, ports);
  };
}

async function sendNotice(
  incident: Incident,
  { key, why, way, address }: Notice,
  { mail, telephone, team }: IncidentPorts,
  signal: AbortSignal,
): Promise<void> {
  if (way === 'email') {
    if (!mail) throw new PortError('not_configured', 'SMTP_URL is not set', { retryable: false });
    const id = `incident-${incident.id}-${key}`;
    return mail.send({ to: address, id, ...mailOf(incident, why, team.zone) }, signal);
  }
  if (!telephone) throw new PortError('not_configured', 'TWILIO_ACCOUNT_SID is not set', { retryable: false });
  if (way === 'sms') return telephone.text(address, textOf(incident), signal);
  return telephone.call(address, callOf(incident), signal);
}

/** What came of it: in its row, among what happened, and where people look. */
async function ended(
  { id }: Incident,
  notice: Notice,
  { state, reason }: { state: Notice['state']; reason: string | undefined },
  ports: IncidentPorts,
): Promise<void> {
  const { store, clock, jobs } = ports;
  const { key, why, way, name } = notice;
  await store.transaction<unknown, void>(async (tx) => {
    const incident = await rows.lockIncident(tx, id);
    if (!incident) return;
    await setNotice(tx, id, { key, state, reason });
    const what = `${wayWords[way]} to ${name}`;
    const at = clock.now();
    const event = state === 'sent' ? `${what}: sent` : `${what}: not sent: ${reason}`;
    if (state !== 'sending') await rows.addEvent(tx, id, { at, kind: eventKinds[why], by: 'rounds', words: event });
    if (why === 'fallback') await jobs.enqueue(tx, alarmJob, { id });
    else if (why === 'told' && state !== 'sent') {
      await sayNotTold(tx, incident, `${what}: ${reason}${state === 'sending' ? '; it is tried again' : ''}`, ports);
    } else if (state !== 'sent' || notice.reason !== undefined) {
      const words = {
        ...{ sent: `${what} was sent after all`, failed: `⚠️ No ${what}: ${reason}`, void: '' },
        sending: `⚠️ No ${what} yet, it is tried again: ${reason}`,
      }[state];
      await say(tx, ports, { id, key: `${key}:${state}`, to: 'incident', post: plainPost(words) });
    }
  });
}
