#!/usr/bin/python3
"""Flips random bits in each kind of file that gridmill writes, and lets gridmill read it.

Allowed: the same answer as before (exit code 0), or a refusal in words (1 or 2). Counted as faults: another answer with
exit code 0, death by a signal, no end within 20 s, exit code 3, a refusal without a word.

Of the kind "stranger" (stores without checksums, as another program writes them) whole stretches are damaged, too.
Nobody can know there that a number is another one; all else is a fault as well.

usage: flips.py --gridmill PATH [--tries N] [--seed S] [--long] [--kinds KIND,...]
"""

import argparse
import csv
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TIME_LIMIT_S = 20
FAULTS = ("different", "crash", "hang", "exit 3", "silent")


class Workshop:
    """A folder with files of every kind, and what they give while they are whole."""

    def __init__(self, gridmill, folder):
        self.gridmill = gridmill
        self.folder = folder

    def run(self, *words):
        """Runs gridmill; returns its exit code (negative: a signal; None: no end) and what it wrote."""
        command = [self.gridmill, *map(str, words)]
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=TIME_LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            return None, b"", b""
        code = done.returncode if done.returncode < 128 else 128 - done.returncode
        return code, done.stdout, done.stderr

    def must(self, *words):
        code, out, errors = self.run(*words)
        if code != 0:
            sys.exit(f"flips.py: gridmill {' '.join(map(str, words))} ended with {code}:\n{errors.decode()}")
        return out

    def at(self, name):
        return self.folder / name

    def write(self, name, text):
        self.at(name).write_text(text)

    def remove(self, *names):
        for name in names:
            path = self.at(name)
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()

    def copy(self, name, to):
        self.remove(to)
        if self.at(name).is_dir():
            shutil.copytree(self.at(name), self.at(to))
        else:
            shutil.copy(self.at(name), self.at(to))


def make_data(shop):
    """Two related tables with columns of all types, and a table to learn from."""
    draw = random.Random(1)
    rows = ["a,b,c,t"]
    for i in range(60):
        a, b = draw.gauss(0, 1), draw.gauss(0, 1)
        rows.append(f"{a:.6f},{b:.6f},{draw.random():.6f},{'yes' if a + b > draw.gauss(0, 0.5) else 'no'}")
    shop.write("table.csv", "\n".join(rows) + "\n")
    shop.write("people.csv", "id,since,town,y\n" + "".join(
        f"{i},20{10 + i % 10}-0{1 + i % 9}-11,{draw.choice(['Ulm', 'Bonn', 'Kiel'])},{i % 2}\n" for i in range(40)))
    shop.write("orders.csv", "id,person,at,price,note,paid\n" + "".join(
        f"{i},{i % 40},2022-0{1 + i % 9}-0{1 + i % 7},{'' if i % 11 == 0 else round(draw.expovariate(0.1), 2)},"
        f"{draw.choice(['quick and good', 'late', ''])},{draw.choice(['true', 'false', ''])}\n" for i in range(300)))
    shop.write("shop.yaml", """import:
  store: shop.h5
  tables:
    people: {source: people.csv, index: id, time_index: since}
    orders: {source: orders.csv, index: id, time_index: at, types: {note: NaturalLanguage}}
  relationships: [orders.person -> people.id]
output: feats
features:
  store: shop.h5
  target: people
  cutoff_time: 2023-01-01
  pass_through: [y]
  csv: true
  encode: {top_n: 3}
""")
    for name, source, target in (("search", "table.h5", "t"), ("learn", "feats/features.h5", "y")):
        shop.write(f"{name}.yaml", f"""output: {name}
data: {{source: {source}, target: {target}}}
model: {{name: svc, impute: mean, preprocessing: standardize}}
search: {{grid: {{C: [0.5, 2]}}, cv: 2, scoring: [accuracy]}}
""")


def without_checksums(store):
    """The bytes of a store as another program writes it: nothing stands behind what HDF5 reads, and nothing says so."""
    n_bytes = struct.unpack("<Q", store[-32:-24])[0]
    return store[:n_bytes].replace(b"checksums", b"something", 1)


def make_files(shop):
    make_data(shop)
    shop.must("import", "table.csv", "-o", "table.h5")
    shop.must("import", "shop.yaml")
    for name in ("table", "shop"):
        shop.at(f"{name}-stranger.h5").write_bytes(without_checksums(shop.at(f"{name}.h5").read_bytes()))
    shop.must("features", "shop.yaml", "--ranks", 1, "--quiet")
    shop.must("search", "search.yaml", "--ranks", 1, "--quiet")
    for name in ("feats", "search"):
        shop.copy(name, f"whole-{name}")


def features(shop):
    """Repeats the features job; what it gives."""
    outcome = shop.run("features", "shop.yaml", "--ranks", 1, "--quiet")
    return outcome, [shop.at("feats/features.csv")]


def search(shop, config="search"):
    outcome = shop.run("search", f"{config}.yaml", "--ranks", 1, "--quiet")
    return outcome, [shop.at(f"{config}/best/model.libsvm"), shop.at(f"{config}/best/pipeline.json"),
                     shop.at(f"{config}/cv_results.csv")]


def read_store(shop):
    shop.remove("search", "feats")
    return [search(shop), features(shop)]


def read_stranger(shop):
    outcomes = []
    for name, read in (("table", search), ("shop", features)):
        shop.copy(f"{name}.h5", f"{name}-kept.h5")
        shop.copy(f"{name}-stranger.h5", f"{name}.h5")
        shop.remove("search", "feats")
        outcomes += [read(shop), (shop.run("info", f"{name}.h5"), [])]
        shop.copy(f"{name}-kept.h5", f"{name}.h5")
    return outcomes


