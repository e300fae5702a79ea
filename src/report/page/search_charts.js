// What the hyperparameters did.
import { figure, isLogarithmic, specification } from './chart.js';
import { make, section, seconds, select, short } from './dom.js';
import { distinct, text } from './candidates.js';

const kMostPoints = 1000;  // a picture with more marks only gets slower

function scoreAxis(candidates) {
  return { orient: 'left', scale: 'y', title: candidates.name, grid: true, tickCount: 6 };
}

function progress(candidates) {
  const points = () => {
    let best = null;
    const all = [];
    for (let i = 0; i < candidates.n; ++i) {
      const score = candidates.mean(i);
      if (score !== null && (best === null || score > best)) best = score;
      all.push({ candidate: i, score, best, words: `${candidates.words(i)}: ${short(score)}` });
    }
    const step = Math.ceil(all.length / kMostPoints);
    return all.filter((point, i) => i % step === 0 || point.score === point.best);
  };
  return figure({
    title: 'Best score so far',
    caption: 'Each dot is a candidate, in the order of the table of results; the line is the best up to there.',
    numbers: () => ({ columns: [{ name: 'candidate', number: true }, { name: 'score', number: true }, { name: 'best', number: true }],
      rows: points().map((point) => [point.candidate, point.score, point.best]) }),
    build: (width, palette) => specification(width - 60, 220, {
      data: [{ name: 'points', values: points() }],
      scales: [
        { name: 'x', type: 'linear', range: 'width', domain: [0, Math.max(1, candidates.n - 1)] },
        { name: 'y', type: 'linear', range: 'height', zero: false, nice: true, domain: { data: 'points', field: 'score' } }],
      axes: [{ orient: 'bottom', scale: 'x', title: 'candidate', tickMinStep: 1 }, scoreAxis(candidates)],
      marks: [
        { type: 'symbol', from: { data: 'points' }, encode: { enter: { x: { scale: 'x', field: 'candidate' }, y: { scale: 'y', field: 'score' },
          size: { value: 25 }, fill: { value: palette.soft }, fillOpacity: { value: 0.6 }, tooltip: { field: 'words' }, defined: { signal: 'datum.score !== null' } } } },
        { type: 'line', from: { data: 'points' }, encode: { enter: { x: { scale: 'x', field: 'candidate' }, y: { scale: 'y', field: 'best' },
          interpolate: { value: 'step-after' }, stroke: { value: palette.accent }, strokeWidth: { value: 2 } } } }],
    }),
  });
}

