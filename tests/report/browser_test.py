#!/usr/bin/python3
"""Opens reports in a headless Chromium: no error, no request, every picture drawn, names from data as text, tables and
brushes by keyboard, light and dark, wide and narrow.

usage: browser_test.py --gridmill PATH --project FOLDER [--pictures FOLDER]
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import h5py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import chromium  # noqa: E402

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&amp;"
LOOKS = {"value": ((390, "dark"),), "trees": ((1400, "light"),)}  # nearly the same pictures
PAGE = "JSON.parse(document.getElementById('data').textContent)"


GRIDMILL = ""


class Failures:
    def __init__(self):
        self.n = 0
        self.n_checks = 0

    def check(self, holds, words):
        self.n_checks += 1
        if not holds:
            self.n += 1
            print("wrong:", words)

    def equal(self, found, expected, words):
        self.check(found == expected, f"{words}: {found!r}, not {expected!r}")


def run(folder, *words):
    done = subprocess.run([GRIDMILL, *words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.exit(f"gridmill {' '.join(words)}: exit code {done.returncode}\n{done.stdout.decode()}")


def searches(folder):
    """Small searches of each kind, with names and labels that are markup."""
    draw = random.Random(4)
    column = '"' + HOSTILE.replace('"', '""') + '"'
    with open(folder / "people.csv", "w", encoding="utf-8") as out:
        out.write(f"{column},size,label\n")
        for _ in range(120):
            a, b = draw.gauss(0, 1), draw.gauss(0, 1)
            label = HOSTILE.replace('"', '""') if a + b + draw.gauss(0, 0.7) > 0 else "plain"
            out.write(f'{a},{b},"{label}"\n')
    with open(folder / "numbers.csv", "w", encoding="utf-8") as out:
        out.write("a,b,when,y\n")
        for i in range(400):  # what is above 0 in a is hard to tell, and when grows
            a, b = draw.gauss(0, 1), draw.gauss(0, 1)
            out.write(f"{a},{b},{i},{a - 2 * b + draw.gauss(0, 2 if a > 0 else 0.3)}\n")
    (folder / "two.yaml").write_text(
        "output: two\ndata: {source: people.csv, target: label, holdout: 0.25}\nmodel: {name: svc, preprocessing: standardize}\n"
        "search: {grid: {C: [0.1, 1, 10], gamma: [0.01, 0.1], kernel: [rbf, linear]}, cv: 3, scoring: [roc_auc, neg_log_loss], refit: roc_auc}\n",
        encoding="utf-8")
    (folder / "value.yaml").write_text(
        "output: value\ndata: {source: numbers.csv, target: y, holdout: {last: 0.3}}\nmodel: ridge\nsearch: {grid: {alpha: [0.01, 1, 100]}, cv: 3}\n", encoding="utf-8")
    (folder / "trees.yaml").write_text(
        "output: trees\ndata: {source: numbers.csv, target: y, holdout: {last: 0.3}}\nmodel: xgb_regressor\nsearch: {grid: {n_estimators: [5, 20]}, cv: 3}\n", encoding="utf-8")
    return ["two", "value", "trees"]


def names(folder):
    """A search of few rows and a file of others, whose names are in part other ones; and a column that has none."""
    for name, kinds in (("train", "xxxxxyyyzz"), ("test", "yyyzzwwwww")):
        (folder / f"{name}.csv").write_text("kind,gap,size,y\n" + "".join(f"{kind},,{i},{i % 7}\n" for i, kind in enumerate(kinds * 12)), encoding="utf-8")
    (folder / "names.yaml").write_text(
        "output: names\ndata: {source: train.csv, test: test.csv, target: y, types: {gap: categorical}}\nmodel: {name: ridge, categories: one_hot}\nsearch: {grid: {alpha: [1, 10]}, cv: 3}\n", encoding="utf-8")
    run(folder, "search", "names.yaml", "--quiet", "--ranks", "1")
    with h5py.File(folder / "names" / "results.h5") as results:
        return dict(zip(results["drift/feature"].asstr()[:], results["drift/distance"][:])), set(results["errors/held_out/name"].asstr()[:])


def features(folder):
    """A small run of features of two tables: beside their mean a sum, which goes with the count, and one that copies."""
    draw = random.Random(5)
    with open(folder / "orders.csv", "w", encoding="utf-8") as out:
        out.write("id,customer,at,total,cents,odd\n")
        for i in range(300):
            total = draw.randint(1, 99)
            out.write(f"{i},{draw.randrange(60)},{f'2024-{1 + i % 12:02}-01' if i else ''},{total},{100 * total},{draw.random() if i % 7 else ''}\n")
    with open(folder / "customers.csv", "w", encoding="utf-8") as out:
        out.write("id,size\n" + "".join(f"{i},{draw.random()}\n" for i in range(60)))
    (folder / "features.yaml").write_text(
        "output: features\nimport:\n  store: shop.h5\n  tables:\n    customers: {source: customers.csv, index: id}\n"
        "    orders: {source: orders.csv, index: id, time_index: at}\n  relationships: [orders.customer -> customers.id]\n"
        "features: {target: customers, aggregations: [mean, sum, count], transforms: []}\n", encoding="utf-8")
    run(folder, "import", "features.yaml", "--quiet")
    run(folder, "features", "features.yaml", "--quiet", "--ranks", "1")


def shows_correlations(page, failures):
    found = page.run(f"{PAGE}.features.correlations")
    failures.equal(found["pairs"][0][2], 1, "the correlation of what was copied")
    failures.check(all("total" in name or "cents" in name for name in found["pairs"][0][:2]), f"the strongest pair: {found['pairs'][0]}")
    n = len(found["names"])
    failures.equal([found["cells"][i * n + i] for i in range(n)], [1] * n, "correlations with itself")
    failures.check("the same but for their scale" in page.run("document.getElementById('checks').textContent"), "a check tells of copies")
    failures.equal(page.run("document.querySelectorAll('[data-title=\"Features that go together\"] svg').length"), 1, "the picture of correlations")


def shows_errors_and_drift(page, folder, failures):
    """What the page says of groups of rows, against the rows themselves."""
    model = page.run(f"{PAGE}.model")
    failures.equal(model["drift"][0]["name"], "when", "the feature that moved most")
    failures.equal(model["drift"][0]["value"], 1, "how far it moved")
    failures.check("has other values than before: when (1.00)" in page.run("document.getElementById('checks').textContent"), "a check tells of it")
    a = [float(line.split(",")[0]) for line in (folder / "numbers.csv").read_text().splitlines()[1:]]
    with h5py.File(folder / "value" / "results.h5") as results:
        for one, group in zip(model["sets"], ("held_out", "out_of_fold")):
            rows, truth, value = (results[group][name][:] for name in ("row", "truth", "value"))
            by = {each["by"]: each["groups"] for each in one["errors"]}
            failures.equal(one["errors"][0]["by"], "", f"{group}: errors by order come first")
            failures.equal(one["errors"][1]["by"], "a", f"{group}: the feature that explains most of the errors")
            for each in by["a"]:
                own = [abs(t - v) for row, t, v in zip(rows, truth, value) if each["low"] - 1e-4 <= a[row] <= each["high"] + 1e-4]
                failures.equal(each["n"], len(own), f"{group}: rows of a group")
                failures.check(abs(each["error"] - sum(own) / len(own)) < 1e-4, f"{group}: the mean error of a group: {each}")
            failures.check(by["a"][-1]["error"] > 2 * by["a"][0]["error"], f"{group}: where it is hard it errs more")
            failures.equal(sum(each["n"] for each in by[""]), len(rows), f"{group}: rows by order")
    figure = "document.querySelector('[data-title=\"Errors by group\"]')"
    page.run(f"(() => {{ const list = [...{figure}.querySelectorAll('select')].at(-1); list.value = '1'; list.dispatchEvent(new Event('change')); }})()")
    page.wait_for(f"{figure}.querySelectorAll('svg path').length >= 8 && {figure}.querySelector('svg').textContent.includes(' to ')", 10)


def shows_contributions(page, folder, failures):
    """What features add is, but for what is there without any, the prediction."""
    told = page.run(f"{PAGE}.model.contributions")
    with h5py.File(folder / "trees" / "results.h5") as results:
        left = [value - sum(each["added"][i] for each in told) for i, value in enumerate(results["held_out/value"][:])]
    failures.check(len(left) == 120 and max(left) - min(left) < 0.01, f"predictions less contributions: {min(left)} to {max(left)}")
    failures.equal({each["name"] for each in told[:2]}, {"a", "b"}, "the features that add most")
    b = next(each for each in told if each["name"] == "b")
    high = [added for added, rank in zip(b["added"], b["rank"]) if rank > 0.8]
    failures.check(max(high) < 0, "a high b lowers the prediction")


def look(page, file, failures, words, pictures):
    page.open(file.as_uri())
    failures.equal(page.run("document.documentElement.dataset.error || null"), None, f"{words}: error")
    failures.equal(page.messages, [], f"{words}: messages of the console")
    failures.equal([each for each in page.requests if not each.startswith(("file:", "data:", "blob:"))], [], f"{words}: requests")
    drawn = page.run("[...document.querySelectorAll('.picture')].map((each) => Number(each.dataset.drawn))")
    failures.check(len(drawn) >= 3 and all(n >= 5 for n in drawn), f"{words}: pictures drawn: {drawn}")
    failures.check(page.run("document.documentElement.scrollWidth <= innerWidth"), f"{words}: the page is wider than the window")
    unnamed = page.run("[...document.querySelectorAll('button,input,select')].filter((each) => !(each.textContent || each.ariaLabel || each.closest('label'))).length")
    failures.equal(unnamed, 0, f"{words}: controls without a name")
    if pictures:
        page.picture(pictures / f"{words.replace(' ', '-')}.png")


def use(page, failures):
    """What one does with a page, by keyboard."""
    first = "document.querySelector('#candidates tbody tr td:nth-child(2)').textContent"
    best = page.run(first)
    page.run("document.querySelectorAll('#candidates th button')[1].focus()")
    page.key("Enter", text="\r")
    failures.equal(page.run("document.querySelectorAll('#candidates th')[1].getAttribute('aria-sort')"), "descending", "sorted by a score")
    failures.equal(page.run(first), best, "the best stands first")
    page.key("Enter", text="\r")
    failures.equal(page.run("document.querySelectorAll('#candidates th')[1].getAttribute('aria-sort')"), "ascending", "sorted the other way")
    failures.check(page.run(first) != best, "the worst stands first")
    page.run("(() => { const find = document.querySelector('#leaderboard input[type=search]'); find.value = 'C>1 kernel=linear'; find.dispatchEvent(new Event('input')); })()")
    failures.equal(page.run("document.querySelectorAll('#candidates tbody tr').length"), 2, "rows that a filter leaves")
    lines = "document.querySelectorAll('[data-title=\"All hyperparameters at once\"] [role=status]')[0].textContent"
    before = page.run(lines)
    page.run("document.querySelector('[data-title=\"All hyperparameters at once\"] input[type=range]').focus()")
    page.key("End")
    page.wait_for(f"{lines} !== {json.dumps(before)}", 10)
    failures.check("0 %" in page.run(lines) or "100 %" in page.run(lines), "a range chosen by keyboard is told")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gridmill", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--project", required=True, type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path)
    given = parser.parse_args()
    global GRIDMILL
    GRIDMILL = given.gridmill
    if not chromium.find():
        print("skipped: there is no Chromium")
        return 0
    failures = Failures()
    with tempfile.TemporaryDirectory(prefix="gridmill-report-") as name:
        folder = pathlib.Path(name)
        runs = searches(folder)
        for run_name in runs:
            run(folder, "search", f"{run_name}.yaml", "--quiet", "--ranks", "1")
        run(folder, "report", "two", "value", "-o", "compared.html", "--quiet")
        features(folder)
        moved, groups = names(folder)
        failures.equal(groups, {"", "w", "y", "z"}, "groups of names, beside those of numbers")
        failures.check(abs(moved["kind"] - 0.5) < 1e-12 and moved["size"] == 0, f"half of the names are others: {moved}")
        files = {run_name: folder / run_name / "report.html" for run_name in [*runs, "features"]} | {"compared": folder / "compared.html"}
        with chromium.Chromium() as page:
            for words, file in files.items():
                for width, scheme in LOOKS.get(words, ((1400, "light"), (390, "dark"))):
                    page.resize(width)
                    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                    look(page, file, failures, f"{words} {width} {scheme}", given.pictures)
            page.resize(1400)
            page.open(files["features"].as_uri())
            shows_correlations(page, failures)
            page.open(files["value"].as_uri())
            shows_errors_and_drift(page, folder, failures)
            page.open(files["trees"].as_uri())
            shows_contributions(page, folder, failures)
            page.open(files["two"].as_uri())
            failures.equal(page.run("document.querySelectorAll('img').length"), 0, "elements that came of data")
            page.run("document.querySelectorAll('figure details').forEach((each) => { each.open = true; })")
            page.wait_for(f"document.getElementById('content').textContent.includes({json.dumps(HOSTILE)})", 10)
            failures.equal(page.run("document.querySelectorAll('#content img').length"), 0, "elements that came of tables")
            failures.check(page.run(f"{PAGE}.model.sets.every((each) => each.cuts && each.calibration)"), "curves and calibration of both sets")
            use(page, failures)
    print(f"{failures.n_checks} checks, {failures.n} wrong")
    return 1 if failures.n else 0


if __name__ == "__main__":
    sys.exit(main())
