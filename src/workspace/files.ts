import type { ServerResponse } from 'node:http';
import type { WorkspaceState } from './state.ts';
import type { Json, StoredFile } from './world.ts';

/** What a browser may show by itself, by the file's ending: pictures that run nothing, and plain text. */
const types: Record<string, { mimetype: string; filetype: string }> = {
  png: { mimetype: 'image/png', filetype: 'png' },
  jpg: { mimetype: 'image/jpeg', filetype: 'jpg' },
  jpeg: { mimetype: 'image/jpeg', filetype: 'jpg' },
  gif: { mimetype: 'image/gif', filetype: 'gif' },
  webp: { mimetype: 'image/webp', filetype: 'webp' },
  txt: { mimetype: 'text/plain', filetype: 'text' },
  log: { mimetype: 'text/plain', filetype: 'text' },
  md: { mimetype: 'text/plain', filetype: 'markdown' },
  csv: { mimetype: 'text/plain', filetype: 'csv' },
  json: { mimetype: 'text/plain', filetype: 'json' },
  yml: { mimetype: 'text/plain', filetype: 'yaml' },
};
const other = { mimetype: 'application/octet-stream', filetype: 'binary' };

function typeOf({ name }: StoredFile): typeof other {
  return types[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''] ?? other;
}

/** How a message and the answer of an upload show a file. */
export function fileJson(state: WorkspaceState, file: StoredFile): Json {
  return {
    id: file.id,
    name: file.name,
    title: file.title,
    ...typeOf(file),
    size: file.content?.length ?? 0,
    user: state.identity.botUser,
    mode: 'hosted',
    url_private: `${state.url}/files/${file.id}`,
    ...(file.altText !== undefined && { alt_txt: file.altText }),
  };
}

/** The bytes of a shared file; whatever a browser might run is offered for saving, never shown. */
export function serveFile(state: WorkspaceState, id: string, response: ServerResponse): void {
  const file = state.files.get(id);
  if (!file?.content || !file.completed) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('file_not_found');
    return;
  }
  const { mimetype } = typeOf(file);
  const charset = mimetype.startsWith('text/') ? '; charset=utf-8' : '';
  response.writeHead(200, {
    'content-type': `${mimetype}${charset}`,
    'content-length': file.content.length,
    'content-disposition': mimetype === other.mimetype ? 'attachment' : 'inline',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, max-age=3600',
  });
  response.end(file.content);
}
