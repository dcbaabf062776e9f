import { z } from 'zod';
import type { Fault } from '../faults.ts';
import type { ActOutcome, Control } from './contract.ts';
import type { PageParts } from './page.ts';

const whole = (min: number, max: number) => z.number().int().min(min).max(max);

const fault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('delay'), ms: whole(1, 600_000) }),
  z.object({ kind: z.literal('drop-request') }),
  z.object({ kind: z.literal('drop-response') }),
  z.object({ kind: z.literal('http'), status: whole(400, 599) }),
  z.object({ kind: z.literal('ratelimited'), retryAfterSeconds: whole(1, 3_600) }),
  z.object({ kind: z.literal('error'), error: z.string().regex(/^[a-z_]{1,80}$/) }),
]) satisfies z.ZodType<Fault>;

const control = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('switch'), id: z.string(), on: z.boolean() }),
  z.object({
    kind: z.literal('fault'),
    method: z.string().regex(/^(\*|[a-zA-Z][a-zA-Z0-9.]{0,79})$/, '* or the name of a method'),
    fault: fault.nullable(),
  }),
  z.object({
    kind: z.literal('clock_jump'),
    to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 09:00'),
  }),
  z.object({ kind: z.literal('clock_speed'), speed: z.number().min(1).max(3_600) }),
  z.object({ kind: z.literal('page'), dedupKey: z.string(), act: z.enum(['acknowledge', 'resolve']) }),
  z.object({ kind: z.literal('on_call'), users: z.array(z.string()).max(100) }),
]) satisfies z.ZodType<Control>;

/** Does what whoever plays with the workspace wants. What can't be done is an outcome with a message, never a throw. */
export async function performControl(parts: PageParts, body: unknown): Promise<ActOutcome> {
  const parsed = control.safeParse(body);
  if (!parsed.success) return { ok: false, error: 'invalid_control', message: z.prettifyError(parsed.error) };
  try {
    return await perform(parts, parsed.data);
  } catch (error) {
    return { ok: false, error: 'not_possible', message: error instanceof Error ? error.message : String(error) };
  }
}

const impossible = (message: string): ActOutcome => ({ ok: false, error: 'not_possible', message });

async function perform({ options, faults, phone, playClock }: PageParts, wanted: Control): Promise<ActOutcome> {
  switch (wanted.kind) {
    case 'switch': {
      const known = options.system?.switches().some(({ id }) => id === wanted.id);
      if (!options.system || !known) return impossible(`There is no switch ${wanted.id}`);
      await options.system.set(wanted.id, wanted.on);
      break;
    }
    case 'fault':
      faults.stand(wanted.method, wanted.fault ?? undefined);
      break;
    case 'clock_jump':
      if (!playClock) return impossible("This workspace's clock can't be moved");
      playClock.jump(wanted.to);
      break;
    case 'clock_speed':
      if (!playClock) return impossible("This workspace's clock can't be moved");
      playClock.setSpeed(wanted.speed);
      break;
    case 'page': {
      const found = wanted.act === 'resolve' ? phone.resolve(wanted.dedupKey) : phone.acknowledge(wanted.dedupKey);
      if (!found) return impossible(`No page with the key ${wanted.dedupKey} is open`);
      break;
    }
    case 'on_call':
      phone.setOnCall(wanted.users);
      break;
  }
  return { ok: true };
}