def read_part(shop):
    shop.remove("learn", "feats/features.h5", "feats/summary.json", "feats/features.csv")
    return [features(shop)]


def read_matrix(shop):
    shop.remove("learn")
    return [search(shop, "learn"), features(shop)]


def predict(shop):
    return [(shop.run("predict", "search", "table.csv", "--decision"), [])]


def apply(shop):
    shop.remove("new.h5")
    return [(shop.run("features", "--apply", "feats/features.json", "shop.h5", "-o", "new.h5", "--ranks", 1, "--quiet"),
             [shop.at("new.h5")])]


def resume(shop):
    shop.remove("search/summary.json", "search/best", "search/results.h5", "search/cv_results.csv")
    return [search(shop)]


def tell_again(shop):
    outcome, _ = search(shop)
    return [(outcome, [shop.at("search/summary.json"), shop.at("search/cv_results.csv")])]


# Of each kind: the files, which folder they lie in (put back before each try), and what reads them.
KINDS = {
    "store": (["table.h5", "shop.h5"], None, read_store),
    "stranger": (["table-stranger.h5", "shop-stranger.h5"], None, read_stranger),
    "part": (["feats/parts/*.h5"], "feats", read_part),
    "features.h5": (["feats/features.h5"], "feats", read_matrix),
    "model": (["search/best/model.libsvm"], "search", predict),
    "pipeline": (["search/best/pipeline.json"], "search", predict),
    "definitions": (["feats/features.json"], "feats", apply),
    "summary": (["search/summary.json"], "search", tell_again),
    "journal": (["search/journal"], "search", resume),
}


def without_times(path):
    """A file's bytes; of cv_results.csv those columns that hold no times."""
    if not path.exists():
        return None
    if path.name != "cv_results.csv":
        return path.read_bytes()
    try:
        with open(path, newline="") as file:
            return [[v for k, v in row.items() if not re.search(r"_time$", k)] for row in csv.DictReader(file)]
    except (UnicodeDecodeError, csv.Error, TypeError):
        return path.read_bytes()


def judge(outcomes, expected):
    """Names the fault of a try, or how it ended: "same" or "refused"."""
    ending = "same"
    for (outcome, files), (whole_out, whole_files) in zip(outcomes, expected):
        code, out, errors = outcome
        if code is None:
            return "hang"
        if code < 0:
            return "crash"
        if code == 3:
            return "exit 3"
        if code == 0 and (out != whole_out or [without_times(path) for path in files] != whole_files):
            return "different"
        if code != 0 and not errors.strip():
            return "silent"
        if code != 0:
            ending = "refused"
    return ending


def flip(path, draw):
    size = path.stat().st_size
    at, bit = draw.randrange(size), draw.randrange(8)
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << bit)]))
    return f"byte {at}, bit {bit}"


def spoil(path, draw):
    """Damages a file: a bit, some bytes, a stretch of it, its order, or its end."""
    kind = draw.choice((flip, "bytes", "stretch", "order", "end"))
    if kind is flip:
        return flip(path, draw)
    data = bytearray(path.read_bytes())
    at = draw.randrange(draw.choice((4096, len(data))))
    n = min(draw.randrange(1, 64), len(data) - at)
    if kind == "bytes":
        for _ in range(n):
            data[draw.randrange(len(data))] = draw.randrange(256)
    elif kind == "stretch":
        data[at:at + n] = bytes(draw.choice((0, 255, draw.randrange(256))) for _ in range(n))
    elif kind == "order":
        source = draw.randrange(len(data) - n)
        data[at:at + n] = data[source:source + n]
    else:
        del data[at:]
    path.write_bytes(data)
    return f"{kind} at {at}"


def restore(shop, kept, files):
    if kept:
        shop.copy(f"whole-{kept}", kept)
    for path, whole in files.items():
        if path.parent.exists():
            path.write_bytes(whole)


def try_kind(shop, kind, tries, draw):
    patterns, kept, read = KINDS[kind]
    for name in ("feats", "search"):
        shop.copy(f"whole-{name}", name)
    paths = [path for pattern in patterns for path in sorted(shop.folder.glob(pattern))]
    if not paths:
        print(f"{kind:12}  (there is none)")
        return 0
    files = {path: path.read_bytes() for path in paths}
    expected = [(outcome[1], [without_times(path) for path in named]) for outcome, named in read(shop)]
    counts = dict.fromkeys(("same", "refused", *FAULTS), 0)
    for _ in range(tries):
        restore(shop, kept, files)
        path = draw.choice(paths)
        where = (spoil if kind == "stranger" else flip)(path, draw)
        ending = judge(read(shop), expected)
        if kind == "stranger" and ending == "different":
            ending = "same"
        counts[ending] += 1
        if ending in FAULTS:
            print(f"    {ending}: {path.relative_to(shop.folder)}, {where}")
    restore(shop, kept, files)
    print(f"{kind:12}" + "".join(f"{counts[name]:11}" for name in counts), flush=True)
    return sum(counts[fault] for fault in FAULTS)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gridmill", required=True, type=pathlib.Path)
    parser.add_argument("--tries", type=int, help="of each kind; otherwise 4, with --long 300")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--kinds", default=",".join(KINDS))
    asked = parser.parse_args()
    tries = asked.tries or (300 if asked.long else 4)
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OPENBLAS_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(asked.gridmill.resolve(), pathlib.Path(folder))
        make_files(shop)
        print(f"{'':12}" + "".join(f"{name:>11}" for name in ("same", "refused", *FAULTS)))
        faults = sum(try_kind(shop, kind, tries, random.Random(f"{asked.seed} {kind}")) for kind in asked.kinds.split(","))
    print(f"{faults} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
