import * as insight from 'insight-wasm/reference';
import { conform } from './conformance.mjs';
import { report } from './report.mjs';

report(() => conform(insight));
