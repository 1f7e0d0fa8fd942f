// Serves a project to a browser, on a free port of this machine, and waits for what its page reports.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { entryFile } from './project.mjs';

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};
const SHELL =
  '<!doctype html><meta charset="utf-8"><title>insight-wasm</title><script type="module" src="/load.mjs"></script>';

/** Without this source, a Content-Security-Policy forbids Wasm. */
export const ALLOWS_WASM = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
export const FORBIDS_WASM = "default-src 'self'";
/** All that the one file of the page needs: nothing of any other origin. */
export const OF_THE_PAGE =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
  'img-src data:; worker-src blob:';

/**
 * @param {string} folder @param {string} [policy] the Content-Security-Policy of every page
 * @returns {Promise<{ url: string, result: Promise<object>, close: () => void }>}
 */
export async function serve(folder, policy = ALLOWS_WASM) {
  let settle;
  const result = new Promise((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.setHeader('content-security-policy', policy);
    if (pathname === '/result') {
      let text = '';
      request.setEncoding('utf8').on('data', (part) => (text += part));
      request.on('end', () => {
        response.end();
        settle(JSON.parse(text)); // the first report counts
      });
      return;
    }
    const file = join(folder, decodeURIComponent(pathname));
    if (pathname === '/') send(response, '.html', SHELL);
    else if (!file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
    } else send(response, extname(file), resolveNames(folder, file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, result, close };
}

function send(response, extension, body) {
  response.setHeader('content-type', TYPES[extension] ?? 'application/octet-stream');
  response.end(body);
}

/** A browser knows no package names, and a worker no import map: the programs get paths in their place. */
function resolveNames(folder, file) {
  const bytes = readFileSync(file);
  if (!file.endsWith('.mjs')) return bytes;
  return String(bytes).replace(
    /'insight-wasm(\/[\w.-]+)?'/g,
    (_, entry = '') => `'/${entryFile(folder, `.${entry}`)}'`,
  );
}
