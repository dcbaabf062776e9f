import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire, findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

export interface ServedFile {
  type: string;
  etag: string;
  body: Buffer;
}

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  woff2: 'font/woff2',
};

const require = createRequire(import.meta.url);

interface Package {
  below: string;
  folder(): string;
  allowed: RegExp;
}

/** Below which address which package's files are served, and which of them: nothing else leaves the disk. */
const PACKAGES: Package[] = [
  {
    below: '/page/lib/lit-html/',
    // It hides its package.json from `resolve`.
    folder: () => dirname(findPackageJSON('lit-html', import.meta.url) ?? ''),
    allowed: /^(directives\/)?[a-z0-9-]+\.js$/,
  },
  {
    below: '/page/lib/marked/',
    folder: () => dirname(require.resolve('marked/package.json')),
    allowed: /^lib\/marked\.esm\.js$/,
  },
  {
    below: '/page/fonts/inter/',
    folder: () => dirname(require.resolve('@expo-google-fonts/inter/package.json')),
    allowed: /^(400Regular|500Medium|600SemiBold)\/Inter_\1\.ttf$/,
  },
  {
    below: '/page/fonts/jetbrains-mono/',
    folder: () => dirname(require.resolve('@expo-google-fonts/jetbrains-mono/package.json')),
    allowed: /^400Regular\/JetBrainsMono_400Regular\.ttf$/,
  },
  {
    below: '/page/fonts/twemoji/',
    folder: () => dirname(require.resolve('twemoji-colr-font/package.json')),
    allowed: /^twemoji\.woff2$/,
  },
];

const CLIENT = join(import.meta.dirname, 'client');
/** One folder deep at most. */
const OWN = /^([a-z0-9-]+\/)?[a-z0-9-]+\.(js|css|svg)$/;

/** Where the file behind an address lies; undefined when the address names none that may be served. */
function locate(path: string): string | undefined {
  if (path === '/') return join(CLIENT, 'index.html');
  const found = PACKAGES.find(({ below }) => path.startsWith(below));
  if (!found) {
    const own = path.startsWith('/page/') ? path.slice('/page/'.length) : '';
    return OWN.test(own) ? join(CLIENT, own) : undefined;
  }
  const file = path.slice(found.below.length);
  return found.allowed.test(file) ? join(found.folder(), file) : undefined;
}

/** The page's file at this address, or undefined. */
export async function pageFile(path: string): Promise<ServedFile | undefined> {
  const file = locate(path);
  if (file === undefined) return undefined;
  try {
    const body = await readFile(file);
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    return { type: TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream', etag, body };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
