#!/usr/bin/env python3
"""Shows gridmill files that are broken in ways nobody thought of, and tells what it does about them.

Each mutant is a small, sound file (CSV, LIBSVM text, gz, xz, YAML, JSON, a model) with a few random changes. Whatever it
has become, gridmill has to read it or to refuse it in words: exit code 0, 1 or 2. A signal, exit code 3, more than 10 s or
more than 4 GiB is a finding. Nothing of gridmill's is imported: only the program is run.

  mutants.py --gridmill build/dev/gridmill                    the short form: 200 mutants
  mutants.py --gridmill build/dev/gridmill --long             the long form: 15,000
  mutants.py --gridmill build/dev/gridmill --seed 7 --only 1234 --keep /tmp/found    one again, its file kept

Ends with 0 if there is no finding, else 1. The same seed makes the same mutants.
"""

import argparse
import concurrent.futures
import gzip
import lzma
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LONGEST_S = 10
MOST_BYTES = 4 << 30
CONFIGS_AT_ONCE = 25  # `validate` takes many; looked at one by one only where something is wrong


# ---- what there is to break -----------------------------------------------------------------------------------------

def csv_text(rows=40):
    lines = ['id,amount,kind,when,ok,note,y']
    for i in range(rows):
        note = '"a ""b"", c"' if i % 7 == 0 else f'text {i}'
        lines.append(f'{i},{"" if i % 9 == 4 else i * 1.5},{"abc"[i % 3]},2020-01-{i % 28 + 1:02},'
                     f'{"yes" if i % 2 else "no"},{note},{i % 2}')
    return '\n'.join(lines) + '\n'


def csv_text_of_europe(rows=30):
    lines = ['Nr;Betrag;Datum;Uhrzeit;Größe;y']
    for i in range(rows):
        lines.append(f'{i};{i},{i % 10};{i % 28 + 1:02}.03.2021;12:{i % 60:02};{i * 10 ** (i % 12)};{i % 3}')
    return '\r\n'.join(lines) + '\r\n'


def libsvm_text(rows=40):
    lines = []
    for i in range(rows):
        entries = ' '.join(f'{k}:{(i * k) % 7 / 4:g}' for k in range(1, 9) if (i + k) % 3)
        lines.append(f'{"+1" if i % 2 else "-1"} {entries}')
    return '# from nowhere\n' + '\n'.join(lines) + '\n'


SEARCH_YAML = '''# a search
output: run
seed: 7
memory_limit: 80%
data:
  source: table.csv
  target: y
  features: [id, amount]
  holdout: 0.2
  types: {id: double}
model: {name: svc, impute: mean, preprocessing: standardize, kernel: rbf}
search:
  grid:
    - {C: [0.1, 1, 10], gamma: [0.1, scale], class_weight: [null, balanced]}
    - {kernel: [linear], C: [1]}
  cv: {folds: 3, shuffle: true, repeats: 2}
  scoring: [accuracy, f1, neg_log_loss]
  refit: accuracy
  error_score: nan
'''

RANDOM_YAML = '''data: {source: table.libsvm}
model: {name: svr, epsilon: 0.1}
search:
  grid: {C: {loguniform: [0.01, 100]}, gamma: {uniform: [0, 1]}, degree: {randint: [2, 5]}}
  random: {n: 12, seed: 3}
  cv: &folds 4
  scoring: [r2, neg_mean_squared_error]
  one_standard_error: r2
'''

FEATURES_YAML = '''output: features_run
import:
  store: shop.h5
  tables:
    people: {source: people.csv, index: id, time_index: joined}
    orders: {source: orders.csv, index: oid, time_index: placed, types: {kind: Categorical}}
  relationships: [orders.pid -> people.id]
features:
  store: shop.h5
  target: people
  cutoff_time: 2021-01-01
  training_window: 400 days
  max_depth: 2
  aggregations: [count, mean, max, n_most_common, trend]
  transforms: [month, weekday, add_numeric]
  where_primitives: [count]
  interesting_values: {orders: {kind: [a, b]}}
  primitive_options: [{primitives: [mean], ignore_columns: {orders: [oid]}}]
  encode: {top_n: 3}
'''


def write_shop(folder):
    with open(f'{folder}/people.csv', 'w') as out:
        out.write('id,joined,region\n' + ''.join(f'{i},2020-01-{i % 28 + 1:02},{"ns"[i % 2]}\n' for i in range(30)))
    with open(f'{folder}/orders.csv', 'w') as out:
        out.write('oid,pid,placed,kind,amount\n' + ''.join(
            f'{i},{i % 30},2020-0{i % 9 + 1}-11 10:00,{"abc"[i % 3]},{i * 1.25}\n' for i in range(90)))


