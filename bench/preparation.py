#!/usr/bin/python3
"""What is learnt before the model, beside scikit-learn 1.2.1 on the same data, in turn, on one core.

    bench/preparation.py GRIDMILL [mixed] [numbers] [texts] [energy] [-n RUNS] [--bench PREPARATION_BENCH]

mixed     200,000 rows x 40 columns, made up: 28 of numbers (a tenth missing), 12 of words (5 to 40 categories); impute:
          median, standardize, one_hot, beside ColumnTransformer; learnt from all rows and done to all rows
numbers   each preprocessing alone, 100,000 x 20, made up, skewed
texts     20,000 texts of 50,000 terms in eight topics, made up; TF-IDF and SVC(kernel='linear'), 3 Cs x 2 ngrams x 3 folds,
          a whole search each. scikit-learn's fits are many minutes: --folds 1 lets it do one fold of three, and its
          time counts three times
energy    the features job of configs/energy.yaml on the Tetuan file (from $GRIDMILL_SHARED/data), at one common cutoff
          time and hour by hour; no peer

CPU seconds (user + system), the least of RUNS; others may be at work. Last the greatest difference of a value or score.
"""
import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time
import warnings

import numpy as np

ONE_THREAD = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "bench"
WAYS = ["standardize", "minmax", "robust", "max_abs", "quantile_uniform", "quantile_normal", "power", "clip"]
SEED = 5
TEXT_GRID = {"C": [0.1, 1.0, 10.0], "ngrams": [1, 2]}


def used(who=resource.RUSAGE_CHILDREN):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def run(command):
    before = used()
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ONE_THREAD})
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return used() - before, done.stdout


def mixed():
    import pandas as pd
    random = np.random.RandomState(1)
    n = 200_000
    columns = {}
    for j in range(28):
        values = random.lognormal(size=n) if j % 3 == 0 else random.normal(size=n) * 10 + j
        values[random.random_sample(n) < 0.1] = np.nan
        columns[f"x{j}"] = np.round(values, 4)
    for j in range(12):
        k = [5, 10, 20, 40][j % 4]
        words = np.array([f"word {j} {i}" for i in range(k)], dtype=object)
        columns[f"w{j}"] = words[np.minimum(random.geometric(3 / k, n) - 1, k - 1)]
    columns["y"] = np.round(random.normal(size=n), 3)
    return pd.DataFrame(columns)


def numbers():
    import pandas as pd
    random = np.random.RandomState(2)
    n = 100_000
    columns = {}
    for j in range(20):
        kinds = [random.lognormal, random.normal, lambda size: random.gamma(2, size=size) - 3, lambda size: random.randint(0, 50, size)]
        columns[f"x{j}"] = np.round(kinds[j % 4](size=n).astype(float), 5)
    columns["y"] = np.round(random.normal(size=n), 3)
    return pd.DataFrame(columns)


def texts():
    """Words by Zipf's law, of which each topic prefers some; as a table of text and topic."""
    import pandas as pd
    random = np.random.RandomState(3)
    n, n_terms, length = 20_000, 50_000, 60
    share = 1 / (np.arange(n_terms) + 10.0)
    share /= share.sum()
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    words = np.array(["".join(letters[random.randint(0, 26, 4 + i % 7)]) + str(i % 10) for i in range(n_terms)], dtype=object)
    topic = random.randint(0, 8, n)
    common = random.choice(n_terms, size=(n, length), p=share)
    own = (common * 8 + topic[:, None]) % n_terms
    picked = np.where(random.random_sample((n, length)) < 0.15, own, common)
    # The rare ones, too: each term stands somewhere.
    picked[:, 0] = np.arange(n) % n_terms
    picked[:, 1] = (np.arange(n) + n) % n_terms
    picked[: n_terms - 2 * n, 2] = np.arange(2 * n, n_terms)
    return pd.DataFrame({"text": [" ".join(words[row]) for row in picked], "topic": [f"topic {t}" for t in topic]})


