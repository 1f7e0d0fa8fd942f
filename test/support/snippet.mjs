// `node snippet.mjs FILE` runs a snippet of the docs that may be written for another runtime: with Web Workers, and with
// the ways in which Deno and bundlers write imports. What it exports to serve requests is asked for one answer.
import { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  globalThis.Worker = class {
    #worker;
    constructor(url) {
      this.#worker = new Worker(new URL(import.meta.url), { argv: [fileURLToPath(url)] });
    }
    set onmessage(listener) {
      this.#worker.on('message', (data) => listener({ data }));
    }
    postMessage(...message) {
      this.#worker.postMessage(...message);
    }
    terminate() {
      this.#worker.terminate();
    }
  };
} else {
  globalThis.postMessage = (...message) => parentPort.postMessage(...message);
  Object.defineProperty(globalThis, 'onmessage', {
    set: (listener) => parentPort.on('message', (data) => listener({ data })),
  });
}

register('./snippet-hooks.mjs', import.meta.url);
const { default: app } = await import(pathToFileURL(process.argv[2]).href);
if (app?.fetch) console.log(await app.fetch(new Request('http://localhost/')).text());
