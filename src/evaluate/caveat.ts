/**
 * A training in which mixed groups misled: their shares in %, and in how many paired seeds the rule with more of them
 * learned more than shuffled epochs. Regime A of experiments/, non-degenerate of 16 M candidates.
 */
export const MISLED = { rule: 'non-degenerate', mixed: 49, epochs: 33, ahead: 0, seeds: 16 } as const;

/** What a replay cannot show. */
export const CAVEAT =
  'Caveat: all outcomes are those of the run that was logged. Another selection would have trained another model: ' +
  'prompts chosen more often would have been learnt more, and the outcomes that are replayed here would not have come. ' +
  'This compares what policies would have picked, not what the model would have become. More mixed groups are not more ' +
  `learning: in a measured training ${MISLED.rule} met ${MISLED.mixed} % of them, shuffled epochs ${MISLED.epochs} %, ` +
  `and it learned more than they did in ${MISLED.ahead} of ${MISLED.seeds} seeds.`;
