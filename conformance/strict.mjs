// Where Wasm is forbidden or has no SIMD: the error says so and what to pass instead, and that gives the same bits.
import * as insight from 'insight-wasm';
import { referenceEngine } from 'insight-wasm/reference';
import { conform } from './conformance.mjs';
import { report } from './report.mjs';

function refusal() {
  try {
    new insight.PosteriorPool(1);
  } catch (error) {
    return error;
  }
  throw new Error('the kernel compiled: this environment is not strict');
}

report(async () => {
  const error = refusal();
  if (!(error instanceof insight.UnsupportedError)) throw error;
  if (error.code !== 'ERR_UNSUPPORTED') throw new Error(`the code is ${error.code}`);
  if (!/referenceEngine/.test(error.message)) throw new Error(`no way out in "${error.message}"`);
  return { ...(await conform(insight, referenceEngine)), refusal: error.message };
});