function heatMap(candidates) {
  const varied = candidates.varied();
  if (varied.length < 2) return null;
  const byImportance = [...varied].sort((a, b) => (candidates.search.importance[candidates.metric][candidates.params.indexOf(b)] ?? 0) -
    (candidates.search.importance[candidates.metric][candidates.params.indexOf(a)] ?? 0));
  let [x, y] = byImportance;
  let facet = null;
  const kMostSteps = 24;
  const bins = (param) => {
    const known = param.values.filter((value) => value !== undefined);
    const labels = distinct(known);
    if (labels.length <= kMostSteps) return { labels, of: (i) => text(param.values[i]) };
    const numbers = param.values.filter((value) => typeof value === 'number');
    if (numbers.length < known.length) return { labels, of: (i) => text(param.values[i]) };
    const log = isLogarithmic(numbers);
    const map = log ? Math.log : (value) => value;
    const back = log ? Math.exp : (value) => value;
    const least = numbers.reduce((a, b) => Math.min(a, b));
    const greatest = numbers.reduce((a, b) => Math.max(a, b));
    const width = (map(greatest) - map(least)) / 12;
    const edge = (b) => String(Number(back(map(least) + b * width).toPrecision(3)));
    const name = (b) => `${edge(b)} \u2013 ${edge(b + 1)}`;
    return { labels: Array.from({ length: 12 }, (_, b) => name(b)),
      of: (i) => name(Math.min(11, Math.floor((map(param.values[i]) - map(least)) / width))) };
  };
  const cells = () => {
    const [bx, by] = [bins(x), bins(y)];
    const bf = facet ? bins(facet) : { labels: [''], of: () => '' };
    const best = new Map();
    for (let i = 0; i < candidates.n; ++i) {
      const score = candidates.mean(i);
      if (score === null || [x, y, facet ?? x].some((param) => param.values[i] === undefined)) continue;
      const key = JSON.stringify([bx.of(i), by.of(i), bf.of(i)]);
      const known = best.get(key);
      if (!known || score > known.score) best.set(key, { x: bx.of(i), y: by.of(i), f: bf.of(i), score, i, n: (known?.n ?? 0) + 1 });
      else ++known.n;
    }
    const values = [...best.values()];
    for (const cell of values) cell.words = `${candidates.words(cell.i)}: ${short(cell.score)} (best of ${cell.n})`;
    return { values, x: bx.labels, y: by.labels, f: bf.labels };
  };
  const controls = make('div', { class: 'controls' });
  const fill = () => {
    const options = varied.map((param) => [param.name, param.name]);
    const by = (name) => varied.find((param) => param.name === name);
    controls.replaceChildren(
      select('Across', options, x.name, (name) => { x = by(name); element.redraw(); }),
      select('Up', options, y.name, (name) => { y = by(name); element.redraw(); }),
      select('Small multiples', [['', 'none'], ...options], facet?.name ?? '', (name) => { facet = name ? by(name) : null; element.redraw(); }));
  };
  const element = figure({
    title: 'Score over two hyperparameters', wide: true, controls,
    caption: 'Colour is the best score of all candidates that share the two values. Point at a cell for its parameters.',
    numbers: () => ({ columns: [{ name: x.name }, { name: y.name }, { name: facet?.name ?? '' }, { name: candidates.name, number: true }],
      rows: cells().values.map((cell) => [cell.x, cell.y, cell.f, cell.score]) }),
    build: (width, palette) => {
      const { values, x: xs, y: ys, f } = cells();
      const inner = width - 190;
      const across = facet ? Math.max(1, Math.min(f.length, Math.floor(inner / 170))) : 1;
      const size = [Math.max(60, Math.floor(inner / across) - (facet ? 16 : 0)), Math.max(120, Math.min(380, ys.length * 44))];
      const fits = values.length <= 400 && size[0] / xs.length > 42;
      const marks = [
        { type: 'rect', from: { data: facet ? 'facet' : 'cells' }, encode: { enter: { x: { scale: 'x', field: 'x' }, width: { scale: 'x', band: 1 },
          y: { scale: 'y', field: 'y' }, height: { scale: 'y', band: 1 }, fill: { scale: 'color', field: 'score' }, tooltip: { field: 'words' } } } },
        ...(fits ? [{ type: 'text', interactive: false, from: { data: facet ? 'facet' : 'cells' }, encode: { enter: {
          x: { scale: 'x', field: 'x', band: 0.5 }, y: { scale: 'y', field: 'y', band: 0.5 }, align: { value: 'center' }, baseline: { value: 'middle' },
          fontSize: { value: 11 }, text: { signal: "format(datum.score, '.3~f')" },
          fill: { signal: "luminance(scale('color', datum.score)) > 0.35 ? '#111' : '#fff'" } } } }] : [])];
      const axes = [{ orient: 'bottom', scale: 'x', title: x.name, labelAngle: xs.some((label) => label.length > 6) ? -35 : 0,
        labelAlign: xs.some((label) => label.length > 6) ? 'right' : 'center' }, { orient: 'left', scale: 'y', title: y.name }];
      const scales = [
        { name: 'x', type: 'band', domain: xs, range: [0, size[0]], paddingInner: 0.04 },
        { name: 'y', type: 'band', domain: [...ys].reverse(), range: [0, size[1]], paddingInner: 0.04 },
        { name: 'color', type: 'linear', range: { scheme: 'viridis' }, domain: { data: 'cells', field: 'score' }, zero: false }];
      const legends = [{ fill: 'color', type: 'gradient', title: candidates.name, gradientLength: Math.min(180, size[1]) }];
      const data = [{ name: 'cells', values }];
      if (!facet) return specification(size[0], size[1], { data, scales, axes, legends, marks });
      return specification(inner, null, { data, scales, legends,
        layout: { columns: across, padding: { row: 26, column: 16 }, bounds: 'full', align: 'each' },
        marks: f.map((label) => ({ type: 'group', title: { text: `${facet.name} = ${label}`, color: palette.ink, fontSize: 11 },
          data: [{ name: 'facet', source: 'cells', transform: [{ type: 'filter', expr: `datum.f === ${JSON.stringify(label)}` }] }],
          encode: { enter: { width: { value: size[0] }, height: { value: size[1] } } }, axes, marks })) });
    },
  });
  fill();
  return element;
}

