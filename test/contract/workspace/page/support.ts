import { request } from 'node:http';
import type { ActOutcome, PageEvent, Snapshot } from '../../../../src/workspace/page/contract.ts';
import type { PageOptions, PlayClock } from '../../../../src/workspace/page/options.ts';
import { startWorkspace, type Workspace, type WorkspaceOptions } from '../../../../src/workspace/workspace.ts';

export const ANNA = 'U0ANNA0001';
export const BEN = 'U0BEN00001';
/** A guest. */
export const CARA = 'U0CARA0001';

const page: PageOptions = {
  guide: [{ title: 'Ask', help: 'How it is', act: { kind: 'type', line: '/ops health' } }],
  completions: () => [{ line: '/ops health', usage: '[CHECK]', summary: 'How it is' }],
  shortcuts: [
    { callbackId: 'declare', label: 'Declare', kind: 'global' },
    { callbackId: 'note', label: 'Note it', kind: 'message' },
  ],
  openedFirst: 'ops',
};

/** A workspace with a page. */
export function startWithPage(
  changes: Partial<PageOptions> = {},
  rest: Omit<WorkspaceOptions, 'page'> = {},
): Promise<Workspace> {
  return startWorkspace({ ...rest, page: { ...page, ...changes } });
}

export async function post(workspace: Workspace, path: string, body: unknown): Promise<ActOutcome> {
  const response = await fetch(`${workspace.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as ActOutcome;
}

export const act = (workspace: Workspace, as: string, action: Record<string, unknown>) =>
  post(workspace, '/page/act', { as, ...action });
export const control = (workspace: Workspace, order: Record<string, unknown>) =>
  post(workspace, '/page/control', order);

/** A request whose headers are sent as given: `fetch` chooses Host and Sec-Fetch-Site itself. */
export function raw(
  workspace: Workspace,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; text: string }> {
  const { hostname, port } = new URL(workspace.url);
  return new Promise((resolve, reject) => {
    // The path is sent as it stands: no client tidies `..` away.
    const sent = request({ host: hostname, port, path, method, headers }, async (response) => {
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Somebody's open page: everything it was told, in order. */
export interface Visit {
  snapshot: Snapshot;
  heard: PageEvent[];
  /** The first event of this type, heard or yet to come, that `fits`. */
  hears<T extends PageEvent['type']>(
    type: T,
    fits?: (event: Extract<PageEvent, { type: T }>) => boolean,
  ): Promise<Extract<PageEvent, { type: T }>>;
  leave(): Promise<void>;
}

/** Opens the event stream as this person; `as` undefined names nobody. */
export async function visit(workspace: Workspace, as?: string): Promise<Visit> {
  const leaving = new AbortController();
  const response = await fetch(`${workspace.url}/page/events${as === undefined ? '' : `?as=${as}`}`, {
    signal: leaving.signal,
  });
  if (!response.ok || !response.body) throw new Error(`The stream was refused with ${response.status}`);
  const heard: PageEvent[] = [];
  const waiting = new Set<() => void>();
  const reading = read(response.body, (event) => {
    heard.push(event);
    for (const look of [...waiting]) look();
  });
  const hears: Visit['hears'] = (type, fits = () => true) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const told = heard.map((event) => event.type).join(', ');
        reject(new Error(`Waited in vain for ${type}; heard ${told}`));
      }, 5_000);
      const look = () => {
        for (const event of heard) {
          if (!isOf(event, type) || !fits(event)) continue;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(event);
          return;
        }
      };
      waiting.add(look);
      look();
    });
  const { snapshot } = await hears('hello');
  return {
    snapshot,
    heard,
    hears,
    leave: async () => {
      leaving.abort();
      await reading;
    },
  };
}

function isOf<T extends PageEvent['type']>(event: PageEvent, type: T): event is Extract<PageEvent, { type: T }> {
  return event.type === type;
}

async function read(body: ReadableStream<Uint8Array>, take: (event: PageEvent) => void): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) if (block.startsWith('data: ')) take(JSON.parse(block.slice('data: '.length)));
    }
  } catch (error) {
    // Leaving ends the stream in the middle; so does a server that closes.
    if (!(error instanceof Error)) throw error;
  }
}

/** A clock of a test's own: real time, moved by `aheadMs`. */
export function playClock(): PlayClock & { aheadMs: number } {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    aheadMs: 0,
    speed: 1,
    zone: 'Europe/Berlin',
    now() {
      return new Date(Date.now() + this.aheadMs);
    },
    jump() {
      this.aheadMs += 3_600_000;
      tell();
    },
    setSpeed(speed) {
      Object.assign(this, { speed });
      tell();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
