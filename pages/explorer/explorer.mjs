import { latest, startWorker } from './client.mjs';
import { $, count } from './dom.mjs';
import { startEvaluation } from './evaluation.mjs';
import { pathOf } from './files.mjs';
import { drawAudit } from './panels/audit.mjs';
import { drawBatch } from './panels/batch.mjs';
import { makeControls } from './panels/controls.mjs';
import { drawHistory } from './panels/history.mjs';
import { drawMultiples } from './panels/multiples.mjs';
import { drawNumbers } from './panels/numbers.mjs';
import { drawSurface } from './panels/surface.mjs';
import { complete, toCommand, toHash, toMapping } from './settings.mjs';

/** What is open, what is set, and all that is drawn of it. */
export class Explorer {
  /** As in the hash of the URL. */
  settings;
  /** What is open: its kind, its name, and what the worker said of it. */
  source;
  /** The batch that is shown. */
  batch = [];
  #worker;
  #evaluation;
  /** What is drawn, by its place, to draw it again in another width. */
  #drawn = new Map();
  #controls = makeControls((change) => this.set(change));

  constructor(settings) {
    this.settings = settings;
  }

  /** All settings with their defaults. */
  get full() {
    return complete(this.settings, this.source.prompts);
  }

  /**
   * Opens something in a new worker.
   * @param {string} operation of the worker @param {object} given @param {object} about what the page itself knows of it
   * @param {(progress: { bytes: number, rows: number }) => void} [onProgress]
   */
  async open(operation, given, about, onProgress) {
    const from = performance.now();
    const worker = startWorker();
    let opened;
    try {
      const files = await readable(worker, given.files);
      opened = await worker.ask(operation, { ...given, files, settings: complete(this.settings, 1) }, onProgress);
    } catch (error) {
      worker.end();
      throw error;
    }
    this.#worker?.end();
    this.#evaluation?.end();
    this.#worker = worker;
    this.source = { ...about, ...opened, ms: performance.now() - from };
    this.#drawn.clear();
    const isLog = this.source.kind === 'log';
    this.#evaluation = isLog ? startEvaluation(worker, this.#show, (change) => this.set(change)) : undefined;
    $('opened').hidden = false;
    $('audit').hidden = !isLog;
    $('of-log').hidden = !isLog;
    if (isLog) {
      const { findings, bad } = this.source.report;
      $('audit').querySelector('details').open = bad.count > 0 || findings.some(({ changesNumbers }) => changesNumbers);
      this.#showAudit();
    }
    await this.#update();
  }

  /** Changes settings, and all that depends on them. */
  async set({ parameters, ...change }) {
    const isThreshold = 'threshold' in change && change.threshold !== this.settings.threshold;
    this.settings = {
      ...this.settings,
      ...change,
      parameters: { ...this.settings.parameters, ...parameters },
    };
    if (isThreshold) this.#threshold();
    await this.#update();
  }

  /** Why a prompt is chosen, or not. */
  explain(id) {
    return this.#worker.ask('explain', { id, settings: this.full });
  }

  /** Ids that contain a text. */
  find(text) {
    return this.#worker.ask('find', { text, settings: this.full });
  }

  /** The bytes of the state. */
  save() {
    return this.#worker.ask('save', { settings: this.full });
  }

  /** The rows of the batch in a data set. @param {File} file */
  async join(file) {
    const { id, hash } = toMapping(this.settings.reading);
    const [dataset] = await readable(this.#worker, [file]);
    return this.#worker.ask('join', { dataset, ids: this.batch.map(({ id }) => id), fields: { id, hash } });
  }

  /** Draws all again, for another width or other colours. */
  redraw() {
    for (const draw of this.#drawn.values()) draw();
  }

  /** Keeps something in the hash that changes no number. */
  keep(change) {
    Object.assign(this.settings, change);
    history.replaceState(null, '', toHash(this.settings));
  }

  showPrompt = (id) => {
    this.keep({ prompt: id });
    this.#history(id);
  };

  #show = (name, draw) => {
    this.#drawn.set(name, draw);
    draw();
  };

  #showAudit() {
    const { report } = this.source;
    this.source.bad = report.bad.count;
    this.#show('audit', () => drawAudit(report, this.full, (threshold) => this.set({ threshold })));
  }

  #threshold = latest(async () => {
    Object.assign(this.source, await this.#worker.ask('about', { settings: this.full }));
    this.#showAudit();
  });

  #history = latest(async (id) => {
    const { points } = await this.#worker.ask('history', { id, settings: this.full });
    if (document.activeElement !== $('prompt')) $('prompt').value = id;
    this.#show('history', () => drawHistory({ id, points }, this.source.clock));
  });

  #multiples = latest(async (view, settings) => {
    const multiples = await this.#worker.ask('multiples', { settings });
    this.#show('multiples', () => drawMultiples(multiples, view, settings, (kind) => this.set({ kind })));
    dispatchEvent(new CustomEvent('compared'));
  });

  #update = latest(async () => {
    const { source } = this;
    const settings = this.full;
    this.keep();
    $('source').textContent = describe(source, settings);
    this.#controls.show(settings, source);
    this.#showCommand(settings);
    try {
      const view = await this.#worker.ask('view', { settings });
      $('error').textContent = '';
      this.batch = view.batch;
      drawNumbers(view, settings.parameters);
      this.#show('surface', () => drawSurface(view, settings, this.showPrompt));
      drawBatch(view, (id) => this.explain(id), this.showPrompt);
      this.#multiples(view, settings);
      const shown = this.settings.prompt ?? view.batch[0]?.id;
      if (source.kind === 'log' && shown !== undefined) this.#history(shown);
      this.#evaluation?.update(settings, source);
      dispatchEvent(new CustomEvent('viewed', { detail: settings }));
    } catch (error) {
      $('error').textContent = error.message;
    }
  }, setBusy);

  #showCommand(settings) {
    const { source } = this;
    $('command').textContent = toCommand(this.settings, source);
    const isPast = settings.time !== undefined && settings.time < source.last;
    $('command-note').textContent = isPast
      ? `The command reads the whole log, and not only up to ${source.clock} ${settings.time}: its batch is another one.`
      : `Run it in the folder of the ${source.kind}.`;
  }
}

const setBusy = (isBusy) => $('opened').setAttribute('aria-busy', String(isBusy));

/** The files with their paths; as bytes if the worker cannot read them where they are. */
async function readable(worker, files) {
  if (files === undefined) return undefined;
  const canRead = await worker.ask('canRead', { file: files[0] });
  const toBytes = async (file) => (canRead ? file : new Uint8Array(await file.arrayBuffer()));
  return Promise.all(files.map(async (file) => ({ path: pathOf(file), content: await toBytes(file) })));
}

function describe({ kind, name, prompts, report, discount, ms }, settings) {
  const read = ms < 995 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
  const rollouts = kind === 'log' ? `, ${count(report.rollouts)} rollouts` : '';
  const forgets = kind === 'state' ? discount : settings.discount;
  return `${name}: ${count(prompts)} ${prompts === 1 ? 'prompt' : 'prompts'}${rollouts}, read in ${read}; discount ${forgets}`;
}
