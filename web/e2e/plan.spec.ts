import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { watched } from './watch';

/** Opens the planner's page; any request to another host, any console error, fails the test. */
async function open(page: Page, query = '') {
  const troubles = await watched(page);
  page.on('console', (m) => {
    if (m.type() === 'error') troubles.push(m.text());
  });
  await page.goto(`/plan${query}`);
  await expect(page.getByRole('row').nth(2)).toBeVisible();
  await page.waitForFunction(() => document.querySelector('.maplibregl-canvas') !== null);
  return troubles;
}

const numbers = (text: string) => Number(text.replace(/[^0-9.]/g, ''));

test('a planner sees every district, and the numbers are those of the API', async ({ page, request }) => {
  const troubles = await open(page);
  const api = await (
    await request.get('/api/coverage?kind=clinic,salon,shop,hub&minutes=30&walker=elderly&area_type=elementary_district&group=total')
  ).json();
  const rows = page.locator('#table tbody tr');
  await expect(rows).toHaveCount(api.rows.length + 1);
  for (const row of api.rows) {
    const cells = page.locator('#table tbody tr', { hasText: row.name }).first().locator('td');
    expect(numbers(await cells.nth(0).innerText())).toBe(Math.round(row.people));
    await expect(cells.nth(2)).toContainText(`${(row.kinds[0].share * 100).toFixed(1)}%`);
  }
  await expect(page.getByText('架空の都市')).toBeVisible();
  await expect(page.getByRole('heading', { name: /計算の根拠/ })).toBeVisible();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: 'e2e/out-shots/plan.png' });
  expect(troubles).toEqual([]);
});

test('every walker beside the others, hills and steps in their minutes', async ({ page, request }) => {
  const troubles = await open(page, '?kind=hospital&minutes=20&walker=adult');
  await page.getByText('歩く人による違い').click();
  const table = page.getByRole('region', { name: '歩く人ごとに届く人の表' });
  const api = await (
    await request.get('/api/walkers?kind=hospital&minutes=20&walker=adult&area_type=elementary_district&group=total')
  ).json();
  const total = api.rows[api.rows.length - 1];
  const cells = table.locator('tbody tr').first().locator('td');
  for (const [i, w] of total.walkers.entries()) {
    await expect(cells.nth(i)).toContainText(Math.round(w.all).toLocaleString('ja-JP'));
  }
  await expect(page.getByText('この速さの定義では数えません')).toBeVisible();
  await page.getByRole('combobox', { name: /^歩く人/ }).selectOption('elderly');
  await expect(page.getByText('上りと下りを分けて')).toBeVisible();
  await expect(page).toHaveURL(/walker=elderly/);
  await table.scrollIntoViewIfNeeded();
  await page.screenshot({ path: 'e2e/out-shots/walkers.png' });
  const found = await new AxeBuilder({ page }).include('.walkers').analyze();
  expect(found.violations).toEqual([]);
  expect(troubles).toEqual([]);
});

test('a place is found by its address, which stays out of the URL', async ({ page, request }) => {
  const troubles = await open(page, '?kind=hospital&minutes=30&walker=elderly');
  const typed = '架空本町一丁目1番1号';
  const api = await (await request.post('/api/address', { data: { address: typed } })).json();
  await page.getByRole('searchbox', { name: /住所で場所/ }).fill(typed);
  await page.getByRole('button', { name: 'さがす' }).click();
  await expect(page.locator('.address [role=status]')).toContainText(api.candidates[0].address);
  await expect(page.getByRole('complementary', { name: 'この場所から' })).toContainText('番付近');
  expect(page.url()).not.toContain(encodeURIComponent('架空本町'));
  await page.waitForTimeout(1000);
  await page.screenshot({ path: 'e2e/out-shots/address.png' });
  await page.getByRole('searchbox', { name: /住所で場所/ }).fill('ない町9-9');
  await page.keyboard.press('Enter');
  await expect(page.locator('.address [role=status]')).toContainText('見つかりませんでした');
  const checked = await new AxeBuilder({ page }).include('.address').analyze();
  expect(checked.violations).toEqual([]);
  expect(troubles.filter((t) => !t.includes('404'))).toEqual([]);
});

test('the table sorts, and the question is kept in the address', async ({ page }) => {
  await open(page);
  const names = () => page.locator('#table tbody tr:not(.total) th').allInnerTexts();
  const before = await names();
  await page.getByRole('button', { name: '区域', exact: true }).click();
  const after = await names();
  expect(after).not.toEqual(before);
  expect([...after].sort((a, b) => a.localeCompare(b, 'ja'))).toEqual(after);
  await page.getByLabel('だれを数えるか').selectOption('aged75');
  await expect(page).toHaveURL(/group=aged75/);
  await page.getByLabel(/歩く時間/).fill('15');
  await expect(page).toHaveURL(/minutes=15/);
  await expect(page.locator('.basis')).toContainText('75歳以上');
});

