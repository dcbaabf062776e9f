import { openChecklistFiles } from '../../src/checklist-files.ts';
import type { Checklist } from '../../src/checklists/model.ts';
import { root } from '../../src/registry.ts';
import { type Example, exampleOf } from './figures.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export const systems = ['holi', 'ivr', 'rms'] as const;
export type System = (typeof systems)[number];
export type Where = 'shipped' | System;
export type Lists = Record<Where, Map<string, Checklist>>;

/** The three operations, read once. */
export async function threeExamples(): Promise<Record<System, Example>> {
  const read = await Promise.all(systems.map(async (name) => [name, await exampleOf(name)] as const));
  return Object.fromEntries(read) as Record<System, Example>;
}

/** The checklists that come with Rounds, by their names. */
async function shippedChecklists(): Promise<Map<string, Checklist>> {
  const shipped = await openChecklistFiles({ dir: root, checks: [] });
  return new Map([...shipped.all()].map(([id, { checklist }]) => [id, checklist]));
}

/** The example's own ones alone. */
function ownChecklists({ read }: Example): Map<string, Checklist> {
  const own = [...read.checklists.all()].filter(([, filed]) => filed.own);
  return new Map(own.map(([id, { checklist }]) => [id, checklist]));
}

/** The shipped checklists, and the own ones of each example, by their names. */
export async function listsOf({ holi, ivr, rms }: Record<System, Example>): Promise<Lists> {
  const own = { holi: ownChecklists(holi), ivr: ownChecklists(ivr), rms: ownChecklists(rms) };
  return { shipped: await shippedChecklists(), ...own };
}