def write_all(folder, gridmill):
    """Makes the sound files, a finished search and finished features among them."""
    texts = {'table.csv': csv_text(), 'europe.csv': csv_text_of_europe(), 'table.libsvm': libsvm_text(),
             'search.yaml': SEARCH_YAML, 'random.yaml': RANDOM_YAML, 'features.yaml': FEATURES_YAML}
    for name, text in texts.items():
        with open(f'{folder}/{name}', 'w', encoding='utf-8', newline='') as out:
            out.write(text)
    write_shop(folder)
    for command in (['search', 'search.yaml', '--ranks', '1'], ['import', 'features.yaml'],
                    ['features', 'features.yaml', '--ranks', '1']):
        done = subprocess.run([gridmill, *command, '--quiet'], cwd=folder, capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f'mutants.py: the sound files do not work: gridmill {" ".join(command)}\n{done.stderr}')


# ---- how it is broken -----------------------------------------------------------------------------------------------

NUMBERS = [b'0', b'-1', b'1', b'4294967296', b'2147483648', b'9223372036854775808', b'18446744073709551615',
           b'99999999999999999999999', b'1e309', b'-1e309', b'1e-320', b'nan', b'inf', b'9999999', b'10000000', b'1000000000',
           b'0x10', b'1_000', b'00', b'-0', b'.', b'1e', b'+']
WORDS = [b'', b'\0', b'\xff', b'\xef\xbb\xbf', b'\r', b'\n', b'\t', b'"', b"'", b',', b';', b':', b': ', b'#', b'&a ', b'*a',
         b'{', b'}', b'[', b']', b'- ', b'? ', b'!!', b'|', b'>', b'~', b'null', b'---\n', b'...\n', b'%', b'\\', b'\xc3\x28',
         b'true', b'[]', b'{}', b'<<: ', b'2020-13-45', b'0000-00-00', b'9999-12-31T23:59:60', b'\xe2\x80\xa8', b'$(date)',
         b'../', b'/dev/null']


def flip_bit(data, rng):
    at = rng.randrange(len(data))
    data[at] ^= 1 << rng.randrange(8)


def set_byte(data, rng):
    data[rng.randrange(len(data))] = rng.randrange(256)


def drop_span(data, rng):
    at = rng.randrange(len(data))
    del data[at:at + rng.choice([1, 1, 2, 5, 20, 200])]


def cut_tail(data, rng):
    del data[rng.randrange(len(data)):]


def insert_word(data, rng):
    at = rng.randrange(len(data) + 1)
    data[at:at] = rng.choice(WORDS)


def insert_noise(data, rng):
    at = rng.randrange(len(data) + 1)
    data[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice([1, 3, 30])))


def repeat_span(data, rng):
    at = rng.randrange(len(data))
    span = data[at:at + rng.choice([1, 1, 2, 8, 60])]
    data[at:at] = span * rng.choice([1, 2, 10, 1000, 20000])


def move_span(data, rng):
    at = rng.randrange(len(data))
    span = data[at:at + rng.choice([1, 5, 40])]
    del data[at:at + len(span)]
    to = rng.randrange(len(data) + 1)
    data[to:to] = span


def change_number(data, rng):
    digits = [i for i, byte in enumerate(data) if chr(byte).isdigit()]
    if not digits:
        return set_byte(data, rng)
    first = rng.choice(digits)
    end = first
    while end < len(data) and (chr(data[end]).isdigit() or data[end:end + 1] in b'.'):
        end += 1
    data[first:end] = rng.choice(NUMBERS)


def swap_lines(data, rng):
    lines = data.split(b'\n')
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    data[:] = b'\n'.join(lines)


def drop_line(data, rng):
    lines = data.split(b'\n')
    del lines[rng.randrange(len(lines))]
    data[:] = b'\n'.join(lines)


CHANGES = [flip_bit, set_byte, drop_span, cut_tail, insert_word, insert_word, insert_noise, repeat_span, move_span,
           change_number, change_number, swap_lines, drop_line]


def mutated(data, rng):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        if not data:
            break
        rng.choice(CHANGES)(data, rng)
    return bytes(data)


# ---- what is done with it -------------------------------------------------------------------------------------------