test('a district and a place say why', async ({ page }) => {
  const troubles = await open(page);
  await page.locator('#table tbody tr:not(.total) th button').first().click();
  await expect(page.getByRole('heading', { name: /の内訳/ })).toBeVisible();
  await expect(page.getByText('届かない区画（人の多い順）')).toBeVisible();
  await page.waitForTimeout(1500);
  const box = await page.locator('.maplibregl-canvas').boundingBox();
  await page.mouse.click(box!.x + box!.width * 0.6, box!.y + box!.height * 0.55);
  const why = page.getByLabel('この場所から', { exact: true });
  await expect(why).toContainText('歩いて約');
  await page.waitForTimeout(1500);
  await page.screenshot({ path: 'e2e/out-shots/why.png' });
  await why.getByRole('button', { name: '閉じる' }).click();
  await expect(why).toHaveCount(0);
  expect(troubles).toEqual([]);
});

test('the keyboard reaches everything, and a place by its numbers', async ({ page, request }) => {
  await open(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: '表へ進む' })).toBeFocused();
  const { bounds } = await (await request.get('/api/catalog')).json();
  await page.getByText('場所を数字で指定する').focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('経度,緯度').fill(`${(bounds[0] + bounds[2]) / 2},${(bounds[1] + bounds[3]) / 2}`);
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('この場所から', { exact: true })).toBeVisible();
});

