import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../args.ts';
import { readBody } from '../body.ts';
import { SlackError } from '../errors.ts';
import type { Faults } from '../faults.ts';
import { serveFile } from '../files.ts';
import type { Phone } from '../phone/phone.ts';
import { type Actors, performAction } from './act.ts';
import type { Completion } from './contract.ts';
import { performControl } from './control.ts';
import { pageFile } from './files.ts';
import { closedPolicy, guardHeaders, pagePolicy, type Refusal, refusal, refusedName } from './guard.ts';
import type { PageOptions, PlayClock } from './options.ts';
import { shownClock, snapshotFor } from './snapshot.ts';
import { Streams } from './streams.ts';
import { TrafficLog } from './traffic.ts';
import { isPerson } from './visible.ts';

/** What the page shows and moves, of the workspace around it. */
export interface PageParts extends Actors {
  options: PageOptions;
  faults: Faults;
  phone: Phone;
  playClock?: PlayClock;
  /** Is the bot reachable? */
  connected(): boolean;
}

export class Page {
  private readonly parts: PageParts;
  private readonly streams: Streams;
  private readonly traffic = new TrafficLog();
  private readonly stops: (() => void)[];
  private completions: Completion[] = [];

  constructor(parts: PageParts) {
    const { state, options, faults, phone, playClock } = parts;
    this.parts = parts;
    this.streams = new Streams(state);
    const tell = this.streams.tell.bind(this.streams);
    faults.onStanding = () => this.tellFaults();
    this.stops = [
      state.events.on((event) => {
        const methods = this.traffic.methods.size;
        const entry = this.traffic.take(event);
        if (entry) tell({ type: 'traffic', entry });
        if (this.traffic.methods.size > methods) this.tellFaults();
        if (['socket_opened', 'socket_closed', 'http_connected'].includes(event.type)) this.tellBot();
        this.streams.pass(event);
      }),
      phone.onChange(() => tell({ type: 'pages', pages: phone.pages() })),
      phone.onReceived((item) => tell({ type: 'received', item })),
    ];
    const { system } = options;
    if (system) this.stops.push(system.onChange(() => tell({ type: 'switches', switches: system.switches() })));
    if (playClock) {
      this.stops.push(
        playClock.onChange(() => {
          const clock = shownClock(playClock);
          if (clock) tell({ type: 'clock', clock });
        }),
      );
    }
    void this.askCompletions();
  }

  /** Answers what is the page's, and strangers whatever they ask; false leaves it to the workspace's other routes. */
  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    const stranger = refusedName(request, request.socket.localPort ?? 0);
    if (stranger) {
      refuse(response, stranger);
      return true;
    }
    const [, area] = url.pathname.split('/');
    if (!['', 'page', 'files', 'archives'].includes(area ?? '')) return false;
    try {
      await this.reply(request, response, url);
    } catch (error) {
      // A body that is too large is Slack's own refusal; everything else is a mistake of this page.
      if (error instanceof SlackError) throw error;
      this.parts.warn(`the workspace's page: ${error instanceof Error ? error.stack : String(error)}`);
      if (!response.headersSent) json(response, 500, { ok: false, error: 'internal_error' });
      else response.destroy();
    }
    return true;
  }

  private async reply(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const refused = refusal(request);
    if (refused) refuse(response, refused);
    else if (request.method === 'POST') await this.post(request, response, url.pathname);
    else if (request.method === 'GET' || request.method === 'HEAD') await this.get(request, response, url);
    else json(response, 405, { ok: false, error: 'method_not_allowed' });
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.streams.close();
  }

  private async post(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const perform = { '/page/act': performAction, '/page/control': performControl }[path];
    if (!perform) return json(response, 404, { ok: false, error: 'not_found' });
    const text = (await readBody(request)).toString('utf8');
    const body = parsed(text);
    if (!isObject(body)) {
      return json(response, 400, { ok: false, error: 'invalid_json', message: 'The body must be a JSON object' });
    }
    json(response, 200, await perform(this.parts, body));
  }

  private async get(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { pathname } = url;
    if (pathname === '/page/events') return this.begin(response, url.searchParams.get('as'));
    if (pathname.startsWith('/archives/')) {
      // The bot's permalinks: the page opens the message itself.
      response.writeHead(302, { ...guardHeaders, location: `/#${pathname}${url.search}` }).end();
      return;
    }
    if (pathname.startsWith('/files/')) {
      return serveFile(this.parts.state, pathname.slice('/files/'.length), response);
    }
    const file = await pageFile(pathname);
    if (!file) return json(response, 404, { ok: false, error: 'not_found' });
    const headers = {
      ...guardHeaders,
      'content-security-policy': pathname === '/' ? pagePolicy(file.body.toString('utf8')) : closedPolicy,
      'cache-control': 'no-cache',
      etag: file.etag,
    };
    if (request.headers['if-none-match'] === file.etag) return void response.writeHead(304, headers).end();
    response.writeHead(200, { ...headers, 'content-type': file.type, 'content-length': file.body.length });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  }

  /** The stream of one viewer; of the first person of the team when nobody is named. */
  private begin(response: ServerResponse, as: string | null): void {
    const { state, options, faults, phone, playClock, connected } = this.parts;
    const viewer = as === null ? [...state.users.values()].find(isPerson) : state.users.get(as);
    if (!viewer || !isPerson(viewer)) {
      json(response, 404, { ok: false, error: 'user_not_found', message: `Nobody with the id ${as} can look` });
      return;
    }
    response.writeHead(200, {
      ...guardHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    const snapshot = snapshotFor(state, viewer, {
      options,
      connected: connected(),
      completions: this.completions,
      faults: faults.stood(),
      traffic: this.traffic,
      clock: shownClock(playClock),
      pages: phone.pages(),
      received: phone.received(),
    });
    this.streams.begin(response, viewer, snapshot);
    void this.askCompletions();
  }

  private tellBot(): void {
    const connected = this.parts.connected();
    this.streams.tell({ type: 'bot', connected });
    if (connected) void this.askCompletions();
  }

  private tellFaults(): void {
    const methods = [...this.traffic.methods].sort();
    this.streams.tell({ type: 'faults', faults: this.parts.faults.stood(), methods });
  }

  private async askCompletions(): Promise<void> {
    try {
      const completions = await this.parts.options.completions();
      if (JSON.stringify(completions) === JSON.stringify(this.completions)) return;
      this.completions = completions;
      this.streams.tell({ type: 'completions', completions });
    } catch (error) {
      this.parts.warn(`the workspace's page has no completions: ${error instanceof Error ? error.message : error}`);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, { status, error, message }: NonNullable<Refusal>): void {
  json(response, status, { ok: false, error, message });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const headers = { ...guardHeaders, 'content-security-policy': closedPolicy, 'cache-control': 'no-store' };
  response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