def data_file(name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"preparation_{name}.csv"
    if not path.exists():
        print(f"making up {path}", flush=True)
        {"mixed": mixed, "numbers": numbers, "texts": texts}[name]().to_csv(path, index=False)
    return path


def write_config(name, text):
    path = FOLDER / f"preparation_{name}.yaml"
    path.write_text(f"output: {FOLDER / ('preparation_' + name)}\nseed: {SEED}\n{text}")
    return path


def peer_steps(name):
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import (MaxAbsScaler, MinMaxScaler, OneHotEncoder, PowerTransformer, QuantileTransformer,
                                       RobustScaler, StandardScaler)
    if name == "mixed":
        return ColumnTransformer([
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), [f"x{j}" for j in range(28)]),
            ("words", OneHotEncoder(handle_unknown="ignore"), [f"w{j}" for j in range(12)])])
    if name == "clip":
        sys.path.insert(0, str(ROOT / "tests" / "prepare" / "golden"))
        from clipping import Clip
        return Clip(0.01)
    return {"standardize": StandardScaler(), "minmax": MinMaxScaler(), "robust": RobustScaler(), "max_abs": MaxAbsScaler(),
            "quantile_uniform": QuantileTransformer(random_state=SEED), "power": PowerTransformer(),
            "quantile_normal": QuantileTransformer(random_state=SEED, output_distribution="normal")}[name]


def peer_preparation(name):
    """In a process of its own: CPU seconds of fit_transform, the table read before."""
    import pandas as pd
    table = pd.read_csv(data_file("mixed" if name == "mixed" else "numbers"))
    X = table.drop(columns="y")
    if name != "mixed":
        X = X.to_numpy()
    steps = peer_steps(name)
    start = time.process_time()
    out = steps.fit_transform(X)
    print(time.process_time() - start)
    np.save(FOLDER / f"preparation_{name}_peer.npy", out.toarray() if hasattr(out, "toarray") else out)


def peer_texts(n_folds):
    import pandas as pd
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import Pipeline
    from sklearn.svm import SVC
    table = pd.read_csv(data_file("texts"))
    X, y = table["text"].to_numpy(), table["topic"].to_numpy()
    folds = list(StratifiedKFold(3).split(X, y))[:n_folds]
    model = Pipeline([("terms", TfidfVectorizer()), ("model", SVC(kernel="linear"))])
    grid = {"model__C": TEXT_GRID["C"], "terms__ngram_range": [(1, n) for n in TEXT_GRID["ngrams"]]}
    start = time.process_time()
    search = GridSearchCV(model, grid, cv=folds, refit=False).fit(X, y)
    print((time.process_time() - start) * 3 / n_folds)
    pd.DataFrame(search.cv_results_).to_csv(FOLDER / "preparation_texts_peer.csv", index=False)


def compare_preparation(name, options):
    kind = "mixed" if name == "mixed" else "numbers"
    steps = "impute: median, preprocessing: standardize, categories: one_hot" if name == "mixed" else f"preprocessing: {name}"
    config = write_config(name, f"data: {{source: {data_file(kind)}, target: y}}\nmodel: {{name: ridge, {steps}}}\n"
                                "search: {grid: {alpha: [1]}, cv: 2}\n")
    ours, theirs = [], []
    values = FOLDER / f"preparation_{name}.bin"
    for _ in range(options.runs):
        ours.append([float(word) for word in run([options.bench, config, "3", values])[1].split()])
        theirs.append(float(run([sys.executable, __file__, "--peer", name])[1].split()[-1]))
    best = min(ours)
    peer = np.load(FOLDER / f"preparation_{name}_peer.npy")
    mine = np.fromfile(values).reshape(peer.shape)
    apart = np.abs(mine - peer) / np.maximum(1, np.abs(peer))
    print(f"{name}: gridmill {best[0]:.3f} s (learning {best[1]:.3f}, doing {best[2]:.3f}), scikit-learn {min(theirs):.3f} s: "
          f"{min(theirs) / best[0]:.1f}; {peer.shape[1]} features, values differ by {np.nanmax(apart):.1e} at most", flush=True)
    values.unlink()
    (FOLDER / f"preparation_{name}_peer.npy").unlink()


