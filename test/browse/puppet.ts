import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type KeyInput, type Page } from 'puppeteer-core';
import type { Browser, Tab } from './tab.ts';

const PLACES = {
  chrome: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
} as const;

/** Nothing is asked of the network: what leaves is then of the page. */
const FIREFOX_PREFERENCES = {
  'app.normandy.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

export interface Puppet extends Tab {
  readonly page: Page;
}

const placeOf = (browser: keyof typeof PLACES): string | undefined => PLACES[browser].find((path) => existsSync(path));

export const CHROMIUM: Browser = {
  name: 'Chromium',
  isHere: placeOf('chrome') !== undefined,
  start: () => openPuppet('chrome'),
};

export const FIREFOX: Browser = {
  name: 'Firefox',
  isHere: placeOf('firefox') !== undefined,
  start: () => openPuppet('firefox'),
};

/** Chromium by its own protocol, Firefox by WebDriver BiDi. */
export async function openPuppet(browser: 'chrome' | 'firefox'): Promise<Puppet> {
  const executablePath = placeOf(browser);
  if (executablePath === undefined) throw new Error(`there is no ${browser}`);
  const home = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
  const process = await puppeteer.launch({
    browser,
    executablePath,
    headless: true,
    userDataDir: home,
    args: browser === 'chrome' ? ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] : [],
    extraPrefsFirefox: FIREFOX_PREFERENCES,
    env: { ...globalThis.process.env, HOME: home },
  });
  const page = await process.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  return {
    name: browser === 'chrome' ? 'Chromium' : 'Firefox',
    page,
    async open(url) {
      await page.goto(url);
    },
    run: <T>(body: string, ...args: unknown[]): Promise<T> =>
      page.evaluate(
        (text, given) => new Function(`return (async (...args) => { ${text} })`)()(...(given as unknown[])) as T,
        body,
        args,
      ) as Promise<T>,
    async pick(selector, paths) {
      const input = await page.$(selector);
      await (input as unknown as { uploadFile(...paths: string[]): Promise<void> }).uploadFile(...paths);
    },
    async click(selector) {
      await page.click(selector);
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key as KeyInput);
    },
    async resize(width, height) {
      await page.setViewport({ width, height });
    },
    shoot: () => page.screenshot(),
    async close() {
      await process.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
