#!/usr/bin/python3
"""The 197 features of loans_features.yaml, written by hand for pandas, from the same CSV files.

    bench/peers/pandas_loans.py FOLDER [OUT.pickle]

One groupby for each table and kind of column, as a data scientist writes it: no Featuretools. Prints seconds for reading the
CSV files, computing and writing, and the peak memory. MODE takes the smallest of the most frequent values; PERCENT_TRUE
counts a missing entry as false; SUM and COUNT of no rows are 0.
"""
import json
import resource
import sys
import time

import pandas as pd

TABLES = {
    "applicants": {"key": "applicant_id", "time": ["application_time", "birth_date"],
                   "number": ["income", "credit_amount", "annuity", "ext_score", "n_children"],
                   "word": ["education", "family_status", "region"], "flag": ["owns_car", "owns_realty"]},
    "bureau": {"key": "bureau_id", "time": ["open_time"], "number": ["amount", "debt", "days_overdue", "prolonged"],
               "word": ["credit_type", "status"], "flag": ["secured"]},
    "balances": {"key": "balance_id", "time": ["month"], "number": ["balance"], "word": ["state"], "flag": ["paid"]},
    "previous": {"key": "prev_id", "time": ["decision_time"], "number": ["asked", "granted"],
                 "word": ["contract_type", "outcome"], "flag": ["insured"]},
    "card": {"key": "activity_id", "time": ["activity_time"], "number": ["amount", "items"], "word": ["kind", "merchant"],
             "flag": ["online"]},
}
PARTS = {"DAY": "day", "MONTH": "month", "WEEKDAY": "weekday", "YEAR": "year"}
NUMERIC = {"MAX": "max", "MEAN": "mean", "MIN": "min", "STD": "std", "SUM": "sum"}


def read(folder, name):
    kinds = TABLES[name]
    types = {**{c: "category" for c in kinds["word"]}, **{c: "boolean" for c in kinds["flag"]}}
    return pd.read_csv(f"{folder}/{name}.csv", dtype=types, parse_dates=kinds["time"])


def calendar(table, columns):
    return {f"{name}({column})": getattr(table[column].dt, part)
            for column in columns for name, part in PARTS.items()}


def mode(table, key, column):
    """The most frequent value of each group, of several the smallest."""
    counts = table.groupby([key, column], observed=True).size().reset_index(name="n")
    return counts.sort_values([key, "n", column], ascending=[True, False, True]).drop_duplicates(key).set_index(key)[column]


def skew(table, key, columns):
    """GroupBy.skew calls Python for each group in pandas 1.5: by moments it takes a hundredth of the time."""
    values = table[columns].astype("float64")
    off = values - values.groupby(table[key]).transform("mean")
    n = values.groupby(table[key]).count()
    m2, m3 = ((off**power).groupby(table[key]).sum() for power in (2, 3))
    m2, m3 = m2.mask(m2.abs() < 1e-14, 0), m3.mask(m3.abs() < 1e-14, 0)
    return (n * (n - 1) ** 0.5 / (n - 2) * m3 / m2**1.5).mask(m2 == 0, 0).where(n > 2)


def aggregate(table, key, prefix, numbers, flags, words, without=()):
    """Featuretools' default aggregations of these columns (their names by how features call them), by key."""
    groups = table.groupby(key)
    made = {f"COUNT({prefix})": groups.size()}
    for function, method in NUMERIC.items():
        chosen = [c for c in numbers if (function, c) not in without]
        of_all = getattr(groups[chosen], method)()
        made.update({f"{function}({prefix}.{c})": of_all[c] for c in chosen})
    of_all = skew(table, key, [c for c in numbers if ("SKEW", c) not in without])
    made.update({f"SKEW({prefix}.{c})": of_all[c] for c in of_all})
    share = table[flags].fillna(False).astype("float64").groupby(table[key]).mean()
    made.update({f"PERCENT_TRUE({prefix}.{c})": share[c] for c in flags})
    unique = groups[words].nunique()
    for column in words:
        made[f"MODE({prefix}.{column})"] = mode(table, key, column)
        made[f"NUM_UNIQUE({prefix}.{column})"] = unique[column]
    return pd.DataFrame(made)


def own(name):
    kinds = TABLES[name]
    times = [] if name == "balances" else [f"{part}({time})" for time in kinds["time"] for part in PARTS]
    return kinds["number"], kinds["flag"], kinds["word"] + times


def compute(tables):
    for name in ("bureau", "previous", "card"):
        tables[name] = tables[name].assign(**calendar(tables[name], TABLES[name]["time"]))
    of_credit = aggregate(tables["balances"], "bureau_id", "balances", *own("balances"))
    credits = tables["bureau"].join(of_credit, on="bureau_id")
    zero = [c for c in of_credit if c.startswith(("COUNT(", "SUM("))]
    credits[zero] = credits[zero].fillna(0)
    numbers, flags, words = own("bureau")
    stacked = [c for c in of_credit if not c.startswith("MODE(")]
    not_twice = {(c.split("(")[0], c) for c in stacked if c.split("(")[0] in ("MAX", "MIN", "SKEW", "STD", "SUM")}
    of_bureau = aggregate(credits, "applicant_id", "bureau", numbers + stacked, flags, words + ["MODE(balances.state)"],
                          without={*not_twice, ("SUM", "COUNT(balances)")})
    above = {c: f"bureau.{c}" for c in ("amount", "debt", "days_overdue", "prolonged", "secured", "credit_type", "status")}
    below = tables["balances"].join(tables["bureau"].set_index("bureau_id")[["applicant_id", *above]].rename(columns=above),
                                    on="bureau_id")
    of_balances = aggregate(below, "applicant_id", "balances",
                            ["balance", *(above[c] for c in ("amount", "debt", "days_overdue", "prolonged"))],
                            ["paid", above["secured"]], ["state", above["credit_type"], above["status"]])
    parts = [of_bureau, of_balances]
    parts += [aggregate(tables[name], "applicant_id", name, *own(name)) for name in ("previous", "card")]
    applicants = tables["applicants"].set_index("applicant_id")
    applicants = applicants.assign(**calendar(applicants, TABLES["applicants"]["time"]))
    features = applicants.drop(columns=["target", "application_time", "birth_date"]).join(parts)
    zero = [c for c in features if str(c).startswith(("COUNT(", "SUM("))]
    features[zero] = features[zero].fillna(0)
    return features


def main():
    folder, *output = sys.argv[1:]
    start = time.perf_counter()
    tables = {name: read(folder, name) for name in TABLES}
    loaded = time.perf_counter()
    features = compute(tables)
    computed = time.perf_counter()
    if output:
        features.to_pickle(output[0])
    written = time.perf_counter()
    print(json.dumps({"columns": features.shape[1], "rows": features.shape[0], "read_s": round(loaded - start, 2),
                      "compute_s": round(computed - loaded, 2), "write_s": round(written - computed, 2),
                      "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))


if __name__ == "__main__":
    main()
