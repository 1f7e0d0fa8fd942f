import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Tab } from './tab.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const MINI_BROWSER = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/libexec'].flatMap((folder) =>
  ['4.1', '6.0', '4.0'].map((version) => `${folder}/webkit2gtk-${version}/MiniBrowser`),
);
const XVFB = '/usr/bin/Xvfb';
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** Keys that WebDriver has code points for. */
const KEYS: Readonly<Record<string, string>> = {
  Tab: '\uE004',
  Enter: '\uE007',
  Space: ' ',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
};

export const WEBKIT: Browser = {
  name: 'WebKit',
  isHere: [DRIVER, XVFB].every((path) => existsSync(path)) && MINI_BROWSER.some((path) => existsSync(path)),
  start: openWebKit,
};

/** WebKitGTK by its WebDriver, on a screen that nobody sees. */
async function openWebKit(): Promise<Tab> {
  const home = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
  const binary = MINI_BROWSER.find((path) => existsSync(path));
  const xvfb = ['-displayfd', '3', '-screen', '0', '1920x1400x24', '-nolisten', 'tcp'];
  const screen = spawn(XVFB, xvfb, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const display = await firstLine(screen.stdio[3] as NodeJS.ReadableStream);
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const driver = spawn(DRIVER, [`--port=${port}`], {
    stdio: 'ignore',
    detached: true,
    env: {
      ...process.env,
      HOME: home,
      DISPLAY: `:${display}`,
      DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      GTK_A11Y: 'none',
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    },
  });
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (!response.ok) throw new Error(`WebKit: ${value?.error}: ${value?.message}`);
    return value;
  };
  const end = async (): Promise<void> => {
    await stop(driver);
    await stop(screen);
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await untilAnswers(() => ask('GET', '/status'));
    const alwaysMatch = { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary, args: ['--automation'] } };
    const { sessionId } = (await ask('POST', '/session', { capabilities: { alwaysMatch } })) as { sessionId: string };
    return toTab((method, path, body) => ask(method, `/session/${sessionId}${path}`, body), end);
  } catch (error) {
    await end();
    throw error;
  }
}

function toTab(ask: (method: string, path: string, body?: object) => Promise<unknown>, end: () => Promise<void>): Tab {
  const find = async (selector: string): Promise<string> => {
    const found = (await ask('POST', '/element', { using: 'css selector', value: selector })) as Record<string, string>;
    return `/element/${found[ELEMENT]}`;
  };
  return {
    name: 'WebKit',
    async open(url) {
      await ask('POST', '/timeouts', { script: 120_000 });
      await ask('POST', '/url', { url });
    },
    async run<T>(body: string, ...args: unknown[]): Promise<T> {
      const script = `const done = arguments[1];
        (async (...args) => { ${body} })(...arguments[0])
          .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const answer = (await ask('POST', '/execute/async', { script, args: [args] })) as { value: T; error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.value;
    },
    async pick(selector, paths) {
      await ask('POST', `${await find(selector)}/value`, { text: paths.join('\n') });
    },
    async click(selector) {
      await ask('POST', `${await find(selector)}/click`, {});
    },
    async press(...keys) {
      const actions = keys.flatMap((key) => {
        const value = KEYS[key] ?? key;
        return [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ];
      });
      await ask('POST', '/actions', { actions: [{ type: 'key', id: 'keys', actions }] });
    },
    async resize(width, height) {
      await ask('POST', '/window/rect', { width, height });
    },
    async shoot() {
      return Buffer.from((await ask('GET', '/screenshot')) as string, 'base64');
    },
    async close() {
      await ask('DELETE', '').catch(() => undefined);
      await end();
    },
  };
}

async function untilAnswers(ask: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await ask();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}

const firstLine = (stream: NodeJS.ReadableStream): Promise<string> =>
  new Promise((resolve) => stream.once('data', (text) => resolve(String(text).trim())));

/** Ends a process that was started here, with its group if it has one of its own. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await Promise.race([ended, sleep(3000)]);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
