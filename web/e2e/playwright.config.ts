import { defineConfig } from '@playwright/test';

/** Debian's Chromium against a server this run starts itself, over a city it makes itself. */
export default defineConfig({
  testDir: '.',
  outputDir: 'out',
  snapshotPathTemplate: '{testDir}/looks/{arg}{ext}',
  timeout: 60_000,
  reporter: [['list']],
  workers: 1,
  use: {
    baseURL: 'http://127.0.0.1:8097',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: 'sh serve.sh',
    url: 'http://127.0.0.1:8097/healthz',
    timeout: 60_000,
    reuseExistingServer: false,
  },
});
