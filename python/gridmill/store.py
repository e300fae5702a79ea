"""DataFrames as the program's store (HDF5), and its tables as DataFrames. Values keep their types and bits.

The layout is told in src/io/store/store.hpp: a dataset a column. Nothing is rounded: what a store cannot hold as it is
(integers beyond 64 bits, complex numbers, mixed columns) is refused by name.
"""
import datetime

import h5py
import numpy as np
import pandas as pd

from .errors import BadInputError



_WRITER = "gridmill's Python package"


def write_store(path, tables):
    """Writes DataFrames by name into a store. Error: BadInputError naming the column that it cannot hold."""
    with h5py.File(path, "w") as store:
        store.attrs["format"] = "gridmill store"
        store.attrs["format_version"] = np.int64(1)
        store.attrs["writer"] = _WRITER
        for name, frame in tables.items():
            table = store.create_group("tables/" + _link(name), track_order=True)
            table.attrs["n_rows"] = np.int64(len(frame))
            table.attrs["source"] = "Python"
            for position, column in enumerate(column_names(frame)):
                _write_column(store, table, name, column, frame.iloc[:, position])


def is_ours(path):
    """Whether a file is a store that was written here."""
    if not h5py.is_hdf5(path):
        return False
    with h5py.File(path, "r") as store:
        return store.attrs.get("writer") == _WRITER


def column_kind(name, series):
    """Says what a column holds: "integer", "double", "boolean" (also "nullable ..."), "datetime", "category", "words" or
    "texts". Error: BadInputError for what is none of these.
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        return "category"
    kind, _, valid, _ = _entries(name, series)
    if kind in ("integer", "boolean"):
        nullable = valid is not None or series.dtype.name in ("Int64", "boolean")
        return f"nullable {kind}" if nullable else kind
    return {"categorical": "words", "text": "texts"}.get(kind, kind)


def read_table(path, table=None):
    """Reads a table of a store (its only one, unless named) as a DataFrame."""
    with h5py.File(path, "r") as store:
        names = list(store["tables"])
        if table is None and len(names) != 1:
            raise BadInputError(f"{path}: has the tables {', '.join(names)}; say which")
        group = store["tables"][_link(table) if table else names[0]]
        columns = {data.attrs.get("name", link): _read_column(store, data) for link, data in group.items()}
        return pd.DataFrame(columns, index=pd.RangeIndex(group.attrs["n_rows"]))


def as_frame(values, what="X"):
    """Returns a 2-D array or DataFrame as a DataFrame whose columns have the names the program will see."""
    if isinstance(values, pd.DataFrame):
        return values
    if hasattr(values, "tocsr"):
        raise BadInputError(f"{what} is a sparse matrix: write it as LIBSVM text and use gridmill.search, "
                            f"or give {what}.toarray()")
    array = np.asarray(values)
    if array.ndim != 2:
        raise BadInputError(f"Expected 2D array, got {array.ndim}D array instead: {what} has the shape {array.shape}. "
                            "Reshape your data either using array.reshape(-1, 1) or array.reshape(1, -1)")
    return pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])], copy=False)


def column_names(frame):
    """Returns the names of a DataFrame's columns as texts. Error: BadInputError where two are equal."""
    names = [str(name) for name in frame.columns]
    twice = pd.Index(names)[pd.Index(names).duplicated()]
    if len(twice):
        raise BadInputError(f"two columns are called '{twice[0]}'")
    return names


def _link(name):
    """The name of a dataset or group for a column or table: HDF5 has no '/' in names."""
    return "_" + name if name in (".", "..") else name.replace("/", "\u2215")


def _write_column(store, table, table_name, name, series):
    link = _link(name)
    kind, values, valid, categories = _entries(name, series)
    text = h5py.string_dtype()
    data = table.create_dataset(link, data=values, dtype=text if kind == "text" else None)
    data.attrs["type"] = kind
    if link != name:
        data.attrs["name"] = name
    for attribute, extra, dtype in (("valid", valid, None), ("categories", categories, text)):
        if extra is not None:
            place = f"/{attribute}/{_link(table_name)}/{link}"
            store.create_dataset(place, data=extra, dtype=dtype)
            data.attrs[attribute] = place


