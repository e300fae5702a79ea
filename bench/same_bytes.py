#!/usr/bin/python3
"""Runs the same jobs with two builds of gridmill and compares what they write, byte by byte.

usage: bench/same_bytes.py OLD NEW      two programs, such as build/release/gridmill of two commits

Not compared: the columns *_time of cv_results.csv, what a run measured (summary.json, results.h5), and in HDF5 files where
the library puts things and which program an import came from. All that h5py finds in them is. Of a pipeline.json whose
format has changed, what it says.
Prints a line a job; exit code 1 if any differs.
"""
import csv
import filecmp
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import h5py

ROOT = pathlib.Path(__file__).resolve().parents[1]
ORIGIN = "origin"
SHOP = """
output: shop
import:
  store: shop.h5
  tables:
    people: {source: people.csv, index: id, time_index: joined}
    orders: {source: orders.csv, index: id, time_index: at}
  relationships: [orders.person -> people.id]
features: {target: people, cutoff_time: {column: until}, transforms: [month, is_null], encode: {top_n: 3}, csv: true}
"""
SEARCH = """
output: {name}
data: {{source: {source}, target: {target}}}
model: {model}
search: {{grid: {grid}, cv: 3}}
"""

# Name, words of the command, files to compare.
BEST = ["cv_results.csv", "best/model.libsvm", "best/pipeline.json"]
JOBS = [
    ("import of CSV", ["import", "digits.csv.gz", "-o", "digits.h5"], ["digits.h5"]),
    ("grid", ["search", "digits.yaml"], [f"digits/{file}" for file in BEST]),
    ("predictions", ["predict", "digits", "digits.csv.gz", "-o", "digits.csv", "--decision"], ["digits.csv"]),
    ("random draws, converged", ["search", "random.yaml"], [f"random/{file}" for file in BEST]),
    ("regression", ["search", "svr.yaml"], [f"svr/{file}" for file in BEST]),
    ("libsvm's own fits", ["search", "nu.yaml"], [f"nu/{file}" for file in BEST]),
    ("import of tables", ["import", "shop.yaml"], ["shop.h5"]),
    ("features at cutoffs", ["features", "shop.yaml"], ["shop/features.h5", "shop/features.csv", "shop/features.json"]),
    ("features of one time", ["features", "now.yaml"], ["now/features.h5", "now/features.json"]),
    ("the same of new rows", ["features", "--apply", "shop/features.json", "shop.h5", "-o", "again.h5"], ["again.h5"]),
    ("search in features", ["search", "learn.yaml"], [f"learn/{file}" for file in BEST]),
]


def make_inputs(folder):
    shutil.copy(ROOT / "data/digits.csv.gz", folder)
    search = {
        "digits": ("digits.csv.gz", "target", "svc", "{C: [1, 10], gamma: [0.0005, 0.002]}"),
        "random": ("digits.h5", "target", "svc", "{C: [0.1, 1, 10, 100], gamma: [0.001]}"),
        "svr": ("digits.csv.gz", "target", "svr", "{C: [1, 4], epsilon: [0.1, 0.5]}"),
        "nu": ("digits.csv.gz", "target", "nu_svc", "{nu: [0.05, 0.1], gamma: [0.001]}"),
        "learn": ("shop/features.h5", "good", "{name: svc, impute: mean, preprocessing: standardize}", "{C: [0.5, 5]}"),
    }
    for name, (source, target, model, grid) in search.items():
        text = SEARCH.format(name=name, source=source, target=target, model=model, grid=grid)
        if name == "random":
            text = text.replace("cv: 3", "cv: 3, mode: converged")
        (folder / f"{name}.yaml").write_text(text)
    shop = SHOP.replace("encode:", "pass_through: [good], encode:")
    (folder / "shop.yaml").write_text(shop)
    (folder / "now.yaml").write_text(shop.replace("output: shop", "output: now").replace("{column: until}", "2024-01-01")
                                     .replace(", csv: true", ""))
    towns = ["Ulm", "Bonn", "Kiel", "Jena"]
    people = [f"{i},20{10 + i % 10}-0{1 + i % 9}-11,2023-{1 + i % 12:02}-28,{towns[i * i % 4]},{i % 2}" for i in range(900)]
    (folder / "people.csv").write_text("id,joined,until,town,good\n" + "\n".join(people) + "\n")
    orders = [f"{i},{i * 7919 % 900},2023-{1 + i % 12:02}-{1 + i % 28:02} {i % 24:02}:00,{i * 31 % 997 / 10},"
              f"{'yes' if i % 3 else 'no'},{towns[i % 3]}" for i in range(40_000)]
    (folder / "orders.csv").write_text("id,person,at,price,paid,from\n" + "\n".join(orders) + "\n")


def without_times(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [{name: cell for name, cell in row.items() if not re.search(r"_time$", name)} for row in csv.DictReader(file)]


def contents(path):
    """All groups, datasets and attributes of an HDF5 file, as plain values."""
    found = {}

    def note(name, item):
        if name == ORIGIN:
            return
        found[name] = [(key, str(value)) for key, value in sorted(item.attrs.items())]
        if isinstance(item, h5py.Dataset):
            values = item[()]
            plain = values.tolist() if values.dtype == object else values.tobytes()
            found[name] += [str(item.dtype), item.shape, plain]

    with h5py.File(path) as file:
        note("", file)
        file.visititems(note)
    return found


def pipeline(path):
    """What pipeline.json says, whichever format says it: in format 1 the steps were part of the model's state."""
    said = json.loads(path.read_text(encoding="utf-8"))
    said.pop("checksum")
    if said.pop("format_version") == 1:
        old = said["state"].pop("preprocessing")
        parts = {"impute": ["fill"], "preprocessing": ["offset", "scale"]}
        said["steps"] = [{step: old[step], **{name: old[name] for name in parts[step]}}
                         for step in parts if old[step] != "none"]
    return said


def same(a, b):
    if a.name == "pipeline.json" and not filecmp.cmp(a, b, shallow=False):
        return pipeline(a) == pipeline(b)
    if a.name == "cv_results.csv":
        return without_times(a) == without_times(b)
    if a.suffix == ".h5":
        return contents(a) == contents(b)
    return filecmp.cmp(a, b, shallow=False)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    programs = [pathlib.Path(word).resolve() for word in sys.argv[1:]]
    n_different = 0
    with tempfile.TemporaryDirectory() as temporary:
        # One after the other in a folder of one name: outputs hold the names of their inputs.
        kept = [pathlib.Path(temporary) / name for name in ("old", "new")]
        work = pathlib.Path(temporary) / "work"
        for program, folder in zip(programs, kept):
            work.mkdir()
            make_inputs(work)
            for name, words, _ in JOBS:
                done = subprocess.run([program, *words, "--quiet"], cwd=work, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    sys.exit(f"same_bytes.py: {program}: {name}: exit code {done.returncode}\n{done.stderr}")
            work.rename(folder)
        for name, _, files in JOBS:
            different = [file for file in files if not same(kept[0] / file, kept[1] / file)]
            n_different += bool(different)
            print(f"{name}: " + (f"differs in {', '.join(different)}" if different else f"the same ({len(files)} files)"))
    print(f"{len(JOBS)} jobs, {n_different} of them differ")
    return 1 if n_different else 0


if __name__ == "__main__":
    sys.exit(main())
