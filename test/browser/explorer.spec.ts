import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startApp, type StartedApp } from '../support/start-app.js';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

(existsSync(executablePath) ? describe : describe.skip)('the GraphQL explorer in a browser without a network', () => {
  let app: StartedApp;
  let browser: Browser;
  let page: Page;
  const foreign: string[] = [];

  beforeAll(async () => {
    app = await startApp({ NODE_ENV: 'development' });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    // Nothing but our own server can be reached.
    await page.route('**/*', (route) => {
      const url = route.request().url();
      if (url.startsWith(app.url) || url.startsWith('data:') || url.startsWith('blob:')) return route.continue();
      foreign.push(url);
      return route.abort();
    });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  it('opens at the GraphQL address and runs its first query', async () => {
    await page.goto(`${app.url}/graphql`);
    const answer = page.waitForResponse(
      (response) =>
        response.request().method() === 'POST' && (response.request().postData() ?? '').includes('query Overview'),
    );
    await page.locator('.cm-content').first().click({ timeout: 30_000 });
    await page.keyboard.press('Control+Enter');
    expect((await answer).status()).toBe(200);
    // The answer is shown as JSON, whose names stand in quotes; those of the query do not.
    await page.locator('.cm-content', { hasText: '"components"' }).waitFor({ timeout: 15_000 });
    expect(foreign).toEqual([]);
  }, 90_000);
});
