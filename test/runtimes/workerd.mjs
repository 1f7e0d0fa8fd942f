import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { end, start } from './processes.mjs';

/**
 * Serves a bundle, with the kernel beside it as a module of its own, by Cloudflare's runtime and asks it once.
 * @param {readonly string[]} command @param {string} folder of bundle.js @param {string} kernel
 */
export async function askWorkerd(command, folder, kernel) {
  copyFileSync(kernel, join(folder, 'kernel.wasm'));
  writeFileSync(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    compatibilityDate = "2026-01-01",
    modules = [
      (name = "bundle.js", esModule = embed "bundle.js"),
      (name = "kernel.wasm", wasm = embed "kernel.wasm"),
    ],
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`,
  );
  const child = start([...command, 'serve', 'config.capnp', '--control-fd=3'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  try {
    const { port } = await Promise.race([
      new Promise((resolve) => child.stdio[3].once('data', (line) => resolve(JSON.parse(line)))),
      child.ended.then(() => Promise.reject(new Error(child.output.stderr))),
      sleep(20_000).then(() => Promise.reject(new Error('workerd did not start in 20 s'))),
    ]);
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) throw new Error(`${await response.text()}\n${child.output.stderr}`);
    return await response.json();
  } finally {
    await end(child);
  }
}
