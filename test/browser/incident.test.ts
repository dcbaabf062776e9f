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

const main = () => page.locator('.main');
const message = (text: string | RegExp) => page.locator('.main article.message', { hasText: text });
const dialog = (name: string) => page.getByRole('dialog', { name });
const patience = { timeout: 30_000 };

async function channel(name: string | RegExp): Promise<void> {
  const wanted = typeof name === 'string' ? new RegExp(`^${name}( unread.*)?$`) : name;
  await page.getByRole('navigation').getByRole('button', { name: wanted }).click(patience);
}

async function type(line: string): Promise<void> {
  const composer = page.locator('textarea[data-composer=channel]');
  await composer.fill(line);
  await composer.press('Enter');
}

const speed = (times: number) =>
  page
    .getByRole('group', { name: 'Speed' })
    .getByRole('button', { name: `× ${times}`, exact: true })
    .click();

async function sound(name: string): Promise<void> {
  if (pictures) {
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
  }
  expect(await accessibilityProblems(page)).toEqual([]);
  expect(await overflowingText(page)).toEqual([]);
  expect(browser.complaints).toEqual([]);
}

describe('from a red check to a post-mortem', () => {
  it('a red check has a button that declares', async () => {
    await page.getByRole('switch', { name: 'API down' }).check();
    await speed(60);
    await channel('alerts');
    const declare = message('FAIL api').getByRole('button', { name: 'Declare' }).first();
    await declare.waitFor(patience);
    // Before the dialog is there, which lies above all else.
    await speed(1);
    await declare.click();
    await dialog('Declare an incident').getByLabel('What is wrong?').waitFor(patience);
    await sound('incident-declare');
  });

  it('one dialog later the phone rings, and acknowledging on it says so everywhere', async () => {
    const form = dialog('Declare an incident');
    await form.getByLabel('How bad is it?').selectOption({ label: 'P0 Critical' });
    await form.getByRole('button', { name: 'Declare and page' }).click();
    await form
      .getByText(/Declared|Paged/)
      .first()
      .waitFor(patience);
    await page.keyboard.press('Escape');
    const phone = page.locator('#card-phone');
    // It rings where people look, however far down its card is.
    await expect.poll(() => phone.evaluate((card) => card.getBoundingClientRect().top < innerHeight)).toBe(true);
    await phone.getByRole('button', { name: 'Acknowledge' }).click(patience);
    await channel('incidents');
    await message('INC-1').first().getByText('is on it').waitFor(patience);
    await sound('incident-announced');
  });

  it('it has a channel of its own, where everything is at hand', async () => {
    await channel(/^inc-/);
    await message('INC-1').first().waitFor(patience);
    await message('P0 Critical').getByRole('button', { name: 'Take command' }).first().click(patience);
    await main()
      .getByText(/Commander/)
      .first()
      .waitFor(patience);
    await sound('incident-channel');
  });

  it('updates, tasks and the timeline are a line each', async () => {
    await type('/ops task restart the API @ben 30m');
    await message('restart the API').first().waitFor(patience);
    await type('/ops update we restart the API');
    await message('we restart the API').first().waitFor(patience);
    await type('/ops timeline');
    await message('Timeline of INC-1').first().waitFor(patience);
    await sound('incident-running');
  });

  it('ends with a dialog, a notice and a post-mortem that is half written', async () => {
    await page.getByRole('switch', { name: 'API down' }).uncheck();
    await type('/ops incident resolve');
    const form = dialog('Resolve');
    await form.getByRole('textbox').first().fill('The API was switched off', patience);
    await sound('incident-resolve');
    await form.getByRole('button', { name: /Resolve/ }).click();
    await page.keyboard.press('Escape');
    await message('resolved').first().waitFor(patience);
    await type('/ops postmortem');
    await main()
      .getByText(/postmortem/i)
      .first()
      .waitFor({ timeout: 60_000 });
    await sound('incident-postmortem');
  });
});
