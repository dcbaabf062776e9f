import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkTypes, root } from '../../../src/registry.ts';

const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');
const page = read('docs', 'security.md');
const manifest = parse(read('manifest.yml'));

/** The part of the page below a heading. */
const section = (heading: string) => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
const firstCells = (text: string) => [...text.matchAll(/^\| (`[^|]+`) \|/gm)].map(([, cell = '']) => cell);
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

it('every bot scope of the manifest has a row with its reason, and what breaks without it', () => {
  const rows = firstCells(section('Scopes in Slack')).flatMap(quoted);
  const scopes: string[] = manifest.oauth_config.scopes.bot;
  expect(scopes.filter((scope) => !rows.includes(scope))).toEqual([]);
  // The manifest may be a step behind the page: pictures need it.
  expect(rows.filter((scope) => !scopes.includes(scope) && scope !== 'files:write')).toEqual([]);
  expect(new Set(rows).size).toBe(rows.length);
});

it('every event of the manifest is named', () => {
  const named = quoted(section('Scopes in Slack'));
  const events: string[] = manifest.settings.event_subscriptions.bot_events;
  expect(events.filter((event) => !named.includes(event))).toEqual([]);
});

it('the IAM policy allows exactly what the check types call, and so does its table', async () => {
  const needed = [...new Set((await checkTypes()).flatMap(({ iam }) => iam))].sort();
  const policy = JSON.parse(/```json\n([\s\S]*?)```/.exec(section('IAM'))?.[1] ?? '{}');
  const allowed = policy.Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  expect(allowed.sort()).toEqual(needed);
  expect(firstCells(section('IAM')).flatMap(quoted).sort()).toEqual(needed);
});

it('the task role of deploy/aws-ecs can have all of it, and nothing else', async () => {
  const needed = [...new Set((await checkTypes()).flatMap(({ iam }) => iam))].sort();
  const task = read('deploy', 'aws-ecs', 'iam.tf').split('data "aws_iam_policy_document" "task"')[1] ?? '';
  expect([...task.matchAll(/"([a-z][a-z0-9-]*:[A-Z]\w+)"/g)].map(([, action]) => action).sort()).toEqual(needed);
});
