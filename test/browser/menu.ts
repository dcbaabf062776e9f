import type { Locator } from 'playwright-core';

/** Opens the menu behind the button `name`, and chooses an entry, as a person does. */
export async function chooseFrom(within: Locator, name: string, entry: string): Promise<void> {
  await within.getByRole('button', { name, exact: true }).click();
  await within
    .page()
    .getByRole('menu', { name, exact: true })
    .getByRole('menuitemradio', { name: entry, exact: true })
    .click();
}
