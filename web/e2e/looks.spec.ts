import { expect, test } from '@playwright/test';
import { watched } from './watch';

/**
 * Pages that show no date, compared with the pictures of them that were looked at when they were made. A changed page is looked at
 * again, and its picture made anew with `--update-snapshots`.
 */
for (const [name, path, width, scheme] of [
  ['door-320', '/', 320, 'light'],
  ['door-1440', '/', 1440, 'light'],
  ['door-dark', '/', 768, 'dark'],
  ['door-big', '/?big=1', 320, 'light'],
  ['where-320', '/where?want=move', 320, 'light'],
  ['sign-in', '/desk', 768, 'light'],
  ['sign-in-dark', '/desk', 768, 'dark'],
  ['plan', '/plan?kind=clinic,shop&minutes=20', 1440, 'light'],
  ['plan-320', '/plan?kind=clinic,shop&minutes=20', 320, 'light'],
] as const) {
  test(`looks as it did: ${name}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
    const page = await context.newPage();
    const troubles = await watched(page);
    await page.goto(path);
    if (path.startsWith('/plan')) await expect(page.locator('#table tr.total')).toBeVisible();
    if (path === '/desk') await expect(page.getByRole('button', { name: 'サインイン' })).toBeVisible();
    await page.evaluate(() => document.fonts.ready);
    // nothing sticks out to the right but what scrolls there by itself
    const out = await page.evaluate(() => {
      const free = '.scroll, .days, .maplibregl-map, .skip';
      const all = [...document.querySelectorAll('body *')].filter((e) => !e.closest(free));
      return all
        .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((e) => e.outerHTML.slice(0, 80));
    });
    expect(out).toEqual([]);
    // what a processor draws of a map is not the same everywhere
    await expect(page).toHaveScreenshot(`${name}.png`, { mask: [page.locator('.canvas')], maxDiffPixelRatio: 0.003 });
    expect(troubles).toEqual([]);
    await context.close();
  });
}
