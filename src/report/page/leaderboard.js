// The table of candidates: sorted, filtered, copied, downloaded.
import { csv, download, make, seconds, section, select, short, yaml } from './dom.js';
import { brief, text } from './candidates.js';

const kPage = 25;

/// The scores of the folds as dots on a line.
function dots(scores, low, high) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('width', 90);
  svg.setAttribute('height', 14);
  svg.setAttribute('class', 'dots');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `folds: ${scores.map((score) => short(score)).join(', ')}`);
  const line = document.createElementNS(ns, 'line');
  for (const [name, value] of [['x1', 3], ['x2', 87], ['y1', 7], ['y2', 7], ['stroke', 'var(--line)']]) line.setAttribute(name, value);
  svg.append(line);
  for (const score of scores) {
    if (score === null) continue;
    const dot = document.createElementNS(ns, 'circle');
    dot.setAttribute('cx', 3 + 84 * (high > low ? (score - low) / (high - low) : 0.5));
    dot.setAttribute('cy', 7);
    dot.setAttribute('r', 2.5);
    dot.setAttribute('fill', 'var(--accent)');
    dot.setAttribute('fill-opacity', 0.75);
    svg.append(dot);
  }
  return svg;
}

/// "C>1 gamma=0.01 poly": words that a candidate must all meet.
function matcher(candidates, words) {
  const tests = words.trim().split(/\s+/).filter(Boolean).map((word) => {
    const parts = /^(.+?)(<=|>=|!=|=|<|>)(.*)$/.exec(word);
    const param = parts && candidates.params.find((each) => each.name === parts[1]);
    if (!param) return (i) => candidates.words(i).toLowerCase().includes(word.toLowerCase());
    const [, , sign, wanted] = parts;
    const number = Number(wanted);
    return (i) => {
      const value = param.values[i];
      if (sign === '=') return text(value) === wanted || (typeof value === 'number' && value === number);
      if (sign === '!=') return text(value) !== wanted && !(typeof value === 'number' && value === number);
      if (typeof value !== 'number' || Number.isNaN(number)) return false;
      return { '<': value < number, '>': value > number, '<=': value <= number, '>=': value >= number }[sign];
    };
  });
  return (i) => tests.every((test) => test(i));
}

export function leaderboard(candidates, name, chosen) {
  const { search } = candidates;
  const columns = [
    { name: 'rank', number: true, key: (i) => candidates.rank(i) },
    ...candidates.metrics.map((metric, m) => ({ name: metric, number: true, metric: m, key: (i) => candidates.mean(i, m) })),
    { name: 'folds', key: (i) => candidates.std(i) },
    { name: 'fit', number: true, key: (i) => search.fit_time[i] },
    ...(search.n_resources ? [{ name: 'resources', number: true, key: (i) => search.n_resources[i] }] : []),
    ...(search.failed.some((n) => n > 0) ? [{ name: 'failed', number: true, key: (i) => search.failed[i] }] : []),
    ...candidates.params.map((param) => ({ name: param.name, param, key: (i) => param.values[i] })),
  ];
  let sorted = columns[0];
  let descending = false;
  let filter = '';
  let shown = kPage;
  const [low, high] = (() => {
    const all = search.test[candidates.metric].filter((value) => value !== null);
    return all.length ? [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))] : [0, 1];
  })();
  const status = make('p', { class: 'status small soft', role: 'status' });
  const head = make('tr');
  const body = make('tbody');
  const more = make('button', { type: 'button', onclick: () => { shown += 100; fill(); } }, 'Show 100 more');

  const compare = (a, b) => {
    const [x, y] = [sorted.key(a), sorted.key(b)];
    if (x === y) return a - b;
    if (x === null || x === undefined) return 1;
    if (y === null || y === undefined) return -1;
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : text(x) < text(y) ? -1 : 1;
    return descending ? -order : order;
  };
  const rows = () => {
    const fits = matcher(candidates, filter);
    return Array.from({ length: candidates.n }, (_, i) => i).filter(fits).sort(compare);
  };
  const cells = (i) => columns.map((column) => {
    if (column.metric !== undefined) {
      return make('td', { class: 'number', title: `\u00b1 ${short(candidates.std(i, column.metric))}` }, short(column.key(i)));
    }
    if (column.name === 'folds' && !column.param) return make('td', {}, dots(candidates.scores(i), low, high));
    if (column.name === 'fit' && !column.param) return make('td', { class: 'number' }, seconds(column.key(i)));
    const value = column.key(i);
    return make('td', { class: typeof value === 'number' ? 'number' : null, title: column.param && value !== undefined ? text(value) : null },
      value === undefined ? '' : column.param ? brief(value) : short(value));
  });
  const fill = () => {
    const all = rows();
    for (const [i, cell] of [...head.children].entries()) {
      if (columns[i]) cell.setAttribute('aria-sort', columns[i] === sorted ? (descending ? 'descending' : 'ascending') : 'none');
    }
    body.replaceChildren(...all.slice(0, shown).map((i) => make('tr', { class: i === chosen ? 'chosen' : null }, cells(i),
      make('td', {}, make('button', { type: 'button', 'aria-label': `Copy the parameters of candidate ${i}`, onclick: () => copy(i) }, 'Copy')))));
    status.textContent = `${all.length} of ${candidates.n} candidates; ${Math.min(shown, all.length)} shown` +
      (chosen === null ? '.' : '. The marked one was fitted again on all training rows.');
    more.hidden = shown >= all.length;
  };
  const copy = async (i) => {
    const words = candidates.params.filter((param) => param.values[i] !== undefined)
      .map((param) => `${param.name}: ${yaml(param.values[i])}\n`).join('');
    try {
      await navigator.clipboard.writeText(words);
      status.textContent = `The parameters of candidate ${i} are copied, as YAML.`;
    } catch {
      const area = make('textarea', { rows: candidates.params.length + 1, 'aria-label': 'Parameters as YAML' });
      area.value = words;
      status.replaceChildren(area);
      area.select();
    }
  };
  for (const column of columns) {
    head.append(make('th', { scope: 'col', class: column.number ? 'number' : null }, make('button', { type: 'button', onclick: () => {
      descending = sorted === column ? !descending : column.metric !== undefined;
      sorted = column;
      fill();
    } }, column.name)));
  }
  head.append(make('th', { scope: 'col' }, 'YAML'));
  const find = make('input', { type: 'search', placeholder: 'C>1 kernel=rbf', oninput: () => { filter = find.value; shown = kPage; fill(); } });
  const save = () => download(`${name}.csv`, csv([columns.map((column) => column.name),
    ...rows().map((i) => columns.map((column) => column.name === 'folds' ? candidates.scores(i).join(' ') : column.key(i)))]));
  fill();
  return section('leaderboard', 'Candidates',
    make('p', {}, 'Each row is a set of hyperparameters. A score is the mean over the folds; the dots are the folds, left is the lowest of all.'),
    make('div', { class: 'controls' }, make('label', {}, 'Filter', find),
      candidates.metrics.length > 1 ? select('Rank and dots by', candidates.metrics.map((each, m) => [m, each]), candidates.metric,
        (m) => document.dispatchEvent(new CustomEvent('metric', { detail: Number(m) }))) : null,
      make('button', { type: 'button', onclick: save }, 'Download as CSV')),
    status,
    make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of candidates' },
      make('table', { id: 'candidates' }, make('thead', {}, head), body)),
    more);
}
