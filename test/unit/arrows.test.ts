import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What each room may import, besides itself. Everything may import the kernel; only the wiring knows everything. */
const allowed: Record<string, string[]> = {
  kernel: [],
  conditions: [],
  config: ['conditions'],
  store: [],
  checks: ['paging'],
  charts: [],
  paging: [],
  mail: [],
  telephone: [],
  directory: ['config', 'store', 'jobs', 'paging'],
  tickets: [],
  audit: ['store'],
  jobs: ['store'],
  access: ['config'],
  severities: ['config'],
  heartbeats: ['store'],
  health: ['conditions', 'config', 'store', 'jobs', 'audit', 'charts'],
  alerts: ['health', 'config', 'store', 'jobs', 'audit'],
  doctor: ['config', 'store', 'jobs', 'audit', 'health', 'paging', 'directory'],
  messages: [],
  posting: ['store', 'jobs'],
  live: ['config'],
  iam: ['config'],
  discovery: ['checks'],
  shadow: ['conditions', 'health', 'alerts', 'config', 'store', 'jobs'],
  incidents: [
    'severities',
    'paging',
    'directory',
    'mail',
    'telephone',
    'tickets',
    'messages',
    'posting',
    'config',
    'store',
    'jobs',
    'audit',
  ],
  reports: [
    'conditions',
    'health',
    'alerts',
    'incidents',
    'directory',
    'charts',
    'live',
    'posting',
    'config',
    'store',
    'jobs',
    'audit',
  ],
  checklists: ['severities', 'health', 'conditions', 'posting', 'live', 'config', 'store', 'jobs', 'audit'],
  runbooks: [],
  reference: [],
  slack: ['store'],
  web: ['health', 'jobs'],
  // Its database is spoken to as the store's embedded one is; its nights are the schedules' days.
  'try-out': ['config', 'demo', 'slack', 'workspace', 'wiring'],
  demo: ['store', 'jobs'],
  home: ['health', 'incidents', 'wiring'],
  commands: [
    'health',
    'charts',
    'alerts',
    'incidents',
    'checklists',
    'directory',
    'audit',
    'doctor',
    'jobs',
    'reference',
    'runbooks',
    'severities',
    'config',
    'iam',
    'discovery',
    'shadow',
    'reports',
    'wiring',
  ],
  terminal: ['wiring', 'config', 'access'],
  wiring: [
    'conditions',
    'config',
    'store',
    'checks',
    'charts',
    'audit',
    'jobs',
    'access',
    'heartbeats',
    'health',
    'alerts',
    'doctor',
    'runbooks',
    'paging',
    'directory',
    'mail',
    'telephone',
    'tickets',
    'severities',
    'messages',
    'incidents',
    'reports',
    'checklists',
    'live',
    'posting',
    'reference',
    'discovery',
    'shadow',
    'slack',
    'web',
    'demo',
    'try-out',
    'terminal',
    'workspace',
    'commands',
  ],
  workspace: [],
};
/** Stands apart: not even the kernel. */
const apart = ['workspace'];

/** The room of a file: its folder under src/, `commands`, or `wiring` for the files directly in src/. */
function roomOf(file: string): string {
  const path = relative(root, file);
  if (path.startsWith('commands/')) return 'commands';
  const [, folder, inner] = path.split('/');
  return inner === undefined ? 'wiring' : folder!;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, folder, file));
}

function importsOf(file: string): string[] {
  const found = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, path]) => resolve(dirname(file), path!));
}

const arrows = ['src', 'commands']
  .flatMap(filesBelow)
  .flatMap((file) =>
    importsOf(file).map((target) => ({ file: relative(root, file), from: roomOf(file), to: roomOf(target) })),
  );

describe('the rooms', () => {
  it('every room is on the plan', () => {
    expect([...new Set(arrows.map((arrow) => arrow.from))].filter((room) => !(room in allowed))).toEqual([]);
  });

  it('imports run one way only', () => {
    const wrong = arrows.filter(({ from, to }) => {
      if (from === to) return false;
      if (to === 'kernel') return apart.includes(from);
      return !allowed[from]?.includes(to);
    });
    expect(wrong.map(({ file, to }) => `${file} imports ${to}`)).toEqual([]);
  });

  it('no two rooms need each other', () => {
    const pairs = Object.entries(allowed).flatMap(([from, targets]) => targets.map((to) => [from, to] as const));
    const mutual = pairs.filter(([from, to]) => from !== 'wiring' && to !== 'wiring' && allowed[to]?.includes(from));
    expect(mutual).toEqual([]);
  });
});