class Mutant:
    """A changed file, where it lies among the sound ones, and the commands that read it."""

    def __init__(self, number, rng, sound):
        self.number = number
        self.kind = rng.choice(['csv', 'csv', 'libsvm', 'gz', 'xz', 'yaml', 'yaml', 'yaml', 'pipeline', 'model', 'model',
                                'definitions', 'summary'])
        self.folder = f'{sound}/mutant-{number}'
        self.commands = []
        self.only_validated = False
        getattr(self, self.kind)(rng, sound)

    def read(self, path):
        with open(path, 'rb') as file:
            return file.read()

    def put(self, name, content):
        os.makedirs(os.path.dirname(f'{self.folder}/{name}') or self.folder, exist_ok=True)
        with open(f'{self.folder}/{name}', 'wb') as file:
            file.write(content)

    def link(self, sound, *names):
        for name in names:
            os.makedirs(os.path.dirname(f'{self.folder}/{name}'), exist_ok=True)
            os.symlink(f'{sound}/{name}', f'{self.folder}/{name}')

    def csv(self, rng, sound):
        name = rng.choice(['table.csv', 'table.csv', 'europe.csv'])
        self.put('table.csv', mutated(self.read(f'{sound}/{name}'), rng))
        self.read_data('table.csv', rng, sound)

    def libsvm(self, rng, sound):
        self.put('table.libsvm', mutated(self.read(f'{sound}/table.libsvm'), rng))
        self.read_data('table.libsvm', rng, sound)

    def gz(self, rng, sound):
        self.packed('gz', gzip.compress, rng, sound)

    def xz(self, rng, sound):
        self.packed('xz', lzma.compress, rng, sound)

    def packed(self, extension, pack, rng, sound):
        name = rng.choice(['table.csv', 'table.libsvm'])
        content = self.read(f'{sound}/{name}')
        if rng.random() < 0.3:
            content = pack(mutated(content, rng))
        else:
            content = mutated(pack(content), rng)
        self.put(f'{name}.{extension}', content)
        self.read_data(f'{name}.{extension}', rng, sound)

    def read_data(self, name, rng, sound):
        self.commands = [['info', name]]
        if rng.random() < 0.3:
            config = b'data: {source: %s%s}\nmodel: {name: svc, impute: mean}\nsearch: {cv: 2}\n' % (
                name.encode(), b'' if 'libsvm' in name else b', target: y')
            self.put('c.yaml', config)
            self.commands.append(['search', 'c.yaml', '--dry-run', '--ranks', '1'])
        elif 'csv' in name and rng.random() < 0.4:
            self.put('c.yaml', b'import: {source: %s, store: made.h5}\n' % name.encode())
            self.commands.append(['import', 'c.yaml'])

    def yaml(self, rng, sound):
        name = rng.choice(['search.yaml', 'search.yaml', 'random.yaml', 'features.yaml', 'features.yaml'])
        self.put('c.yaml', mutated(self.read(f'{sound}/{name}'), rng))
        self.commands = [['validate', 'c.yaml']]
        self.only_validated = rng.random() < 0.7
        if self.only_validated:
            return
        self.link(sound, 'table.csv', 'table.libsvm', 'shop.h5', 'people.csv', 'orders.csv')
        command = 'features' if name == 'features.yaml' else 'search'
        self.commands.append([command, 'c.yaml', '--dry-run', '--ranks', '1'])

    def pipeline(self, rng, sound):
        self.put('run/best/pipeline.json', mutated(self.read(f'{sound}/run/best/pipeline.json'), rng))
        self.link(sound, 'run/best/model.libsvm', 'table.csv')
        self.commands = [['predict', 'run', 'table.csv', '--decision']]

    def model(self, rng, sound):
        self.put('run/best/model.libsvm', mutated(self.read(f'{sound}/run/best/model.libsvm'), rng))
        self.link(sound, 'run/best/pipeline.json', 'table.csv')
        self.commands = [['predict', 'run', 'table.csv', '--decision']]

    def definitions(self, rng, sound):
        self.put('features.json', mutated(self.read(f'{sound}/features_run/features.json'), rng))
        self.link(sound, 'shop.h5')
        self.commands = [['features', '--apply', 'features.json', 'shop.h5', '-o', 'again.h5', '--ranks', '1']]

    def summary(self, rng, sound):
        self.link(sound, 'table.csv', 'search.yaml')
        for name in ('config.resolved.yaml', 'journal', 'cv_results.csv', 'results.h5', 'best/pipeline.json',
                     'best/model.libsvm'):
            self.put(f'run/{name}', self.read(f'{sound}/run/{name}'))
        self.put('run/summary.json', mutated(self.read(f'{sound}/run/summary.json'), rng))
        self.commands = [['search', 'search.yaml', '--ranks', '1']]

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def resident_bytes(pid):
    try:
        with open(f'/proc/{pid}/statm') as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def run(gridmill, arguments, folder):
    """Returns what is wrong with how the command ended, or None, and the command's words."""
    with tempfile.TemporaryFile() as words:
        begin = time.monotonic()
        child = subprocess.Popen([gridmill, *arguments, *(() if arguments[0] == 'info' else ('--quiet',))], cwd=folder,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words,
                                 start_new_session=True)
        fault, most, pause = None, 0, 0.002
        while True:
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            most = max(most, resident_bytes(child.pid))
            if most > MOST_BYTES or time.monotonic() - begin > LONGEST_S:
                fault = 'more than 4 GiB' if most > MOST_BYTES else 'more than 10 s'
                os.killpg(child.pid, signal.SIGKILL)
                pid, status, usage = os.wait4(child.pid, 0)
                break
            time.sleep(pause)
            pause = min(pause * 1.3, 0.05)
        child.returncode = os.waitstatus_to_exitcode(status)
        most = max(most, usage.ru_maxrss * 1024)
        if fault is None and child.returncode < 0:
            fault = f'signal {-child.returncode}'
        elif fault is None and child.returncode not in (0, 1, 2):
            fault = f'exit code {child.returncode}'
        elif fault is None and most > MOST_BYTES:
            fault = 'more than 4 GiB'
        words.seek(0)
        return fault, words.read().decode(errors='replace').strip()[-300:]


