// The program of the doors: one log in four forms through insight-wasm/logs, /state and /evaluate. What it returns is
// the same wherever it runs: posteriors, choices, an audit, a fit, and the bytes of a state.
import { fit as fitLog } from 'insight-wasm/evaluate';
import { auditLogs, readLogs, Visits } from 'insight-wasm/logs';
import { PromptState } from 'insight-wasm/state';
import { LOGS, STATE } from './doors-input.mjs';

const toBytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

/** @returns {Promise<{ digest: string }>} */
export async function runDoors() {
  const facts = [];
  for (const [name, base64] of Object.entries(LOGS)) {
    const log = new File([toBytes(base64)], name);
    const visits = new Visits();
    const [{ rows, format }] = await readLogs([log], (row) => visits.add(row));
    const { findings, groups, successes } = await auditLogs([log]);
    const { discount, prior } = fitLog(visits);
    const state = new PromptState({ discount: 0.9 });
    await state.ingest([log]);
    await state.ingest([log]); // nothing twice
    const query = { acquisition: { kind: 'non-degenerate', rollouts: 8 }, candidates: { size: 60, seed: 3 } };
    facts.push([name, rows, format, successes, groups, findings, discount, prior]);
    facts.push([state.select(20), state.select(9, query), state.status(20), [...state.export()], hex(state.toBytes())]);
  }
  const old = PromptState.fromBytes(toBytes(STATE));
  facts.push([old.size, old.discount, old.select(5), old.explain(old.select(1)[0].id, 1)]);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(facts)));
  return { digest: hex(new Uint8Array(digest)) };
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
