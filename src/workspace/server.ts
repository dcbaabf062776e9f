import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { WebApi } from './api.ts';
import { readBody } from './body.ts';
import { SlackError } from './errors.ts';
import { serveFile } from './files.ts';
import { answerResponseUrl } from './response-url.ts';
import type { WorkspaceState } from './state.ts';

/** Answers a request that is the page's own, or that the page lets nobody make; false when it is neither. */
type PageRoutes = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

/** The workspace's HTTP face: the Web API, response_urls and file uploads, and the page where there is one. */
export function workspaceServer(state: WorkspaceState, api: WebApi, page: PageRoutes): Server {
  return createServer((request, response) => {
    route(state, api, page, request, response).catch((error: unknown) => {
      if (error instanceof SlackError) return reply(response, 413, {}, { ok: false, error: error.code });
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function route(
  state: WorkspaceState,
  api: WebApi,
  page: PageRoutes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', state.url || 'http://localhost');
  if (await page(request, response, url)) return;
  const body = await readBody(request);
  const [, area, name = ''] = url.pathname.split('/');
  if (area === 'api') {
    const answer = await api.answer({ method: name, headers: request.headers, query: url.searchParams, body });
    if (!answer) return void request.socket.destroy();
    return reply(response, answer.status, answer.headers, answer.body);
  }
  if (area === 'response' && request.method === 'POST') {
    const answer = answerResponseUrl(state, name, body.toString('utf8'));
    return reply(response, answer.status, {}, answer.body);
  }
  if (area === 'upload' && request.method === 'POST') return upload(state, name, request, body, response);
  if (area === 'files' && request.method === 'GET') return serveFile(state, name, response);
  reply(response, 404, {}, { ok: false, error: 'not_found' });
}

async function upload(
  state: WorkspaceState,
  id: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const file = state.files.get(id);
  if (!file) return reply(response, 404, {}, { ok: false, error: 'file_not_found' });
  file.content = await uploadedBytes(request.headers['content-type'] ?? '', body);
  response.writeHead(200, { 'content-type': 'text/plain' }).end(`OK - ${file.content.length}`);
}

async function uploadedBytes(contentType: string, body: Buffer): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  for (const value of form.values()) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  return body;
}

function reply(response: ServerResponse, status: number, headers: Record<string, string>, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** Is this an address that only this machine reaches? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Starts listening and answers the base address. */
export async function listen(server: NetServer, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: actual } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
}
