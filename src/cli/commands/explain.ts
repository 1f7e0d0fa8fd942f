import { DataError } from '../../errors.ts';
import { escapeControls, quoteId } from '../../escape-controls.ts';
import { loadState } from '../../node/state-file.ts';
import { type Explanation, explainPrompt } from '../../state/choose/explain.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { inFlagTerms, parse, required, text, toggle, toHelp } from '../flags/flags.ts';
import { QUERY_FLAGS, toQuery } from '../flags/query-flags.ts';
import { writeLines } from '../output.ts';
import { warnUnknown } from '../read-logs.ts';

const FLAGS = {
  state: required('FILE', 'the state', text),
  ...QUERY_FLAGS,
  json: toggle('as JSON'),
} as const;

const HELP = `Usage: insight-wasm explain ID --state FILE [flags]

Says what is believed of one prompt, how its score comes about, where it ranks
in the whole state, and whether select with the same flags would choose it, and
if not, why: its score is too low, it is excluded or cools down, or it is not
among the candidates.

${toHelp(FLAGS)}
Example:
  insight-wasm explain prompt-0007 --state pool.iws --count 20
`;

export const explain: Command = {
  summary: 'say why a prompt of a state would be chosen, or not',
  help: HELP,
  async run(args, streams) {
    const { stdout } = streams;
    const { values, positionals } = parse(args, FLAGS);
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) throw new UsageError(`expected one ID, got ${positionals.length}`);
    const query = toQuery(values);
    const state = loadState(values.state);
    warnUnknown(state, query, streams);
    const index = state.keys.indexOf(id);
    if (index < 0) throw new DataError('unknown-id', `${quoteId(id)} is not in it`, { file: values.state, id });
    const explanation = inFlagTerms(() => explainPrompt(state, index, query));
    await writeLines(stdout, values.json ? [JSON.stringify(explanation)] : describe(explanation, state.size));
  },
};

function describe(explanation: Explanation, size: number): string[] {
  const { id, mean, evidence, visits, step, acquisition, score, factors, rank, chosen, why } = explanation;
  const product = Object.entries(factors).map(([name, value]) => `${name} ${value.toPrecision(6)}`);
  return [
    `prompt     ${escapeControls(id)}`,
    `posterior  mean ${mean.toFixed(4)}, evidence ${evidence.toFixed(2)}`,
    `visits     ${visits}${step === null ? '' : `, the last at step ${step}`}`,
    `score      ${score.toPrecision(6)}${product.length === 0 ? '' : ` = ${product.join(' x ')}`}`,
    `           ${acquisition}`,
    `rank       ${rank.toLocaleString('en')} of ${size.toLocaleString('en')}`,
    `${chosen ? 'chosen     ' : 'not chosen '}${why}`,
  ];
}
