// Opens the tab of the explorer page that checks and measures in a frame, waits for its result, and looks at how it is laid out at several widths.
import { report } from './report.mjs';

const WIDTHS = [1000, 600, 320];
const LEAST_SIZES = 4; // of each line, before a step takes too long

report(async () => {
  const frame = document.createElement('iframe');
  frame.style = `width: ${WIDTHS[0]}px; height: 1800px; border: 0`;
  frame.src = '/page.html#tab=bench';
  document.body.append(frame);
  await new Promise((resolve) => (frame.onload = resolve));
  const { digest, error, results } = await finished(frame);
  if (error !== undefined) throw new Error(error);
  for (const [series, points] of Object.entries(results)) {
    if (points.length < LEAST_SIZES) throw new Error(`${series} has ${points.length} points`);
    if (points.some(({ ms }) => !(ms > 0 && ms < 60_000))) throw new Error(`${series}: ${JSON.stringify(points)}`);
  }
  const page = frame.contentDocument;
  if (page.querySelector('#verdict').className !== 'good') throw new Error(page.querySelector('#verdict').textContent);
  if (page.querySelector('#bench-again').disabled) throw new Error('it cannot be measured again');
  for (const width of WIDTHS) {
    frame.style.width = `${width}px`;
    await new Promise((resolve) => setTimeout(resolve, 200));
    checkLayout(page, width);
  }
  return { digest };
});

/** What the page tells at the end of its run, which takes seconds: it has not ended when the frame has loaded. */
const finished = ({ contentWindow }) =>
  new Promise((resolve) => contentWindow.addEventListener('finished', ({ detail }) => resolve(detail), { once: true }));

function checkLayout(page, width) {
  const wide = page.documentElement.scrollWidth;
  if (wide > width) {
    const beyond = [...page.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > width + 1);
    const names = beyond.map(({ tagName, id, className }) => `${tagName}#${id}.${className}`);
    throw new Error(`at ${width} px the page is ${wide} px wide: ${names.join(' ')}`);
  }
  const text = page.querySelector('#cost ~ p').getBoundingClientRect();
  const column = page.querySelector('#times').getBoundingClientRect();
  if (column.right > text.right + 1) throw new Error(`at ${width} px the table is wider than the text`);
  const labels = [...page.querySelectorAll('#chart text')].map((label) => ({
    text: label.textContent,
    box: label.getBoundingClientRect(),
  }));
  if (labels.length < 10) throw new Error(`at ${width} px the chart has ${labels.length} labels`);
  const chart = page.querySelector('#chart').getBoundingClientRect();
  labels.forEach(({ text, box }, i) => {
    if (box.width === 0 || box.left < chart.left - 1 || box.right > chart.right + 1 || box.bottom > chart.bottom + 1) {
      throw new Error(`at ${width} px the label "${text}" leaves the chart: ${JSON.stringify([box, chart])}`);
    }
    const other = labels.slice(i + 1).find((label) => overlap(label.box, box));
    if (other !== undefined) throw new Error(`at ${width} px the labels "${text}" and "${other.text}" overlap`);
  });
}

const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 2 && b.top < a.bottom - 2;
