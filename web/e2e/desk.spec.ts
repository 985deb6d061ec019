import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { watched } from './watch';

const PASSWORD = 'a-password-for-tests';
const MESSY = fileURLToPath(new URL('../../../shared/data/salons/salons-messy-2.xlsx', import.meta.url));

/** Signs somebody in, in a browser of their own; requests to other hosts and console errors are collected. */
async function signIn(browser: Browser, name: string): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const troubles = await watched(page);
  await page.goto('/desk');
  await page.getByLabel('名前').fill(name);
  await page.getByLabel('パスワード').fill(PASSWORD);
  await page.getByRole('button', { name: 'サインイン' }).click();
  await expect(page.getByRole('heading', { name: '今日の仕事' })).toBeVisible();
  return { page, troubles };
}

async function accessible(page: Page) {
  const found = await new AxeBuilder({ page })
    .exclude('.maplibregl-map')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join('; ')}`)).toEqual([]);
}

const shot = (page: Page, name: string) => page.screenshot({ path: `e2e/out-shots/desk-${name}.png`, fullPage: true });

test('the door: a wrong password is said in words, the right one opens', async ({ page }) => {
  await page.goto('/desk');
  await page.getByLabel('名前').fill('kanri');
  await page.getByLabel('パスワード').fill('something-else');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('名前かパスワードが違います');
  await accessible(page);
  await shot(page, 'door');
  await page.getByLabel('パスワード').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByText('kanriさん')).toBeVisible();
  await page.getByRole('link', { name: 'つかう人' }).click();
  await expect(page.getByText('担当区域の編集').first()).toBeVisible();
  await accessible(page);
  await shot(page, 'people');
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await expect(page.getByRole('button', { name: 'サインイン' })).toBeVisible();
});

test('last year’s list: dry run, doubtful rows, a conflict of two people, undo, export', async ({ browser }) => {
  const { page, troubles } = await signIn(browser, 'aoki');
  // import
  await page.getByRole('link', { name: '一覧表を取り込む' }).click();
  await page.locator('input[type=file]').setInputFiles(MESSY);
  await expect(page.getByText('迷った行・取り込まない行')).toBeVisible();
  await accessible(page);
  await shot(page, 'import-dry');
  const added = Number(await page.locator('.report .counts li').first().locator('strong').innerText());
  expect(added).toBeGreaterThan(5);
  await page.getByRole('button', { name: '取り込む', exact: true }).click();
  await expect(page.locator('.good')).toContainText('取り込みました');
  await shot(page, 'import-done');
  // doubtful rows
  await page.getByRole('link', { name: '迷った記録を見る' }).click();
  const doubtful = page.getByRole('region', { name: '取り込みで迷った記録' });
  await expect(doubtful).toBeVisible();
  await accessible(page);
  await shot(page, 'queue');
  const left = async () =>
    Number((await page.locator('.counts li', { hasText: '取り込みで迷った記録' }).locator('strong').innerText()).replace(',', ''));
  const before = await left();
  await doubtful.locator('.cards > li', { hasText: '隔週' }).first().locator('.brief button').click();
  await expect(page.getByRole('group', { name: '場所' })).toBeVisible();
  await accessible(page);
  await shot(page, 'editor');
  await expect(page.getByRole('region', { name: '取り込みで迷ったところ' })).toContainText('隔週');
  await page.getByLabel('開催日・時間', { exact: true }).fill('第1・3木曜 10時～11時半');
  await page.getByLabel('参加費', { exact: true }).fill('150円');
  await page.getByLabel(/なぜ直したか/).fill('電話で確認');
  // somebody else is quicker with the same record
  const url = page.url();
  const other = await signIn(browser, 'baba');
  await other.page.goto(url);
  await other.page.getByLabel('参加費', { exact: true }).fill('200円');
  await other.page.getByLabel('予約・申込', { exact: true }).fill('要予約');
  await other.page.getByRole('button', { name: '保存する' }).click();
  await expect(other.page.getByText('保存しました。')).toBeVisible();
  await page.getByRole('button', { name: '保存する' }).click();
  const conflict = page.getByRole('alert', { name: 'ほかの人の変更' });
  await expect(conflict).toContainText('150円');
  await expect(conflict).toContainText('200円');
  await accessible(page);
  await shot(page, 'conflict');
  await conflict.getByRole('radio', { name: '200円' }).check();
  await page.getByRole('button', { name: '合わせて保存する' }).click();
  await expect(page.getByText('両方を合わせて保存しました。')).toBeVisible();
  await expect(page.getByLabel('参加費', { exact: true })).toHaveValue('200円');
  await expect(page.getByLabel('予約・申込', { exact: true })).toHaveValue('要予約');
  await expect(page.getByText(/読み取り: 次は/)).toBeVisible();
  await page.getByRole('button', { name: '確認しました', exact: true }).first().click();
  await expect(page.getByText(/を確認しました。/)).toBeVisible();
  // what happened to it
  await page.getByRole('link', { name: '履歴', exact: true }).click();
  await expect(page.getByText('要予約').first()).toBeVisible();
  await accessible(page);
  await shot(page, 'history');
  await page.getByRole('link', { name: '今日の仕事' }).click();
  await expect(doubtful).toBeVisible();
  expect(await left()).toBe(before - 1);
  // export, then take the import back
  await page.getByRole('link', { name: '配った資料・書き出し' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: '一覧表 CSV' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  expect(text.startsWith('\ufeff番号')).toBe(true);
  expect(text).toContain('要予約');
  await accessible(page);
  await shot(page, 'office');
  await page.getByRole('link', { name: '履歴と取り消し' }).click();
  page.on('dialog', (d) => void d.accept('練習でした'));
  const imported = page.locator('.cards > li', { hasText: 'salons-messy-2.xlsx' }).first();
  await imported.getByRole('button', { name: /を取り消す/ }).click();
  await expect(page.locator('.good')).toContainText('取り消しました');
  await accessible(page);
  await shot(page, 'revisions');
  expect([...troubles, ...other.troubles]).toEqual([]);
});

test('twins are put side by side and become one', async ({ browser }) => {
  const { page } = await signIn(browser, 'baba');
  await page.goto('/desk#/records');
  await page.getByLabel('種別').selectOption({ label: 'サロン' });
  await page.locator('.records tbody a').first().click();
  const name = await page.getByLabel('サービスの名前').first().inputValue();
  const address = await page.getByLabel('住所', { exact: true }).inputValue();
  const point = await page.getByLabel('位置（経度, 緯度）').inputValue();
  await page.goto('/desk#/new');
  await page.getByLabel('場所の名前（会場）').fill('もう一つの会場名');
  await page.getByLabel('住所', { exact: true }).fill(address);
  await page.getByLabel('位置（経度, 緯度）').fill(point);
  await page.getByLabel('サービスの名前').fill(name);
  await page.getByLabel('開催日・時間', { exact: true }).fill('第2・4火曜 10時〜11時半');
  await page.getByRole('button', { name: '保存する' }).click();
  await expect(page.getByText(/読み取り: 次は/)).toBeVisible();
  await page.getByRole('button', { name: '地図でピンを動かす' }).click();
  await expect(page.locator('.pinmap .maplibregl-marker')).toBeVisible();
  await page.waitForTimeout(1500);
  await shot(page, 'pin');
  await page.goto('/desk#/queue');
  const alike = page.getByRole('region', { name: '同じかもしれない記録' });
  const mine = alike.locator('.cards > li', { hasText: 'もう一つの会場名' });
  await mine.getByRole('link', { name: '並べて見る' }).click();
  await expect(page.getByRole('heading', { name: '並べて見る' })).toBeVisible();
  await accessible(page);
  await shot(page, 'merge');
  await page.getByRole('button', { name: '一つにする' }).click();
  await expect(page.getByText('一つにしました')).toBeVisible();
});

test('the month of a district: what meets on which day, and whose days nobody knows', async ({ browser, request }) => {
  const { page, troubles } = await signIn(browser, 'tantou');
  await page.goto('/desk#/month');
  await page.getByLabel('月', { exact: true }).fill('2026-12');
  const region = page.getByRole('region', { name: /2026-12/ });
  await expect(region).toBeVisible();
  const areas = await (await request.get('/api/areas?area_type=elementary_district')).json();
  const answer = await (await request.get(`/api/areas/${areas.features[0].id}/month?month=2026-12`)).json();
  const meetings = answer.days.reduce((n: number, d: { meetings: unknown[] }) => n + d.meetings.length, 0);
  expect(meetings).toBeGreaterThan(0);
  await expect(region.locator('li')).toHaveCount(meetings);
  await accessible(page);
  await shot(page, 'month');
  expect(troubles).toEqual([]);
});

for (const width of [320, 768]) {
  test(`the desk fits ${width} px`, async ({ browser }) => {
    const { page } = await signIn(browser, 'tantou');
    await page.setViewportSize({ width, height: 800 });
    for (const [at, what] of [
      ['queue', '今日の仕事'],
      ['records', '記録をさがす'],
      ['import', '一覧表を取り込む'],
      ['revisions', '履歴と取り消し'],
    ] as const) {
      await page.goto(`/desk#/${at}`);
      await expect(page.getByRole('heading', { name: what })).toBeVisible();
      await page.waitForTimeout(400);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, at).toBeLessThanOrEqual(0);
      await accessible(page);
    }
    await page.goto('/desk#/records');
    await page.locator('.records tbody a').first().click();
    await expect(page.getByRole('group', { name: '場所' })).toBeVisible();
    await accessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `e2e/out-shots/desk-editor-${width}.png`, fullPage: true });
  });
}

