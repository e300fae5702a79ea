// Pictures: Vega draws them as SVG. Each comes with its numbers as a table, for those who cannot see it.
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { make, table } from './dom.js';

const drawn = new Set();  // what is drawn again when the window or the colours change

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

export function colours() {
  return { ink: colour('ink'), soft: colour('soft'), line: colour('line'), accent: colour('accent'),
    good: colour('good'), warn: colour('warn'), bad: colour('bad'), paper: colour('paper'), mark: colour('mark') };
}

function config(palette) {
  const axis = { domainColor: palette.soft, tickColor: palette.soft, labelColor: palette.ink, titleColor: palette.ink,
    gridColor: palette.line, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 180, labelOverlap: true };
  return { axis, legend: { labelColor: palette.ink, titleColor: palette.ink, labelFontSize: 11, titleFontSize: 12,
    titleFontWeight: 'normal' }, background: null };
}

// A full Vega specification without the parts that all share.
export function specification(width, height, parts) {
  return { $schema: 'https://vega.github.io/schema/vega/v5.json', width, height, padding: 4, autosize: 'pad', ...parts };
}

async function draw(entry) {
  const width = Math.max(180, Math.floor(entry.place.clientWidth) - 8);
  const palette = colours();
  const spec = entry.build(width, palette);
  entry.view?.finalize();
  entry.view = null;
  if (!spec) {
    entry.place.replaceChildren(make('p', { class: 'soft' }, 'There is nothing to draw.'));
    entry.place.dataset.drawn = 'empty';
    return;
  }
  const runtime = vega.parse(spec, config(palette), { ast: true });
  const view = new vega.View(runtime, { renderer: 'svg', expr: expressionInterpreter, logLevel: vega.Error });
  entry.view = view;
  entry.place.replaceChildren();
  view.initialize(entry.place);
  await view.runAsync();
  const svg = entry.place.querySelector('svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', entry.title);
  entry.place.dataset.drawn = String(svg.querySelectorAll('path,rect,text,line').length);
  entry.after?.(view, svg, entry.place);
}

/// A figure. `build(width, palette)` returns a Vega specification; `numbers()` returns {columns, rows} of its table.
export function figure({ title, caption, build, numbers, controls, wide, after }) {
  const place = make('div', { class: 'picture' });
  const details = make('details', { ontoggle: () => fill() }, make('summary', {}, 'As a table'));
  let stale = true;
  const fill = () => {
    if (!details.open || !stale || !numbers) return;
    stale = false;
    const { columns, rows } = numbers();
    const most = 500;
    details.replaceChildren(details.firstChild, table(columns, rows.slice(0, most), title),
      rows.length > most ? make('p', { class: 'small soft' }, `The first ${most} of ${rows.length} rows.`) : '');
  };
  const element = make('figure', { class: wide ? 'wide' : null, 'data-title': title }, make('h3', {}, title),
    caption ? make('figcaption', {}, caption) : null, controls ?? null, place, numbers ? details : null);
  const entry = { element, place, build, title, after };
  drawn.add(entry);
  element.redraw = () => {
    stale = true;
    fill();
    return element.isConnected ? draw(entry) : Promise.resolve();
  };
  return element;
}

const isInView = (entry) => {
  const { top, bottom } = entry.element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

let latest = null;  // what draws all; another one that begins takes its place

/// Draws every picture, those in view first, and lets the page breathe in between: many pictures take a while.
export function drawAll() {
  for (const entry of [...drawn]) {
    if (!entry.element.isConnected) { entry.view?.finalize(); drawn.delete(entry); }
  }
  const all = [...drawn];
  const order = [...all.filter(isInView), ...all.filter((entry) => !isInView(entry))];
  const run = (async () => {
    for (const entry of order) {
      await new Promise((go) => { setTimeout(go); });
      if (run !== latest) return latest;
      if (entry.element.isConnected) await draw(entry);
    }
    return null;
  })();
  latest = run;
  return run;
}

let waiting = 0;
function later() {
  clearTimeout(waiting);
  waiting = setTimeout(() => drawAll(), 120);
}

export function followWindow() {
  let width = innerWidth;
  addEventListener('resize', () => { if (innerWidth !== width) { width = innerWidth; later(); } });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', later);
}

/// Whether numbers are better shown on a logarithmic axis: all above zero, and far apart.
export function isLogarithmic(values) {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < values.length || numbers.some((value) => !(value > 0))) return false;
  return Math.max(...numbers) / Math.min(...numbers) >= 50;
}
