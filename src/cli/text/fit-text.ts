import type { Bin } from '../../evaluate/calibration.ts';
import type { CurvePoint } from '../../evaluate/curve.ts';
import type { Fit } from '../../evaluate/fit.ts';
import type { Screen } from '../screen.ts';
import { toBar, toRoom, toSignedBar } from './bars.ts';
import { formatFacts } from './facts.ts';
import { toNotes } from './notes.ts';
import { paint } from './paint.ts';
import { formatTable, type TableColumn } from './table.ts';

/** The largest differences that the bars of a calibration can show. */
const REACHES = [0.05, 0.1, 0.2, 0.5, 1];

/** For people: one screen. */
export function toText(fit: Fit, screen?: Screen): string[] {
  const { discount, discountError, prior, fitted, loss, curve, calibration } = fit;
  const count = (value: number): string => value.toLocaleString('en');
  const [mean, evidence] = [prior.alpha / (prior.alpha + prior.beta), prior.alpha + prior.beta];
  const plusMinus = discountError === null ? '' : ` ± ${discountError.toPrecision(2)}`;
  const bins = calibration.bins.filter(({ visits }) => visits > 0);
  const rate = (value: number | null): string => (value as number).toFixed(3);
  return [
    ...formatFacts(
      [
        ['log', `${count(fit.prompts)} prompts, ${count(fit.visits)} visits, ${count(fit.rollouts)} rollouts`],
        ['discount', `${discount}${plusMinus}${fitted.discount ? '' : ' (not fitted)'}`],
        [
          'prior',
          `${prior.alpha},${prior.beta}: mean ${mean.toPrecision(3)}, evidence ${evidence.toPrecision(3)}${fitted.prior ? '' : ' (not fitted)'}`,
        ],
        ['loss', `${loss.toFixed(4)} nats a visit, one step ahead`],
      ],
      0,
      screen,
    ),
    '',
    ...formatTable(
      [
        { title: 'discount', align: 'left', cells: curve.map((point) => String(point.discount)) },
        { title: 'loss', align: 'right', cells: curve.map((point) => point.loss.toFixed(4)) },
        { title: 'above', align: 'right', cells: curve.map((point) => point.above.toFixed(4)) },
        { title: '±', align: 'right', cells: curve.map((point) => point.error?.toFixed(4) ?? '-') },
        screen === undefined
          ? { title: '', align: 'left', cells: curve.map((point) => (point.discount === discount ? '<' : '')) }
          : toLossColumn(curve, discount, screen),
      ],
      screen,
    ),
    '',
    ...formatTable(
      [
        { title: 'rates', align: 'left', cells: bins.map(({ from, to }) => `${from.toFixed(1)} to ${to.toFixed(1)}`) },
        { title: 'visits', align: 'right', cells: bins.map(({ visits }) => count(visits)) },
        { title: 'predicted', align: 'right', cells: bins.map(({ predicted }) => rate(predicted)) },
        { title: 'observed', align: 'right', cells: bins.map(({ observed }) => rate(observed)) },
        ...(screen === undefined ? [] : [toCalibrationColumn(bins, screen)]),
      ],
      screen,
    ),
    `calibration error ${calibration.error.toFixed(4)}${screen === undefined ? '' : `; bars to ${toReach(bins)}`}`,
    ...toNotes(fit.notes, screen),
  ];
}

/** How far each discount is above the best. */
function toLossColumn(curve: readonly CurvePoint[], best: number, screen: Screen): TableColumn {
  const most = Math.max(...curve.map(({ above }) => above));
  const cells = toRoom(screen.columns - 34, 12, 40);
  const bar = ({ discount, above }: CurvePoint): string =>
    discount === best ? paint(screen, 'green', '< best') : paint(screen, 'cyan', toBar(above / most, cells));
  return { title: 'above the best', align: 'left', cells: curve.map(bar) };
}

/** By how much each rate was predicted too high or too low. */
function toCalibrationColumn(bins: readonly Bin[], screen: Screen): TableColumn {
  const half = toRoom((screen.columns - 45) / 2, 8, 17);
  const reach = toReach(bins);
  return {
    title: `${'too high'.padEnd(half)}│${'too low'.padStart(half)}`,
    align: 'left',
    cells: bins.map((bin) => paint(screen, 'cyan', toSignedBar(differenceOf(bin), reach, half))),
  };
}

/** The least of some round numbers that no difference is beyond. */
function toReach(bins: readonly Bin[]): number {
  return REACHES.find((reach) => bins.every((bin) => Math.abs(differenceOf(bin)) <= reach)) as number;
}

function differenceOf({ predicted, observed }: Bin): number {
  return (observed as number) - (predicted as number);
}
