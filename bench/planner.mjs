// The planner's page in a browser over a running server: how long until the first map with its colours, from a slider to new colours,
// and how many frames a second a pan of the map is drawn with. Chromium without a graphics card draws maps on the processor, so beside
// the frames stands what a frame asks of the page's own thread: with a card, that is what is left to wait for.
import { createRequire } from 'node:module';
const { chromium } = createRequire(new URL('../web/package.json', import.meta.url))('@playwright/test');

const base = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
});
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const first = [];
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const total = () => document.querySelector('#table tr.total')?.textContent ?? '';
for (let i = 0; i < 3; i++) {
  const start = performance.now();
  await page.goto(`${base}/plan?kind=hospital,clinic&minutes=30`);
  await page.waitForFunction(() => document.querySelector('#table tr.total') && document.querySelector('.maplibregl-canvas'));
  await page.waitForFunction(() => performance.getEntriesByType('resource').some((r) => r.name.includes('/api/coverage')));
  first.push(performance.now() - start);
}
const slid = [];
const answered = [];
for (const minutes of [10, 15, 20, 25, 12, 18, 22, 28]) {
  const before = await page.evaluate(total);
  // one hand moves one slider: the map drawn for the last answer is not part of the next
  await page.waitForTimeout(1500);
  const [all, server] = await page.evaluate(
    async ([minutes, before]) => {
      performance.clearResourceTimings();
      const slider = document.querySelector('input[type=range]');
      const start = performance.now();
      slider.value = String(minutes);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      slider.dispatchEvent(new Event('change', { bubbles: true }));
      while ((document.querySelector('#table tr.total')?.textContent ?? '') === before) await new Promise((r) => requestAnimationFrame(r));
      const took = performance.now() - start;
      const [asked] = performance.getEntriesByType('resource').filter((r) => r.name.includes('/api/coverage'));
      return [took, asked.responseEnd - asked.requestStart];
    },
    [minutes, before],
  );
  slid.push(all);
  answered.push(server);
}
const cdp = await page.context().newCDPSession(page);
await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
const worked = async () => (await cdp.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value * 1000;
const workedBefore = await worked();
const frames = await page.evaluate(async () => {
  const canvas = document.querySelector('.maplibregl-canvas');
  const box = canvas.getBoundingClientRect();
  const at = (type, x, y) =>
    canvas.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX: box.left + x, clientY: box.top + y, buttons: 1 }));
  at('mousedown', 300, 400);
  const start = performance.now();
  let n = 0;
  while (performance.now() - start < 3000) {
    at('mousemove', 300 + 100 * Math.sin(n / 10), 400 + 60 * Math.cos(n / 13));
    await new Promise((r) => requestAnimationFrame(r));
    n++;
  }
  at('mouseup', 300, 400);
  return n / 3;
});
const perFrame = ((await worked()) - workedBefore) / (frames * 3);
console.log(
  `planner's page: first map and table ${median(first).toFixed(0)} ms (of 3), slider to new numbers and colours ${median(slid).toFixed(0)} ms (of ${slid.length}, most ${Math.max(...slid).toFixed(0)}; the answer itself ${median(answered).toFixed(0)}), pan ${frames.toFixed(0)} frames a second without a graphics card, ${perFrame.toFixed(1)} ms of the page's own work in each`,
);
await browser.close();
