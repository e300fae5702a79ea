#!/usr/bin/python3
"""Searches over linear models beside scikit-learn's GridSearchCV on the same data, in turn, on one core.

    bench/linear.py GRIDMILL [-n RUNS] [ridge] [logistic] [elastic_net]

ridge        20,000 x 100, made up; 60 alphas x 5 folds
logistic     a9a, 32,561 x 123, sparse (from $GRIDMILL_SHARED/data; made up where it is not there); 20 Cs x 5 folds
elastic_net  5,000 x 200, made up; 50 alphas x 3 l1_ratios x 5 folds

CPU seconds (user + system), the least of RUNS: of the whole commands, reading included (scikit-learn's reads CSV with
pandas, LIBSVM text with load_svmlight_file), and of the search alone (for gridmill the whole command less one with a single
candidate and two folds; for scikit-learn GridSearchCV.fit). Last the greatest difference of a fold score.
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
FOLDER = pathlib.Path(__file__).resolve().parents[1] / "build" / "bench"
GRIDS = {
    "ridge": ("ridge", {"alpha": [float(f"{a:.6g}") for a in np.logspace(-3, 6, 60)]}),
    "logistic": ("logistic", {"C": [float(f"{c:.6g}") for c in np.logspace(-4, 3, 20)]}),
    "elastic_net": ("elastic_net", {"alpha": [float(f"{a:.6g}") for a in np.logspace(-3, 0.5, 50)],
                                    "l1_ratio": [0.1, 0.5, 0.9]}),
}


def regression(n, d, seed):
    """Features that go together in tens, and a target that follows a third of them."""
    random = np.random.RandomState(seed)
    shared = np.repeat(random.normal(size=(n, d // 10)), 10, axis=1)
    X = random.normal(size=(n, d)) + 0.7 * shared
    w = random.normal(size=d) * (random.uniform(size=d) < 0.3)
    return X, X @ w + 3 * random.normal(size=n)


def data_file(name):
    if name == "logistic":
        real = pathlib.Path(os.environ.get("GRIDMILL_SHARED", "")) / "data" / "libsvm" / "a9a.gz"
        if real.exists():
            return real
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"linear_{name}.{'libsvm' if name == 'logistic' else 'csv'}"
    if path.exists():
        return path
    print(f"making up {path}")
    if name == "logistic":
        from sklearn.datasets import dump_svmlight_file
        random = np.random.RandomState(0)
        X = (random.uniform(size=(32561, 123)) < 14 / 123).astype(float)
        dump_svmlight_file(X, X @ random.normal(size=123) + random.logistic(size=32561) > 0, str(path), zero_based=False)
        return path
    X, y = regression(20000, 100, 1) if name == "ridge" else regression(5000, 200, 2)
    np.savetxt(path, np.column_stack([X, y]), delimiter=",", fmt="%.6g",
               header=",".join([f"x{j}" for j in range(X.shape[1])] + ["target"]), comments="")
    return path


def config(name, small):
    family, grid = GRIDS[name]
    if small:
        grid = {key: values[-1:] for key, values in grid.items()}
    path = FOLDER / f"linear_{name}{'_small' if small else ''}.yaml"
    target = "" if name == "logistic" else ", target: target"
    FOLDER.mkdir(parents=True, exist_ok=True)
    path.write_text(f"output: {path.with_suffix('')}\ndata: {{source: {data_file(name)}{target}}}\nmodel: {family}\n"
                    f"search:\n  grid: {grid}\n  cv: {2 if small else 5}\n  refit: false\n")
    return path


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command):
    before = used()
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ONE_THREAD})
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return used() - before, done.stdout


def run_gridmill(program, name, small):
    path = config(name, small)
    shutil.rmtree(path.with_suffix(""), ignore_errors=True)
    return run([program, "search", path, "--ranks", "1", "--quiet"])[0]


def peer(name):
    """In a process of its own: reads, searches, writes the fold scores, prints the CPU seconds of the search."""
    import pandas as pd
    from sklearn.datasets import load_svmlight_file
    from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
    from sklearn.model_selection import GridSearchCV
    warnings.simplefilter("ignore")
    path = data_file(name)
    if name == "logistic":
        X, y = load_svmlight_file(str(path))
    else:
        table = pd.read_csv(path)
        X, y = table.to_numpy()[:, :-1], table["target"].to_numpy()
    model = {"ridge": Ridge(), "logistic": LogisticRegression(max_iter=1000), "elastic_net": ElasticNet()}[name]
    start = time.process_time()
    search = GridSearchCV(model, GRIDS[name][1], cv=5, refit=False).fit(X, y)
    print(time.process_time() - start)
    pd.DataFrame(search.cv_results_).to_csv(FOLDER / f"linear_{name}_peer.csv", index=False)


def fold_scores(path):
    import pandas as pd
    table = pd.read_csv(path)
    return table[[f"split{k}_test_score" for k in range(5)]].to_numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gridmill", nargs="?")
    parser.add_argument("names", nargs="*", default=[])
    parser.add_argument("-n", "--runs", type=int, default=3)
    parser.add_argument("--peer", choices=sorted(GRIDS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(options.peer)
    for name in options.names or GRIDS:
        data_file(name)
        whole, rest, theirs, alone = [], [], [], []
        for _ in range(options.runs):
            whole.append(run_gridmill(options.gridmill, name, small=False))
            rest.append(run_gridmill(options.gridmill, name, small=True))
            seconds, output = run([sys.executable, __file__, "--peer", name])
            theirs.append(seconds)
            alone.append(float(output.split()[-1]))
        ours = max(min(whole) - min(rest), 1e-3)
        apart = np.abs(fold_scores(FOLDER / f"linear_{name}" / "cv_results.csv")
                       - fold_scores(FOLDER / f"linear_{name}_peer.csv"))
        print(f"{name}: whole command gridmill {min(whole):.2f} s, scikit-learn {min(theirs):.2f} s: "
              f"{min(theirs) / min(whole):.1f}; search alone {ours:.2f} s, {min(alone):.2f} s: {min(alone) / ours:.1f}; "
              f"fold scores differ by {apart.max():.1e} at most, {np.median(apart):.1e} in the median", flush=True)


if __name__ == "__main__":
    main()
