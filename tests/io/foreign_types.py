"""Writes copies of a store whose integers are held as other types: foreign_types.py STORE FOLDER.

STORE has the table `a` with the columns `i` (integer, 3 rows) and `d` (double). A copy is called as the type of `i`.
"""
import shutil
import sys

import h5py
import numpy as np

INTEGERS = ["i1", "<i2", ">i4", "<i4", "u1", "<u2", "<u4", "<u8", ">i8", "<f4", "<f8"]


def replace(table, name, values, dtype, **how):
    """Replaces a dataset, and keeps what is said of it."""
    attributes = dict(table[name].attrs)
    del table[name]
    made = table.create_dataset(name, data=np.array(values, dtype=dtype), **how)
    for key, value in attributes.items():
        made.attrs[key] = value


def copy(store, path, change):
    shutil.copy(store, path)
    with h5py.File(path, "r+") as file:
        if "checksums" in file.attrs:
            del file.attrs["checksums"]
        change(file["tables/a"])


store, folder = sys.argv[1:]
for dtype in INTEGERS:
    copy(store, f"{folder}/{dtype}.h5", lambda table: replace(table, "i", [1, 2, 100], dtype))
copy(store, f"{folder}/u8-great.h5", lambda table: replace(table, "i", [1, 2**63 + 1, 2**63 + 2], "<u8"))
copy(store, f"{folder}/u2-packed.h5", lambda table: replace(table, "i", [1, 2, 100], "<u2", chunks=(2,), compression=1))
copy(store, f"{folder}/d-f4.h5", lambda table: replace(table, "d", [0.5, 2, 100], "<f4"))
copy(store, f"{folder}/d-f8.h5", lambda table: replace(table, "d", [0.5, 2, 100], ">f8"))
copy(store, f"{folder}/d-i8.h5", lambda table: replace(table, "d", [0, 2, 100], "<i8"))
