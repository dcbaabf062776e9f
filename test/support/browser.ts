import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { atFileEnd } from './leftovers.ts';

const require = createRequire(import.meta.url);

export interface OpenBrowser {
  /** A page of a browser profile of its own. Whatever its console complains of is kept in `complaints`. */
  page(options?: { width?: number; height?: number; dark?: boolean }): Promise<Page>;
  /** Console errors and warnings, errors of scripts, and requests that failed or were refused. */
  complaints: string[];
  close(): Promise<void>;
}

/**
 * A real Chromium out of node_modules, with the fonts that come along there and no others: a bare machine has none, and
 * everybody's pictures look alike.
 */
export async function openBrowser(): Promise<OpenBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'rounds-browser-'));
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const closed = atFileEnd(close);
  const before = { ...process.env };
  // Set before the import: it unpacks its own libraries where libnss3 is missing, below a folder of this user.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  process.env.TMPDIR = folder;
  const { default: chromium } = await import('@sparticuz/chromium');
  const executablePath = await chromium.executablePath();
  const { LD_LIBRARY_PATH } = process.env;
  process.env.TMPDIR = before.TMPDIR;
  if (before.TMPDIR === undefined) delete process.env.TMPDIR;
  const { chromium: playwright } = await import('playwright-core');
  browser = await playwright.launch({
    executablePath,
    headless: true,
    env: { ...before, TMPDIR: folder, LD_LIBRARY_PATH, FONTCONFIG_PATH: await fonts(folder), HOME: folder },
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--font-render-hinting=none'],
  });
  const complaints: string[] = [];
  return {
    complaints,
    async page({ width = 1440, height = 900, dark = false } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`script: ${error.stack ?? error.message}`));
      page.on('requestfailed', (request) => {
        const { errorText } = request.failure() ?? { errorText: 'failed' };
        // A stream that ends with its page is no failure, nor is an icon that the browser itself gives up.
        const isIcon = request.url().endsWith('/icon.svg') && errorText === 'net::ERR_ABORTED';
        if (!isIcon && !request.url().includes('/page/events')) complaints.push(`${request.url()}: ${errorText}`);
      });
      return page;
    },
    close: () => close().then(closed),
  };
}

async function fonts(folder: string): Promise<string> {
  const own = ['@expo-google-fonts/inter', '@expo-google-fonts/jetbrains-mono'];
  const folders = own.map((name) => join(dirname(require.resolve(`${name}/package.json`)), '400Regular'));
  const path = join(folder, 'fontconfig');
  await mkdir(path);
  const dirs = folders.map((each) => `<dir>${each}</dir>`).join('');
  const cache = `<cachedir>${join(folder, 'font-cache')}</cachedir>`;
  const head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">';
  await writeFile(join(path, 'fonts.conf'), `${head}<fontconfig>${dirs}${cache}</fontconfig>`);
  return path;
}