test('paper of a district: opened, for staff too, and what was handed out is noted', async ({ browser }) => {
  const { page, troubles } = await signIn(browser, 'aoki');
  await page.getByRole('link', { name: '紙にする' }).click();
  await expect(page.getByRole('link', { name: '校区カルテのPDFを開く' })).toBeVisible();
  await accessible(page);
  await shot(page, 'paper');
  const get = async (name: string) => {
    const href = await page.getByRole('link', { name: `${name}のPDFを開く` }).getAttribute('href');
    const answer = await page.request.get(href!);
    expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'application/pdf']);
    const path = `e2e/out-shots/${name}.pdf`;
    writeFileSync(path, await answer.body());
    return execFileSync('pdftotext', ['-raw', path, '-']).toString();
  };
  for (const name of ['地域資源マップ', '校区カルテ', '一覧の冊子', '通いの場カレンダー'])
    expect(await get(name)).not.toContain('関係者限り');
  await page.getByLabel(/関係者だけの記録も載せる/).check();
  expect(await get('地域資源マップ')).toContain('関係者限り');
  await page.getByRole('button', { name: '配ったことを記録する' }).first().click();
  await page.getByLabel('だれに配りましたか').fill('自治協議会');
  await page.getByRole('button', { name: '記録する', exact: true }).click();
  await expect(page.getByRole('status')).toContainText('配った記録に書きました');
  await page.getByRole('link', { name: '配った資料・書き出し' }).click();
  await expect(page.getByText('自治協議会')).toBeVisible();
  expect(troubles).toEqual([]);
});

