import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

// Against the real reference host, built by the set-up. No browser is
// downloaded: it is the one that CHROMIUM names, else the usual one.
export default defineConfig({
  testDir: 'test/e2e',
  globalSetup: './test/e2e/build-host.ts',
  workers: 1,
  forbidOnly: true,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 900 },
    locale: 'en-US',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM || usual.find((path) => existsSync(path)) || '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
