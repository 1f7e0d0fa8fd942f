import type { Fit } from '../../evaluate/fit.ts';
import { formatTable } from './table.ts';
import { wrap } from './wrap.ts';

/** For people: one screen. */
export function toText(fit: Fit, color: boolean): string[] {
  const style = color ? (titles: string) => `\x1b[1m${titles}\x1b[22m` : undefined;
  const { discount, discountError, prior, fitted, loss, curve, calibration } = fit;
  const count = (value: number): string => value.toLocaleString('en');
  const [mean, evidence] = [prior.alpha / (prior.alpha + prior.beta), prior.alpha + prior.beta];
  const plusMinus = discountError === null ? '' : ` ± ${discountError.toPrecision(2)}`;
  const bins = calibration.bins.filter(({ visits }) => visits > 0);
  const rate = (value: number | null): string => (value as number).toFixed(3);
  return [
    `log       ${count(fit.prompts)} prompts, ${count(fit.visits)} visits, ${count(fit.rollouts)} rollouts`,
    `discount  ${discount}${plusMinus}${fitted.discount ? '' : ' (not fitted)'}`,
    `prior     ${prior.alpha},${prior.beta}: mean ${mean.toPrecision(3)}, evidence ${evidence.toPrecision(3)}${fitted.prior ? '' : ' (not fitted)'}`,
    `loss      ${loss.toFixed(4)} nats a visit, one step ahead`,
    '',
    ...formatTable(
      [
        { title: 'discount', align: 'left', cells: curve.map((point) => String(point.discount)) },
        { title: 'loss', align: 'right', cells: curve.map((point) => point.loss.toFixed(4)) },
        { title: 'above', align: 'right', cells: curve.map((point) => point.above.toFixed(4)) },
        { title: '±', align: 'right', cells: curve.map((point) => point.error?.toFixed(4) ?? '-') },
        { title: '', align: 'left', cells: curve.map((point) => (point.discount === discount ? '<' : '')) },
      ],
      style,
    ),
    '',
    ...formatTable(
      [
        { title: 'rates', align: 'left', cells: bins.map(({ from, to }) => `${from.toFixed(1)} to ${to.toFixed(1)}`) },
        { title: 'visits', align: 'right', cells: bins.map(({ visits }) => count(visits)) },
        { title: 'predicted', align: 'right', cells: bins.map(({ predicted }) => rate(predicted)) },
        { title: 'observed', align: 'right', cells: bins.map(({ observed }) => rate(observed)) },
      ],
      style,
    ),
    `calibration error ${calibration.error.toFixed(4)}`,
    ...fit.notes.flatMap((note) => wrap(`! ${note}`)),
  ];
}