test('a district in the words of those who know it: strengths, a finding handed upward and answered, a rating', async ({ browser }) => {
  const { page, troubles } = await signIn(browser, 'tantou');
  await page.getByRole('link', { name: '校区のこと' }).click();
  await page.getByLabel('強み（ええとこ）を書く').fill('坂の上まで車を出す人がいる');
  await page.getByRole('button', { name: '書く', exact: true }).first().click();
  await expect(page.getByRole('status')).toContainText('書きました');
  await page.getByLabel('気づいたこと').fill('火曜の便がなくなってから来る人が減った');
  await page.getByLabel(/そのときの画面/).fill('http://127.0.0.1:8097/plan?kind=salon&minutes=30');
  await page.getByRole('button', { name: '気づきを書く' }).click();
  await expect(page.getByRole('link', { name: 'そのときの画面を見る' })).toHaveAttribute('href', '/plan?kind=salon&minutes=30');
  await page.getByRole('button', { name: '日常生活圏域に上げる' }).click();
  await expect(page.getByText('日常生活圏域に上げました')).toBeVisible();
  await expect(page.getByLabel('答え')).toHaveCount(0);
  await accessible(page);
  await shot(page, 'area');
  const { page: boss, troubles: others } = await signIn(browser, 'baba');
  await boss.getByRole('link', { name: '校区のこと' }).click();
  await boss.getByLabel('答え').fill('来年度の時刻表で火曜を戻します');
  await boss.getByRole('button', { name: '答える' }).click();
  await expect(boss.getByText('答え: 来年度の時刻表で火曜を戻します')).toBeVisible();
  const rating = boss.locator('section', { hasText: '指標の評価' });
  await expect(rating.getByText(/数からの案/).first()).toBeVisible();
  await rating.getByRole('combobox').first().selectOption('△');
  await rating.getByLabel('そう評価する理由').first().fill('開いていても来られない人が多い');
  await rating.getByRole('button', { name: '評価を残す' }).first().click();
  await expect(rating.getByText('開いていても来られない人が多い')).toBeVisible();
  await accessible(boss);
  await shot(boss, 'area-answered');
  // the sheet for colleagues carries it, the one for everybody does not
  await boss.getByRole('link', { name: '紙にする' }).click();
  const words = async () => {
    const href = await boss.getByRole('link', { name: '校区カルテのPDFを開く' }).getAttribute('href');
    writeFileSync('e2e/out-shots/karte.pdf', await (await boss.request.get(href!)).body());
    return execFileSync('pdftotext', ['-raw', 'e2e/out-shots/karte.pdf', '-']).toString();
  };
  expect(await words()).not.toContain('坂の上');
  await boss.getByLabel(/関係者だけの記録も載せる/).check();
  expect(await words()).toContain('坂の上');
  expect([...troubles, ...others]).toEqual([]);
});

