import * as insight from 'insight-wasm';
import { conform } from './conformance.mjs';
import { report } from './report.mjs';

report(() => conform(insight));
