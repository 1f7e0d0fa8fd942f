const insight = require('insight-wasm');

Promise.all([import('./conformance.mjs'), import('./report.mjs')]).then(([{ conform }, { report }]) =>
  report(() => conform(insight)),
);
