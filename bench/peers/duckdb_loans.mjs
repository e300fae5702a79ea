// The 197 features of loans_features.yaml as SQL on DuckDB, from the same CSV files.
//
//   node bench/peers/duckdb_loans.mjs FOLDER [THREADS [OUT.parquet]]
//   node bench/peers/duckdb_loans.mjs FOLDER THREADS --load-only        reads the CSV files into memory, and no more
//
// Needs npm's @duckdb/node-api. Prints seconds for reading the CSV files, computing and writing, and the peak memory. MODE
// takes the smallest of the most frequent values and SKEW is 0 for equal values, as in Featuretools.
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, threads = '1', output] = process.argv.slice(2);
const loadOnly = output === '--load-only';
const tables = {
  applicants: {
    time: ['application_time', 'birth_date'],
    number: ['income', 'credit_amount', 'annuity', 'ext_score'], integer: ['n_children'],
    word: ['education', 'family_status', 'region'], flag: ['owns_car', 'owns_realty'],
    order: 'applicant_id target application_time birth_date income credit_amount annuity n_children ext_score education ' +
           'family_status region owns_car owns_realty',
  },
  bureau: {
    time: ['open_time'], number: ['amount', 'debt'], integer: ['days_overdue', 'prolonged'],
    word: ['credit_type', 'status'], flag: ['secured'],
    order: 'bureau_id applicant_id open_time credit_type status amount debt days_overdue prolonged secured',
  },
  balances: {
    time: ['month'], number: ['balance'], integer: [], word: ['state'], flag: ['paid'],
    order: 'balance_id bureau_id month state balance paid',
  },
  previous: {
    time: ['decision_time'], number: ['asked', 'granted'], integer: [], word: ['contract_type', 'outcome'],
    flag: ['insured'], order: 'prev_id applicant_id decision_time contract_type outcome asked granted insured',
  },
  card: {
    time: ['activity_time'], number: ['amount'], integer: ['items'], word: ['kind', 'merchant'], flag: ['online'],
    order: 'activity_id applicant_id activity_time kind merchant amount items online',
  },
};

const seconds = () => performance.now() / 1000;
const quote = name => `"${name}"`;
const connection = await (await DuckDBInstance.create(':memory:', { threads })).connect();
const run = sql => connection.run(sql);

function typeOf(table, column) {
  const has = kind => (tables[table][kind] || []).includes(column);
  return has('time') ? 'TIMESTAMP' : has('number') ? 'DOUBLE' : has('word') ? 'VARCHAR' : has('flag') ? 'BOOLEAN' : 'BIGINT';
}

async function load(table) {
  const columns = tables[table].order.split(' ').map(name => `'${name}': '${typeOf(table, name)}'`).join(', ');
  await run(`CREATE TABLE ${table} AS
             SELECT * FROM read_csv('${folder}/${table}.csv', header = true, columns = {${columns}}, nullstr = '')`);
}

// An input is what SQL calls it and what its features call it; `without` names aggregations that do not stack on it.
const input = (sql, name = sql, without = []) => ({ sql, name, without });
const parts = { DAY: 'day', MONTH: 'month', WEEKDAY: 'weekday0', YEAR: 'year' };
const calendar = columns =>
  columns.flatMap(column => Object.entries(parts).map(([name, f]) => input(`${f}(${column})`, `${name}(${column})`)));
const ofNumbers = {
  MAX: sql => `max(${sql})`, MEAN: sql => `avg(${sql})`, MIN: sql => `min(${sql})`, SKEW: sql => `skew0(${sql})`,
  STD: sql => `stddev_samp(${sql})`, SUM: sql => `coalesce(sum(${sql}), 0)`,
};

function aggregates(table, { numbers, flags, words }) {
  const named = (sql, name) => `${sql} AS ${quote(name)}`;
  const all = [named('count(*)', `COUNT(${table})`)];
  for (const { sql, name, without } of numbers) {
    for (const [f, write] of Object.entries(ofNumbers)) {
      if (!without.includes(f)) all.push(named(write(sql), `${f}(${table}.${name})`));
    }
  }
  for (const { sql, name } of flags) all.push(named(`avg(CASE WHEN ${sql} THEN 1.0 ELSE 0.0 END)`, `PERCENT_TRUE(${table}.${name})`));
  for (const { sql, name } of words) {
    all.push(named(`mode(${sql} ORDER BY ${sql})`, `MODE(${table}.${name})`));
    all.push(named(`count(DISTINCT ${sql})`, `NUM_UNIQUE(${table}.${name})`));
  }
  return all.join(', ');
}

