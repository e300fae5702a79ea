"""Features of related DataFrames by deep feature synthesis, with the face of Featuretools' `ft.dfs`."""
import csv
import datetime
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from . import program
from .config_file import config_path
from .errors import BadInputError
from .store import column_kind, column_names, read_table


def dfs(dataframes, relationships=None, *, target_dataframe_name, cutoff_time=None, agg_primitives=None,
        trans_primitives=None, groupby_trans_primitives=None, where_primitives=None, interesting_values=None,
        allowed_paths=None, max_depth=2, max_features=-1, ignore_dataframes=None, ignore_columns=None,
        primitive_options=None, drop_contains=None, drop_exact=None, return_types=None, training_window=None,
        approximate=None, include_cutoff_time=True, cutoff_time_in_index=False, n_jobs=None, verbose=False, run=None):
    """Makes features of the rows of a table. Returns (feature_matrix, names): a DataFrame by the target's index, a list.

    dataframes: {name: (df, index[, time_index[, logical_types[, semantic_tags]]])}.
    relationships: [(parent, key, child, key)]. Primitives: names, also with arguments, "trend" or "lag(periods=2)", or
    {"name": "lag", "periods": 2}; None: Featuretools' defaults. cutoff_time: a time for all rows; a DataFrame of
    instances ("instance_id", or the target's index, or the first column) and times ("time", or the second), whose other
    columns stand behind the features; None: now. interesting_values: {table: {column: [value]}}.
    n_jobs: processes; None: one a core. run: folder to keep it in, so that the same call goes on; None: a temporary one.
    The rest is Featuretools'. Types that a DataFrame says are kept; those of words are found out, as Woodwork does.
    Errors: GridmillError with the words of the program.
    """
    with tempfile.TemporaryDirectory(prefix="gridmill-") as temporary:
        output = Path(temporary) / "features" if run is None else Path(run)
        folder = output.with_name(output.name + ".tables")
        cutoffs = cutoff_time if isinstance(cutoff_time, pd.DataFrame) else None
        options = {
            "target": target_dataframe_name, "aggregations": _primitives(agg_primitives),
            "transforms": _primitives(trans_primitives), "group_by_transforms": _primitives(groupby_trans_primitives),
            "where_primitives": _primitives(where_primitives), "interesting_values": interesting_values,
            "allowed_paths": allowed_paths, "max_depth": -1 if max_depth is None else max_depth,
            "max_features": None if max_features == -1 else max_features, "ignore_tables": ignore_dataframes,
            "ignore_columns": ignore_columns, "primitive_options": _primitive_options(primitive_options),
            "drop_contains": drop_contains, "drop_exact": drop_exact, "return_types": return_types,
            "training_window": training_window, "approximate": approximate, "include_cutoff_time": include_cutoff_time,
        }
        options = {name: value for name, value in options.items() if value is not None}
        config = {"output": str(output), "import": {"store": str(folder / "store.h5")}, "features": options}
        path = config_path(config, {})  # refuses a file of the user's before anything is written
        folder.mkdir(parents=True, exist_ok=True)
        config["import"]["tables"] = {name: _write_table(folder, number, name, *given)
                                      for number, (name, given) in enumerate(dataframes.items())}
        config["import"]["relationships"] = [
            {"parent": parent, "parent_column": str(key), "child": child, "child_column": str(own)}
            for parent, key, child, own in relationships or []]
        if target_dataframe_name not in dataframes:
            raise BadInputError(f"target_dataframe_name='{target_dataframe_name}' is none of {', '.join(dataframes)}")
        index = str(dataframes[target_dataframe_name][1])
        if cutoffs is not None:
            instance, time = _instance_and_time(cutoffs, index)
            _write_csv(folder / "cutoff_times.csv", cutoffs[[instance, time]].set_axis([index, "time"], axis=1), "")
            options["cutoff_time"] = {"file": str(folder / "cutoff_times.csv"), "instance": index, "time": "time"}
        elif cutoff_time is not None:
            options["cutoff_time"] = _time(cutoff_time)
        config_path(config, {})
        outcome = program.call(["run", path, *(["--ranks", n_jobs] if n_jobs not in (None, -1) else [])],
                               progress=bool(verbose))
        program.require_success(outcome)
        return _matrix(output / "features.h5", index, cutoffs, cutoff_time_in_index)


def _matrix(path, index, cutoffs, time_in_index):
    stored = read_table(path)  # ids first, then the cutoff time of each row if they have one
    names = list(stored.columns[1 if cutoffs is None else 2:])
    matrix = stored[names]
    matrix.index = pd.Index(stored.iloc[:, 0], name=index)
    if cutoffs is not None:
        instance, time = _instance_and_time(cutoffs, index)
        if time_in_index:
            matrix.index = pd.MultiIndex.from_arrays([stored.iloc[:, 0], stored.iloc[:, 1]], names=[index, "time"])
        others = cutoffs.drop(columns=[instance, time])
        matrix = pd.concat([matrix, others.set_axis(matrix.index, axis=0)], axis=1)
    return matrix, names


