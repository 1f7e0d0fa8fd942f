// All the work, off the page's own thread: one request at a time, each with a number that its answer bears.
import { calibrate, fit as findFit, replay, simulate } from 'insight-wasm/evaluate';
import { DataError, Visits } from 'insight-wasm/logs';
import { PromptState } from 'insight-wasm/state';
import { withAdvice } from '../../../src/cli/text/advice.ts';
import { escapeControls } from '../../../src/escape-controls.ts';
import { toSource } from '../../../src/logs/inputs.ts';
import { decodeState } from '../../../src/state/codec.ts';
import { joinRows, keyedBy } from '../../../src/state/dataset.ts';
import { runBench } from '../../bench/run.mjs';
import { credibleInterval } from './credible.mjs';
import { OpenedLog, OpenedState } from './opened.mjs';
import { toAcquisition, toMultiples, toView } from './views.mjs';

/** What is open. @type {OpenedLog | OpenedState} */
let opened;
/** Visits that another worker has read, to fit and to replay. */
let visits;
/** The latest request for the health over time: an older one ends. */
let healthRequest = 0;

const STATE = /\.iws$/i;
const MOMENTS = 60;
const MOST_FOUND = 50;

const operations = {
  /** Whether files can be read here: WebKit lets no worker of a page from the disk do so. */
  async canRead({ file }) {
    try {
      await file.slice(0, 1).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  },
  async open({ name, files, reading, settings }, onProgress) {
    const state = files.find(({ path }) => STATE.test(path));
    if (state !== undefined && files.length > 1)
      throw new DataError('value', `${state.path} is a state: open it alone`);
    opened =
      state === undefined
        ? await OpenedLog.read(name, files.map(toLog), reading, onProgress)
        : new OpenedState(name, await bytesOf(toLog(state)));
    return opened.about(settings);
  },
  /** The example is what `insight-wasm simulate` prints with the same numbers. */
  async example({ name, simulation, settings }) {
    const lines = [];
    for (const groups of simulate(simulation)) {
      for (let rollout = 0; rollout < simulation.rollouts; rollout++) {
        for (const { id, step, outcomes } of groups) {
          lines.push(`${JSON.stringify({ id, step, score: outcomes[rollout] ? 1 : 0 })}\n`);
        }
      }
    }
    const content = new TextEncoder().encode(lines.join(''));
    opened = await OpenedLog.read(name, [toLog({ path: name, content })], {});
    return opened.about(settings);
  },
  /** What stands in a page that `insight-wasm report` has written. */
  async report({ about, data, settings }) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    // Not by a Blob: WebKit lets no worker of a page from the disk read one.
    const plain = new Response(new Response(bytes).body.pipeThrough(new DecompressionStream('gzip')));
    opened =
      about.kind === 'state'
        ? new OpenedState(about.name, new Uint8Array(await plain.arrayBuffer()))
        : OpenedLog.fromReport(about.name, await plain.text(), about);
    return opened.about(settings);
  },
  about: ({ settings }) => opened.about(settings),
  view: ({ settings }) => toView(opened.at(settings), settings),
  multiples: ({ settings }) => toMultiples(opened.at(settings), settings),
  explain({ id, settings }) {
    const state = opened.at(settings);
    const acquisition = toAcquisition(settings.kind, settings.parameters);
    return state.explain(id, settings.count, { acquisition });
  },
  find({ text, settings }) {
    const found = [];
    for (const id of opened.at(settings).ids()) {
      if (id.includes(text) && found.push(id) === MOST_FOUND) break;
    }
    return found;
  },
  /** Each visit of a prompt, with what was believed before it. */
  history({ id, settings }) {
    const { threshold, isThresholdGiven, discount, prior } = settings;
    const state = new PromptState({ discount, prior }).add([id]);
    const points = opened
      .under(threshold, isThresholdGiven)
      .timeline.of(id)
      .map((visit) => {
        const { alpha, beta, mean } = state.get(id);
        const [low, high] = credibleInterval(alpha, beta);
        state.observe([visit]);
        return { time: visit.time, successes: visit.successes, trials: visit.trials, mean, low, high };
      });
    return { id, points };
  },
  async health({ settings }) {
    const request = ++healthRequest;
    const { timeline } = opened.under(settings.threshold, settings.isThresholdGiven);
    const state = timeline.unseen(settings);
    const acquisition = toAcquisition(settings.kind, settings.parameters);
    const points = [];
    let before = Number.NEGATIVE_INFINITY;
    for (const time of timeline.moments(MOMENTS)) {
      state.observe(timeline.between(before, time));
      before = time;
      const { unseen, hopeless, learnable, saturated } = state.status(0, { acquisition });
      points.push({ time, unseen, hopeless, learnable, saturated });
      await new Promise((resolve) => setTimeout(resolve)); // so that a slider is not kept waiting
      if (request !== healthRequest) break;
    }
    state.dispose();
    return points;
  },
  /** The bytes of the state, for a file. */
  save: ({ settings }) => opened.at(settings).toBytes(),
  /** The rows of a data set with these ids, as they are written there. */
  join({ dataset, ids, fields }) {
    const keyed = opened.kind === 'state' ? keyedBy(decodeState(opened.state.toBytes())) : fields;
    return joinRows(ids, toLog(dataset), keyed);
  },
  /** Hands the visits to a worker that fits and replays. */
  give({ settings, port }) {
    opened.checkOrder();
    port.postMessage(opened.under(settings.threshold, settings.isThresholdGiven).timeline.visits);
  },

  async take({ port }) {
    const { data } = await new Promise((resolve) => (port.onmessage = resolve));
    visits = new Visits();
    for (const { id, step, successes, trials } of data) {
      visits.add({ id, step, isRollout: false, successes: [successes], trials: [trials] });
    }
  },
  findFit: () => findFit(visits),
  calibrate: ({ discount, prior }) => calibrate(visits, { discount, prior }),
  replay: (options) => replay(visits, options),

  bench: (_, onProgress) => runBench(onProgress),
};

/** A file, or its bytes, under its path in a folder, which a file does not keep on the way to a worker. */
const toLog = ({ path, content }) => ({ ...toSource(content, 0), name: path });

const bytesOf = async ({ size, slice }) => new Uint8Array(await slice(0, size));

/** As the command says it. */
function toMessage(error) {
  return escapeControls(error instanceof DataError ? withAdvice(error) : error.message);
}

self.onmessage = async ({ data: { number, operation, given } }) => {
  try {
    const result = await operations[operation](given, (progress) => self.postMessage({ number, progress }));
    self.postMessage({ number, result });
  } catch (error) {
    self.postMessage({ number, error: toMessage(error) });
  }
};