for (const width of [320, 768, 1440]) {
  test(`no accessibility violation and no sideways scroll at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await open(page, '?gaps=1');
    await page.getByText(/^何に届くか:/).click();
    const found = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
    expect(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `e2e/out-shots/plan-${width}.png`, fullPage: width < 1000 });
  });
}

test('a server in trouble is said in words', async ({ page }) => {
  await open(page);
  await page.route('**/api/coverage*', (r) =>
    r.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ code: 'busy', detail: 'ただいま混み合っています。' }),
    }),
  );
  await page.getByLabel('だれを数えるか').selectOption('aged65');
  await expect(page.getByRole('alert')).toContainText('混み合っています');
});

test('bus and demand taxi: mode, service day and window change the answer, and the Basis says so', async ({ page, request }) => {
  const troubles = await open(page, '?kind=hospital&minutes=45');
  await page.getByLabel('移動手段').selectOption('taxi');
  await page.getByLabel('運行日').fill('2026-11-24');
  await expect(page).toHaveURL(/by=taxi/);
  await expect(page).toHaveURL(/day=2026-11-24/);
  await expect(page.locator('.basis')).toContainText('運行日 2026-11-24（火）');
  const total = async (query: string) =>
    (
      await (
        await request.get(`/api/coverage?kind=hospital&minutes=45&walker=elderly&area_type=elementary_district&group=total${query}`)
      ).json()
    ).total;
  const taxi = await total('&by=taxi&day=2026-11-24&stat=p50');
  const walk = await total('');
  expect(taxi.kinds[0].reached).toBeGreaterThan(walk.kinds[0].reached);
  await expect(page.locator('#table tr.total td').nth(2)).toContainText(`${(taxi.kinds[0].share * 100).toFixed(1)}%`);
  await page.getByLabel('出発のはじめ').fill('13:00');
  await page.getByLabel('出発のおわり').fill('15:00');
  await expect(page.locator('.basis')).toContainText('13:00～15:00に出発');
  expect(troubles).toEqual([]);
});

test('what if: a new salon on the map, the people who change, and back again', async ({ page, request }) => {
  const troubles = await open(page, '?kind=salon&minutes=10');
  await page.getByText('もしも（変えたらどうなるか）').click();
  await page.getByRole('button', { name: '地図に置く' }).click();
  await page.locator('.maplibregl-canvas').click({ position: { x: 420, y: 360 } });
  const result = page.getByRole('region', { name: 'もしもの結果' });
  await expect(result).toBeVisible();
  const address = new URL(page.url());
  const changes = JSON.parse(address.searchParams.get('if') ?? '[]') as { at: [number, number] }[];
  expect(changes).toHaveLength(1);
  const answer = await (
    await request.post('/api/whatif?kind=salon&minutes=10&walker=elderly&area_type=elementary_district&group=total', {
      data: { name: 'x', changes },
    })
  ).json();
  const last = answer.rows[answer.rows.length - 1];
  await expect(result.locator('tr.total')).toContainText(Math.round(last.kinds[0][1]).toLocaleString('ja-JP'));
  const accessibility = await new AxeBuilder({ page }).exclude('.maplibregl-canvas').analyze();
  expect(accessibility.violations).toEqual([]);
  await page.getByRole('button', { name: '取り消す' }).click();
  await expect(result).toHaveCount(0);
  expect(troubles).toEqual([]);
});

test('where most of 75 and over are left out, what one salon and one demand zone would change, on paper with its basis', async ({
  page,
  request,
}) => {
  const day = '2026-11-24';
  const query = `kind=salon&minutes=30&walker=elderly&area_type=elementary_district&group=aged75&by=taxi&day=${day}&stat=p50`;
  const troubles = await open(page, `?${query}`);
  await expect(page.getByRole('button', { name: /届かない人/ })).toContainText('▼');
  const worst = await page.locator('#table tbody tr:not(.total) th button').first().innerText();
  await page.locator('#table tbody tr:not(.total) th button').first().click();
  await expect(page.getByRole('heading', { name: `${worst.trim()}の内訳` })).toBeVisible();
  const sheet = await request.get((await page.getByRole('link', { name: '校区カルテ（PDF）' }).getAttribute('href'))!);
  expect(sheet.headers()['content-type']).toBe('application/pdf');
  await page.getByText('もしも（変えたらどうなるか）').click();
  await page.getByRole('button', { name: '地図に置く' }).click();
  const canvas = page.locator('.maplibregl-canvas');
  await canvas.click({ position: { x: 420, y: 360 } });
  await page.getByRole('button', { name: 'デマンドタクシーの新しい区域の角を順に押す' }).click();
  for (const [x, y] of [
    [300, 250],
    [560, 250],
    [560, 520],
    [300, 520],
  ] as const) {
    await canvas.click({ position: { x, y } });
    await page.waitForTimeout(350);
  }
  await page.getByRole('button', { name: 'この区域を足す' }).click();
  const result = page.getByRole('region', { name: 'もしもの結果' });
  await expect(result).toBeVisible();
  const changes = JSON.parse(new URL(page.url()).searchParams.get('if') ?? '[]') as { change: string }[];
  expect(changes.map((c) => c.change)).toEqual(['add_service', 'add_zone']);
  const answer = await (await request.post(`/api/whatif?${query}`, { data: { name: 'もしも', changes } })).json();
  const total = answer.rows[answer.rows.length - 1];
  expect(total.kinds[0][1]).toBeGreaterThan(total.kinds[0][0]);
  await expect(result.locator('tr.total')).toContainText(Math.round(total.kinds[0][1]).toLocaleString('ja-JP'));
  await page.waitForTimeout(800);
  await page.screenshot({ path: 'e2e/out-shots/whatif.png' });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: /PDFにする/ }).click();
  const path = 'e2e/out-shots/whatif.pdf';
  await (await download).saveAs(path);
  const text = execFileSync('pdftotext', ['-raw', path, '-']).toString();
  for (const words of ['もしも：届く人の変化', 'この数字の根拠', 'デマンドタクシーの区域「新しい区域', '運行日: 2026-11-24', '75歳以上']) {
    expect(text).toContain(words);
  }
  expect(text).toMatch(new RegExp(`合計 .*${Math.round(total.kinds[0][0])} ${Math.round(total.kinds[0][1])}`));
  const table = page.waitForEvent('download');
  await page.getByRole('button', { name: '表（CSV）' }).click();
  await (await table).saveAs('e2e/out-shots/kayoi.csv');
  const csv = readFileSync('e2e/out-shots/kayoi.csv', 'utf8');
  expect(csv.startsWith('\ufeff区域,人口,届かない人')).toBe(true);
  expect(csv).toContain(worst.trim());
  expect(troubles).toEqual([]);
});

test('where the next one would go, with what no other choice could beat', async ({ page, request }) => {
  const troubles = await open(page, '?kind=salon&minutes=10');
  await page.getByText('次はどこに置けばよいか').click();
  await page.getByLabel('何か所').fill('2');
  await page.getByLabel('何か所').blur();
  await page.getByRole('button', { name: '選ぶ', exact: true }).click();
  const plan = page.getByRole('region', { name: '置く場所の案' });
  await expect(plan.locator('li')).toHaveCount(2);
  const query = 'kind=salon&minutes=10&walker=elderly&area_type=elementary_district&group=total';
  const answer = await (await request.post(`/api/siting?${query}`, { data: { k: 2, aim: 'cover' } })).json();
  await expect(plan.locator('li').first()).toContainText(
    `${answer.chosen[0].name}: 新しく届く人 ${Math.round(answer.chosen[0].gain).toLocaleString('ja-JP')}人`,
  );
  const accessibility = await new AxeBuilder({ page }).exclude('.maplibregl-canvas').analyze();
  expect(accessibility.violations).toEqual([]);
  await plan.getByRole('button', { name: 'もしもに加える' }).first().click();
  const total = page.getByRole('region', { name: 'もしもの結果' }).locator('tr.total');
  const more = numbers((await total.locator('strong').innerText()).replace('+', ''));
  expect(Math.abs(more - answer.chosen[0].gain)).toBeLessThanOrEqual(0.5);
  await page.waitForTimeout(1000);
  await page.screenshot({ path: 'e2e/out-shots/siting.png' });
  expect(troubles).toEqual([]);
});

test('a new salon is moved with the pointer, and the people who change follow', async ({ page, request }) => {
  const troubles = await open(page, '?kind=salon&minutes=10');
  await page.getByText('もしも（変えたらどうなるか）').click();
  await page.getByRole('button', { name: '地図に置く' }).click();
  await page.locator('.maplibregl-canvas').click({ position: { x: 420, y: 360 } });
  const total = page.getByRole('region', { name: 'もしもの結果' }).locator('tr.total');
  await expect(total).toBeVisible();
  const changes = () => JSON.parse(new URL(page.url()).searchParams.get('if') ?? '[]') as { at: [number, number] }[];
  const [before, words] = [changes()[0]!.at, await total.innerText()];
  await page.waitForTimeout(800);
  const box = (await page.locator('.maplibregl-canvas').boundingBox())!;
  await page.mouse.move(box.x + 420, box.y + 360);
  await page.mouse.down();
  await page.mouse.move(box.x + 380, box.y + 300, { steps: 8 });
  await page.mouse.move(box.x + 330, box.y + 250, { steps: 8 });
  await page.mouse.up();
  await expect.poll(() => changes()[0]!.at[0]).not.toBe(before[0]);
  await expect(total).not.toHaveText(words);
  const answer = await (
    await request.post('/api/whatif?kind=salon&minutes=10&walker=elderly&area_type=elementary_district&group=total', {
      data: { name: 'x', changes: changes() },
    })
  ).json();
  await expect(total).toContainText(Math.round(answer.rows.at(-1).kinds[0][1]).toLocaleString('ja-JP'));
  expect(troubles).toEqual([]);
});

test('lines that run: with one stop more, with one less, and without the line', async ({ page, request }) => {
  const query = 'kind=salon&minutes=30&walker=elderly&area_type=elementary_district&group=aged75&by=transit&day=2026-11-24&stat=p50';
  const troubles = await open(page, `?${query}`);
  await page.getByText('もしも（変えたらどうなるか）').click();
  await page.getByText('いまある路線を変える').click();
  const lines = (await (await request.get('/api/lines')).json()).lines as { id: string; operator: string; trips: number }[];
  const busiest = lines.reduce((a, b) => (b.trips > a.trips ? b : a));
  await page.getByRole('combobox', { name: /^路線/ }).selectOption(JSON.stringify([busiest.operator, busiest.id]));
  const stops = page.getByRole('combobox', { name: /^停留所/ });
  await expect(stops.locator('option').nth(1)).toBeAttached();
  await stops.selectOption({ index: 1 });
  await page.getByRole('button', { name: 'この次に、新しい停留所を地図に置く' }).click();
  await page.locator('.maplibregl-canvas').click({ position: { x: 420, y: 300 } });
  const changes = () => JSON.parse(new URL(page.url()).searchParams.get('if') ?? '[]') as { change: string }[];
  await expect.poll(() => changes().map((c) => c.change)).toEqual(['add_stop']);
  const total = page.getByRole('region', { name: 'もしもの結果' }).locator('tr.total');
  await expect(total).toBeVisible();
  await page.screenshot({ path: 'e2e/out-shots/lines.png' });
  await page.getByRole('button', { name: 'この停留所がなくなったら' }).click();
  await page.getByRole('button', { name: 'この路線がなくなったら' }).click();
  await expect.poll(() => changes().map((c) => c.change)).toEqual(['add_stop', 'close_stop', 'close_line']);
  const answer = await (await request.post(`/api/whatif?${query}`, { data: { changes: changes() } })).json();
  const [before, after] = answer.rows.at(-1).kinds[0] as [number, number];
  expect(after).toBeLessThan(before);
  await expect(total).toContainText(`${Math.round(before).toLocaleString('ja-JP')} → ${Math.round(after).toLocaleString('ja-JP')}`);
  const accessibility = await new AxeBuilder({ page }).exclude('.maplibregl-canvas').analyze();
  expect(accessibility.violations).toEqual([]);
  expect(troubles).toEqual([]);
});

test('scenarios are kept under a name and compared by staff; others are told where the door is', async ({ page }) => {
  const troubles = await open(page, '?kind=salon&minutes=10');
  await page.getByText('もしも（変えたらどうなるか）').click();
  await page.getByText('案を保存して、くらべる').click();
  await expect(page.getByRole('alert')).toContainText('職員の入口');
  // a browser tells every refusal of its own accord
  expect(troubles.splice(0).filter((t) => !t.includes('401'))).toEqual([]);
  const signedIn = await page.request.post('/api/desk/session', {
    data: { name: 'aoki', password: 'a-password-for-tests' },
    headers: { origin: 'http://127.0.0.1:8097' },
  });
  expect(signedIn.ok()).toBe(true);
  await open(page, '?kind=salon&minutes=10');
  // where fewest are left out there is something to lose
  await page.locator('#table tbody tr:not(.total) th button').last().click();
  const closes = page.getByRole('button', { name: /^もしも、なくなったら/ });
  await closes.first().click();
  const result = page.getByRole('region', { name: 'もしもの結果' }).locator('tr.total');
  await expect(result).toContainText('−');
  await page.getByText('案を保存して、くらべる').click();
  await page.getByLabel('案の名前').fill('サロンが一つ減る');
  await page.getByRole('button', { name: 'この案を保存する' }).click();
  await expect(page.getByText('サロンが一つ減る（変更1件・aoki）')).toBeVisible();
  await page.getByRole('button', { name: '取り消す' }).click();
  // and one more
  await page.getByRole('button', { name: '地図に置く' }).click();
  await page.locator('.maplibregl-canvas').click({ position: { x: 420, y: 360 } });
  await page.getByLabel('案の名前').fill('サロンが一つ増える');
  await page.getByRole('button', { name: 'この案を保存する' }).click();
  await page.getByRole('button', { name: 'すべての案をくらべる' }).click();
  const table = page.getByRole('region', { name: '案の比較' });
  await expect(table.getByRole('row')).toHaveCount(4);
  const compared = await (
    await page.request.get('/api/scenarios/compare?kind=salon&minutes=10&walker=elderly&area_type=elementary_district&group=total')
  ).json();
  for (const s of compared.scenarios as { name: string; total: { kinds: [number, number][] } }[]) {
    await expect(table.getByRole('row', { name: s.name })).toContainText(Math.round(s.total.kinds[0]![1]).toLocaleString('ja-JP'));
  }
  const accessibility = await new AxeBuilder({ page }).exclude('.maplibregl-canvas').analyze();
  expect(accessibility.violations).toEqual([]);
  await page.screenshot({ path: 'e2e/out-shots/scenarios.png' });
  await table.screenshot({ path: 'e2e/out-shots/scenarios-table.png' });
  page.on('dialog', (d) => void d.accept());
  await page.getByRole('button', { name: '「サロンが一つ減る」を消す' }).click();
  await expect(page.getByText('サロンが一つ減る（')).toHaveCount(0);
  await page.getByRole('button', { name: '「サロンが一つ増える」を開く' }).click();
  expect(JSON.parse(new URL(page.url()).searchParams.get('if') ?? '[]')).toHaveLength(1);
  expect(troubles).toEqual([]);
});

test('in the dark every word still stands out, and on paper are the table and what it stands on', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const troubles = await open(page, '?kind=clinic,salon&minutes=20');
  await page.locator('#table tbody tr:not(.total) th button').first().click();
  await expect(page.getByRole('heading', { name: /の内訳$/ })).toBeVisible();
  await page.getByText('もしも（変えたらどうなるか）').click();
  await page.waitForTimeout(800);
  const dark = await new AxeBuilder({ page }).exclude('.maplibregl-canvas').analyze();
  expect(dark.violations).toEqual([]);
  await page.screenshot({ path: 'e2e/out-shots/plan-dark.png' });
  await page.pdf({ format: 'A4', path: 'e2e/out-shots/plan.pdf' });
  const text = execFileSync('pdftotext', ['-layout', 'e2e/out-shots/plan.pdf', '-']).toString();
  for (const word of ['合計', '届かない人', '人口: ', '基準: ', 'の内訳']) expect(text).toContain(word);
  for (const name of await page.locator('#table tbody tr:not(.total) th').allInnerTexts()) expect(text).toContain(name.trim());
  expect(text).not.toContain('もしも、なくなったら');
  expect(troubles).toEqual([]);
});