function slice(candidates, param) {
  const known = param.values.filter((value) => value !== undefined);
  const isNumber = known.every((value) => typeof value === 'number');
  const log = isNumber && isLogarithmic(known);
  const points = () => {
    const all = [];
    const step = Math.ceil(candidates.n / kMostPoints);
    for (let i = 0; i < candidates.n; i += step) {
      const score = candidates.mean(i);
      if (score === null || param.values[i] === undefined) continue;
      const folds = candidates.scores(i).filter((each) => each !== null);
      all.push({ x: isNumber ? param.values[i] : text(param.values[i]), score, low: Math.min(...folds), high: Math.max(...folds),
        words: `${candidates.words(i)}: ${short(score)}, folds ${folds.map((each) => short(each)).join(', ')}` });
    }
    return all;
  };
  return figure({
    title: param.name,
    numbers: () => ({ columns: [{ name: param.name }, { name: 'mean', number: true }, { name: 'lowest fold', number: true }, { name: 'highest fold', number: true }],
      rows: points().map((point) => [String(point.x), point.score, point.low, point.high]) }),
    build: (width, palette) => specification(width - 60, 190, {
      data: [{ name: 'points', values: points() }],
      scales: [
        isNumber ? { name: 'x', type: log ? 'log' : 'linear', range: 'width', zero: false, nice: !log, padding: 8, domain: { data: 'points', field: 'x' } }
          : { name: 'x', type: 'point', range: 'width', padding: 0.5, domain: distinct(known) },
        { name: 'y', type: 'linear', range: 'height', zero: false, nice: true, domain: { data: 'points', fields: ['low', 'high'] } }],
      axes: [{ orient: 'bottom', scale: 'x', title: log ? `${param.name} (logarithmic)` : param.name, tickCount: 5, labelOverlap: true, ...(log ? { format: '~g' } : {}) },
        scoreAxis(candidates)],
      marks: [
        { type: 'rule', from: { data: 'points' }, encode: { enter: { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'low' }, y2: { scale: 'y', field: 'high' },
          stroke: { value: palette.soft }, strokeOpacity: { value: candidates.n > 300 ? 0.1 : 0.5 } } } },
        { type: 'symbol', from: { data: 'points' }, encode: { enter: { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'score' }, size: { value: 30 },
          fill: { value: palette.accent }, fillOpacity: { value: candidates.n > 300 ? 0.4 : 0.8 }, tooltip: { field: 'words' } } } }],
    }),
  });
}

function importance(candidates) {
  const rows = () => candidates.params.map((param, p) => ({ name: param.name, share: candidates.search.importance[candidates.metric][p] }))
    .filter((row) => row.share !== null).sort((a, b) => b.share - a.share);
  if (rows().length < 2) return null;
  return figure({
    title: 'What mattered',
    caption: 'The share of the differences between scores that a hyperparameter explains alone. What is missing to 100 % comes of combinations.',
    numbers: () => ({ columns: [{ name: 'hyperparameter' }, { name: 'share', number: true }], rows: rows().map((row) => [row.name, row.share]) }),
    build: (width, palette) => specification(width - 150, rows().length * 26, {
      data: [{ name: 'rows', values: rows() }],
      scales: [{ name: 'x', type: 'linear', range: 'width', domain: [0, 1] }, { name: 'y', type: 'band', range: 'height', padding: 0.25, domain: { data: 'rows', field: 'name' } }],
      axes: [{ orient: 'bottom', scale: 'x', format: '%', tickCount: 5, grid: true }, { orient: 'left', scale: 'y', labelLimit: 130 }],
      marks: [{ type: 'rect', from: { data: 'rows' }, encode: { enter: { x: { scale: 'x', value: 0 }, x2: { scale: 'x', field: 'share' }, y: { scale: 'y', field: 'name' },
        height: { scale: 'y', band: 1 }, fill: { value: palette.accent }, tooltip: { signal: "datum.name + ': ' + format(datum.share, '.1%')" } } } }],
    }),
  });
}

