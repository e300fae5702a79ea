// The features of a run: which there are, what they mean, what they hold.
import { figure, specification } from './chart.js';
import { csv, download, make, section, short, table } from './dom.js';
import { bars } from './model_charts.js';

const kPage = 40;

function histogram(counts) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('width', 90);
  svg.setAttribute('height', 18);
  svg.setAttribute('aria-hidden', 'true');
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  counts.forEach((n, i) => {
    const bar = document.createElementNS(ns, 'rect');
    const height = 17 * n / most;
    for (const [name, value] of [['x', 90 * i / counts.length], ['width', Math.max(0.5, 90 / counts.length - 0.5)], ['y', 18 - height], ['height', height], ['fill', 'var(--accent)']]) bar.setAttribute(name, value);
    svg.append(bar);
  });
  return svg;
}

function featureTable(features, name) {
  let words = '';
  let shown = kPage;
  let key = null;
  let descending = false;
  const columns = [
    { name: 'feature', key: (f) => f.name }, { name: 'kind', key: (f) => f.kind }, { name: 'depth', key: (f) => f.depth, number: true },
    { name: 'missing', key: (f) => f.missing, number: true }, { name: 'mean', key: (f) => f.mean, number: true }, { name: 'std', key: (f) => f.std, number: true },
    { name: 'least', key: (f) => f.least, number: true }, { name: 'greatest', key: (f) => f.greatest, number: true }, { name: 'spread', key: (f) => f.distinct ?? 0 }];
  const head = make('tr', {}, columns.map((column) => make('th', { scope: 'col', class: column.number ? 'number' : null }, make('button', { type: 'button', onclick: () => {
    descending = key === column ? !descending : false;
    key = column;
    fill();
  } }, column.name))));
  const body = make('tbody');
  const status = make('p', { class: 'status small soft', role: 'status' });
  const more = make('button', { type: 'button', onclick: () => { shown += 200; fill(); } }, 'Show 200 more');
  const chosen = () => {
    const all = features.filter((f) => words.split(/\s+/).every((word) => `${f.name} ${f.kind} ${f.words}`.toLowerCase().includes(word)));
    if (!key) return all;
    return all.sort((a, b) => {
      const [x, y] = [key.key(a), key.key(b)];
      if (x === y) return 0;
      if (x === null || x === undefined) return 1;
      if (y === null || y === undefined) return -1;
      return (x < y ? -1 : 1) * (descending ? -1 : 1);
    });
  };
  const fill = () => {
    const all = chosen();
    [...head.children].forEach((cell, i) => cell.setAttribute('aria-sort', columns[i] === key ? (descending ? 'descending' : 'ascending') : 'none'));
    body.replaceChildren(...all.slice(0, shown).map((f) => make('tr', {},
      make('td', { class: 'wrap' }, f.words ? make('details', {}, make('summary', {}, f.name), f.words) : f.name),
      make('td', {}, f.kind), make('td', { class: 'number' }, f.depth ?? ''), make('td', { class: 'number' }, `${(100 * f.missing).toFixed(f.missing > 0 && f.missing < 0.1 ? 1 : 0)} %`),
      make('td', { class: 'number' }, short(f.mean, 3)), make('td', { class: 'number' }, short(f.std, 3)), make('td', { class: 'number' }, short(f.least, 3)), make('td', { class: 'number' }, short(f.greatest, 3)),
      make('td', {}, f.histogram ? histogram(f.histogram) : f.common ? make('span', { class: 'small soft' }, f.common) : ''))));
    status.textContent = `${all.length} of ${features.length} features; ${Math.min(shown, all.length)} shown.`;
    more.hidden = shown >= all.length;
  };
  const find = make('input', { type: 'search', placeholder: 'mean balance', oninput: () => { words = find.value.toLowerCase().trim(); shown = kPage; fill(); } });
  fill();
  return section('features', 'Features', make('div', { class: 'controls' }, make('label', {}, 'Search', find),
    make('button', { type: 'button', onclick: () => download(`${name}.csv`, csv([['feature', 'kind', 'depth', 'missing', 'mean', 'std', 'least', 'greatest'], ...chosen().map((f) => [f.name, f.kind, f.depth, f.missing, f.mean, f.std, f.least, f.greatest])])) }, 'Download as CSV')),
    make('p', { class: 'small soft' }, 'Open a name to read what it is.'), status, make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of features' }, make('table', { id: 'feature-table' }, make('thead', {}, head), body)), more);
}

/// Tables as boxes, parents above their children.
function tablesFigure(tables, target) {
  return figure({
    title: 'Tables', wide: true,
    caption: 'A line leads from a table to the rows that belong to it. Features are made for the rows of the marked one.',
    numbers: () => ({ columns: [{ name: 'table' }, { name: 'rows', number: true }, { name: 'columns', number: true }, { name: 'belongs to' }],
      rows: tables.map((each) => [each.name, each.rows ?? '', each.columns, each.parents.map((parent) => parent.table).join(', ')]) }),
    build: (width, palette) => {
      const level = new Map();
      const depth = (name, seen = []) => {
        if (level.has(name)) return level.get(name);
        if (seen.includes(name)) return 0;
        const parents = tables.find((each) => each.name === name)?.parents ?? [];
        const value = parents.length ? 1 + Math.max(...parents.map((parent) => depth(parent.table, [...seen, name]))) : 0;
        level.set(name, value);
        return value;
      };
      tables.forEach((each) => depth(each.name));
      const rows = [...new Set(level.values())].sort((a, b) => a - b).map((value) => tables.filter((each) => level.get(each.name) === value));
      const inner = width - 20;
      const [boxWidth, boxHeight, gap] = [150, 40, 46];
      const boxes = new Map();
      rows.forEach((row, r) => row.forEach((each, i) => boxes.set(each.name, { name: each.name, x: inner * (i + 0.5) / row.length, y: 20 + r * (boxHeight + gap),
        more: [each.rows === null || each.rows === undefined ? null : `${each.rows} rows`, `${each.columns} columns`].filter(Boolean).join(', '), target: each.name === target })));
      const lines = tables.flatMap((each) => each.parents.filter((parent) => boxes.has(parent.table)).map((parent) => {
        const [from, to] = [boxes.get(parent.table), boxes.get(each.name)];
        return { x: from.x, y: from.y + boxHeight / 2, x2: to.x, y2: to.y - boxHeight / 2, words: `${each.name}.${parent.column} belongs to ${parent.table}` };
      }));
      return specification(inner, rows.length * (boxHeight + gap), {
        data: [{ name: 'boxes', values: [...boxes.values()] }, { name: 'lines', values: lines }],
        marks: [
          { type: 'rule', from: { data: 'lines' }, encode: { enter: { x: { field: 'x' }, y: { field: 'y' }, x2: { field: 'x2' }, y2: { field: 'y2' }, stroke: { value: palette.soft }, strokeWidth: { value: 1.5 }, tooltip: { field: 'words' } } } },
          { type: 'rect', from: { data: 'boxes' }, encode: { enter: { xc: { field: 'x' }, yc: { field: 'y' }, width: { value: Math.min(boxWidth, inner / Math.max(...rows.map((row) => row.length)) - 6) }, height: { value: boxHeight }, cornerRadius: { value: 5 },
            fill: { signal: `datum.target ? '${palette.mark}' : '${palette.paper}'` }, stroke: { value: palette.soft } } } },
          { type: 'text', from: { data: 'boxes' }, encode: { enter: { x: { field: 'x' }, y: { field: 'y', offset: -4 }, align: { value: 'center' }, text: { field: 'name' }, fontWeight: { value: 'bold' }, fill: { value: palette.ink }, limit: { value: boxWidth - 8 } } } },
          { type: 'text', from: { data: 'boxes' }, encode: { enter: { x: { field: 'x' }, y: { field: 'y', offset: 12 }, align: { value: 'center' }, text: { field: 'more' }, fontSize: { value: 10 }, fill: { value: palette.soft }, limit: { value: boxWidth - 8 } } } }],
      });
    },
  });
}

/// How many rows of a table came when.
function rowsOverTime({ name, times, rows }) {
  const step = (times.to - times.from) / times.counts.length;
  const values = times.counts.map((n, i) => ({ n, from: 1000 * (times.from + i * step), to: 1000 * (times.from + (i + 1) * step) }));
  const day = (time) => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
  return figure({
    title: `${name} over time`,
    caption: `Rows by ${times.column}.${times.rows < rows ? ` ${times.rows} of ${rows} rows, drawn evenly.` : ''}${times.missing ? ` ${times.missing} have no time.` : ''}`,
    numbers: () => ({ columns: [{ name: 'from' }, { name: 'to' }, { name: 'rows', number: true }], rows: values.map((each) => [day(each.from), day(each.to), each.n]) }),
    build: (width, palette) => specification(width - 60, 120, {
      data: [{ name: 'bars', values: values.map((each) => ({ ...each, words: `${day(each.from)} to ${day(each.to)}: ${each.n} rows` })) }],
      scales: [{ name: 'x', type: 'utc', range: 'width', domain: [1000 * times.from, 1000 * times.to] }, { name: 'y', type: 'linear', range: 'height', domain: { data: 'bars', field: 'n' } }],
      axes: [{ orient: 'bottom', scale: 'x', tickCount: 5 }, { orient: 'left', scale: 'y', title: 'rows', grid: true, tickCount: 4 }],
      marks: [{ type: 'rect', from: { data: 'bars' }, encode: { enter: { x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to', offset: -0.5 }, y: { scale: 'y', field: 'n' }, y2: { scale: 'y', value: 0 }, fill: { value: palette.accent }, tooltip: { field: 'words' } } } }],
    }),
  });
}

function kinds(features) {
  const counts = new Map();
  for (const feature of features) {
    const key = JSON.stringify([feature.kind, feature.depth ?? 0]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const values = [...counts].map(([key, n]) => ({ kind: JSON.parse(key)[0], depth: `depth ${JSON.parse(key)[1]}`, n }));
  const order = [...new Set(values.map((each) => each.kind))].sort((a, b) => sum(b) - sum(a));
  function sum(kind) { return values.filter((each) => each.kind === kind).reduce((all, each) => all + each.n, 0); }
  return figure({
    title: 'Features by kind and depth', caption: 'Depth counts how many steps lie between a feature and the columns of the tables.',
    numbers: () => ({ columns: [{ name: 'kind' }, { name: 'depth' }, { name: 'features', number: true }], rows: values.map((each) => [each.kind, each.depth, each.n]) }),
    build: (width, palette) => specification(width - 190, order.length * 20, {
      data: [{ name: 'kinds', values, transform: [{ type: 'stack', groupby: ['kind'], field: 'n', sort: { field: 'depth' } }] }],
      scales: [{ name: 'x', type: 'linear', range: 'width', nice: true, domain: { data: 'kinds', field: 'y1' } }, { name: 'y', type: 'band', range: 'height', padding: 0.2, domain: order },
        { name: 'color', type: 'ordinal', domain: [...new Set(values.map((each) => each.depth))].sort(), range: { scheme: 'tableau10' } }],
      axes: [{ orient: 'bottom', scale: 'x', grid: true, tickMinStep: 1, title: 'features' }, { orient: 'left', scale: 'y', labelLimit: 140 }],
      legends: [{ fill: 'color', orient: 'bottom', title: null, columns: 4 }],
      marks: [{ type: 'rect', from: { data: 'kinds' }, encode: { enter: { x: { scale: 'x', field: 'y0' }, x2: { scale: 'x', field: 'y1' }, y: { scale: 'y', field: 'kind' }, height: { scale: 'y', band: 1 }, fill: { scale: 'color', field: 'depth' },
        tooltip: { signal: "datum.kind + ', ' + datum.depth + ': ' + datum.n" } } } }],
    }),
  });
}

/// How features go together: the strongest pairs as bars, and their features against each other.
function correlationFigures({ features, compared, rows, pairs, names, cells }) {
  const among = `${compared < features ? `${compared} of ${features} features, numbers and yes or no, were compared` : `All ${features} features were compared`} over ${rows} rows.`;
  const values = cells.map((r, i) => ({ a: names[Math.floor(i / names.length)], b: names[i % names.length], r }));
  const strongest = pairs.map(([a, b, r]) => ({ name: `${a} / ${b}`, a, b, r }));
  const drawn = figure({
    title: 'Features that go together', wide: true,
    caption: `Correlation of the ${names.length} features with the strongest partners: blue both rise, red one falls as the other rises. ${among}`,
    numbers: () => ({ columns: [{ name: '' }, ...names.map((name) => ({ name, number: true }))], rows: names.map((name, i) => [name, ...cells.slice(i * names.length, (i + 1) * names.length)]) }),
    build: (width, palette) => {
      const size = Math.max(120, Math.min(width - 240, names.length * 26));
      return specification(size, Math.min(size, names.length * 26), {
        data: [{ name: 'cells', values }],
        scales: [{ name: 'x', type: 'band', range: 'width', domain: names }, { name: 'y', type: 'band', range: 'height', domain: names },
          { name: 'color', type: 'linear', range: { scheme: 'redblue' }, domain: [-1, 1] }],
        axes: [{ orient: 'left', scale: 'y', labelLimit: 210, ticks: false, domain: false }],
        legends: [{ fill: 'color', orient: 'bottom', title: null, direction: 'horizontal', gradientLength: Math.min(200, size) }],
        marks: [{ type: 'rect', from: { data: 'cells' }, encode: { enter: { x: { scale: 'x', field: 'a' }, width: { scale: 'x', band: 1 }, y: { scale: 'y', field: 'b' }, height: { scale: 'y', band: 1 },
          fill: { signal: `datum.r === null ? '${palette.line}' : scale('color', datum.r)` }, tooltip: { signal: "datum.a + ', ' + datum.b + ': ' + (datum.r === null ? 'one does not vary' : format(datum.r, '.3f'))" } } } }],
      });
    },
  });
  const list = figure({
    title: 'The most correlated pairs', wide: true,
    caption: `The ${pairs.length} strongest. ${among}`,
    numbers: () => ({ columns: [{ name: 'feature' }, { name: 'and' }, { name: 'correlation', number: true }], rows: pairs }),
    build: (width, palette) => specification(Math.max(80, Math.min(600, width - 420)), pairs.length * 20, {
      data: [{ name: 'pairs', values: strongest }],
      scales: [{ name: 'x', type: 'linear', range: 'width', domain: [-1, 1] }, { name: 'y', type: 'band', range: 'height', padding: 0.2, domain: strongest.map((pair) => pair.name) }],
      axes: [{ orient: 'bottom', scale: 'x', grid: true, tickCount: 5 }, { orient: 'left', scale: 'y', labelLimit: Math.min(400, width - 100) }],
      marks: [{ type: 'rect', from: { data: 'pairs' }, encode: { enter: { x: { scale: 'x', value: 0 }, x2: { scale: 'x', field: 'r' }, y: { scale: 'y', field: 'name' }, height: { scale: 'y', band: 1 },
        fill: { signal: `datum.r < 0 ? '${palette.bad}' : '${palette.accent}'` }, tooltip: { signal: "datum.name + ': ' + format(datum.r, '.3f')" } } } }],
    }),
  });
  return make('div', { class: 'figures' }, drawn, list);
}

export function featuresPage(page) {
  const { features, tables, left_out: leftOut, correlations, target } = page.features;
  const missing = features.filter((f) => f.missing > 0).sort((a, b) => b.missing - a.missing).slice(0, 25).map((f) => ({ name: f.name, value: f.missing }));
  const parts = [section('tables', 'Where they come from', make('div', { class: 'figures' }, tables.length ? tablesFigure(tables, target) : [], kinds(features),
    missing.length ? bars({ title: 'Missing values', caption: `The share of rows without a value; the ${missing.length} features with the most.`, rows: missing, value: 'share', format: '~%' }) : [], tables.filter((each) => each.times).slice(0, 12).map(rowsOverTime))),
  featureTable(features, page.file)];
  if (correlations) parts.push(section('correlations', 'How they go together', correlationFigures(correlations)));
  if (leftOut.length) {
    parts.push(section('left-out', 'What was left out', table([{ name: 'feature', wide: true }, { name: 'why' }], leftOut, 'Features that were left out')));
  }
  return parts;
}
