import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OpenBrowser, openBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { chooseFrom } from './menu.ts';
import { accessibilityProblems, overflowingText } from './page-checks.ts';
import { startTryOut, type TryOut } from './try-out.ts';

/** Where the pictures of the README go; without it they are taken and thrown away. */
const pictures = process.env.ROUNDS_PICTURES;

let tryOut: TryOut;
let browser: OpenBrowser;
let page: Page;
let dark: Page;
/** What was asked, and how long the answer took, ms. */
const took: [string, number][] = [];

beforeAll(async () => {
  const begunMs = performance.now();
  tryOut = await startTryOut();
  took.push(['from the command to ready', performance.now() - begunMs]);
  browser = await openBrowser();
  page = await browser.page();
  dark = await browser.page({ dark: true });
}, 120_000);

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  process.stdout.write(`\nOn the page when "${task.name}" failed:\n${await page.locator('.main').innerText()}\n`);
});

afterAll(async () => {
  await browser?.close();
  await tryOut?.stop();
  const rows = took.map(([what, ms]) => `  ${String(Math.round(ms)).padStart(6)} ms  ${what}`);
  process.stdout.write(`\nHow long a newcomer waits:\n${rows.join('\n')}\n`);
});

const composer = () => page.locator('textarea[data-composer=channel]');
const last = (on = page) => on.locator('.main article.message').last();
/** The reports of #ops-daily. */
const reports = (on = page) => on.locator('.main article.message', { hasText: 'Morning report ·' });
/** In #alerts. At × 60 a busy machine's other checks may be told of too, and soon be well again. */
const alertOfApi = () => page.locator('.main article.message', { hasText: /\b(FAIL|MUTED|OK) api(?!-)/ }).first();

async function channel(name: string, on = page): Promise<void> {
  const button = { name: new RegExp(`^${name}( unread.*)?$`) };
  await on.getByRole('navigation').getByRole('button', button).click();
  await on.getByRole('heading', { name: `#${name}`, exact: true }).waitFor();
}

const speed = (times: number) =>
  page
    .getByRole('group', { name: 'Speed' })
    .getByRole('button', { name: `× ${times}`, exact: true })
    .click();

/** Types a line, and waits until a new message stands below the others. */
async function type(line: string): Promise<void> {
  const messages = page.locator('.main article.message');
  const before = await messages.count();
  await composer().fill(line);
  await composer().press('Enter');
  await expect.poll(() => messages.count(), { timeout: 10_000 }).toBeGreaterThan(before);
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const begunMs = performance.now();
  await work();
  took.push([what, performance.now() - begunMs]);
}

/** Of the newest message's thread. */
async function pictureInThread(what: string, title: RegExp): Promise<void> {
  const figure = page.getByRole('complementary', { name: 'Thread' }).locator('figure', { hasText: title });
  await timed(what, async () => {
    await last()
      .getByRole('button', { name: /repl(y|ies)/ })
      .click();
    await figure.getByRole('img').waitFor();
  });
  expect((await figure.getByRole('img').getAttribute('alt'))?.length).toBeGreaterThan(20);
  const width = () => figure.getByRole('img').evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(width).toBeGreaterThan(800);
  await sound();
  await page.getByRole('button', { name: 'Close the thread' }).click();
}

/** What the workspace's clock shows, ms. */
async function clockMs(): Promise<number> {
  return Date.parse((await page.locator('#card-clock time').getAttribute('datetime')) ?? '');
}

async function sound(on = page): Promise<void> {
  expect(await accessibilityProblems(on)).toEqual([]);
  expect(await overflowingText(on)).toEqual([]);
  expect(browser.complaints).toEqual([]);
}

async function picture(name: string, on = page): Promise<void> {
  if (pictures) await mkdir(pictures, { recursive: true });
  const bytes = await on.screenshot({
    ...(pictures && { path: join(pictures, `${name}.png`) }),
    animations: 'disabled',
  });
  expect(bytes.length).toBeGreaterThan(20_000);
}

