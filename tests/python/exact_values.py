"""DataFrames come back from a store as they went: types, bits, missing values; what it cannot hold is refused."""
import datetime
import tempfile
import unittest
from pathlib import Path

import numpy as np
import pandas as pd

import gridmill
from gridmill.store import read_table, write_store


class Store(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name) / "x.h5"

    def there_and_back(self, frame):
        write_store(self.path, {"data": frame})
        return read_table(self.path)

    def test_keeps_bits_and_types(self):
        frame = pd.DataFrame({
            "tenth": [0.1 + 0.2, np.nan, -0.0, 5e-324],
            "id": [2**53 + 1, -2**63, 2**63 - 1, 0],
            "some": pd.array([2**53 + 1, None, 3, 4], dtype="Int64"),
            "flag": [True, False, True, True],
            "maybe": pd.array([True, None, False, True], dtype="boolean"),
            "a/b": np.array([1.5, 2, 3, np.nan], dtype=np.float32),
            ".": np.array([1, 2, 3, 255], dtype=np.uint8),
        })
        found = self.there_and_back(frame)
        self.assertEqual(list(found.columns), list(frame.columns))
        for name in ("tenth", "id", "flag"):
            self.assertEqual(found[name].to_numpy().tobytes(), frame[name].to_numpy().tobytes(), name)
        pd.testing.assert_series_equal(found["some"], frame["some"])
        pd.testing.assert_series_equal(found["maybe"], frame["maybe"])
        np.testing.assert_array_equal(found["a/b"], frame["a/b"].astype(float))
        self.assertEqual(found["."].tolist(), [1, 2, 3, 255])

    def test_keeps_words_and_times(self):
        frame = pd.DataFrame({
            "town": ["", "NA", None, 'grün, "x"\n'],
            "note": pd.array(["eins", None, "", "None"], dtype="string"),
            "kind": pd.Categorical(["b", "a", None, "b"], categories=["b", "a", "unused"]),
            "when": pd.to_datetime(["1969-12-31 23:59:59.999999999", None, "2024-02-29", "2262-04-11"]),
            "zone": pd.to_datetime(["2024-01-01 12:00"] * 4).tz_localize("Europe/Berlin"),
            "day": [datetime.date(2020, 1, 2), None, datetime.date(2020, 1, 3), datetime.date(2020, 1, 4)],
        })
        found = self.there_and_back(frame)
        self.assertEqual([None if pd.isna(word) else word for word in found["town"]], frame["town"].tolist())
        self.assertEqual(found["note"].tolist(), ["eins", None, "", "None"])
        self.assertEqual(found["kind"].astype(object).where(found["kind"].notna(), None).tolist(), ["b", "a", None, "b"])
        pd.testing.assert_series_equal(found["when"], frame["when"])
        self.assertEqual(found["zone"][0], pd.Timestamp("2024-01-01 11:00"))
        self.assertEqual(found["day"].tolist()[0], pd.Timestamp("2020-01-02"))
        self.assertTrue(pd.isna(found["day"][1]))

    def test_refuses_what_it_cannot_hold(self):
        for words, column in (
                ("'x' mixes numbers and words", [1.5, "a"]),
                ("'x' has integers beyond 64 bits", np.array([2**64 - 1], dtype=np.uint64)),
                ("column 'x'", [2**70, 1]),
                ("'x' is of complex128", [1j]),
                ("'x' is of timedelta64", pd.to_timedelta(["1 day"])),
                ("'x' holds objects of list", [[1]]),
                ("'x' is of float128", np.array([1], dtype=np.longdouble)),
                ("zero byte", ["a\0b"])):
            with self.subTest(words), self.assertRaisesRegex(gridmill.BadInputError, words):
                write_store(self.path, {"data": pd.DataFrame({"x": column})})
        with self.assertRaisesRegex(gridmill.BadInputError, "two columns are called '1'"):
            write_store(self.path, {"data": pd.DataFrame([[1, 2]], columns=["1", 1])})


if __name__ == "__main__":
    unittest.main()
