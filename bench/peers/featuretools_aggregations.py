#!/usr/bin/env python3
"""All 65 aggregations of Featuretools over every column of a child table: the data, the config, and the peer.

usage: featuretools_aggregations.py data DIR    writes customers.csv, orders.csv and features.yaml (gridmill's config)
       featuretools_aggregations.py peer DIR    computes the same features with Featuretools, which must be installed

2,400 customers with 0 to 9 orders each; a tenth of the entries is missing, times tie, some groups are constant.
"""
import random
import sys
import time
from pathlib import Path

AGGREGATIONS = """all any average_count_per_unique avg_time_between count count_above_mean count_below_mean
count_greater_than count_inside_nth_std count_inside_range count_less_than count_outside_nth_std count_outside_range
date_first_event entropy first first_last_time_delta has_no_duplicates is_monotonically_decreasing
is_monotonically_increasing is_unique kurtosis last max max_consecutive_false max_consecutive_negatives
max_consecutive_positives max_consecutive_true max_consecutive_zeros max_count max_min_delta mean median median_count min
min_count mode n_most_common n_most_common_frequency n_unique_days n_unique_days_of_calendar_year n_unique_days_of_month
n_unique_months n_unique_weeks num_consecutive_greater_mean num_consecutive_less_mean num_false_since_last_true num_peaks
num_true num_true_since_last_false num_unique num_zero_crossings percent_true percent_unique skew std sum
time_since_first time_since_last time_since_last_false time_since_last_max time_since_last_min time_since_last_true trend
variance""".split()
TYPES = {
    "customers": {"customer_id": "Integer", "joined": "Datetime"},
    "orders": {"order_id": "Integer", "customer_id": "Integer", "placed": "Datetime", "shipped": "Datetime",
               "amount": "Double", "qty": "Integer", "paid": "Boolean", "returned": "BooleanNullable",
               "channel": "Categorical", "rating": "Double"},
}
INDEX = {"customers": ("customer_id", "joined"), "orders": ("order_id", "placed")}


def write_data(folder: Path) -> None:
    rng = random.Random(7)

    def maybe(value: object) -> str:
        return "" if rng.random() < 0.1 else str(value)

    def day(month: int) -> str:
        return f"2020-{month:02d}-{rng.randint(1, 28):02d} {rng.randint(0, 23):02d}:00:00"

    customers, orders = ["customer_id,joined"], ["order_id,customer_id,placed,shipped,amount,qty,paid,returned,channel,rating"]
    for customer in range(2400):
        customers.append(f"{customer},{day(1)}")
        constant = rng.random() < 0.05
        for _ in range(rng.randint(0, 9)):
            amount = 5.0 if constant else round(rng.gauss(20, 30), 2)
            orders.append(",".join([str(len(orders)), str(customer), day(rng.randint(2, 4)), maybe(day(5)), maybe(amount),
                                    str(rng.randint(-1, 6)), str(rng.random() < 0.5), maybe(rng.random() < 0.3),
                                    maybe(rng.choice(["web", "shop", "phone"])), maybe(rng.randint(1, 5) / 2)]))
    (folder / "customers.csv").write_text("\n".join(customers) + "\n")
    (folder / "orders.csv").write_text("\n".join(orders) + "\n")
    tables = "".join(
        f"    {name}: {{source: {name}.csv, index: {INDEX[name][0]}, time_index: {INDEX[name][1]}, types: {{"
        + ", ".join(f"{column}: {kind}" for column, kind in types.items()) + "}}\n" for name, types in TYPES.items())
    (folder / "features.yaml").write_text(
        f"output: {folder}/run\nimport:\n  store: {folder}/store.h5\n  tables:\n{tables}"
        "  relationships: [orders.customer_id -> customers.customer_id]\n"
        "features:\n  target: customers\n  cutoff_time: 2030-01-01\n  max_depth: 1\n  transforms: []\n"
        f"  aggregations: [{', '.join(AGGREGATIONS)}]\n")


def run_peer(folder: Path) -> None:
    import featuretools as ft
    import pandas as pd

    held = {"Integer": "int64", "Double": "float64", "Boolean": "bool", "BooleanNullable": "boolean",
            "Categorical": "category"}
    entities = ft.EntitySet("shop")
    for name, types in TYPES.items():
        frame = pd.read_csv(folder / f"{name}.csv", parse_dates=[c for c, kind in types.items() if kind == "Datetime"],
                            dtype={c: held[kind] for c, kind in types.items() if kind != "Datetime"})
        entities.add_dataframe(dataframe_name=name, dataframe=frame, index=INDEX[name][0], time_index=INDEX[name][1],
                               logical_types=types)
    entities.add_relationship("customers", "customer_id", "orders", "customer_id")
    features = ft.dfs(entityset=entities, target_dataframe_name="customers", max_depth=1, features_only=True,
                      agg_primitives=AGGREGATIONS, trans_primitives=[])
    started = time.perf_counter()
    matrix = ft.calculate_feature_matrix(features, entityset=entities, cutoff_time=pd.Timestamp("2030-01-01"))
    print(f"Featuretools {ft.__version__}: {matrix.shape[0]} x {matrix.shape[1]} in {time.perf_counter() - started:.1f} s")
    matrix.to_csv(folder / "featuretools.csv")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("data", "peer"):
        sys.exit(__doc__)
    {"data": write_data, "peer": run_peer}[sys.argv[1]](Path(sys.argv[2]))
