#!/usr/bin/env python3
"""Makes the golden files of Featuretools: for every NAME.yaml here the features it names and their values.

usage: make_golden.py [NAME ...]    # needs Python with featuretools 1.28 and pandas 1.5; see README.md

NAME.yaml is the call: data set, target, primitives, depth, cutoff times. From it and data/<set>/ come
NAME.features.csv  per column: position, name, kind, depth, logical type, tags, outputs, default
NAME.csv           the feature matrix, row order and column order as Featuretools gives them
"""
import ast
import io
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

warnings.filterwarnings("ignore")
import featuretools as ft                                      # noqa: E402
from featuretools.primitives.utils import (                    # noqa: E402
    get_aggregation_primitives, get_transform_primitives)

PANDAS = {"Integer": "int64", "IntegerNullable": "Int64", "Double": "float64", "Boolean": "bool",
          "BooleanNullable": "boolean", "Categorical": "category", "NaturalLanguage": "string",
          "PostalCode": "category", "EmailAddress": "string", "URL": "string"}


def load_es(d):
    """entityset.yaml + CSVs -> EntitySet.  Every type is given, nothing is inferred."""
    y = yaml.safe_load(open(os.path.join(d, "entityset.yaml")))
    es = ft.EntitySet(y["id"])
    for t in y["tables"]:
        typ = t["columns"]
        dates = [c for c, k in typ.items() if k == "Datetime"]
        ll = [c for c, k in typ.items() if k == "LatLong"]
        file = os.path.join(d, t["file"])
        if not os.path.exists(file):                           # names do not depend on rows
            file = io.StringIO(",".join(typ) + "\n")
        df = pd.read_csv(file, parse_dates=dates, keep_default_na=False, na_values=[""],
                         dtype={c: PANDAS[k] for c, k in typ.items() if c not in dates and c not in ll})
        for c in dates:
            df[c] = pd.to_datetime(df[c])
        for c in ll:
            df[c] = [ast.literal_eval(v) if isinstance(v, str) else (np.nan, np.nan) for v in df[c]]
        es.add_dataframe(dataframe_name=t["name"], dataframe=df, index=t["index"], time_index=t.get("time_index"),
                         logical_types=typ, semantic_tags={k: set(v) for k, v in (t.get("tags") or {}).items()},
                         secondary_time_index=t.get("secondary_time_index"))
    for r in y["relationships"]:
        es.add_relationship(r["parent"], r["parent_column"], r["child"], r["child_column"])
    return es, y


def prim(s):
    """'count' or 'n_most_common(n=2)' -> primitive instance"""
    name, _, args = s.partition("(")
    allp = {**get_aggregation_primitives(), **get_transform_primitives()}
    kw = eval("dict(" + args) if args else {}
    return allp[name](**kw)


def kind(f):
    return {"IdentityFeature": "identity", "DirectFeature": "direct", "AggregationFeature": "aggregation", "TransformFeature": "transform",
            "GroupByTransformFeature": "groupby_transform", "FeatureOutputSlice": "slice"}[type(f).__name__]


def seeds(es, specs):
    """seed / hand-made features: dict(kind, ...) -> feature"""
    out = []
    for s in specs:
        if s["kind"] == "aggregation":
            base = [ft.Feature(es[s["child"]].ww[c]) for c in s["base"]]
            w = None
            if s.get("where"):
                col, op, val = s["where"]
                f = ft.Feature(es[s["child"]].ww[col])
                w = {"==": lambda: f == val, ">": lambda: f > val, "<": lambda: f < val, "isin": lambda: f.isin(val)}[op]()
            out.append(ft.Feature(base, parent_dataframe_name=s["parent"], primitive=prim(s["primitive"]), where=w,
                                  use_previous=s.get("use_previous")))
        else:
            out.append(ft.Feature([ft.Feature(es[s["table"]].ww[c]) for c in s["base"]], primitive=prim(s["primitive"])))
        if s.get("name"):
            out[-1] = out[-1].rename(s["name"])
    return out


def fmt(df):
    """text form: shortest exact decimal for doubles, empty = missing, True/False, ISO times"""
    out = df.copy()
    for c in out.columns:
        v = out[c]
        if isinstance(v.dtype, pd.CategoricalDtype):
            out[c] = v.astype(object)
        if str(v.dtype).startswith("datetime64"):
            out[c] = [("" if pd.isna(x) else str(x)) for x in v]
        elif str(v.dtype).startswith("timedelta"):
            out[c] = [("" if pd.isna(x) else repr(x.total_seconds())) for x in v]
    return out


def run(out, name, s):
    d = os.path.join(out, "data", s["data"])
    es, y = load_es(d)
    for t, vals in (s.get("interesting_values") or {}).items():
        es.add_interesting_values(dataframe_name=t, values=vals)
    if s.get("last_time_indexes"):
        es.add_last_time_indexes()
    kw = dict(entityset=es, target_dataframe_name=s["target"], max_depth=s.get("max_depth", 2), features_only=True)
    for k in ("agg_primitives", "trans_primitives", "groupby_trans_primitives", "where_primitives"):
        if k in s:
            kw[k] = [prim(x) for x in s[k]]
    for k in ("ignore_dataframes", "ignore_columns", "drop_contains", "drop_exact", "max_features", "primitive_options",
              "where_stacking_limit", "allowed_paths"):
        if k in s:
            v = s[k]
            if k == "primitive_options":
                v = {tuple(a.split("|")) if "|" in a else a: b for a, b in v.items()}
            kw[k] = v
    if "seed_features" in s:
        kw["seed_features"] = seeds(es, s["seed_features"])
    if s.get("return_types") == "all":
        kw["return_types"] = "all"
    if "where_stacking_limit" in kw:                     # ft.dfs() does not pass it on: use the class
        kw.pop("features_only")
        fs = ft.synthesis.deep_feature_synthesis.DeepFeatureSynthesis(**kw).build_features()
    else:
        fs = ft.dfs(**kw)
    info, pos = [], 0
    for f in fs:
        cs = f.column_schema
        for n in f.get_feature_names():
            info.append((pos, n, kind(f), f.get_depth(), type(cs.logical_type).__name__ if cs.logical_type is not None else "",
                         " ".join(sorted(cs.semantic_tags)), f.number_output_features, f.default_value))
            pos += 1
    pd.DataFrame(info, columns=["position", "name", "kind", "depth", "logical_type", "tags", "outputs", "default"]).to_csv(
        os.path.join(out, name + ".features.csv"), index=False)
    if not s.get("names_only") and os.path.exists(os.path.join(d, y["tables"][0]["file"])):
        cut = s.get("cutoff_time")
        if isinstance(cut, str) and cut.endswith(".csv"):
            c = pd.read_csv(os.path.join(out, "data", s["data"], cut), parse_dates=["time"])
            c.ww.init()
            cut = c
        else:
            cut = pd.Timestamp(cut)
        fm = ft.calculate_feature_matrix(fs, es, cutoff_time=cut, training_window=s.get("training_window"),
                                         include_cutoff_time=s.get("include_cutoff_time", True), approximate=s.get("approximate"),
                                         cutoff_time_in_index=isinstance(cut, pd.DataFrame))
        fmt(fm).to_csv(os.path.join(out, name + ".csv"), date_format="%Y-%m-%d %H:%M:%S")
    print("%-24s %6d features" % (name, len(info)))


def main():
    here = Path(__file__).parent
    wanted = sys.argv[1:] or sorted(p.stem for p in here.glob("*.yaml"))
    for name in wanted:
        run(str(here), name, yaml.safe_load((here / (name + ".yaml")).read_text()))


if __name__ == "__main__":
    main()
