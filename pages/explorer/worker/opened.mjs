// What was opened, a log or a state, and the posteriors of it at any time.
import { DataError, readLogs, Visits } from 'insight-wasm/logs';
import { PromptState } from 'insight-wasm/state';
import { Audit } from '../../../src/logs/audit/audit.ts';
import { Rows } from './rows.mjs';
import { Timeline } from './timeline.mjs';

const DEFAULT_THRESHOLD = 0.5;

/** A state file: nothing of its settings can be changed any more. */
export class OpenedState {
  kind = 'state';
  /** @param {Uint8Array} bytes */
  constructor(name, bytes) {
    this.name = name;
    this.state = PromptState.fromBytes(bytes);
  }

  about() {
    const { size, discount, prior, lastStep } = this.state;
    return { kind: this.kind, name: this.name, prompts: size, discount, prior, lastStep };
  }

  at() {
    return this.state;
  }
}

/** Logs: their rows are kept, and all that depends on threshold, discount, prior and time is made of them anew. */
export class OpenedLog {
  kind = 'log';
  #rows = new Rows();
  #bad = [];
  #badCount = 0;
  #taken = [];
  #made;
  #state;
  #key;
  #time = Number.NEGATIVE_INFINITY;

  constructor(name) {
    this.name = name;
  }

  /** @param {readonly Blob[]} files @param {object} reading options of readLogs */
  static async read(name, files, reading, onProgress) {
    const log = new OpenedLog(name);
    log.#taken = await readLogs(files, (row, place) => log.#rows.add(row, place), {
      ...reading,
      hash: true, // to find twins
      onBad: (record) => {
        log.#badCount++;
        if (log.#bad.length < 100) log.#bad.push(record);
      },
      onProgress,
    });
    log.#check();
    return log;
  }

  /** What `insight-wasm report` has read: rows as lines of JSON, and what the reader said of the files. */
  static fromReport(name, text, { taken, bad }) {
    const log = new OpenedLog(name);
    log.#taken = taken;
    log.#bad = bad.first;
    log.#badCount = bad.count;
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf('\n', at);
      log.#rows.add(JSON.parse(text.slice(at, end)));
      at = end + 1;
    }
    return log;
  }

  /** Without a single row, the first thing that was wrong is the answer: as `insight-wasm audit` has it. */
  #check() {
    for (const _ of this.#rows) return;
    const [bad] = this.#bad;
    if (bad !== undefined) {
      const { name: file, line, reason, remedy } = bad;
      throw new DataError('value', reason, { file, line, remedy });
    }
    throw new DataError('empty', 'the logs have no rollout');
  }

  /** The audit and the visits under a threshold. */
  under(threshold = DEFAULT_THRESHOLD, isGiven = false) {
    if (this.#made?.threshold === threshold && this.#made.isGiven === isGiven) return this.#made;
    const rule = { threshold };
    const visits = new Visits(rule);
    const audit = new Audit(rule, visits);
    for (const row of this.#rows) audit.add(row);
    for (const record of this.#bad) audit.addBad(record);
    for (let i = this.#bad.length; i < this.#badCount; i++) audit.addBad(this.#bad[0]);
    const report = audit.report(this.#taken, undefined, isGiven);
    this.#made = { threshold, isGiven, visits, report, timeline: new Timeline(visits) };
    this.#key = undefined;
    return this.#made;
  }

  about({ threshold, isThresholdGiven }) {
    const { report, timeline } = this.under(threshold, isThresholdGiven);
    const { clock, first, last } = timeline;
    const { successes, ...shown } = report;
    return {
      kind: this.kind,
      name: this.name,
      prompts: report.prompts,
      report: { ...shown, successes },
      clock,
      first,
      last,
    };
  }

  /** The state that `insight-wasm ingest` makes of the visits up to a time. */
  at({ threshold, isThresholdGiven, discount, prior, time }) {
    const { timeline } = this.under(threshold, isThresholdGiven);
    if (discount < 1) this.checkOrder();
    const until = time ?? timeline.last;
    const key = JSON.stringify([discount, prior]);
    if (this.#key !== key || until < this.#time) {
      this.#state?.dispose();
      this.#state = timeline.unseen({ discount, prior });
      this.#key = key;
      this.#time = Number.NEGATIVE_INFINITY;
    }
    this.#state.observe(timeline.between(this.#time, until));
    this.#time = until;
    return this.#state;
  }

  /** @throws DataError for rollouts without a step, which have no order */
  checkOrder() {
    const { firstUnstepped } = this.#rows;
    if (firstUnstepped === undefined) return;
    const { id, place } = firstUnstepped;
    const error = new DataError('no-step', '"step" is missing, and a discount below 1 needs the order', {
      id,
      field: 'step',
    });
    throw place === undefined ? error : error.at(place.name, place.line);
  }
}
