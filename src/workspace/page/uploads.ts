import type { WorkspaceState } from '../state.ts';
import type { ServedFile } from './files.ts';

/** Pictures are shown by what their first bytes are; everything else is bytes to save, whatever it claims to be. */
const PICTURES: [type: string, start: string][] = [
  ['image/png', '89504e470d0a1a0a'],
  ['image/jpeg', 'ffd8ff'],
  ['image/gif', '47494638'],
];

/** A file that the bot uploaded, or undefined. */
export function uploadedFile(state: WorkspaceState, path: string): ServedFile | undefined {
  const [id = ''] = path.split('/');
  const file = state.files.get(id);
  if (!file?.content || !file.completed) return undefined;
  const start = file.content.subarray(0, 8).toString('hex');
  const type = PICTURES.find(([, bytes]) => start.startsWith(bytes))?.[0] ?? 'application/octet-stream';
  return { type, etag: `"${file.id}"`, body: file.content };
}
