import { createHash } from 'node:crypto';
import type { PageShown } from '../page/contract.ts';
import type { WorkspaceState } from '../state.ts';
import type { Json, User } from '../world.ts';

/** The one escalation policy of the account; its levels are the people on call, in order. */
const POLICY = { id: 'PROUNDS', type: 'escalation_policy_reference', summary: 'Rounds' };
const SCHEDULE = { id: 'PSCHED1', type: 'schedule_reference', summary: 'On call' };
const SERVICE = { id: 'PSERVICE', type: 'service_reference', summary: 'Rounds' };
/** Who an event of the bot is done by. */
const INTEGRATION = { id: 'PEVENTS', type: 'inbound_integration_reference', summary: 'Events API v2' };

/** The people and incidents of the stand-in's account, in PagerDuty's shapes. */
export class Account {
  private readonly state: WorkspaceState;
  private chosen: string[] | undefined;

  constructor(state: WorkspaceState) {
    this.state = state;
  }

  /** Everybody of the workspace who works there. */
  people(): User[] {
    return [...this.state.users.values()].filter((user) => !user.is_bot && !user.deleted);
  }

  /** Ids of who is on call, the first to be paged first: the group `oncall` until somebody is chosen. */
  onCall(): string[] {
    const group = [...this.state.groups.values()].find(({ handle }) => handle === 'oncall');
    const live = new Set(this.people().map(({ id }) => id));
    return (this.chosen ?? group?.users ?? []).filter((id) => live.has(id));
  }

  /** Throws when there is no such user. */
  setOnCall(userIds: string[]): void {
    const unknown = userIds.find((id) => !this.state.users.has(id));
    if (unknown !== undefined) throw new Error(`There is no user ${unknown}`);
    this.chosen = [...userIds];
  }

  /** A user as PagerDuty shows it, with contact methods in full or referred to. */
  user(user: User, withContacts: boolean): Json {
    const { email } = user;
    return {
      ...referenceTo(user, 'user'),
      ...{ name: user.real_name, email, time_zone: user.tz },
      contact_methods: this.contactsOf(user).map((method) =>
        withContacts ? method : { id: method.id, type: `${method.type}_reference`, summary: method.summary },
      ),
    };
  }

  /** The user with this id of PagerDuty's. */
  find(id: string): User | undefined {
    return this.people().find((user) => accountId(user.id) === id);
  }

  /** Whose e-mail address or number it is. */
  nameAt(address: string): string | undefined {
    const owner = this.people().find(
      (user) => user.email === address.toLowerCase() || `+1${this.numberOf(user)}` === address,
    );
    return owner?.real_name;
  }

  /** `GET /oncalls`, of these policies or of all. */
  oncalls(policies: string[], withUsers: boolean): Json[] {
    if (policies.length > 0 && !policies.includes(POLICY.id)) return [];
    const midnight = new Date(this.state.clock.now());
    midnight.setUTCHours(0, 0, 0, 0);
    const shift = [midnight, new Date(midnight.getTime() + 24 * 3_600_000)].map((time) => time.toISOString());
    return this.onCall().flatMap((id, at) => {
      const user = this.state.users.get(id);
      if (!user) return [];
      return [
        {
          escalation_policy: POLICY,
          escalation_level: at + 1,
          schedule: at === 0 ? SCHEDULE : null,
          user: withUsers ? this.user(user, false) : referenceTo(user, 'user_reference'),
          start: at === 0 ? shift[0] : null,
          end: at === 0 ? shift[1] : null,
        },
      ];
    });
  }

  /** The one service, as `GET /services` lists it. */
  services(): Json[] {
    return [{ ...SERVICE, type: 'service', status: 'active' }];
  }

  /** A page as an incident of the REST API. */
  incident(page: PageShown, whole: boolean): Json {
    const { status, summary, at, changedAt = at } = page;
    const type = whole ? 'user' : 'user_reference';
    const by = this.agent(page, type);
    return {
      id: incidentId(page),
      type: 'incident',
      ...{ summary, title: summary, status, urgency: 'high', incident_key: page.dedupKey },
      ...{ created_at: at, last_status_change_at: changedAt, last_status_change_by: by },
      ...{ html_url: this.state.url, service: SERVICE, escalation_policy: POLICY },
      assignments: status === 'resolved' ? [] : this.assignees(type).map((assignee) => ({ at, assignee })),
      acknowledgements: status === 'acknowledged' ? [{ at: changedAt, acknowledger: by }] : [],
    };
  }

  /** A page as the data of a webhook. */
  webhookData(page: PageShown): Json {
    const { status, summary, at, dedupKey } = page;
    return {
      id: incidentId(page),
      type: 'incident',
      ...{ html_url: this.state.url, status, incident_key: dedupKey, created_at: at, title: summary, urgency: 'high' },
      ...{ service: SERVICE, escalation_policy: POLICY, assignees: this.assignees('user_reference') },
    };
  }

  /** Who did what happened last: a person, or an event. */
  agent(page: PageShown, type: 'user' | 'user_reference'): Json {
    const user = page.by === undefined ? undefined : this.state.users.get(page.by);
    if (!user) return INTEGRATION;
    return type === 'user' ? this.user(user, false) : referenceTo(user, type);
  }

  private assignees(type: 'user' | 'user_reference'): Json[] {
    const [first] = this.onCall().flatMap((id) => this.state.users.get(id) ?? []);
    return first ? [type === 'user' ? this.user(first, false) : referenceTo(first, type)] : [];
  }

  /** Of the numbers that nobody has. */
  private numberOf({ id }: User): string {
    const at = [...this.state.users.keys()].indexOf(id);
    return `20255501${String(at % 100).padStart(2, '0')}`;
  }

  private contactsOf(user: User): { id: string; type: string; summary: string; [more: string]: unknown }[] {
    const number = { address: this.numberOf(user), country_code: 1 };
    const id = accountId(user.id);
    return [
      { id: `${id}E`, type: 'email_contact_method', summary: 'Default', address: user.email },
      { id: `${id}P`, type: 'phone_contact_method', summary: 'Mobile', ...number },
      { id: `${id}S`, type: 'sms_contact_method', summary: 'Mobile', ...number },
    ];
  }
}

function accountId(userId: string): string {
  return `P${userId.slice(1)}`;
}

function referenceTo(user: User, type: 'user' | 'user_reference'): Json {
  return { id: accountId(user.id), type, summary: user.real_name };
}

/** The same after a restart. */
function incidentId({ at, dedupKey }: PageShown): string {
  return `Q${createHash('sha256').update(`${at} ${dedupKey}`).digest('hex').slice(0, 13).toUpperCase()}`;
}
