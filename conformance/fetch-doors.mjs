// A Cloudflare Worker that answers with the digest of the doors.
import { runDoors } from './doors.mjs';

export default { fetch: async () => Response.json(await runDoors()) };
