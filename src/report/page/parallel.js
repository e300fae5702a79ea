// Parallel coordinates: a line a candidate, an axis a hyperparameter; ranges on axes choose lines.
import { figure, isLogarithmic, specification } from './chart.js';
import { make, select, short } from './dom.js';
import { distinct, text } from './candidates.js';

const kMostLines = 800;

/// An axis maps values to 0..1.
function axisOf(name, values) {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.filter((value) => value !== undefined && value !== null).length && new Set(numbers).size > 1) {
    const log = isLogarithmic(numbers);
    const map = log ? Math.log : (value) => value;
    const back = log ? Math.exp : (value) => value;
    const low = map(numbers.reduce((a, b) => Math.min(a, b)));
    const high = map(numbers.reduce((a, b) => Math.max(a, b)));
    const steps = distinct(numbers);
    const ticks = steps.length <= 6 ? steps.map(Number) : [0, 0.25, 0.5, 0.75, 1].map((part) => back(low + part * (high - low)));
    return { name, numeric: true, place: (value) => typeof value === 'number' ? (map(value) - low) / (high - low) : null,
      ticks: ticks.map((tick) => ({ at: (map(tick) - low) / (high - low), label: String(Number(tick.toPrecision(3))) })) };
  }
  const labels = distinct(values.filter((value) => value !== undefined));
  const at = (label) => labels.length > 1 ? labels.indexOf(label) / (labels.length - 1) : 0.5;
  return { name, numeric: false, place: (value) => value === undefined ? null : at(text(value)),
    ticks: labels.length <= 12 ? labels.map((label) => ({ at: at(label), label })) : [] };
}

