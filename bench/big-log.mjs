// The log that reading is measured on: of verl, as a run of 100,000 prompts leaves it.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const PROMPTS = 100_000;
const BATCH = 256;
const ROLLOUTS = 8;

/**
 * Writes so many bytes, a file a step, of lines of some 2.5 KB as Python writes them: prose, escaped formulas and line
 * ends, here and there a sign beyond ASCII.
 */
export function writeLog(folder, size) {
  const words =
    `we have that the sum of all terms is \\\\frac{1}{2} so $x^2 + y^2 = z^2$ holds and therefore \\n\\nStep 3:
    consider \\"triangle\\" ABC with angle ≤ 90° then \\\\boxed{42} because of the lemma above`.split(/\s+/);
  const random = randomOf('ingest');
  const text = (length) => {
    let written = '';
    while (written.length < length) written += `${words[Math.floor(random() * words.length)]} `;
    return written;
  };
  const questions = Array.from({ length: 211 }, () => text(200 + 500 * random()));
  const answers = Array.from({ length: 997 }, () => text(600 + 2400 * random()));
  let [bytes, rollouts, prompt] = [0, 0, 0];
  for (let step = 1; bytes < size; step++) {
    let lines = '';
    for (let i = 0; i < BATCH; i++, prompt = (prompt + 1) % PROMPTS) {
      const chance = ((prompt * 7919) % 1000) / 999;
      for (let k = 0; k < ROLLOUTS; k++, rollouts++) {
        const input = `user\\nProblem ${prompt}: ${questions[prompt % questions.length]}\\nassistant\\n`;
        const score = random() < chance ? '1.0' : '0.0';
        lines += `{"input": "${input}", "output": "${answers[rollouts % answers.length]}", "gts": "${prompt}", `;
        lines += `"score": ${score}, "step": ${step}, "acc": ${score}, "pred": "${prompt}"}\n`;
      }
    }
    const file = openSync(join(folder, `${step}.jsonl`), 'w');
    bytes += writeSync(file, lines);
    closeSync(file);
  }
  return { bytes, rollouts };
}

/** Numbers in [0, 1), the same every time. */
function randomOf(seed) {
  let block = createHash('sha256').update(seed).digest();
  let at = 0;
  return () => {
    if (at + 4 > block.length) [block, at] = [createHash('sha256').update(block).digest(), 0];
    at += 4;
    return block.readUInt32LE(at - 4) / 2 ** 32;
  };
}