def compare_texts(options):
    config = write_config("texts", f"data: {{source: {data_file('texts')}, target: topic, types: {{text: text}}}}\n"
                                   "model: {name: svc, kernel: linear, text: tfidf}\n"
                                   f"search: {{grid: {TEXT_GRID}, cv: 3, refit: false}}\n")
    ours, theirs = [], []
    for _ in range(options.runs):
        shutil.rmtree(config.with_suffix(""), ignore_errors=True)
        ours.append(run([options.gridmill, "search", config, "--ranks", "1", "--quiet"])[0])
    peer_file = FOLDER / "preparation_texts_peer.csv"
    if options.folds > 0:
        theirs.append(float(run([sys.executable, __file__, "--peer", "texts", "--folds", str(options.folds)])[1].split()[-1]))
    words = f"scikit-learn {min(theirs):.1f} s: {min(theirs) / min(ours):.1f}" if theirs else "scikit-learn not measured"
    if peer_file.exists():
        import pandas as pd
        mine, peer = pd.read_csv(config.with_suffix("") / "cv_results.csv"), pd.read_csv(peer_file)
        columns = [c for c in peer if c.startswith("split")]
        words += f"; fold scores differ by {np.abs(mine[columns] - peer[columns]).to_numpy().max():.1e} at most"
    print(f"texts: gridmill {min(ours):.1f} s, {words}", flush=True)


def energy(options):
    data = pathlib.Path(os.environ.get("GRIDMILL_SHARED", "")) / "data" / "power" / "tetuan_power_consumption.csv.xz"
    if not data.exists():
        print("energy: GRIDMILL_SHARED names no folder with data/power")
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "configs" / "energy.yaml").read_text()
    text = text[text.index("import:"):text.index("data: {holdout")]  # import and features alone
    text = text.replace("data/energy/energy.h5", str(FOLDER / "energy.h5")).replace("data/energy/power.csv", str(data))
    hourly = write_config("energy_hourly", text)
    lines = [line for line in text.splitlines() if "cutoff_time" not in line and "label:" not in line]
    common = write_config("energy_common", "\n".join(lines) + "\n")
    run([options.gridmill, "import", hourly, "--quiet"])
    for name, config in (("one common cutoff time", common), ("hour by hour", hourly)):
        seconds, wall = [], []
        for _ in range(options.runs):
            shutil.rmtree(config.with_suffix(""), ignore_errors=True)
            start = time.monotonic()
            seconds.append(run([options.gridmill, "features", config, "--ranks", "1", "--quiet"])[0])
            wall.append(time.monotonic() - start)
        print(f"energy, {name}: {min(seconds):.2f} s processor, {min(wall):.2f} s wall", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gridmill", nargs="?")
    parser.add_argument("names", nargs="*", default=[])
    parser.add_argument("-n", "--runs", type=int, default=3)
    parser.add_argument("--bench", help="the program preparation_bench; by default beside gridmill, in bench")
    parser.add_argument("--folds", type=int, default=3, help="of texts, that scikit-learn does; 0: it is not asked")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.peer:
        return peer_texts(options.folds) if options.peer == "texts" else peer_preparation(options.peer)
    options.bench = options.bench or pathlib.Path(options.gridmill).parent / "bench" / "preparation_bench"
    for name in options.names or ["mixed", "numbers", "texts", "energy"]:
        if name == "energy":
            energy(options)
        elif name == "texts":
            compare_texts(options)
        else:
            for each in WAYS if name == "numbers" else [name]:
                compare_preparation(each, options)


if __name__ == "__main__":
    main()
