import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OpenBrowser, openBrowser } from '../support/browser.ts';
import { accessibilityProblems, overflowingText } from './page-checks.ts';
import { startTryOut, type TryOut } from './try-out.ts';

/** Where pictures go; without it none is taken. */
const pictures = process.env.ROUNDS_PICTURES;

let tryOut: TryOut;
let browser: OpenBrowser;
let page: Page;

beforeAll(async () => {
  tryOut = await startTryOut();
  browser = await openBrowser();
  page = await browser.page();
  await page.goto(tryOut.url);
}, 120_000);

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  process.stdout.write(`\nOn the page when "${task.name}" failed:\n${await page.locator('body').innerText()}\n`);
});

afterAll(async () => {
  await browser?.close();
  await tryOut?.stop();
});

const patience = { timeout: 30_000 };
const phone = (on = page) => on.locator('#card-phone');
const came = (way: string, on = page) => phone(on).locator(`article.came.${way}`);
const inChannel = (text: string | RegExp) => page.locator('.main article.message', { hasText: text });
const clockMs = async () => Date.parse((await page.locator('#card-clock time').getAttribute('datetime')) ?? '');

const speed = (times: number) =>
  page
    .getByRole('group', { name: 'Speed' })
    .getByRole('button', { name: `× ${times}`, exact: true })
    .click();

async function channel(name: string): Promise<void> {
  const button = { name: new RegExp(`^${name}( unread.*)?$`) };
  await page.getByRole('navigation').getByRole('button', button).click();
  await page.getByRole('heading', { name: `#${name}`, exact: true }).waitFor();
}

async function declare(title: string): Promise<void> {
  await channel('ops');
  const composer = page.locator('textarea[data-composer=channel]');
  await composer.fill(`/ops incident declare unanswered ${title}`);
  await composer.press('Enter');
  await phone().locator('article.page.triggered', { hasText: title }).waitFor(patience);
  // Its channel comes above #incidents, which must not move while it is clicked.
  const own = { name: new RegExp(`^inc-.*${title.toLowerCase().replaceAll(' ', '-')}`) };
  await page.getByRole('navigation').getByRole('button', own).waitFor(patience);
  await channel('incidents');
}

async function sound(name: string, on = page): Promise<void> {
  if (pictures) {
    await mkdir(pictures, { recursive: true });
    await on.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
  }
  expect(await accessibilityProblems(on)).toEqual([]);
  expect(await overflowingText(on)).toEqual([]);
  expect(browser.complaints).toEqual([]);
}

describe('an incident that nobody answers', () => {
  it('has a step of the tour, which types the line and offers the faster clock', async () => {
    await page.locator('textarea[data-composer=channel]').fill('/ops health');
    await page.keyboard.press('Enter');
    await page.locator('.guide li.done').waitFor();
    await page.evaluate(() => {
      const key = Object.keys(localStorage).find((each) => each.startsWith('rounds-tried'))!;
      const steps = [...document.querySelectorAll('.guide .step')].map((step) => step.textContent?.trim() ?? '');
      const at = steps.findIndex((step) => step.startsWith("Don't answer"));
      localStorage.setItem(key, JSON.stringify(['Ask how the systems are', ...steps.slice(1, at)]));
    });
    await page.reload();
    const step = page.locator('.guide li.next', { hasText: "Don't answer, and watch it climb" });
    await step.getByRole('button', { name: '× 60' }).waitFor();
    await step.getByRole('button', { name: 'Type /ops incident declare unanswered API is down' }).click();
    const typed = () => page.locator('textarea[data-composer=channel]').inputValue();
    await expect.poll(typed).toBe('/ops incident declare unanswered API is down');
    await sound('climb-step');
  });

  it('climbs: Slack at once, an e-mail, a text message, a call to the backup, in this order', async () => {
    await declare('API is down');
    await inChannel('level 1 of 4').getByText('@oncall').waitFor(patience);
    expect(await phone().locator('article.came').count()).toBe(0);
    await speed(60);
    await came('call').waitFor({ timeout: 60_000 });
    await inChannel('level 4 of 4').getByText('Call to Ben').waitFor(patience);
    await speed(1);
    const lines = await phone().locator('article.came .page-head').allInnerTexts();
    expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^Call to Ben \+12025550101 \d\d:\d\d$/),
      expect.stringMatching(/^Text to Anna \+12025550100 \d\d:\d\d$/),
      expect.stringMatching(/^E-mail to Anna anna@example.com \d\d:\d\d$/),
    ]);
    await came('call').getByText('This is Rounds. Incident 1 Unanswered (try-out): API is down').waitFor();
    await came('text').getByText('In Slack: /ops incident ack INC-1').waitFor();
    await came('email').locator('summary', { hasText: 'INC-1 Unanswered (try-out): API is down' }).click();
    await came('email').getByText('Nobody has acknowledged it yet.').waitFor();
    for (const [level, words] of [
      [2, 'E-mail to Anna'],
      [3, 'Text message to Anna'],
    ] as const)
      await inChannel(`level ${level} of 4`).getByText(words).waitFor();
    await sound('climb-light');
  });

  it('looks as well in the dark and on a narrow window', async () => {
    const dark = await browser.page({ dark: true });
    await dark.goto(tryOut.url);
    await came('call', dark).waitFor();
    await came('email', dark).locator('summary').click();
    await sound('climb-dark', dark);
    const narrow = await browser.page({ width: 375, height: 740 });
    await narrow.goto(tryOut.url);
    await narrow.getByRole('button', { name: 'Try it' }).click();
    await phone(narrow).scrollIntoViewIfNeeded();
    await came('email', narrow).locator('summary').click();
    await sound('climb-narrow', narrow);
    await Promise.all([dark.close(), narrow.close()]);
  });

  it('ticks off its step of the tour', async () => {
    await page.locator('.guide li.done', { hasText: "Don't answer, and watch it climb" }).waitFor();
  });

  it('stops the moment somebody acknowledges: nothing more comes', async () => {
    await phone().getByRole('button', { name: 'Acknowledge' }).click();
    await inChannel('INC-1 Unanswered').first().getByText('is on it').waitFor(patience);
    const before = await phone().locator('article.came').count();
    await declare('Database is slow');
    await speed(60);
    await came('email').nth(1).waitFor({ timeout: 60_000 });
    await phone().getByRole('button', { name: 'Acknowledge' }).click();
    await inChannel('INC-2 Unanswered').first().getByText('is on it').waitFor(patience);
    const acknowledgedMs = await clockMs();
    const texts = await came('text').count();
    await speed(600);
    // Past all of its levels.
    await expect.poll(clockMs, { timeout: 40_000 }).toBeGreaterThan(acknowledgedMs + 20 * 60_000);
    await speed(1);
    expect(await came('call').count()).toBe(1);
    expect(await came('text').count()).toBe(texts);
    expect(await phone().locator('article.came').count()).toBeLessThanOrEqual(before + 2);
    expect(await inChannel(/Database is slow[\s\S]*level 4 of 4/).count()).toBe(0);
  });

  it('finds all of it again after a restart', async () => {
    const heads = () => phone().locator('article.came .page-head').allInnerTexts();
    const before = await heads();
    await tryOut.restart();
    await page.goto(tryOut.url);
    await came('call').waitFor();
    expect(await heads()).toEqual(before);
  });
});
