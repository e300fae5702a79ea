// The candidates of a search, as the pictures need them.

/// Wraps the data of a search: scores by metric, candidate and fold, better ones first whatever their sign.
export class Candidates {
  constructor(search) {
    this.search = search;
    this.n = search.n_candidates;
    this.folds = search.n_folds;
    this.metrics = search.metrics;
    // A parameter that a candidate does not have, as it is another model's, stands as empty text.
    for (const param of search.params) param.values = param.values.map((value) => value === '' ? undefined : value);
    this.params = search.params;
    // As in cv_results: a candidate with a fold without a score has no mean.
    search.mean ??= search.test.map((scores) => Array.from({ length: this.n }, (_, i) => {
      const own = scores.slice(i * this.folds, (i + 1) * this.folds);
      return own.includes(null) ? null : own.reduce((a, b) => a + b, 0) / this.folds;
    }));
    this.metric = search.chosen_by;
  }

  mean(candidate, metric = this.metric) { return this.search.mean[metric][candidate]; }
  std(candidate, metric = this.metric) {
    const scores = this.scores(candidate, metric);
    const mean = this.mean(candidate, metric);
    return mean === null ? null : Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  }
  rank(candidate, metric = this.metric) { return this.search.rank[metric][candidate]; }
  scores(candidate, metric = this.metric) {
    return this.search.test[metric].slice(candidate * this.folds, (candidate + 1) * this.folds);
  }
  get name() { return this.metrics[this.metric]; }
  value(param, candidate) { return param.values[candidate]; }

  /// Parameters that take more than one value.
  varied() { return this.params.filter((param) => new Set(param.values.filter((value) => value !== undefined).map(text)).size > 1); }

  words(candidate) {
    return this.params.filter((param) => param.values[candidate] !== undefined)
      .map((param) => `${param.name}=${brief(param.values[candidate])}`).join(', ');
  }

  order() {
    const all = Array.from({ length: this.n }, (_, i) => i);
    return all.sort((a, b) => this.rank(a) - this.rank(b) || a - b);
  }
}

/// A value in few digits, for reading; `text` is exact.
export function brief(value) {
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(5))) : text(value);
}

export function text(value) {
  return value === null || value === undefined ? 'null' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/// Distinct values of a parameter, in order: numbers by size, else as they come.
export function distinct(values) {
  const seen = new Map(values.map((value) => [text(value), value]));
  const all = [...seen.values()];
  if (all.every((value) => typeof value === 'number')) all.sort((a, b) => a - b);
  return all.map(text);
}