def _write_table(folder, number, name, frame, index, time_index=None, logical_types=None, semantic_tags=None, make_index=False):
    """Writes a table as CSV, whose numbers read back to the bit, and returns its options of the import."""
    frame = frame.set_axis(column_names(frame), axis=1)
    words = {column for column in frame.columns if column_kind(column, frame[column]) in ("words", "texts")}
    missing = _missing_word(frame[sorted(words)])
    path = folder / (f"{name}.csv" if re.fullmatch(r"[\w-]+", name) else f"table{number}.csv")
    types = {column: _TYPES[kind] for column in frame.columns
             if (kind := column_kind(column, frame[column])) in _TYPES}
    # Digits in words are words: the text alone would not tell.
    types.update({column: "Categorical" for column in words if _look_like_numbers(frame[column])})
    types.update({str(column): _type_name(given) for column, given in (logical_types or {}).items()})
    _write_csv(path, frame, missing)
    options = {"source": str(path), "index": str(index), "missing": [missing], "types": types, "header": True, "delimiter": ","}
    if make_index:
        options["make_index"] = True
    if time_index is not None:
        options["time_index"] = str(time_index)
    if semantic_tags:
        options["tags"] = {str(column): [tags] if isinstance(tags, str) else sorted(tags) for column, tags in semantic_tags.items()}
    return options


_TYPES = {"integer": "Integer", "nullable integer": "IntegerNullable", "double": "Double", "boolean": "Boolean",
          "nullable boolean": "BooleanNullable", "datetime": "Datetime", "category": "Categorical"}


def _type_name(given):
    """The name of a logical type: a text, or a class or an object of Woodwork's."""
    return given if isinstance(given, str) else getattr(given, "__name__", type(given).__name__)


def _look_like_numbers(words):
    there = words.dropna().astype(str)
    return len(there) > 0 and bool(pd.to_numeric(there, errors="coerce").notna().any())


def _missing_word(words):
    """A text for missing cells that no word is."""
    taken = {word for name in words for word in words[name].dropna().unique()}
    missing = ""
    while missing in taken:
        missing += "\\N"
    return missing


def _write_csv(path, frame, missing):
    frame = frame.copy(deep=False)
    for column in frame.columns:
        if frame[column].dtype.kind == "M" or isinstance(frame[column].dtype, pd.DatetimeTZDtype):
            times = frame[column].dt.tz_convert("UTC").dt.tz_localize(None) if frame[column].dt.tz is not None else frame[column]
            frame[column] = times.dt.strftime("%Y-%m-%dT%H:%M:%S.") + times.dt.nanosecond.add(times.dt.microsecond * 1000).map(
                lambda part: "" if np.isnan(part) else f"{int(part):09d}")
    frame.to_csv(path, index=False, na_rep=missing, quoting=csv.QUOTE_MINIMAL)


def _instance_and_time(cutoffs, index):
    names = list(cutoffs.columns)
    if len(names) < 2:
        raise BadInputError("cutoff_time: a DataFrame has a column of instances and one of times")
    instance = next((name for name in ("instance_id", index) if name in names), names[0])
    time = "time" if "time" in names else next(name for name in names if name != instance)
    return instance, time


def _time(value):
    if isinstance(value, (datetime.date, np.datetime64)):
        return str(pd.Timestamp(value))
    if isinstance(value, (str, int, float, np.number)):
        return value
    raise BadInputError(f"cutoff_time={value!r} is no time; give a time, or a DataFrame of instances and times")


def _primitives(given):
    if given is None:
        return None
    strange = next((one for one in given if not isinstance(one, (str, dict))), None)
    if strange is not None:
        raise BadInputError(f"primitive {strange!r}: give its name, such as 'trend' or 'lag(periods=2)'")
    return list(given)


_THEIR_OPTIONS = {
    "include_dataframes": "include_tables", "ignore_dataframes": "ignore_tables", "include_columns": "include_columns",
    "ignore_columns": "ignore_columns", "include_groupby_dataframes": "include_group_by_tables",
    "ignore_groupby_dataframes": "ignore_group_by_tables", "include_groupby_columns": "include_group_by_columns",
    "ignore_groupby_columns": "ignore_group_by_columns",
}


def _primitive_options(given):
    if given is None:
        return None
    entries = []
    for names, options in given.items():
        entry = {"primitives": [names] if isinstance(names, str) else list(names)}
        entry.update({"inputs": [_one_option(one) for one in options]} if isinstance(options, list) else _one_option(options))
        entries.append(entry)
    return entries


def _one_option(options):
    strange = next((name for name in options if name not in _THEIR_OPTIONS), None)
    if strange is not None:
        raise BadInputError(f"primitive_options: unknown option '{strange}'; known: {', '.join(_THEIR_OPTIONS)}")
    return {_THEIR_OPTIONS[name]: value for name, value in options.items()}