def _entries(name, series):
    """Returns a column's type in the store, its entries, which of them are there (None: all that show it), categories."""
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _words(name, series.astype(object), "categorical")
    if isinstance(dtype, pd.DatetimeTZDtype) or dtype.kind == "M":
        return "datetime", _nanoseconds(series), None, None
    if dtype.kind == "b":
        missing = series.isna().to_numpy()
        return "boolean", series.fillna(False).to_numpy(bool), ~missing if missing.any() else None, None
    if dtype.kind in "iu":
        return _integers(name, series)
    if dtype.kind == "f":
        if dtype.itemsize > 8:
            raise BadInputError(f"column '{name}' is of {dtype}, which doubles would round")
        return "double", series.to_numpy(np.float64, na_value=np.nan), None, None
    if dtype.kind == "O" or dtype.name in ("string", "str"):
        return _objects(name, series)
    raise BadInputError(f"column '{name}' is of {dtype}; a column holds numbers, booleans, times or words")


def _objects(name, series):
    """Entries of a column of Python objects: all of them must be of one kind."""
    there = series[~series.isna()]
    kinds = {_kind(value) for value in there}
    if len(kinds) > 1:
        raise BadInputError(f"column '{name}' mixes {' and '.join(sorted(kinds))}: convert it to one type")
    kind = kinds.pop() if kinds else "words"
    if kind == "words":
        return _words(name, series, "text" if series.dtype.name == "string" else "categorical")
    types = {"booleans": "boolean", "whole numbers": "Int64", "numbers": "float64", "times": "datetime64[ns]"}
    if kind not in types:
        raise BadInputError(f"column '{name}' holds {kind}; a column holds numbers, booleans, times or words")
    try:
        return _entries(name, series.where(~series.isna(), None).astype(types[kind]))
    except (OverflowError, ValueError, TypeError) as error:
        raise BadInputError(f"column '{name}': {error}") from None


def _kind(value):
    if isinstance(value, str):
        return "words"
    if isinstance(value, (bool, np.bool_)):
        return "booleans"
    if isinstance(value, (int, np.integer)):
        return "whole numbers"
    if isinstance(value, (float, np.floating)):
        return "numbers"
    if isinstance(value, (datetime.date, np.datetime64)):  # also datetime.datetime and pandas.Timestamp
        return "times"
    return f"objects of {type(value).__name__}"


def _integers(name, series):
    missing = series.isna().to_numpy()
    values = series.fillna(0).to_numpy()
    if values.dtype.kind == "u" and len(values) and values.max() > np.iinfo(np.int64).max:
        raise BadInputError(f"column '{name}' has integers beyond 64 bits with sign")
    return "integer", values.astype(np.int64), ~missing if missing.any() else None, None


def _nanoseconds(series):
    times = series.dt.tz_convert("UTC").dt.tz_localize(None) if series.dt.tz is not None else series
    return times.to_numpy("datetime64[ns]").view(np.int64)  # NaT is the least int64, as in the store


def _words(name, series, kind):
    missing = series.isna().to_numpy()
    words = np.where(missing, "", series.to_numpy(object))
    strange = next((word for word in words if not isinstance(word, str)), None)
    if strange is not None:  # categories that are numbers
        words = np.array([str(word) for word in words], dtype=object)
    if any("\0" in word for word in words):
        raise BadInputError(f"column '{name}' has a word with a zero byte")
    if kind == "text":
        return kind, words, ~missing if missing.any() else None, None
    codes, categories = pd.factorize(pd.Series(words, dtype=object).where(~missing, None), sort=True)
    return kind, codes.astype(np.int32), None, np.asarray(categories, dtype=object)


def _read_column(store, data):
    kind = data.attrs["type"]
    valid = store[data.attrs["valid"]][:] if "valid" in data.attrs else None
    if kind == "categorical":
        categories = store[data.attrs["categories"]].asstr()[:]
        return pd.Categorical.from_codes(data[:], pd.Index(categories, dtype=object))
    if kind == "datetime":
        return data[:].view("datetime64[ns]")
    if kind in ("text", "key"):
        words = np.asarray(data.asstr()[:], dtype=object)
        return words if valid is None else np.where(valid, words, None)
    if kind == "latlong":
        return [None if np.isnan(place).all() else tuple(place) for place in data[:]]
    values = data[:]
    if valid is None:
        if not data.attrs.get("logical_type", "").endswith("Nullable"):
            return values
        valid = np.ones(len(values), dtype=bool)
    return {"integer": pd.arrays.IntegerArray, "boolean": pd.arrays.BooleanArray}[kind](values, ~valid)
