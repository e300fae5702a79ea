// Small helpers to make elements. Text from the data goes into the page as text, never as markup.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export function section(id, title, ...children) {
  return make('section', { id, 'aria-labelledby': id + '-title' }, make('h2', { id: id + '-title' }, title), children);
}

export function select(label, options, chosen, onchange) {
  const list = make('select', { onchange: () => onchange(list.value) },
    options.map(([value, text]) => make('option', { value, selected: String(value) === String(chosen) }, text)));
  return make('label', {}, label, list);
}

/// A number as people read it: some digits, not all.
export function short(value, digits = 4) {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-4)) return value.toExponential(digits - 1).replace(/\.?0+e/, 'e');
  if (size >= 1000) return value.toFixed(1);
  return size >= 0.1 ? value.toFixed(digits) : value.toPrecision(digits);
}

export function seconds(value) {
  if (value === null || value === undefined) return '';
  if (value < 1) return `${(value * 1000).toPrecision(3)} ms`;
  if (value < 120) return `${value.toPrecision(3)} s`;
  return value < 7200 ? `${(value / 60).toFixed(1)} min` : `${(value / 3600).toFixed(1)} h`;
}

export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit + 1 < units.length) { value /= 1024; ++unit; }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function tile(name, value, more = '') {
  return make('div', { class: 'tile' }, make('div', { class: 'name' }, name), make('div', { class: String(value).length > 16 ? 'value long' : 'value' }, value),
    more ? make('div', { class: 'more' }, more) : null);
}

/// A plain table; `columns`: [{name, number}], `rows`: lists of texts, numbers or elements.
export function table(columns, rows, caption) {
  const cell = (tag, column, content) =>
    make(tag, { class: column.number ? 'number' : column.wide ? 'wrap' : null, scope: tag === 'th' ? 'col' : null },
      typeof content === 'number' ? short(content) : content ?? '');
  return make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    make('table', {}, make('thead', {}, make('tr', {}, columns.map((each) => cell('th', each, each.name)))),
      make('tbody', {}, rows.map((row) => make('tr', {}, row.map((each, i) => cell('td', columns[i], each)))))));
}

export function download(name, text, type = 'text/csv') {
  const link = make('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

export function csv(rows) {
  const field = (value) => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => row.map(field).join(',')).join('\n') + '\n';
}

/// A value as YAML takes it, so that what is copied can stand in a config.
export function yaml(value) {
  return value === undefined ? 'null' : JSON.stringify(value);
}
