// Puts the page together from the data that stands in it.
import { drawAll, followWindow } from './chart.js';
import { bytes, make, seconds, section, short, table, tile } from './dom.js';
import { Candidates } from './candidates.js';
import { leaderboard } from './leaderboard.js';
import { searchCharts, timeline } from './search_charts.js';
import { parallelCoordinates } from './parallel.js';
import { driftCharts, modelCharts } from './model_charts.js';
import { featuresPage } from './features.js';
import { comparisonPage } from './comparison.js';

const page = JSON.parse(document.getElementById('data').textContent);
const content = document.getElementById('content');

function checks(list) {
  if (!list.length) return section('checks', 'Checks', make('p', {}, 'Nothing that looks wrong was found.'));
  return section('checks', 'Checks', make('ul', { class: 'checks' }, list.map((check) =>
    make('li', { class: check.level }, make('b', {}, check.what), check.why ? make('div', {}, check.why) : null,
      check.cure ? make('div', { class: 'soft' }, check.cure) : null))));
}

function howTo(text) {
  return section('repeat', 'How to repeat it',
    text.command ? make('div', {}, make('p', {}, 'This command gave these results:'), make('pre', {}, text.command)) : null,
    text.predict ? make('div', {}, make('p', {}, 'New rows are predicted by:'), make('pre', {}, text.predict)) : null,
    make('details', {}, make('summary', {}, 'The whole config, defaults written out'), make('pre', {}, text.config)));
}

function work(search, candidates) {
  const facts = [];
  const { work: done } = search;
  if (done.ranks) facts.push(tile('Ranks', String(done.ranks), done.hosts.join(', ')));
  if (done.busy_s !== undefined) facts.push(tile('Working', seconds(done.busy_s), `${seconds(done.idle_s)} idle`));
  if (done.peak_bytes !== undefined) facts.push(tile('Memory of a rank', bytes(done.peak_bytes), `${bytes(done.read_bytes)} read`));
  facts.push(tile('Fits', String(search.n_fits), search.n_failed ? `${search.n_failed} failed` : 'none failed'));
  if (done.fit_seconds) facts.push(tile('All fits together', seconds(done.fit_seconds), 'fitting and scoring'));
  return section('work', 'What it cost', make('div', { class: 'tiles' }, facts), make('div', { class: 'figures' }, timeline(done, candidates) ?? []),
    done.plan.length ? make('details', {}, make('summary', {}, 'The plan'), table([{ name: 'what' }, { name: '' }], done.plan, 'The plan of the search')) : null);
}

function searchPage() {
  const { search } = page;
  const candidates = new Candidates(search);
  const tiles = page.tiles.map((each) => tile(each.name, each.value, each.more));
  const parts = [leaderboard(candidates, page.file, search.chosen)];
  const charts = searchCharts(candidates);
  const parallel = parallelCoordinates(candidates);
  if (parallel) charts[0].querySelector('.figures').append(parallel);
  parts.push(...charts);
  const model = modelCharts(page.model);
  if (model) parts.push(model);
  const drift = driftCharts(page.model.drift);
  if (drift) parts.push(drift);
  parts.push(checks(page.checks), work(search, candidates), howTo(page.text));
  return [make('div', { class: 'tiles' }, tiles), ...parts];
}

function show() {
  const parts = page.kind === 'search' ? searchPage() : page.kind === 'features' ? [
    make('div', { class: 'tiles' }, page.tiles.map((each) => tile(each.name, each.value, each.more))), ...featuresPage(page), checks(page.checks), howTo(page.text)] : comparisonPage(page);
  const links = parts.flat().filter((part) => part?.tagName === 'SECTION').map((part) => make('a', { href: '#' + part.id }, part.querySelector('h2').textContent));
  content.replaceChildren(make('header', {}, make('h1', {}, page.title), make('p', { class: 'soft' }, page.subtitle), make('nav', { 'aria-label': 'Sections' }, links)), ...parts.flat());
}

function start() {
  const begun = performance.now();
  show();
  document.documentElement.dataset.shown = String(Math.round(performance.now()));
  followWindow();
  document.addEventListener('metric', (event) => {
    page.search.chosen_by = event.detail;
    show();
    drawAll();
  });
  drawAll().then(() => {
    document.documentElement.dataset.ready = String(Math.round(performance.now() - begun));
  }, (error) => {
    document.documentElement.dataset.error = String(error);
    throw error;
  });
}

start();