const plain = names => names.map(name => input(name));
const own = table => ({
  numbers: plain([...tables[table].number, ...tables[table].integer]), flags: plain(tables[table].flag),
  words: [...plain(tables[table].word), ...(table === 'balances' ? [] : calendar(tables[table].time))],
});

async function compute() {
  await run(`CREATE TABLE of_credit AS SELECT bureau_id, ${aggregates('balances', own('balances'))} FROM balances GROUP BY bureau_id`);
  await run(`CREATE TABLE credits AS SELECT bureau.*, of_credit.* EXCLUDE (bureau_id) FROM bureau LEFT JOIN of_credit USING (bureau_id)`);
  const made = (f, column, without = []) => {
    const name = f === 'COUNT' ? 'COUNT(balances)' : `${f}(balances.${column})`;
    return input(f === 'COUNT' || f === 'SUM' ? `coalesce(${quote(name)}, 0)` : quote(name), name, without);
  };
  const direct = own('bureau');
  direct.numbers.push(made('COUNT', '', ['SUM']), made('MAX', 'balance', ['MAX']), made('MEAN', 'balance'), made('MIN', 'balance', ['MIN']),
                      made('NUM_UNIQUE', 'state'), made('PERCENT_TRUE', 'paid'), made('SKEW', 'balance', ['SKEW']),
                      made('STD', 'balance', ['STD']), made('SUM', 'balance', ['SUM']));
  direct.words.push(made('MODE', 'state'));
  await run(`CREATE TABLE by_bureau AS SELECT applicant_id, ${aggregates('bureau', direct)} FROM credits GROUP BY applicant_id`);
  const of = column => input(`bureau.${column}`, `bureau.${column}`);
  const below = own('balances');
  below.numbers.push(...['amount', 'debt', 'days_overdue', 'prolonged'].map(of));
  below.flags.push(of('secured'));
  below.words.push(of('credit_type'), of('status'));
  await run(`CREATE TABLE by_balances AS SELECT bureau.applicant_id, ${aggregates('balances', below)}
             FROM balances JOIN bureau USING (bureau_id) GROUP BY bureau.applicant_id`);
  for (const table of ['previous', 'card']) {
    await run(`CREATE TABLE by_${table} AS SELECT applicant_id, ${aggregates(table, own(table))} FROM ${table} GROUP BY applicant_id`);
  }
  const joined = ['bureau', 'balances', 'previous', 'card'].map(table => `by_${table}`);
  const columns = [];
  for (const table of joined) {
    const rows = await (await connection.runAndReadAll(`SELECT column_name FROM duckdb_columns() WHERE table_name = '${table}'
                                                        AND column_name <> 'applicant_id' ORDER BY column_index`)).getRows();
    for (const [name] of rows) {
      const whole = `${table}.${quote(name)}`;
      columns.push(/^(COUNT|SUM)\(/.test(name) ? `coalesce(${whole}, 0) AS ${quote(name)}` : whole);
    }
  }
  const times = calendar(tables.applicants.time).map(each => `${each.sql} AS ${quote(each.name)}`);
  await run(`CREATE TABLE features AS
             SELECT applicants.* EXCLUDE (target, application_time, birth_date), ${[...times, ...columns].join(', ')}
             FROM applicants ${joined.map(table => `LEFT JOIN ${table} USING (applicant_id)`).join(' ')} ORDER BY applicant_id`);
}

await run('CREATE MACRO weekday0(x) AS isodow(x) - 1');
await run(`CREATE MACRO skew0(x) AS CASE WHEN count(x) < 3 THEN NULL WHEN min(x) = max(x) THEN 0 ELSE skewness(x) END`);
const start = seconds();
for (const table of Object.keys(tables)) await load(table);
const loaded = seconds();
if (loadOnly) {
  console.log(JSON.stringify({ read_s: (loaded - start).toFixed(2), peak_mib: Math.round(process.resourceUsage().maxRSS / 1024) }));
  process.exit(0);
}
await compute();
const computed = seconds();
if (output) await run(`COPY features TO '${output}'`);
const written = seconds();
const count = (await (await connection.runAndReadAll('SELECT count(*) FROM duckdb_columns() WHERE table_name = \'features\'')).getRows())[0][0];
console.log(JSON.stringify({
  columns: Number(count), read_s: (loaded - start).toFixed(2), compute_s: (computed - loaded).toFixed(2),
  write_s: (written - computed).toFixed(2), peak_mib: Math.round(process.resourceUsage().maxRSS / 1024),
}));
