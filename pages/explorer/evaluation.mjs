// Fit, calibration, health over time and replay: what takes longer, beside the worker that answers the sliders.
import { instead } from './axes.mjs';
import { latest, startWorker } from './client.mjs';
import { $ } from './dom.mjs';
import { drawCalibration, drawFit } from './panels/calibration.mjs';
import { drawHealth } from './panels/health.mjs';
import { drawReplay } from './panels/replay.mjs';

/**
 * @param {ReturnType<typeof startWorker>} worker that has read the log
 * @param {(name: string, draw: () => void) => void} show @param {(change: object) => void} onChange
 */
export function startEvaluation(worker, show, onChange) {
  const evaluator = startWorker();
  let given;
  let fitted;
  let thresholdOf;

  const update = latest(async (settings, source) => {
    given = settings;
    try {
      if (thresholdOf !== settings.threshold) {
        thresholdOf = settings.threshold;
        fitted = undefined;
        const { port1, port2 } = new MessageChannel();
        const taken = evaluator.ask('take', { port: port2 }, undefined, [port2]);
        await Promise.race([
          taken,
          worker.ask('give', { settings, port: port1 }, undefined, [port1]).then(() => taken),
        ]);
        fitted = await evaluator.ask('findFit');
      }
      showFit();
      const { discount, prior } = settings;
      const calibration = await evaluator.ask('calibrate', { discount, prior });
      show('calibration', () => drawCalibration(calibration));
      const comparison = await evaluator.ask('replay', { discount, prior });
      show('replay', () => drawReplay(comparison, given.kind));
      dispatchEvent(new CustomEvent('evaluated', { detail: source.name }));
    } catch (error) {
      for (const name of ['calibration', 'replay']) show(name, () => instead($(name), error.message));
      for (const name of ['fit', 'replay-notes']) $(name).replaceChildren();
      $('replay-table').tBodies[0].replaceChildren();
      thresholdOf = undefined;
      dispatchEvent(new CustomEvent('evaluated', { detail: source.name }));
    }
  });

  const health = latest(async (settings, source) => {
    try {
      const points = await worker.ask('health', { settings });
      show('health', () => drawHealth(points, source.clock));
    } catch (error) {
      show('health', () => instead($('health-over-time'), error.message));
    }
  });

  function showFit() {
    const { discount, prior } = fitted;
    const isUsed = discount === given.discount && prior.alpha === given.prior.alpha && prior.beta === given.prior.beta;
    show('fit', () => drawFit(fitted, isUsed, () => onChange({ discount, prior })));
  }

  return {
    update(settings, source) {
      given = settings;
      const { kind, parameters, discount, prior, threshold } = settings;
      update(settings, source);
      health(settings, source);
      return [kind, parameters, discount, prior, threshold];
    },
    end: () => evaluator.end(),
  };
}
