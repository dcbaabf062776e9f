import type { Reachable } from '../../directory/model.ts';
import type { JobHandler } from '../../jobs/model.ts';
import { PortError } from '../../kernel/errors.ts';
import { triedAgain } from '../../posting/failures.ts';
import { currentPages, type Incident } from '../model.ts';
import type { IncidentPort, IncidentPorts } from '../ports.ts';
import * as rows from '../store.ts';
import { notPagedPost } from '../views/message.ts';
import { mailAddresses } from './recipients.ts';
import { noticesOf, secondPagesOf } from './store.ts';

/** What the post that says NOT PAGED has to tell besides. */
export interface AlarmFacts {
  /** Whom to call, the first first. */
  call: Reachable[];
  /** What was done instead; plain lines. */
  done: string[];
}

/** The post is gone, or too old to be edited: there is nothing to bring up to date. */
const gone = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'channel_not_found', 'is_archived'];

export async function alarmFacts(incident: Incident, ports: IncidentPorts): Promise<AlarmFacts> {
  const { store, directory, paging } = ports;
  const n = currentPages(incident).at(-1)?.n ?? 0;
  const [call, notices, second, mail] = await Promise.all([
    directory.toCall(),
    noticesOf(store.db(), incident.id, 'fallback:'),
    secondPagesOf(store.db(), incident.id),
    mailAddresses(ports),
  ]);
  const done = notices
    .filter(({ key }) => Number(key.split(':')[1]) > incident.oldPages)
    .map(({ name, state, reason }) => {
      if (state === 'sent') return `E-mail sent to ${name}`;
      if (state === 'failed') return `No e-mail to ${name}: ${reason}`;
      return reason ? `E-mail to ${name} is tried again: ${reason}` : `E-mail to ${name} …`;
    });
  if (done.length === 0 && mail.reached.length === 0) done.push(`No e-mail: ${mail.unreached.join('; ')}`);
  for (const page of second.filter((each) => each.n > incident.oldPages && each.n <= n)) {
    if (page.state === 'accepted') done.push('Paged by the second routing key');
    else if (page.state === 'refused') done.push(`Second routing key: ${page.reason}`);
    else done.push(`Second routing key: ${page.reason ? `is tried again: ${page.reason}` : '…'}`);
  }
  if (paging.fallbackKey === undefined) done.push('No second page: PAGERDUTY_FALLBACK_ROUTING_KEY is not set');
  return { call, done };
}

/** Brings that post up to date with what was done meanwhile. */
export function alarmHandler(ports: IncidentPorts, slack: IncidentPort): JobHandler<{ id: number }> {
  return async ({ id }) => {
    const incident = await rows.findIncident(ports.store.db(), id);
    if (!incident?.notPaged) return;
    if (ports.announceIn === undefined && incident.channel === undefined && !incident.message) return;
    if (!incident.notPaged.said || !incident.alarm)
      throw new PortError('not_posted_yet', 'NOT PAGED is not said yet', { retryable: true });
    const post = notPagedPost(incident, await alarmFacts(incident, ports), ports.clock.now());
    try {
      await slack.update({ ...incident.alarm, post });
    } catch (error) {
      if (error instanceof PortError && gone.includes(error.reason)) return;
      throw triedAgain(error);
    }
  };
}
