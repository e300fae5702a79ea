// Several runs beside each other.
import { figure, specification } from './chart.js';
import { make, seconds, section, short, table } from './dom.js';

function scores(runs, metric) {
  const points = runs.flatMap((run) => (run.scores[metric] ?? []).map((score, fold) => ({ run: run.name, score, fold })).filter((point) => point.score !== null));
  const means = runs.map((run) => {
    const own = (run.scores[metric] ?? []).filter((score) => score !== null);
    return { run: run.name, mean: own.length ? own.reduce((a, b) => a + b, 0) / own.length : null };
  }).filter((each) => each.mean !== null);
  return figure({
    title: metric, caption: 'Dots are the folds of the best candidate of each run, the stroke is their mean.',
    numbers: () => ({ columns: [{ name: 'run' }, { name: 'fold', number: true }, { name: metric, number: true }], rows: points.map((point) => [point.run, point.fold, point.score]) }),
    build: (width, palette) => specification(Math.max(120, width - 190), runs.length * 32, {
      data: [{ name: 'points', values: points }, { name: 'means', values: means }],
      scales: [{ name: 'x', type: 'linear', range: 'width', zero: false, nice: true, padding: 6, domain: { data: 'points', field: 'score' } }, { name: 'y', type: 'band', range: 'height', domain: runs.map((run) => run.name) }],
      axes: [{ orient: 'bottom', scale: 'x', grid: true, tickCount: 5 }, { orient: 'left', scale: 'y', labelLimit: 150 }],
      marks: [
        { type: 'symbol', from: { data: 'points' }, encode: { enter: { x: { scale: 'x', field: 'score' }, y: { scale: 'y', field: 'run', band: 0.5 }, size: { value: 40 }, fill: { value: palette.accent }, fillOpacity: { value: 0.6 } } } },
        { type: 'rect', from: { data: 'means' }, encode: { enter: { xc: { scale: 'x', field: 'mean' }, width: { value: 2 }, y: { scale: 'y', field: 'run', band: 0.2 }, height: { scale: 'y', band: 0.6 }, fill: { value: palette.ink } } } }],
    }),
  });
}

export function comparisonPage(page) {
  const { runs, metrics, differences, tests } = page.comparison;
  const facts = table([{ name: 'run' }, { name: 'model' }, { name: 'best parameters', wide: true }, ...metrics.map((metric) => ({ name: metric, number: true })), ...metrics.map((metric) => ({ name: `held out: ${metric}`, number: true })),
    { name: 'candidates', number: true }, { name: 'fits', number: true }, { name: 'fitting', number: true }],
  runs.map((run) => [run.name, run.model, run.best, ...metrics.map((metric) => {
    const own = (run.scores[metric] ?? []).filter((score) => score !== null);
    return own.length ? own.reduce((a, b) => a + b, 0) / own.length : '';
  }), ...metrics.map((metric) => run.held_out[metric] ?? ''), run.n_candidates, run.n_fits, seconds(run.fit_seconds)]), 'The runs');
  return [
    section('runs', 'The runs', facts),
    section('scores', 'Scores', make('div', { class: 'figures' }, metrics.map((metric) => scores(runs, metric)))),
    section('tests', 'Is the difference real?', tests.length ? [make('p', {}, 'A corrected resampled t test of the best candidates on the folds that both runs share. A small p means that chance alone would seldom make such a difference. The best of many candidates looks better than it is, in every run.'),
      table([{ name: 'metric' }, { name: 'run' }, { name: 'against' }, { name: 'difference', number: true }, { name: 'p', number: true }], tests.map((test) => [test.metric, test.first, test.second, test.difference, test.p ?? test.why]), 'Tests')]
      : make('p', {}, 'The runs share no metric.')),
    section('config', 'What differs in the configs', differences.length ? table([{ name: 'option' }, ...runs.map((run) => ({ name: run.name, wide: true }))], differences, 'Differences') : make('p', {}, 'Nothing differs.')),
  ];
}
