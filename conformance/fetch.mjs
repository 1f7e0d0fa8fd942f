// A Cloudflare Worker that answers with its digest.
import * as insight from 'insight-wasm';
import { conform } from './conformance.mjs';

export default { fetch: async () => Response.json(await conform(insight)) };
