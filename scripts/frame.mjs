// A frame with axes, for light and dark pages.

const WIDTH = 720;
const TOP = 52;
const BOTTOM = 56;

const STYLE = `svg{background:#fff}text{font:12px system-ui,sans-serif;fill:#475569}.title{font-size:15px;font-weight:600;fill:#0f172a}
.grid{stroke:#e2e8f0}.zero{stroke:#94a3b8}.line{fill:none;stroke-width:2;stroke-linejoin:round}.band{opacity:.18;stroke:none}
@media(prefers-color-scheme:dark){svg{background:#0f172a}text{fill:#94a3b8}.title{fill:#f1f5f9}.grid{stroke:#334155}.zero{stroke:#64748b}.line,circle,.name{filter:brightness(1.5)}}`;

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** The picture; `draw` makes what stands in the frame. */
export function figure(frame, draw) {
  const { title, note, x, y, height = 380, left = 64 } = frame;
  const right = 500;
  const bottom = height - BOTTOM;
  const place =
    (from, to, { low, high }) =>
    (value) =>
      (from + ((value - low) / (high - low)) * (to - from)).toFixed(1);
  const scale = { x: place(left, right, x), y: place(bottom, TOP, y), right };
  const grid = [
    ...x.ticks.map(
      (tick) =>
        `<path class="grid" d="M${scale.x(tick)},${TOP}V${bottom}"/>` +
        `<text x="${scale.x(tick)}" y="${bottom + 18}" text-anchor="middle">${escaped(x.label(tick))}</text>`,
    ),
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${left},${scale.y(tick)}H${right}"/>` +
        `<text x="${left - 8}" y="${Number(scale.y(tick)) + 4}" text-anchor="end">${escaped(y.label(tick))}</text>`,
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<style>
${STYLE}
</style>
<text class="title" x="16" y="26">${escaped(title)}</text>
${grid.join('\n')}
${draw(scale)}
<text x="16" y="${height - 12}">${escaped(note)}</text>
</svg>
`;
}

/** A broken line through points of the page. */
export function line(points, color) {
  return `<path class="line" stroke="${color}" d="M${points.join('L')}"/>`;
}

/** The names of the lines at the right, each beside the end of its own, moved down where two would meet. */
export function names(scale, lines) {
  let last = Number.NEGATIVE_INFINITY;
  return [...lines]
    .map((entry) => ({ ...entry, at: Number(scale.y(entry.end)) }))
    .sort((a, b) => a.at - b.at)
    .map(({ name, color, at }) => {
      last = Math.max(at, last + 15);
      return `<text class="name" x="${scale.right + 8}" y="${(last + 4).toFixed(1)}" style="fill:${color}">${escaped(name)}</text>`;
    })
    .join('\n');
}

/** Round numbers that span the values: two to seven of them. */
export function ticksOf(low, high) {
  const span = high - low || 1;
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((size) => span / size <= 6) ?? 2;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
