// What the chosen model gets right and wrong, on rows it was not fitted on.
import { figure, specification } from './chart.js';
import { make, section, select, short, table } from './dom.js';

/// Rates at each threshold, from how many positives and negatives are called positive there.
function rates(cuts) {
  return cuts.threshold.map((threshold, i) => {
    const [tp, fp] = [cuts.tp[i], cuts.fp[i]];
    return { threshold, tp, fp, recall: cuts.positives ? tp / cuts.positives : null, fall: cuts.negatives ? fp / cuts.negatives : null,
      precision: tp + fp > 0 ? tp / (tp + fp) : null, called: (tp + fp) / (cuts.positives + cuts.negatives) };
  });
}

function curve({ title, caption, sets, x, y, reference, points }) {
  const rows = () => sets.flatMap((set) => points(set).map((point) => ({ ...point, set: set.label })))
    .filter((point) => point.x !== null && point.y !== null && point.x !== undefined && point.y !== undefined);
  return figure({
    title, caption,
    numbers: () => ({ columns: [{ name: 'rows' }, { name: x, number: true }, { name: y, number: true }], rows: rows().map((row) => [row.set, row.x, row.y]) }),
    build: (width, palette) => {
      const size = Math.min(340, width - 60);
      const colours = sets.length > 2 ? { scheme: 'tableau10' } : [palette.accent, palette.warn];
      return specification(size, Math.min(size, 300), {
        data: [{ name: 'rows', values: rows() }, { name: 'reference', values: reference ?? [] }],
        scales: [{ name: 'x', type: 'linear', range: 'width', domain: [0, 1] }, { name: 'y', type: 'linear', range: 'height', domain: [0, 1] },
          { name: 'color', type: 'ordinal', domain: sets.map((set) => set.label), range: colours }],
        axes: [{ orient: 'bottom', scale: 'x', title: x, grid: true, tickCount: 5 }, { orient: 'left', scale: 'y', title: y, grid: true, tickCount: 5 }],
        legends: sets.length > 1 ? [{ stroke: 'color', orient: 'bottom', title: null, columns: Math.max(1, Math.floor(size / 150)), symbolType: 'stroke' }] : [],
        marks: [
          { type: 'line', from: { data: 'reference' }, encode: { enter: { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' }, stroke: { value: palette.soft }, strokeDash: { value: [4, 4] } } } },
          { type: 'group', from: { facet: { name: 'line', data: 'rows', groupby: 'set' } }, marks: [{ type: 'line', from: { data: 'line' }, encode: { enter: {
            x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' }, stroke: { scale: 'color', field: 'set' }, strokeWidth: { value: 2 }, tooltip: { field: 'words' } } } },
            { type: 'symbol', from: { data: 'line' }, encode: { enter: { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' }, size: { signal: 'datum.n ? 40 : 0' }, fill: { scale: 'color', field: 'set' }, tooltip: { field: 'words' } } } }] }],
      });
    },
  });
}

const kDiagonal = [{ x: 0, y: 0 }, { x: 1, y: 1 }];

function binaryCharts(sets) {
  const label = (set) => ({ ...set, label: `${set.name} (${short(set.auc, 3)})` });
  const labelled = sets.map(label);
  const precise = sets.map((set) => ({ ...set, label: `${set.name} (${short(set.average_precision, 3)})` }));
  const plain = sets.map((set) => ({ ...set, label: set.name }));
  const of = (set, x, y) => rates(set.cuts).map((rate) => ({ x: rate[x], y: rate[y], words: `threshold ${short(rate.threshold)}: ${short(rate[x], 3)}, ${short(rate[y], 3)}` }));
  const all = [
    curve({ title: 'ROC', caption: 'Positives found against false alarms, for every threshold. In brackets the area below.', sets: labelled, x: 'false positive rate', y: 'true positive rate',
      reference: kDiagonal, points: (set) => of(set, 'fall', 'recall') }),
    curve({ title: 'Precision and recall', caption: 'How many alarms are right, against how many positives are found. In brackets the average precision.', sets: precise, x: 'recall', y: 'precision',
      points: (set) => of(set, 'recall', 'precision') }),
    curve({ title: 'Gain', caption: 'How many positives are found when so many rows, the highest scores first, are looked at.', sets: plain, x: 'share of rows', y: 'share of positives',
      reference: kDiagonal, points: (set) => of(set, 'called', 'recall') })];
  const calibrated = plain.filter((set) => set.calibration);
  if (calibrated.length) {
    all.push(curve({ title: 'Calibration', caption: 'What happened against what was predicted. On the diagonal, probabilities mean what they say.', sets: calibrated, x: 'mean predicted probability', y: 'share of positives',
      reference: kDiagonal, points: (set) => set.calibration.map((bin) => ({ x: bin.predicted, y: bin.observed, n: bin.n, words: `${bin.n} rows: predicted ${short(bin.predicted, 3)}, observed ${short(bin.observed, 3)}` })) }));
  }
  return [...all, thresholdFigure(sets)];
}

/// What a threshold means, and what it costs.
function thresholdFigure(sets) {
  let set = sets[0];
  let [costFalse, costMissed] = [1, 1];
  const slider = make('input', { type: 'range', min: 0, step: 1, 'aria-label': 'threshold', oninput: () => show() });
  const output = make('div', { role: 'status' });
  const points = () => rates(set.cuts).map((rate) => ({ ...rate, missed: set.cuts.positives - rate.tp, cost: costFalse * rate.fp + costMissed * (set.cuts.positives - rate.tp) }));
  const cheapest = () => points().reduce((best, point, i, all) => point.cost < all[best].cost ? i : best, 0);
  const show = () => {
    const at = points()[Number(slider.value)];
    output.replaceChildren(
      make('p', {}, at.threshold === null ? 'Every row is called negative.' : `Called ${set.positive} at ${short(at.threshold)} and above: precision ${short(at.precision, 3) || 'not defined'}, recall ${short(at.recall, 3)}, cost ${short(at.cost)}.`),
      table([{ name: '' }, { name: `called ${set.positive}`, number: true }, { name: 'called other', number: true }],
        [[`is ${set.positive}`, at.tp, at.missed], ['is other', at.fp, set.cuts.negatives - at.fp]], 'Confusion at this threshold'));
  };
  const renew = () => {
    slider.max = set.cuts.threshold.length - 1;
    slider.value = cheapest();
    show();
    element.redraw();
  };
  const number = (label, value, take) => {
    const input = make('input', { type: 'number', min: 0, step: 'any', value, oninput: () => { const given = Number(input.value); if (given >= 0 && input.value !== '') { take(given); renew(); } } });
    return make('label', {}, label, input);
  };
  const controls = make('div', {}, make('div', { class: 'controls' },
    sets.length > 1 ? select('Rows', sets.map((each, i) => [i, each.name]), 0, (i) => { set = sets[i]; renew(); }) : null,
    number('Cost of a false alarm', 1, (value) => { costFalse = value; }), number('Cost of a missed positive', 1, (value) => { costMissed = value; }),
    make('label', {}, 'Threshold', slider), make('button', { type: 'button', onclick: renew }, 'Cheapest')), output);
  const element = figure({
    title: 'Where to draw the line', controls,
    caption: 'The cost of all mistakes at each threshold, by what a mistake of each kind costs. Choose a threshold on rows other than those that you judge by.',
    numbers: () => ({ columns: [{ name: 'threshold', number: true }, { name: 'false alarms', number: true }, { name: 'missed', number: true }, { name: 'cost', number: true }],
      rows: points().map((point) => [point.threshold, point.fp, point.missed, point.cost]) }),
    build: (width, palette) => specification(width - 60, 160, {
      data: [{ name: 'points', values: points().filter((point) => point.threshold !== null) }],
      scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, domain: { data: 'points', field: 'threshold' } }, { name: 'y', type: 'linear', range: 'height', domain: { data: 'points', field: 'cost' } }],
      axes: [{ orient: 'bottom', scale: 'x', title: `threshold (${set.score})`, tickCount: 6 }, { orient: 'left', scale: 'y', title: 'cost', grid: true, tickCount: 5 }],
      marks: [{ type: 'line', from: { data: 'points' }, encode: { enter: { x: { scale: 'x', field: 'threshold' }, y: { scale: 'y', field: 'cost' }, stroke: { value: palette.accent }, strokeWidth: { value: 2 } } } }],
    }),
  });
  slider.max = set.cuts.threshold.length - 1;
  slider.value = cheapest();
  show();
  return element;
}

function confusion(set) {
  const { labels, counts } = set.confusion;
  const sums = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const cells = counts.flatMap((row, t) => row.map((n, p) => ({ truth: labels[t], predicted: labels[p], n, share: sums[t] ? n / sums[t] : 0,
    words: `${n} rows of ${labels[t]} predicted as ${labels[p]}: ${sums[t] ? (100 * n / sums[t]).toFixed(1) : 0} %` })));
  return figure({
    title: `Confusion: ${set.name}`,
    caption: `${set.n} rows. Colour is the share of the rows of a class; the diagonal is right.`,
    numbers: () => ({ columns: [{ name: 'true \\ predicted' }, ...labels.map((label) => ({ name: label, number: true }))], rows: counts.map((row, t) => [labels[t], ...row]) }),
    build: (width, palette) => {
      const size = Math.min(width - 120, Math.max(200, labels.length * 44), 520);
      return specification(size, size, {
        data: [{ name: 'cells', values: cells }],
        scales: [{ name: 'x', type: 'band', range: 'width', domain: labels, paddingInner: 0.03 }, { name: 'y', type: 'band', range: 'height', domain: labels, paddingInner: 0.03 },
          { name: 'color', type: 'linear', range: { scheme: 'blues' }, domain: [0, 1] }],
        axes: [{ orient: 'top', scale: 'x', title: 'predicted', labelAngle: labels.some((label) => label.length > 4) ? -40 : 0, labelAlign: labels.some((label) => label.length > 4) ? 'left' : 'center' }, { orient: 'left', scale: 'y', title: 'true', labelLimit: 90 }],
        marks: [
          { type: 'rect', from: { data: 'cells' }, encode: { enter: { x: { scale: 'x', field: 'predicted' }, width: { scale: 'x', band: 1 }, y: { scale: 'y', field: 'truth' }, height: { scale: 'y', band: 1 },
            fill: { scale: 'color', field: 'share' }, tooltip: { field: 'words' } } } },
          ...(size / labels.length > 22 ? [{ type: 'text', interactive: false, from: { data: 'cells' }, encode: { enter: { x: { scale: 'x', field: 'predicted', band: 0.5 }, y: { scale: 'y', field: 'truth', band: 0.5 },
            align: { value: 'center' }, baseline: { value: 'middle' }, fontSize: { value: 11 }, text: { signal: "datum.n > 0 ? datum.n : ''" }, fill: { signal: "datum.share > 0.5 ? '#fff' : '#111'" } } } }] : [])],
      });
    },
  });
}

function regressionCharts(set) {
  const scatter = figure({
    title: `Predicted against actual: ${set.name}`,
    caption: set.points.length < set.n ? `${set.points.length} of ${set.n} rows, drawn evenly.` : `${set.n} rows.`,
    numbers: () => ({ columns: [{ name: 'actual', number: true }, { name: 'predicted', number: true }], rows: set.points }),
    build: (width, palette) => {
      const values = set.points.map(([truth, predicted]) => ({ truth, predicted }));
      const all = set.points.flat();
      const domain = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
      const size = Math.min(360, width - 80);
      return specification(size, size, {
        data: [{ name: 'rows', values }, { name: 'diagonal', values: domain.map((value) => ({ value })) }],
        scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, nice: true, domain }, { name: 'y', type: 'linear', range: 'height', zero: false, nice: true, domain }],
        axes: [{ orient: 'bottom', scale: 'x', title: 'actual', grid: true, tickCount: 5 }, { orient: 'left', scale: 'y', title: 'predicted', grid: true, tickCount: 5 }],
        marks: [
          { type: 'line', from: { data: 'diagonal' }, encode: { enter: { x: { scale: 'x', field: 'value' }, y: { scale: 'y', field: 'value' }, stroke: { value: palette.soft }, strokeDash: { value: [4, 4] } } } },
          { type: 'symbol', from: { data: 'rows' }, encode: { enter: { x: { scale: 'x', field: 'truth' }, y: { scale: 'y', field: 'predicted' }, size: { value: 16 }, fill: { value: palette.accent }, fillOpacity: { value: 0.45 } } } }],
      });
    },
  });
  const { low, width: step, counts } = set.residuals;
  const bars = counts.map((n, i) => ({ from: low + i * step, to: low + (i + 1) * step, n }));
  const residuals = figure({
    title: `Residuals: ${set.name}`, caption: 'Actual minus predicted, of all rows.',
    numbers: () => ({ columns: [{ name: 'from', number: true }, { name: 'to', number: true }, { name: 'rows', number: true }], rows: bars.map((bar) => [bar.from, bar.to, bar.n]) }),
    build: (width, palette) => specification(width - 70, 220, {
      data: [{ name: 'bars', values: bars }],
      scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, domain: [low, low + step * counts.length] }, { name: 'y', type: 'linear', range: 'height', domain: { data: 'bars', field: 'n' } }],
      axes: [{ orient: 'bottom', scale: 'x', title: 'residual', tickCount: 6 }, { orient: 'left', scale: 'y', title: 'rows', grid: true, tickCount: 5 }],
      marks: [{ type: 'rect', from: { data: 'bars' }, encode: { enter: { x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to', offset: -1 }, y: { scale: 'y', field: 'n' }, y2: { scale: 'y', value: 0 }, fill: { value: palette.accent } } } }],
    }),
  });
  const bands = figure({
    title: `Where it errs: ${set.name}`, caption: 'Residuals by predicted value, in tenths of the rows: the median, and the middle four fifths.',
    numbers: () => ({ columns: [{ name: 'predicted', number: true }, { name: '10 %', number: true }, { name: 'median', number: true }, { name: '90 %', number: true }],
      rows: set.bands.map((band) => [band.predicted, band.low, band.median, band.high]) }),
    build: (width, palette) => specification(width - 80, 220, {
      data: [{ name: 'bands', values: set.bands }],
      scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, nice: true, padding: 8, domain: { data: 'bands', field: 'predicted' } }, { name: 'y', type: 'linear', range: 'height', nice: true, domain: { data: 'bands', fields: ['low', 'high'] } }],
      axes: [{ orient: 'bottom', scale: 'x', title: 'predicted', tickCount: 6 }, { orient: 'left', scale: 'y', title: 'residual', grid: true, tickCount: 6 }],
      marks: [
        { type: 'rule', from: { data: 'bands' }, encode: { enter: { x: { scale: 'x', field: 'predicted' }, y: { scale: 'y', field: 'low' }, y2: { scale: 'y', field: 'high' }, stroke: { value: palette.accent }, strokeWidth: { value: 5 }, strokeOpacity: { value: 0.45 } } } },
        { type: 'symbol', from: { data: 'bands' }, encode: { enter: { x: { scale: 'x', field: 'predicted' }, y: { scale: 'y', field: 'median' }, size: { value: 45 }, fill: { value: palette.ink } } } }],
    }),
  });
  const rows = set.series.map(([row, truth, predicted]) => ({ row, truth, predicted }));
  const series = figure({
    title: `Row by row: ${set.name}`, wide: true,
    caption: `The last ${rows.length} rows in the order of the data: actual and predicted.`,
    numbers: () => ({ columns: [{ name: 'row', number: true }, { name: 'actual', number: true }, { name: 'predicted', number: true }], rows: set.series }),
    build: (width, palette) => specification(width - 80, 220, {
      data: [{ name: 'rows', values: rows }],
      scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, domain: { data: 'rows', field: 'row' } }, { name: 'y', type: 'linear', range: 'height', zero: false, nice: true, domain: { data: 'rows', fields: ['truth', 'predicted'] } },
        { name: 'color', type: 'ordinal', domain: ['actual', 'predicted'], range: [palette.soft, palette.accent] }],
      axes: [{ orient: 'bottom', scale: 'x', title: 'row of the data' }, { orient: 'left', scale: 'y', grid: true, tickCount: 6 }],
      legends: [{ stroke: 'color', title: null, orient: 'top', symbolType: 'stroke' }],
      marks: ['truth', 'predicted'].map((field) => ({ type: 'line', from: { data: 'rows' }, encode: { enter: { x: { scale: 'x', field: 'row' }, y: { scale: 'y', field },
        stroke: { scale: 'color', value: field === 'truth' ? 'actual' : 'predicted' }, strokeWidth: { value: 1.5 } } } })),
    }),
  });
  return [scatter, residuals, bands, ...(rows.length > 1 ? [series] : [])];
}

/// Where the predictions err: groups of rows by their order, or by a feature, each with its error.
function errorGroups(sets, isClass) {
  let set = sets[0];
  let by = 0;
  const what = isClass ? 'share of wrong predictions' : 'mean distance from the label';
  const label = (group) => group.name || (group.low === null ? '(missing)' : group.low === group.high ? short(group.low) : `${short(group.low)} to ${short(group.high)}`);
  const title = (each) => each.by || 'order of the rows';
  const rows = () => set.errors[by].groups.map((group, i) => ({ ...group, place: `${i}`, label: `${label(group)} (${group.n})`, from: group.error - 2 * (group.spread ?? 0), to: group.error + 2 * (group.spread ?? 0),
    words: `${label(group)}: ${group.n} rows, ${what} ${short(group.error, 3)}${group.residual === null ? '' : `, mean residual ${short(group.residual, 3)}`}` }));
  const overall = () => { const all = set.errors[0].groups; return all.reduce((sum, group) => sum + group.n * group.error, 0) / all.reduce((sum, group) => sum + group.n, 0); };
  const choice = make('div', { class: 'controls' });
  const choose = () => choice.replaceChildren(
    sets.length > 1 ? select('Rows', sets.map((each, i) => [i, each.name]), sets.indexOf(set), (i) => { set = sets[i]; by = 0; choose(); element.redraw(); }) : '',
    select('In groups by', set.errors.map((each, i) => [i, title(each)]), by, (i) => { by = Number(i); element.redraw(); }));
  const element = figure({
    title: 'Errors by group', controls: choice,
    caption: `The ${what} in groups of rows, with two standard errors to each side; in brackets how many rows. The dashed line is the error of all. The order is that of the data, by time where rows have one; the features are those by which errors differ most. Of more than 5,000 rows some are looked at, drawn evenly.`,
    numbers: () => ({ columns: [{ name: title(set.errors[by]) }, { name: 'rows', number: true }, { name: what, number: true }, { name: 'standard error', number: true }, ...(isClass ? [] : [{ name: 'mean residual', number: true }])],
      rows: set.errors[by].groups.map((group) => [label(group), group.n, group.error, group.spread, ...(isClass ? [] : [group.residual])]) }),
    build: (width, palette) => {
      const values = rows();
      return specification(Math.max(80, width - 210), values.length * 22, {
        data: [{ name: 'groups', values }],
        scales: [{ name: 'x', type: 'linear', range: 'width', zero: true, nice: true, domain: { data: 'groups', fields: ['error', 'to'] } }, { name: 'y', type: 'band', range: 'height', padding: 0.2, domain: values.map((each) => each.place) },
          { name: 'label', type: 'ordinal', domain: values.map((each) => each.place), range: values.map((each) => each.label) }],
        axes: [{ orient: 'bottom', scale: 'x', grid: true, tickCount: 5, title: what }, { orient: 'left', scale: 'y', labelLimit: 190, encode: { labels: { update: { text: { signal: "scale('label', datum.value)" } } } } }],
        marks: [
          { type: 'rule', encode: { enter: { x: { scale: 'x', value: overall() }, y: { value: 0 }, y2: { signal: 'height' }, stroke: { value: palette.soft }, strokeDash: { value: [4, 4] } } } },
          { type: 'rule', clip: true, from: { data: 'groups' }, encode: { enter: { x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to' }, y: { scale: 'y', field: 'place', band: 0.5 }, stroke: { value: palette.accent }, strokeWidth: { value: 3 }, strokeOpacity: { value: 0.5 } } } },
          { type: 'symbol', from: { data: 'groups' }, encode: { enter: { x: { scale: 'x', field: 'error' }, y: { scale: 'y', field: 'place', band: 0.5 }, size: { value: 60 }, fill: { value: palette.accent }, tooltip: { field: 'words' } } } }],
      });
    },
  });
  choose();
  return element;
}

/// What features have added to single predictions: a dot a row and feature.
function contributionDots(all, isHeldOut) {
  const spread = (i) => ((i * 0.618033988749895) % 1) - 0.5;  // so that dots do not hide each other
  const values = all.flatMap((each) => each.added.map((added, i) => ({ name: each.name, added, rank: each.rank[i], shift: spread(i) * 0.7,
    words: `${each.name} ${each.value[i] === null ? 'is missing' : `= ${short(each.value[i])}`}: ${added > 0 ? '+' : ''}${short(added, 3)}` })));
  return figure({
    title: 'What features add to predictions', wide: true,
    caption: `A dot is one of ${all[0].added.length} ${isHeldOut ? 'held-out' : 'training'} rows, drawn evenly: how far the feature has moved its prediction (SHAP values, in units of the model's margin). Colour tells whether the feature was low or high among these rows; grey, that it was missing.`,
    numbers: () => ({ columns: [{ name: 'feature' }, { name: 'mean, up or down', number: true }, { name: 'least', number: true }, { name: 'greatest', number: true }],
      rows: all.map((each) => [each.name, each.mean, Math.min(...each.added), Math.max(...each.added)]) }),
    build: (width, palette) => specification(Math.max(80, Math.min(800, width - 240)), all.length * 28, {
      data: [{ name: 'dots', values }],
      scales: [{ name: 'x', type: 'linear', range: 'width', nice: true, domain: { data: 'dots', field: 'added' } }, { name: 'y', type: 'band', range: 'height', domain: all.map((each) => each.name) },
        { name: 'color', type: 'linear', range: ['#2166ac', '#b07aa1', '#d6604d'], domain: [0, 0.5, 1] }],
      axes: [{ orient: 'bottom', scale: 'x', grid: true, tickCount: 6, title: 'added to the prediction' }, { orient: 'left', scale: 'y', labelLimit: 210 }],
      legends: [{ fill: 'color', orient: 'bottom', title: 'low to high', direction: 'horizontal', gradientLength: 120, values: [0, 1] }],
      marks: [
        { type: 'rule', encode: { enter: { x: { scale: 'x', value: 0 }, y: { value: 0 }, y2: { signal: 'height' }, stroke: { value: palette.soft } } } },
        { type: 'symbol', from: { data: 'dots' }, encode: { enter: { x: { scale: 'x', field: 'added' }, y: { signal: "scale('y', datum.name) + bandwidth('y') * (0.5 + datum.shift)" }, size: { value: 18 },
          fill: { signal: `datum.rank === null ? '${palette.soft}' : scale('color', datum.rank)` }, fillOpacity: { value: 0.75 }, tooltip: { field: 'words' } } } }],
    }),
  });
}

/// Whether held-out rows are like those that were learnt from.
export function driftCharts(drift) {
  if (!drift?.length) return null;
  const drawn = drift.filter((each) => each.before);
  const parts = [bars({ title: 'How far features have moved', caption: `The ${drift.length} that differ most: the greatest difference between the shares of rows up to a value (of names, half the sum of the differences). 0 is alike, 1 has no value in common. Among few rows some difference is chance.`,
    rows: drift, value: 'distance', format: '~g' })];
  if (drawn.length) {
    let one = drawn[0];
    const share = (counts) => { const all = counts.reduce((a, b) => a + b, 0); return counts.map((n) => all ? n / all : 0); };
    const values = () => [['learnt from', one.before], ['held out', one.after]].flatMap(([side, counts]) => share(counts).map((height, i) => ({ side, height, n: counts[i], from: one.low + i * one.width, to: one.low + (i + 1) * one.width })));
    const element = figure({
      title: 'Then and now', controls: make('div', { class: 'controls' }, select('Feature', drawn.map((each, i) => [i, each.name]), 0, (i) => { one = drawn[i]; element.redraw(); })),
      caption: 'Shares of the rows with a value, of those that were learnt from and of those held out.',
      numbers: () => ({ columns: [{ name: 'rows' }, { name: 'from', number: true }, { name: 'to', number: true }, { name: 'rows there', number: true }], rows: values().map((each) => [each.side, each.from, each.to, each.n]) }),
      build: (width, palette) => specification(width - 70, 220, {
        data: [{ name: 'bars', values: values() }],
        scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, domain: [one.low, one.low + one.width * one.before.length] }, { name: 'y', type: 'linear', range: 'height', domain: { data: 'bars', field: 'height' } },
          { name: 'color', type: 'ordinal', domain: ['learnt from', 'held out'], range: [palette.accent, palette.warn] }],
        axes: [{ orient: 'bottom', scale: 'x', title: one.name, tickCount: 6 }, { orient: 'left', scale: 'y', title: 'share of rows', grid: true, tickCount: 5 }],
        legends: [{ fill: 'color', title: null, orient: 'top' }],
        marks: [{ type: 'rect', from: { data: 'bars' }, encode: { enter: { x: { scale: 'x', field: 'from' }, x2: { scale: 'x', field: 'to', offset: -1 }, y: { scale: 'y', field: 'height' }, y2: { scale: 'y', value: 0 },
          fill: { scale: 'color', field: 'side' }, fillOpacity: { value: 0.5 }, tooltip: { signal: "datum.side + ': ' + datum.n + ' rows'" } } } }],
      }),
    });
    parts.push(element);
  }
  return section('drift', 'Are the held-out rows like the others?', make('div', { class: 'figures' }, parts),
    table([{ name: 'feature', wide: true }, { name: 'distance', number: true }, { name: 'missing before', number: true }, { name: 'missing after', number: true }, { name: 'mean before', number: true }, { name: 'mean after', number: true }],
      drift.slice(0, 10).map((each) => [each.name, each.value, each.missing[0], each.missing[1], each.mean[0], each.mean[1]]), 'Features that have moved'));
}

export function bars({ title, caption, rows, value, spread, format = '~s' }) {
  return figure({
    title, caption,
    numbers: () => ({ columns: [{ name: 'feature' }, { name: value, number: true }, ...(spread ? [{ name: 'std', number: true }] : [])], rows: rows.map((row) => [row.name, row.value, ...(spread ? [row.std] : [])]) }),
    build: (width, palette) => specification(Math.max(80, width - 240), rows.length * 20, {
      data: [{ name: 'rows', values: rows.map((row) => ({ ...row, low: row.value - (row.std ?? 0), high: row.value + (row.std ?? 0) })) }],
      scales: [{ name: 'x', type: 'linear', range: 'width', zero: true, nice: true, domain: { data: 'rows', fields: ['low', 'high'] } }, { name: 'y', type: 'band', range: 'height', padding: 0.2, domain: rows.map((row) => row.name) }],
      axes: [{ orient: 'bottom', scale: 'x', grid: true, tickCount: 4, format }, { orient: 'left', scale: 'y', labelLimit: 210 }],
      marks: [
        { type: 'rect', from: { data: 'rows' }, encode: { enter: { x: { scale: 'x', value: 0 }, x2: { scale: 'x', field: 'value' }, y: { scale: 'y', field: 'name' }, height: { scale: 'y', band: 1 }, fill: { value: palette.accent }, tooltip: { signal: "datum.name + ': ' + datum.value" } } } },
        ...(spread ? [{ type: 'rule', from: { data: 'rows' }, encode: { enter: { x: { scale: 'x', field: 'low' }, x2: { scale: 'x', field: 'high' }, y: { scale: 'y', field: 'name', band: 0.5 }, stroke: { value: palette.ink } } } }] : [])],
    }),
  });
}

export function modelCharts(model) {
  const parts = [];
  const binary = model.sets.filter((set) => set.cuts);
  if (binary.length) parts.push(...binaryCharts(binary));
  for (const set of model.sets) {
    if (set.confusion) parts.push(confusion(set));
    if (set.per_class?.length) {
      parts.push(curve({ title: `ROC, each class against all others: ${set.name}`, caption: 'In brackets the area below.', sets: set.per_class.map((each) => ({ ...each, label: `${each.label} (${short(each.auc, 3)})` })),
        x: 'false positive rate', y: 'true positive rate', reference: kDiagonal, points: (each) => rates(each.cuts).map((rate) => ({ x: rate.fall, y: rate.recall, words: `${each.label}: ${short(rate.fall, 3)}, ${short(rate.recall, 3)}` })) }));
    }
    if (set.points) parts.push(...regressionCharts(set));
  }
  const judged = model.sets.filter((set) => set.errors?.length);
  if (judged.length) parts.push(errorGroups(judged, model.is_class));
  if (model.contributions?.length) parts.push(contributionDots(model.contributions, model.sets.some((set) => set.name === 'held-out rows')));
  for (const way of model.importances) {
    parts.push(bars({ title: `Features that matter: ${way.name}`, caption: way.meaning, rows: way.features, value: way.name, spread: way.spread }));
  }
  if (!parts.length) return null;
  return section('model', 'The chosen model', make('p', {}, 'Every row here was predicted by a model that was not fitted on it, unless a picture says otherwise.'), make('div', { class: 'figures' }, parts));
}