test('days and hours pressed rather than written, and the plan’s sheet', async ({ browser }) => {
  const { page, troubles } = await signIn(browser, 'aoki');
  await page.goto('/desk#/new');
  await page.getByRole('button', { name: '曜日と時間から選ぶ' }).click();
  for (const name of ['第2', '第4', '火']) await page.getByRole('button', { name, exact: true }).click();
  await page.getByLabel('祝日も開く').uncheck();
  await expect(page.getByText('第2・4火曜 10:00〜11:30（祝日除く）')).toBeVisible();
  await accessible(page);
  await shot(page, 'when');
  await page.getByRole('button', { name: 'この日時にする' }).click();
  await expect(page.getByLabel('開催日・時間')).toHaveValue('第2・4火曜 10:00〜11:30（祝日除く）');
  const sheet = await page.request.get('/api/desk/plan.xlsx');
  expect([sheet.status(), sheet.headers()['content-type']]).toEqual([
    200,
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ]);
  expect(troubles).toEqual([]);
});

test('the table and the map side by side, under the same numbers', async ({ browser }) => {
  const { page, troubles } = await signIn(browser, 'aoki');
  await page.getByRole('link', { name: '記録をさがす' }).click();
  await page.getByLabel('種別').selectOption('clinic');
  await page.getByRole('button', { name: '地図を並べる' }).click();
  const spots = page.locator('button.spot');
  await expect(spots.first()).toBeVisible();
  const rows = page.locator('table.records tbody tr');
  await expect(rows.first().locator('td').first()).toHaveText('1');
  const numbers = await spots.allInnerTexts();
  const known = await rows.evaluateAll((all) =>
    all.filter((r) => !r.textContent.includes('位置未確定')).map((r) => r.querySelector('td')!.textContent),
  );
  expect([...numbers].sort()).toEqual([...known].sort());
  await page.waitForTimeout(1200);
  await accessible(page);
  await shot(page, 'beside');
  await spots.nth(2).click();
  await expect(page.locator(`#row-${numbers[2]} a`)).toBeFocused();
  expect(troubles).toEqual([]);
});

test('the desk in the dark', async ({ browser }) => {
  const { page, troubles } = await signIn(browser, 'aoki');
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const name of [
    '今日の仕事',
    '記録をさがす',
    '月のカレンダー',
    '校区のこと',
    '紙にする',
    '一覧表を取り込む',
    '履歴と取り消し',
    '配った資料・書き出し',
  ]) {
    await page.getByRole('link', { name, exact: true }).first().click();
    await page.waitForTimeout(700);
    await accessible(page);
    await page.screenshot({ path: `e2e/out-shots/dark-${name}.png` });
  }
  expect(troubles).toEqual([]);
});