export function parallelCoordinates(candidates) {
  const varied = candidates.varied();
  if (varied.length < 2) return null;
  const scores = candidates.search.mean[candidates.metric];
  const axes = [...varied.map((param) => axisOf(param.name, param.values)), axisOf(candidates.name, scores)];
  const values = [...varied.map((param) => param.values), scores];
  const ranges = new Map();  // by axis: [low, high] of 0..1
  const order = candidates.order();
  const drawn = order.filter((i) => scores[i] !== null).slice(0, kMostLines).reverse();
  const within = (i) => [...ranges].every(([a, [low, high]]) => {
    const place = axes[a].place(values[a][i]);
    return place !== null && place >= low - 1e-9 && place <= high + 1e-9;
  });
  const status = make('p', { class: 'status small soft', role: 'status' });
  const say = () => {
    const n = drawn.filter(within).length;
    const words = [...ranges].map(([a, range]) => `${axes[a].name}: ${range.map((part) => `${Math.round(part * 100)} %`).join(' to ')} of its axis`);
    status.textContent = ranges.size ? `${n} of ${drawn.length} lines are within ${words.join('; ')}.`
      : `${drawn.length} lines` + (drawn.length < candidates.n ? `, the best of ${candidates.n}.` : '.');
  };
  let axis = 0;
  const low = make('input', { type: 'range', min: 0, max: 100, value: 0, 'aria-label': 'from' });
  const high = make('input', { type: 'range', min: 0, max: 100, value: 100, 'aria-label': 'to' });
  const take = () => {
    const [from, to] = [Number(low.value), Number(high.value)].sort((a, b) => a - b);
    if (from === 0 && to === 100) ranges.delete(axis);
    else ranges.set(axis, [from / 100, to / 100]);
    element.redraw();
    say();
  };
  low.addEventListener('change', take);
  high.addEventListener('change', take);
  const show = () => {
    const [from, to] = ranges.get(axis) ?? [0, 1];
    low.value = from * 100;
    high.value = to * 100;
  };
  const controls = make('div', { class: 'controls' },
    select('Choose lines on', axes.map((each, a) => [a, each.name]), 0, (a) => { axis = Number(a); show(); }),
    make('label', {}, 'from', low), make('label', {}, 'to', high),
    make('button', { type: 'button', onclick: () => { ranges.clear(); show(); element.redraw(); say(); } }, 'All lines'));

  /// Dragging along an axis chooses a range of it.
  const brush = (view, svg, place) => {
    const box = () => {
      const group = svg.querySelector('.parallel-frame path, .parallel-frame rect') ?? svg;
      return group.getBoundingClientRect();
    };
    let start = null;
    const at = (event) => {
      const frame = box();
      const part = (event.clientX - frame.left) / frame.width * (axes.length - 1);
      return { a: Math.round(part), near: Math.abs(part - Math.round(part)) < 0.2,
        height: Math.min(1, Math.max(0, 1 - (event.clientY - frame.top) / frame.height)) };
    };
    svg.style.touchAction = 'pan-y';
    svg.addEventListener('pointerdown', (event) => {
      const where = at(event);
      if (where.near && where.a >= 0 && where.a < axes.length) { start = where; svg.setPointerCapture(event.pointerId); event.preventDefault(); }
    });
    svg.addEventListener('pointerup', (event) => {
      if (!start) return;
      const end = at(event);
      if (Math.abs(end.height - start.height) < 0.02) ranges.delete(start.a);
      else ranges.set(start.a, [start.height, end.height].sort((x, y) => x - y));
      start = null;
      show();
      element.redraw();
      say();
    });
  };
  const element = figure({
    title: 'All hyperparameters at once', wide: true, controls: make('div', {}, controls, status), after: brush,
    caption: 'A line is a candidate; colour is its score. Drag along an axis, or use the two sliders, to choose lines.',
    numbers: () => ({ columns: [...varied.map((param) => ({ name: param.name })), { name: candidates.name, number: true }],
      rows: [...drawn].reverse().filter(within).map((i) => [...varied.map((param) => text(param.values[i])), scores[i]]) }),
    build: (width, palette) => {
      const inner = width - 90;
      const lines = drawn.flatMap((i) => {
        const on = within(i);
        return axes.map((each, a) => ({ line: i, a, place: each.place(values[a][i]), score: scores[i], on, words: `${candidates.words(i)}: ${short(scores[i])}` }))
          .filter((point) => point.place !== null);
      });
      const ticks = axes.flatMap((each, a) => each.ticks.map((tick) => ({ a, ...tick })));
      const chosen = [...ranges].map(([a, [from, to]]) => ({ a, from, to }));
      return specification(inner, 300, {
        data: [{ name: 'lines', values: lines }, { name: 'ticks', values: ticks }, { name: 'chosen', values: chosen },
          { name: 'axes', values: axes.map((each, a) => ({ a, name: each.name })) }],
        scales: [{ name: 'x', type: 'linear', range: 'width', domain: [0, axes.length - 1] }, { name: 'y', type: 'linear', range: 'height', domain: [0, 1] },
          { name: 'color', type: 'linear', range: { scheme: 'viridis' }, domain: { data: 'lines', field: 'score' }, zero: false }],
        marks: [
          { type: 'group', name: 'frame', encode: { enter: { width: { value: inner }, height: { value: 300 }, fill: { value: 'transparent' } } } },
          { type: 'group', from: { facet: { name: 'line', data: 'lines', groupby: 'line' } }, marks: [{ type: 'line', from: { data: 'line' }, encode: { enter: {
            x: { scale: 'x', field: 'a' }, y: { scale: 'y', field: 'place' }, stroke: { scale: 'color', field: 'score' }, tooltip: { field: 'words' },
            strokeOpacity: { signal: `datum.on ? ${drawn.length > 300 ? 0.45 : 0.8} : 0.04` }, strokeWidth: { signal: 'datum.on ? 1.5 : 1' } } } }] },
          { type: 'rule', from: { data: 'axes' }, encode: { enter: { x: { scale: 'x', field: 'a' }, y: { value: 0 }, y2: { value: 300 }, stroke: { value: palette.ink } } } },
          { type: 'rect', interactive: false, from: { data: 'chosen' }, encode: { enter: { xc: { scale: 'x', field: 'a' }, width: { value: 14 }, y: { scale: 'y', field: 'to' }, y2: { scale: 'y', field: 'from' },
            fill: { value: palette.accent }, fillOpacity: { value: 0.35 } } } },
          { type: 'text', interactive: false, from: { data: 'axes' }, encode: { enter: { x: { scale: 'x', field: 'a' }, y: { value: -12 }, align: { value: 'center' }, text: { field: 'name' },
            fill: { value: palette.ink }, fontWeight: { value: 'bold' }, limit: { value: Math.max(50, inner / axes.length) } } } },
          { type: 'text', interactive: false, from: { data: 'ticks' }, encode: { enter: { x: { scale: 'x', field: 'a', offset: 5 }, y: { scale: 'y', field: 'at' }, baseline: { value: 'middle' },
            text: { field: 'label' }, fontSize: { value: 10 }, fill: { value: palette.ink }, limit: { value: Math.max(40, inner / axes.length - 10) } } } }],
      });
    },
  });
  const frame = element.querySelector('.picture');
  frame.dataset.parallel = 'true';
  say();
  return element;
}
