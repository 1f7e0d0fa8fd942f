// A score surface with the pool upon it, on a canvas: shade = score, dots = prompts, rings = picks.
import { colour, sharpen } from './dom.mjs';

/** From this many prompts on they are drawn as a density. */
const MOST_DOTS = 5_000;
const CELL = 4; // CSS pixels of a cell of the density

/** @param {string} hex @returns {[number, number, number]} */
const rgb = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

const mix = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);

/** Colours of the shade from score 0 to 1, by the theme. */
function ramp() {
  const stops = ['shade-0', 'shade-1', 'shade-2', 'shade-3'].map((name) => rgb(colour(name)));
  return (value) => {
    const at = Math.min(stops.length - 1.0001, Math.max(0, value) * (stops.length - 1));
    return mix(stops[Math.floor(at)], stops[Math.floor(at) + 1], at % 1);
  };
}

/** The surface as a small picture, which the canvas then makes smooth and large. */
function paint(surface) {
  const { columns, rows, shade } = surface;
  const small = document.createElement('canvas');
  [small.width, small.height] = [columns, rows];
  const context = small.getContext('2d');
  const image = context.createImageData(columns, rows);
  const toColour = ramp();
  for (let i = 0; i < shade.length; i++) {
    const [r, g, b] = toColour(shade[i]);
    image.data.set([r, g, b, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return small;
}

/**
 * @param {HTMLCanvasElement} canvas @param {{ width: number, height: number }} size in CSS pixels
 * @param {object} what surface, points { mean, evidence }, picks { mean, evidence }, and the scales x and y
 * @param {{ dot: number, ring: number, most?: number }} sizes
 */
export function drawShade(
  canvas,
  { width, height },
  { surface, points, picks, x, y },
  { dot, ring, most = MOST_DOTS },
) {
  const context = sharpen(canvas, width, height);
  context.imageSmoothingQuality = 'high';
  if (surface === null) {
    context.fillStyle = colour('shade-1');
    context.fillRect(0, 0, width, height);
  } else context.drawImage(paint(surface), 0, 0, width, height);
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  if (points.mean.length > most) drawDensity(context, width, height, points, x, y);
  else drawDots(context, points, x, y, dot);
  drawRings(context, picks, x, y, ring);
  context.restore();
}

function drawDots(context, { mean, evidence }, x, y, radius) {
  context.fillStyle = colour('dot');
  context.strokeStyle = colour('dot-edge');
  context.lineWidth = 0.75;
  context.globalAlpha = mean.length > 1000 ? 0.45 : 0.65;
  for (let i = 0; i < mean.length; i++) {
    context.beginPath();
    context.arc(x(mean[i]), y(evidence[i]) + jitter(i), radius, 0, 2 * Math.PI);
    context.fill();
    if (radius > 1.5) context.stroke();
  }
  context.globalAlpha = 1;
}

/** Prompts of one posterior lie upon each other: a pixel or two apart more of them are seen. */
const jitter = (i) => ((i * 2_654_435_761) % 7) - 3;

function drawDensity(context, width, height, { mean, evidence }, x, y) {
  const columns = Math.ceil(width / CELL);
  const counts = new Uint32Array(columns * Math.ceil(height / CELL));
  let most = 0;
  for (let i = 0; i < mean.length; i++) {
    const column = Math.min(columns - 1, Math.max(0, Math.floor(x(mean[i]) / CELL)));
    const row = Math.max(0, Math.floor(y(evidence[i]) / CELL));
    const at = Math.min(counts.length - 1, row * columns + column);
    most = Math.max(most, ++counts[at]);
  }
  context.fillStyle = colour('dot');
  counts.forEach((n, at) => {
    if (n === 0) return;
    context.globalAlpha = 0.12 + 0.8 * (Math.log1p(n) / Math.log1p(most));
    context.fillRect((at % columns) * CELL, Math.floor(at / columns) * CELL, CELL, CELL);
  });
  context.globalAlpha = 1;
}

function drawRings(context, { mean, evidence }, x, y, radius) {
  for (const [style, width] of [
    [colour('ring-edge'), 3.5],
    [colour('ring'), 1.8],
  ]) {
    context.strokeStyle = style;
    context.lineWidth = width;
    for (let i = 0; i < mean.length; i++) {
      context.beginPath();
      context.arc(x(mean[i]), y(evidence[i]), radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}
