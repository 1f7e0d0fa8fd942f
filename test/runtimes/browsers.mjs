// The three browser engines, opened from the command line at a page that reports for itself.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, run, start } from './processes.mjs';
import { temporary } from './project.mjs';
import { systemProgram } from './tools.mjs';

const ATTEMPTS = 2; // browsers sometimes hang as they start

const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-breakpad',
];

const FIREFOX_PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.enabled': false,
};

const MINI_BROWSER = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/libexec'].flatMap((folder) =>
  ['4.1', '6.0', '4.0'].map((version) => `${folder}/webkit2gtk-${version}/MiniBrowser`),
);

const environment = (home) => ({ ...process.env, HOME: home, DBUS_SESSION_BUS_ADDRESS: 'disabled:' });

/**
 * `find` is the program and its version; `open` starts it at a URL with an empty profile and gives what to end.
 * @typedef {{ name: string, find: () => Promise<{ command: string[], version: string }>,
 *   open: (command: string[], url: string) => Promise<import('./processes.mjs').start[]> }} Browser
 */

/** @type {Browser[]} */
export const BROWSERS = [
  {
    name: 'Chromium',
    async find() {
      const file = systemProgram(
        ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
        'no Chromium',
      );
      return { command: [file], version: await versionOf([file, '--version']) };
    },
    async open(command, url) {
      const home = temporary();
      return [start([...command, ...CHROMIUM_FLAGS, `--user-data-dir=${home}`, url], { env: environment(home) })];
    },
  },
  {
    name: 'Firefox',
    async find() {
      const file = systemProgram(['/usr/bin/firefox-esr', '/usr/bin/firefox'], 'no Firefox');
      return { command: [file], version: await versionOf([file, '--version']) };
    },
    async open(command, url) {
      const home = temporary();
      const lines = Object.entries(FIREFOX_PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});\n`);
      writeFileSync(join(home, 'user.js'), lines.join(''));
      const env = { ...environment(home), MOZ_CRASHREPORTER_DISABLE: '1' };
      return [start([...command, '--headless', '--no-remote', '--profile', home, url], { env })];
    },
  },
  {
    name: 'WebKit',
    async find() {
      const file = systemProgram(MINI_BROWSER, 'no MiniBrowser of WebKitGTK');
      systemProgram(['/usr/bin/Xvfb'], 'no Xvfb');
      const { screen, display } = await virtualScreen(); // which it wants even to print its version
      const version = await versionOf([file, '--version'], { DISPLAY: display });
      await end(screen);
      return { command: [file], version };
    },
    async open(command, url) {
      const home = temporary();
      const { screen, display } = await virtualScreen();
      const env = {
        ...environment(home),
        DISPLAY: display,
        GTK_A11Y: 'none',
        LIBGL_ALWAYS_SOFTWARE: '1',
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        JSC_useSharedArrayBuffer: '1',
      };
      return [start([...command, url], { env }), screen];
    },
  },
];

async function versionOf(command, env) {
  const printed = await run(command, { env: { ...environment(temporary()), ...env } });
  return /\d+[\d.]+/.exec(printed)[0];
}

/** Xvfb on a display that it finds itself. */
async function virtualScreen() {
  const screen = start(['/usr/bin/Xvfb', '-displayfd', '3', '-screen', '0', '1280x1600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const display = await Promise.race([
    new Promise((resolve) => screen.stdio[3].once('data', (number) => resolve(`:${String(number).trim()}`))),
    screen.ended.then(() => Promise.reject(new Error(`Xvfb: ${screen.output.stderr}`))),
  ]);
  return { screen, display };
}

/**
 * Opens a browser at a page and returns what the page reports. If nothing at all comes, it is opened once more.
 * @param {Browser} browser @param {string[]} command @param {string} url @param {Promise<object>} result
 * @param {number} [seconds]
 */
export async function visit({ name, open }, command, url, result, seconds = 60) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const children = await open(command, url);
    const answer = await Promise.race([result, sleep(1000 * seconds, undefined, { ref: false })]);
    await Promise.all(children.map(end));
    if (answer !== undefined) return answer;
  }
  throw new Error(`${name} reported nothing in ${ATTEMPTS} times ${seconds} s`);
}
