// A pool that begins here, proceeds in a worker and ends here, moved both ways as a transferred snapshot.
import * as insight from 'insight-wasm';
import { begin, end } from './conformance.mjs';
import { report } from './report.mjs';

const Worker = globalThis.Worker ?? (await import('node:worker_threads')).Worker;

const proceedInWorker = (state) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), { type: 'module' });
    const settle = (answer) => {
      worker.terminate();
      if ('error' in answer) reject(new Error(`in the worker: ${answer.error}`));
      else resolve(answer);
    };
    if ('on' in worker) worker.on('message', settle).on('error', reject);
    else {
      worker.onmessage = ({ data }) => settle(data);
      worker.onerror = ({ message }) => settle({ error: message });
    }
    worker.postMessage(state, [state.snapshot.buffer, state.record.buffer]);
    if (state.snapshot.length > 0) throw new Error('the snapshot was copied, not moved');
  });

report(async () => end(insight, await proceedInWorker(begin(insight))));
