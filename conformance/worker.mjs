import * as insight from 'insight-wasm';
import { proceed } from './conformance.mjs';

const port = globalThis.postMessage === undefined ? (await import('node:worker_threads')).parentPort : globalThis;

port.onmessage = ({ data }) => {
  try {
    const state = proceed(insight, data);
    port.postMessage(state, [state.snapshot.buffer, state.record.buffer]);
  } catch (error) {
    port.postMessage({ error: String(error) });
  }
};