function learningCurves(candidates) {
  const { curves } = candidates.search;
  if (!curves) return null;
  const points = () => curves.series.flatMap((series) => series.round.flatMap((round, i) => [
    { round, value: series.watched[i], line: `${series.candidate} watched`, what: 'watched rows', best: series.chosen, words: candidates.words(series.candidate) },
    ...(series.train[i] === null || series.train[i] === undefined ? [] :
      [{ round, value: series.train[i], line: `${series.candidate} train`, what: 'training rows', best: series.chosen, words: candidates.words(series.candidate) }])]))
    .filter((point) => point.value !== null);
  return figure({
    title: 'Learning curves', wide: true,
    caption: `What was watched, round by round, mean over the folds; the ${curves.series.length} best candidates. The thick one is the best.`,
    numbers: () => ({ columns: [{ name: 'candidate' }, { name: 'rows' }, { name: 'round', number: true }, { name: 'value', number: true }],
      rows: points().map((point) => [point.words, point.what, point.round, point.value]) }),
    build: (width, palette) => specification(width - 170, 260, {
      data: [{ name: 'points', values: points() }],
      scales: [
        { name: 'x', type: 'linear', range: 'width', zero: false, domain: { data: 'points', field: 'round' } },
        { name: 'y', type: 'linear', range: 'height', zero: false, nice: true, domain: { data: 'points', field: 'value' } },
        { name: 'color', type: 'ordinal', domain: ['watched rows', 'training rows'], range: [palette.accent, palette.warn] }],
      legends: [{ stroke: 'color', title: null }],
      axes: [{ orient: 'bottom', scale: 'x', title: 'round' }, { orient: 'left', scale: 'y', grid: true }],
      marks: [{ type: 'group', from: { facet: { name: 'line', data: 'points', groupby: 'line' } }, marks: [{ type: 'line', from: { data: 'line' },
        encode: { enter: { x: { scale: 'x', field: 'round' }, y: { scale: 'y', field: 'value' }, stroke: { scale: 'color', field: 'what' },
          strokeOpacity: { signal: 'datum.best ? 1 : 0.35' }, strokeWidth: { signal: 'datum.best ? 2.5 : 1' }, tooltip: { field: 'words' } } } }] }],
    }),
  });
}

function rungs(candidates) {
  const { n_resources: resources, iter } = candidates.search;
  if (!resources) return null;
  const points = () => Array.from({ length: candidates.n }, (_, i) => ({ iter: iter[i], resources: resources[i], score: candidates.mean(i),
    words: `${candidates.words(i)}: ${short(candidates.mean(i))} with ${resources[i]}`, params: candidates.words(i) })).filter((point) => point.score !== null);
  return figure({
    title: 'Rounds of halving', wide: true,
    caption: 'Each round gives more to fewer candidates. A line follows a candidate as long as it stays.',
    numbers: () => ({ columns: [{ name: 'round', number: true }, { name: 'resources', number: true }, { name: 'parameters' }, { name: 'score', number: true }],
      rows: points().map((point) => [point.iter, point.resources, point.params, point.score]) }),
    build: (width, palette) => specification(width - 60, 260, {
      data: [{ name: 'points', values: points() }],
      scales: [{ name: 'x', type: 'point', range: 'width', padding: 0.3, domain: [...new Set(resources)].sort((a, b) => a - b) },
        { name: 'y', type: 'linear', range: 'height', zero: false, nice: true, domain: { data: 'points', field: 'score' } }],
      axes: [{ orient: 'bottom', scale: 'x', title: 'resources of the round' }, scoreAxis(candidates)],
      marks: [
        { type: 'group', from: { facet: { name: 'line', data: 'points', groupby: 'params' } }, marks: [{ type: 'line', from: { data: 'line' }, encode: { enter: {
          x: { scale: 'x', field: 'resources' }, y: { scale: 'y', field: 'score' }, stroke: { value: palette.soft }, strokeOpacity: { value: 0.5 } } } }] },
        { type: 'symbol', from: { data: 'points' }, encode: { enter: { x: { scale: 'x', field: 'resources' }, y: { scale: 'y', field: 'score' }, size: { value: 30 },
          fill: { value: palette.accent }, tooltip: { field: 'words' } } } }],
    }),
  });
}

