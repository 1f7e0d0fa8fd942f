import { report } from './report.mjs';
import { trainBriefly } from './training.mjs';
import { policyBytes } from './training-input.mjs';

report(async () => trainBriefly(policyBytes()));
