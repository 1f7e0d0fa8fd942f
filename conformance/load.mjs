// Loads the module that the page's fragment names, and reports if it does not load.
import { report } from './report.mjs';

import(new URL(location.hash.slice(1), location).href).catch((error) => report(() => Promise.reject(error)));
