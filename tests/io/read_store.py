"""Reads the store of store_test.cpp as a stranger would, and fails unless all is as it was in the CSV."""
import sys

import h5py
import numpy as np
import pandas as pd

with h5py.File(sys.argv[1]) as store:
    assert store.attrs["format"] == "gridmill store" and store.attrs["format_version"] == 1
    table = store["tables/a"]
    assert table.attrs["n_rows"] == 3 and table.attrs["source"].endswith("a.csv")
    assert [column.attrs.get("name", key) for key, column in table.items()] == [
        "i", "d", "flag", "when", "colour", "note", "km/h", "who", "place"]
    assert [column.attrs["type"] for column in table.values()] == [
        "integer", "double", "boolean", "datetime", "categorical", "text", "integer", "key", "latlong"]

    assert table["i"].dtype == np.int64 and table["i"][:].tolist()[::2] == [1, 3]
    assert store[table["i"].attrs["valid"]][:].tolist() == [True, False, True]
    np.testing.assert_array_equal(table["d"][:], [0.5, np.nan, -1e300])
    assert table["flag"].dtype == bool and table["flag"][:].tolist()[::2] == [True, False]
    when = table["when"][:].view("datetime64[ns]")
    assert when[0] == np.datetime64("2024-02-29") and np.isnat(when[1]) and when[2] == np.datetime64("1969-12-31T23:59:59")
    colours = pd.Categorical.from_codes(table["colour"][:], store[table["colour"].attrs["categories"]].asstr()[:])
    assert colours.tolist() == ["red", np.nan, "blue"] and colours.categories.tolist() == ["blue", "red"]
    assert table["note"].asstr()[:].tolist() == ['grün, "x"', "", "zwei"]
    assert store[table["note"].attrs["valid"]][1] == np.False_
    np.testing.assert_array_equal(table["place"][:], [[1, 2], [np.nan, np.nan], [-1, -2]])
    frame = pd.DataFrame({key: column[:] for key, column in table.items() if column.ndim == 1})
    assert frame.shape == (3, 8) and frame["d"].isna().sum() == 1
