import { runDoors } from './doors.mjs';
import { report } from './report.mjs';

report(runDoors);