class Hunt:
    def __init__(self, options, sound):
        self.options = options
        self.sound = sound

    def mutant(self, number):
        return Mutant(number, random.Random(f'{self.options.seed}:{number}'), self.sound)

    def look_at(self, mutant):
        """Returns the mutant's finding, or None."""
        for command in mutant.commands:
            fault, words = run(self.options.gridmill, command, mutant.folder)
            if fault:
                return f'mutant {mutant.number} ({mutant.kind}): {fault}: gridmill {" ".join(command)}\n    {words}'
        return None

    def done_with(self, mutant, finding):
        if finding and self.options.keep:
            shutil.copytree(mutant.folder, f'{self.options.keep}/{mutant.number}', symlinks=False, dirs_exist_ok=True)
        mutant.remove()

    def work(self, numbers):
        """Returns the findings of some mutants; their configs that are only validated go into one command."""
        findings = []
        validated = []
        for number in numbers:
            mutant = self.mutant(number)
            if mutant.only_validated:
                validated.append(mutant)
                continue
            finding = self.look_at(mutant)
            findings += [finding] if finding else []
            self.done_with(mutant, finding)
        files = [f'{each.folder}/c.yaml' for each in validated]
        together = run(self.options.gridmill, ['validate', *files], self.sound)[0] if files else None
        for mutant in validated:
            finding = self.look_at(mutant) if together else None
            findings += [finding] if finding else []
            self.done_with(mutant, finding)
        if together and not findings:
            findings.append(f'mutants {numbers[0]} to {numbers[-1]}: {together}: gridmill validate of all configs among them')
        return findings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--gridmill', required=True, help='the program')
    parser.add_argument('--mutants', '--tries', type=int, help='how many')
    parser.add_argument('--long', action='store_true', help='15,000 mutants, unless --mutants says how many')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--only', type=int, help='number of the one mutant to make')
    parser.add_argument('--keep', help='folder for what findings were made with')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='mutants at a time')
    options = parser.parse_args()
    options.gridmill = os.path.abspath(options.gridmill)
    options.mutants = options.mutants or (15000 if options.long else 200)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix='mutants-') as sound:
        write_all(sound, options.gridmill)
        hunt = Hunt(options, sound)
        numbers = [options.only] if options.only is not None else list(range(options.mutants))
        step = 4 * CONFIGS_AT_ONCE
        portions = [numbers[i:i + step] for i in range(0, len(numbers), step)]
        n_findings = 0
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for findings in pool.map(hunt.work, portions):
                for finding in findings:
                    n_findings += 1
                    print(finding, flush=True)
    print(f'{len(numbers)} mutants of seed {options.seed}: {n_findings} findings in {time.monotonic() - begin:.0f} s')
    sys.exit(1 if n_findings else 0)


if __name__ == '__main__':
    main()