export function searchCharts(candidates) {
  const figures = [progress(candidates), importance(candidates), heatMap(candidates), learningCurves(candidates), rungs(candidates)].filter(Boolean);
  const slices = candidates.varied().map((param) => slice(candidates, param));
  return [
    section('hyperparameters', 'What the hyperparameters did', make('div', { class: 'figures' }, figures)),
    slices.length ? section('slices', 'One hyperparameter at a time',
      make('p', {}, 'A dot is a candidate; the line through it spans its folds.'), make('div', { class: 'figures' }, slices)) : null,
  ].filter(Boolean);
}

/// Who worked when, and who waited.
export function timeline(work, candidates) {
  if (!work.tasks.length) return null;
  const ranks = [...new Set(work.tasks.map((task) => task[2]))].sort((a, b) => a - b);
  const lane = (rank) => `${work.hosts.length > 1 ? `${work.hosts[work.host_of[rank] ?? 0]} ` : ''}rank ${rank}`;
  const words = (candidate, fold) => `${candidates.words(candidate)}, fold ${fold}`;
  const values = work.tasks.map(([start, end, rank, failed, candidate, fold]) => ({ start, end, lane: lane(rank), failed: failed > 0, words: `${words(candidate, fold)}: ${seconds(end - start)}` }));
  return figure({
    title: 'Who worked when', wide: true,
    caption: 'A bar is a fit with its scoring, grey is waiting.' + (work.left_out > 0 ? ` ${work.left_out} short fits are left out.` : ''),
    numbers: () => ({ columns: [{ name: 'rank' }, { name: 'begin [s]', number: true }, { name: 'end [s]', number: true }, { name: 'what' }],
      rows: work.tasks.map(([start, end, rank, , candidate, fold]) => [lane(rank), start, end, words(candidate, fold)]) }),
    build: (width, palette) => specification(width - 110, Math.max(40, ranks.length * (ranks.length > 16 ? 10 : 26)), {
      data: [{ name: 'tasks', values }, { name: 'lanes', values: ranks.map((rank) => ({ lane: lane(rank) })) }],
      scales: [{ name: 'x', type: 'linear', range: 'width', domain: [0, work.seconds] },
        { name: 'y', type: 'band', range: 'height', padding: 0.15, domain: ranks.map(lane) },
        { name: 'color', type: 'ordinal', domain: [false, true], range: [palette.accent, palette.bad] }],
      axes: [{ orient: 'bottom', scale: 'x', title: 'seconds since the first fit began' }, { orient: 'left', scale: 'y', labelOverlap: true }],
      marks: [
        { type: 'rect', from: { data: 'lanes' }, encode: { enter: { x: { value: 0 }, x2: { scale: 'x', value: work.seconds }, y: { scale: 'y', field: 'lane' },
          height: { scale: 'y', band: 1 }, fill: { value: palette.line } } } },
        { type: 'rect', from: { data: 'tasks' }, encode: { enter: { x: { scale: 'x', field: 'start' }, x2: { scale: 'x', field: 'end' }, y: { scale: 'y', field: 'lane' },
          height: { scale: 'y', band: 1 }, fill: { scale: 'color', field: 'failed' }, stroke: { value: palette.paper }, strokeWidth: { value: 0.4 }, tooltip: { field: 'words' } } } }],
    }),
  });
}
