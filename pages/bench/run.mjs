// The tab's work, in a worker: the conformance program, then the measurements.
import { conform } from 'conformance';
import * as insight from 'insight-wasm';
import { referenceEngine } from 'insight-wasm/reference';
import { measure } from './measure.mjs';
import { SIZES } from './series.mjs';

/** Why the default engine does not run here, or nothing. */
function refusal() {
  try {
    new insight.PosteriorPool(1).dispose();
    return undefined;
  } catch (error) {
    if (error instanceof insight.UnsupportedError) return error.message;
    throw error;
  }
}

/** @param {(progress: object) => void} tell */
export async function runBench(tell) {
  const refused = refusal();
  const engine = refused === undefined ? undefined : referenceEngine;
  const from = performance.now();
  const { digest } = await conform(insight, engine);
  tell({ digest, refused, ms: performance.now() - from });
  measure(insight, engine, SIZES, (result) => tell({ result }));
}
