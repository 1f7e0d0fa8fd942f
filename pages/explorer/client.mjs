import source from 'worker-source';

const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));

/** A worker of the page, asked by name of the operation. */
export function startWorker() {
  const worker = new Worker(url);
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data: { number, progress, result, error } }) => {
    const { resolve, reject, onProgress } = waiting.get(number);
    if (progress !== undefined) {
      onProgress?.(progress);
      return;
    }
    waiting.delete(number);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  };
  worker.onerror = ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  return {
    /** @param {string} operation @param {object} [given] @param {(progress: any) => void} [onProgress] */
    ask(operation, given = {}, onProgress = undefined, transfer = []) {
      const number = ++last;
      worker.postMessage({ number, operation, given }, transfer);
      return new Promise((resolve, reject) => waiting.set(number, { resolve, reject, onProgress }));
    },
    end: () => worker.terminate(),
  };
}

/**
 * Runs a task with the latest of all arguments: while one runs, those that come are dropped but the last.
 * @param {(...given: any[]) => Promise<void>} task @param {(isBusy: boolean) => void} [onBusy]
 */
export function latest(task, onBusy) {
  let next;
  let runs = false;
  return async (...given) => {
    next = given;
    if (runs) return;
    runs = true;
    onBusy?.(true);
    while (next !== undefined) {
      const args = next;
      next = undefined;
      await task(...args);
    }
    runs = false;
    onBusy?.(false);
  };
}
