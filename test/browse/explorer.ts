import { createServer } from 'node:http';
import type { Tab } from './tab.ts';

/** Serves a page, and keeps what is asked. */
export async function servePage(html: string): Promise<{ url: string; asked: string[]; close: () => void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}/`, asked, close };
}

/** What a person does with the explorer page, in any browser. */
export class ExplorerPage {
  readonly tab: Tab;

  constructor(tab: Tab) {
    this.tab = tab;
  }

  /** Opens the page anew. */
  async open(url: string): Promise<void> {
    await this.tab.open('about:blank'); // the same page with another hash is not loaded again
    await this.tab.open(url);
    await this.tab.run(`
      window.saved = [];
      const toUrl = URL.createObjectURL;
      URL.createObjectURL = (blob) => (window.saved.push(blob), toUrl.call(URL, blob));
      window.errors = [];
      addEventListener('error', ({ message }) => errors.push(message));
      addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));`);
  }

  /** Picks files, and waits until all is drawn of them. */
  async give(paths: readonly string[], input = '#files'): Promise<void> {
    await this.during('opened', () => this.tab.pick(input, paths));
  }

  /** Does something, and waits for the event of the page that says that it is drawn. */
  async during(event: 'opened' | 'viewed' | 'compared' | 'evaluated', act: () => Promise<unknown>): Promise<void> {
    await this.tab.run(
      `(window.heard ??= {})[args[0]] = false;
      addEventListener(args[0], () => (window.heard[args[0]] = true), { once: true });`,
      event,
    );
    await act();
    await this.until(`return window.heard.${event}`, event);
  }

  /** Waits until an expression is true. */
  async until(body: string, what = body): Promise<void> {
    const isTrue = await this.tab.run(
      `const holds = () => { ${body} };
      for (let i = 0; i < 600 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
      return Boolean(holds());`,
    );
    if (!isTrue) throw new Error(`${this.tab.name}: not in 30 s: ${what}; ${await this.text('#error')}`);
  }

  text(selector: string): Promise<string> {
    return this.tab.run('return document.querySelector(args[0])?.textContent ?? ""', selector);
  }

  /** The four numbers, exactly. */
  numbers(): Promise<Record<string, number>> {
    return this.tab.run(`return Object.fromEntries([...document.querySelectorAll('#numbers > div')].map((div) =>
      [div.id.replace('number-', ''), JSON.parse(div.dataset.value)]))`);
  }

  /** Ids of the next batch. */
  batch(): Promise<string[]> {
    return this.tab.run(
      `return [...document.querySelectorAll('#batch button.row')].map(({ textContent }) => textContent)`,
    );
  }

  /** What the log fits, once that is known. */
  async fit(): Promise<{ discount: number; prior: { alpha: number; beta: number }; loss: number }> {
    await this.until(`return document.querySelector('#fitted') !== null`);
    return JSON.parse(await this.tab.run(`return document.querySelector('#fitted').dataset.value`));
  }

  /** Presses a button that saves something, and returns what is saved, as base64. */
  async saved(selector: string): Promise<Uint8Array> {
    await this.tab.run('window.saved.length = 0');
    await this.tab.click(selector);
    return this.lastSaved();
  }

  async lastSaved(): Promise<Uint8Array> {
    await this.until('return window.saved.length > 0', 'a file is saved');
    const base64 = await this.tab.run<string>(`
      const bytes = new Uint8Array(await window.saved[0].arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));`);
    return Uint8Array.from(Buffer.from(base64, 'base64'));
  }

  /** Moves a slider by the keyboard. */
  async move(slider: string, key: string, times = 1): Promise<void> {
    await this.tab.run('document.querySelector(args[0]).focus()', slider);
    await this.during('viewed', () => this.tab.press(...Array<string>(times).fill(key)));
    await this.until(`return document.querySelector('#opened').ariaBusy === 'false'`, 'all is drawn');
  }

  /** Errors that nobody caught. */
  errors(): Promise<string[]> {
    return this.tab.run('return window.errors');
  }
}
