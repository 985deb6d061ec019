import type { Page } from '@playwright/test';

/** Every request to another host is refused and, like every error of a page, told in the list this gives. */
export async function watched(page: Page): Promise<string[]> {
  const troubles: string[] = [];
  await page.route('**', (route) => {
    const url = new URL(route.request().url());
    if (url.hostname === '127.0.0.1' || url.protocol === 'blob:' || url.protocol === 'data:') return route.continue();
    troubles.push(`outside request: ${url}`);
    return route.abort();
  });
  page.on('pageerror', (e) => troubles.push(e.message));
  return troubles;
}
