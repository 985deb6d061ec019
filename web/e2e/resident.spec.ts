import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { watched } from './watch';

const shot = (page: Page, name: string) => page.screenshot({ path: `e2e/out-shots/resident-${name}.png`, fullPage: true });

/** No rule of WCAG 2.2 AA broken, and nothing wider than the screen. */
async function sound(page: Page) {
  const found = await new AxeBuilder({ page })
    .exclude('.maplibregl-map')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`)).toEqual([]);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over).toBeLessThanOrEqual(0);
}

/** An address as one is written here, from the hint of the page. */
async function example(page: Page): Promise<string> {
  const plain = await (await page.request.get('/where')).text();
  return /例： (\S+)/.exec(plain)![1]!;
}

/** The date of next Wednesday in Japan, as the pages write it. */
function nextWednesday(): string {
  const now = new Date(Date.now() + 9 * 3_600_000);
  const day = new Date(now.getTime() + (((3 - now.getUTCDay() + 7) % 7) + 0) * 86_400_000);
  return `${day.getUTCMonth() + 1}/${day.getUTCDate()}(水`;
}

for (const [width, script] of [
  [320, true],
  [768, true],
  [1440, true],
  [320, false],
] as const) {
  const name = `${width}${script ? '' : '-noscript'}`;
  test(`from her address to next Wednesday’s salon, ${name}`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, javaScriptEnabled: script });
    const page = await context.newPage();
    const troubles = await watched(page);
    // axe runs its own script in the page, which a browser without script cannot
    const check = () => (script ? sound(page) : Promise.resolve());
    await page.goto('/');
    await check();
    await shot(page, `door-${name}`);
    await page.getByRole('link', { name: '体操・サロン' }).click();
    await check();
    await page.getByLabel('住所').fill(await example(page));
    await shot(page, `where-${name}`);
    await page.getByRole('button', { name: 'この住所でさがす' }).click();
    await expect(page).toHaveURL(/\/list\?at=[\d.]+,[\d.]+&want=move$/);
    expect(page.url()).not.toContain(encodeURIComponent('丁目'));
    await check();
    await page.getByRole('navigation', { name: 'いつ行きますか' }).getByRole('link', { name: nextWednesday() }).click();
    const next = page.locator('ol.services .next');
    await expect(next.first()).toContainText(`次は ${nextWednesday()}`);
    await check();
    await shot(page, `list-${name}`);
    await expect(page.getByRole('complementary')).toContainText('ささえりあ');
    const salon = await page.locator('ol.services h3 a').first().innerText();
    await page.locator('ol.services h3 a').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(salon);
    await expect(page.getByRole('heading', { name: '行き方' })).toBeVisible();
    await expect(page.locator('.way').first()).toContainText('歩いて');
    await check();
    await shot(page, `detail-${name}`);
    const paper = await page.pdf({ format: 'A4', path: `e2e/out-shots/resident-detail-${name}.pdf` });
    expect(paper.length).toBeGreaterThan(20_000);
    expect(troubles).toEqual([]);
    await context.close();
  });
}

test('the position of the phone leaves it rounded, and the minutes of the page are those of the API', async ({ browser, request }) => {
  const catalog = (await (await request.get('/api/catalog')).json()) as { bounds: [number, number, number, number] };
  const [west, south, east, north] = catalog.bounds;
  const geolocation = { longitude: (west + east) / 2 + 0.000123, latitude: (south + north) / 2 + 0.000077 };
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, geolocation, permissions: ['geolocation'] });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('link', { name: '家の近く' }).click();
  await expect(page).toHaveURL(/\/list\?at=/);
  const at = new URL(page.url()).searchParams.get('at')!.split(',').map(Number);
  for (const v of at) expect(Math.abs(v / 0.0005 - Math.round(v / 0.0005))).toBeLessThan(1e-6);
  expect(Math.abs(at[0]! - geolocation.longitude)).toBeLessThanOrEqual(0.00026);
  const shown = await page.locator('ol.services > li').evaluateAll((all) =>
    all.map((li) => ({
      id: Number(/service\/(\d+)/.exec(li.querySelector('a')!.getAttribute('href')!)![1]),
      minutes: Number(/約(\d+)分/.exec(li.querySelector('.walk')!.textContent)![1]),
    })),
  );
  expect(shown.length).toBeGreaterThan(2);
  const kinds = 'kayoi,genki_club,salon,tsusho_b,class';
  const api = (await (await request.get(`/api/reach?from=${at.join(',')}&minutes=30&kind=${kinds}`)).json()) as {
    features: { id: number; properties: { minutes: number } }[];
  };
  expect(shown.map((s) => s.id)).toEqual(api.features.slice(0, shown.length).map((f) => f.id));
  shown.forEach((s, i) => expect(Math.abs(s.minutes - api.features[i]!.properties.minutes)).toBeLessThanOrEqual(1));
  await context.close();
});

test('the map is a tab with the numbers of the list', async ({ page }) => {
  await page.setViewportSize({ width: 768, height: 900 });
  const troubles = await watched(page);
  await page.goto('/where?want=move');
  await page.getByLabel('住所').fill(await example(page));
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '地図で見る' }).click();
  const marks = page.locator('button.mark');
  await expect(marks.first()).toBeVisible();
  const numbers = await marks.allInnerTexts();
  const listed = await page.locator('ol.services > li[data-at]').evaluateAll((all) => all.map((li) => li.getAttribute('data-number')));
  expect([...numbers].sort()).toEqual([...listed].sort());
  await sound(page);
  await page.waitForTimeout(1500);
  await shot(page, 'map');
  await marks.first().click();
  await expect(page.locator('ol.services a:focus')).toHaveCount(1);
  expect(troubles).toEqual([]);
});

test('readings, large type, English and the dark: nothing is lost', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('link', { name: '大きな文字' }).click();
  await page.getByRole('link', { name: 'ふりがな' }).click();
  await expect(page.locator('ruby').first()).toBeVisible();
  await sound(page);
  await page.getByRole('navigation', { name: '何をさがしますか' }).getByRole('link').first().click();
  await page.getByLabel('住所').fill(await example(page));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/kana=1&big=1/);
  await sound(page);
  await shot(page, 'dark-large');
  await page.getByRole('link', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('near you');
  await sound(page);
  await shot(page, 'english');
  await context.close();
});

test('by keyboard alone, and what is wrong is told', async ({ page }) => {
  await page.goto('/where?want=buy');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: '本文へ' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByLabel('住所').focus();
  await page.keyboard.type('どこにもない町9-9');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('見つかりません');
  await sound(page);
  await page.locator('ul.districts a').first().focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/area=/);
  await page.locator('.services h3 a').first().click();
  await page.getByText('ちがうところを知らせる').click();
  await page.getByLabel('どこがちがいますか').fill('電話番号が変わりました');
  await page.getByRole('button', { name: '送る', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('ありがとうございます');
  await sound(page);
  await page.goto('/service/999999');
  await expect(page.getByRole('alert')).toContainText('そのページはありません');
  await sound(page);
});