describe('a newcomer', () => {
  it('opens the page and sees where they are and what to try', async () => {
    await timed('the page is there', async () => {
      await page.goto(tryOut.url);
      await page.getByRole('heading', { name: '#ops' }).waitFor();
    });
    await page.getByText('Only this machine can open it').waitFor();
    await page.getByText('Ask how the systems are').waitFor();
    await page.getByText('Rounds is connected').waitFor();
    await sound();
  });

  it('is told what can be typed, takes it by the keyboard, and sees that all is well', async () => {
    await composer().pressSequentially('/o');
    await page.getByRole('option', { name: '/ops health [GROUP' }).waitFor();
    await sound();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await expect.poll(() => composer().inputValue()).toBe('/ops health ');
    await timed('/ops health, all measured', async () => {
      await page.keyboard.press('Enter');
      await last().getByRole('button', { name: 'Run again' }).waitFor();
    });
    // A busy machine may rightly be warned of its slow API: then it is asked again.
    await eventually(async () => {
      if ((await last().getByText('10 ok').count()) > 0) return;
      await last().getByRole('button', { name: 'Run again' }).click();
      throw new Error(await last().innerText());
    });
  });

  it('breaks the API and sees it red, with the reason and what to do', async () => {
    await page.getByRole('switch', { name: 'API down' }).check();
    await page.getByText('1 broken').waitFor();
    await timed('/ops health, red', async () => {
      await type('/ops health');
      await last().getByText('FAIL api').waitFor();
      await last().getByRole('button', { name: 'Run again' }).waitFor();
    });
    await last().getByText('HTTP 503 (want 200)').waitFor();
    await last().getByText("Look at the API's last deployment").waitFor();
    await last().getByText('blocked by api').waitFor();
    await sound();
    await picture('health-light');
    await dark.goto(tryOut.url);
    await last(dark).getByText('FAIL api').waitFor();
    await picture('health-dark', dark);
    await sound(dark);
    const phone = await browser.page({ width: 390, height: 780 });
    await phone.goto(tryOut.url);
    await last(phone).getByText('FAIL api').waitFor();
    await picture('phone', phone);
    await phone.close();
  });

  it('looks at the check: facts, changes and a chart in the thread', async () => {
    await timed('details', async () => {
      await last().getByRole('button', { name: 'Details' }).click();
      await last()
        .getByRole('button', { name: /replies/ })
        .waitFor();
    });
    await last()
      .getByRole('button', { name: /replies/ })
      .click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('Last changes').waitFor();
    await sound();
    await page.getByRole('button', { name: 'Close the thread' }).click();
  });

  it('reads the runbook', async () => {
    await last().getByRole('button', { name: 'Runbook: api-down' }).click();
    const runbook = page.locator('.main article.ephemeral').last();
    await runbook.getByText('Only visible to you').waitFor();
    await sound();
  });

  it('lets the clock run, gets the alert, and mutes it', async () => {
    await speed(60);
    await channel('alerts');
    await timed('the alert, at × 60', () => alertOfApi().getByText('FAIL api').waitFor());
    await speed(1);
    await alertOfApi().getByText('@platform').waitFor();
    await alertOfApi().getByRole('button', { name: 'Mute 1 h' }).click();
    await alertOfApi()
      .getByRole('button', { name: /repl(y|ies)/ })
      .click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText(/muted/i).first().waitFor();
    await page.getByRole('button', { name: 'Close the thread' }).click();
    await channel('ops');
    await type('/ops health');
    await last().getByText('1 muted until').waitFor();
    await sound();
  });

  it('repairs it, and sees that nothing red stays behind', async () => {
    await page.getByRole('switch', { name: 'API down' }).uncheck();
    await page.getByText('all well').waitFor();
    await channel('alerts');
    await alertOfApi().getByRole('button', { name: 'Unmute' }).click();
    await speed(60);
    await timed('the recovery, at × 60', () => alertOfApi().getByText('not ok for').waitFor());
    await expect.poll(() => page.locator('.main').getByText('🔴').count(), { timeout: 10_000 }).toBe(0);
    await speed(1);
    await sound();
  });

  it('asks for a picture of all checks, and of one', async () => {
    await channel('ops');
    await type('/ops health --chart');
    await pictureInThread('the chart of all checks', /All checks/);
    await speed(600);
    const later = Date.now() + 20 * 60_000;
    await expect.poll(() => clockMs(), { timeout: 20_000 }).toBeGreaterThan(later);
    await speed(1);
    await type('/ops health api');
    await pictureInThread('the chart of one check', /latency_ms/);
  });

  it('jumps to 09:00, and the morning report is simply there: a line', async () => {
    await page.getByRole('button', { name: 'Jump to 09:00' }).click();
    await page.locator('#card-clock time', { hasText: /^09:0/ }).waitFor();
    await channel('ops-daily');
    await timed('the morning report, after the jump', () => reports().first().waitFor());
    await sound();
  });

  it('sees in the next one what is broken, since when, whose it is and what to do', async () => {
    for (const name of ['API down', 'Backup missed']) await page.getByRole('switch', { name }).check();
    await page.getByText('2 broken').waitFor();
    await page.getByRole('button', { name: 'Jump to 09:00' }).click();
    await reports().filter({ hasText: 'api: HTTP 503 (want 200)' }).waitFor();
    await last()
      .getByRole('button', { name: /replies/ })
      .waitFor();
    await sound();
    await picture('morning-light');
    await dark.goto(tryOut.url);
    await channel('ops-daily', dark);
    await reports(dark).filter({ hasText: 'api: HTTP 503 (want 200)' }).waitFor();
    await picture('morning-dark', dark);
    await sound(dark);
    await last()
      .getByRole('button', { name: /replies/ })
      .click();
    await page.getByRole('complementary', { name: 'Thread' }).getByText('All checks').waitFor();
    await page.getByRole('button', { name: 'Close the thread' }).click();
  });

  it('says that somebody has it, in the report that is there', async () => {
    await last().getByRole('button', { name: 'Acknowledge or snooze' }).click();
    const dialog = page.getByRole('dialog', { name: 'Acknowledge or snooze' });
    await dialog.getByText('I have it').waitFor();
    await dialog.getByLabel('api: HTTP 503').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('has: api').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await reports().filter({ hasText: 'has it' }).waitFor();
    await sound();
    for (const name of ['API down', 'Backup missed']) await page.getByRole('switch', { name }).uncheck();
    await page.getByText('all well').waitFor();
    await channel('ops');
  });

  it('opens the home of Rounds, and details in a dialog', async () => {
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Rounds/ })
      .click();
    await timed('the home', () => page.getByText('All systems').waitFor());
    await sound();
    await page.getByRole('button', { name: 'Check the systems' }).click();
    const dialog = page.getByRole('dialog', { name: 'Check the systems' });
    await timed('the dialog, all measured', () => dialog.getByText(/\d+ ok/).waitFor());
    await sound();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('looks behind the scenes, and lets Slack fail', async () => {
    await channel('ops');
    await page.getByRole('button', { name: 'Traffic', exact: true }).click();
    await page.getByRole('searchbox').fill('chat.postMessage');
    await page.locator('.entry summary').first().click();
    await page.locator('.entry pre').first().waitFor();
    await sound();
    await page.getByRole('button', { name: 'Faults', exact: true }).click();
    await chooseFrom(page.locator('.faults'), 'chat.postMessage: works', 'HTTP 503');
    await sound();
    await page.getByRole('button', { name: 'Faults 1' }).click();
    await type('/ops health');
    await page.getByRole('button', { name: 'Traffic', exact: true }).click();
    await page.getByRole('searchbox').fill('');
    await page.locator('.entry.bad', { hasText: 'chat.postMessage' }).first().waitFor();
    await page.getByRole('button', { name: 'Faults 1' }).click();
    await chooseFrom(page.locator('.faults'), 'chat.postMessage: HTTP 503', 'works');
    await page.getByRole('button', { name: 'Faults', exact: true }).click();
  });

  it('is told what a typo and an unknown command mean', async () => {
    await type('/opps health');
    await last().getByText('/opps is not a valid command').waitFor();
    await type('/ops helth');
    await last().getByText('health').first().waitFor();
    await sound();
  });

  it('looks as somebody else: a guest is told what they may not do', async () => {
    await page.getByLabel('You are').selectOption('Cara');
    await page.getByText('a guest, ').waitFor();
    await type('/ops health');
    await last().getByText(/guest/i).waitFor();
    await expect.poll(() => page.getByRole('navigation').getByRole('button', { name: 'board' }).count()).toBe(0);
    await page.getByLabel('You are').selectOption('Anna');
  });

  it('has all of it on a phone too', async () => {
    const phone = await browser.page({ width: 375, height: 740 });
    await phone.goto(tryOut.url);
    await phone.getByRole('heading', { name: '#ops' }).waitFor();
    await sound(phone);
    await phone.getByRole('button', { name: 'Channels' }).click();
    await sound(phone);
    await phone.keyboard.press('Escape');
    await phone.getByRole('button', { name: 'Try it' }).click();
    await sound(phone);
    await phone.close();
  });

  it('finds the same channels after a restart', async () => {
    const before = await page.locator('.main article.message').count();
    await tryOut.restart();
    await page.goto(tryOut.url);
    await expect.poll(() => page.locator('.main article.message').count()).toBeGreaterThan(2);
    expect(before).toBeGreaterThan(2);
    await page.locator('#card-clock time', { hasText: /^09:/ }).waitFor();
  });
});
