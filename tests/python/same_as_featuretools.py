"""features.dfs gives the names, order and values that Featuretools gave for the same DataFrames (tests/features/golden)."""
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

import gridmill
from gridmill import features

GOLDEN = Path(__file__).resolve().parents[1] / "features/golden"
_DTYPES = {"Integer": "int64", "IntegerNullable": "Int64", "Double": "float64", "Boolean": "bool",
           "BooleanNullable": "boolean", "Categorical": "object"}


def setUpModule():
    warnings.simplefilter("ignore", gridmill.GridmillWarning)


def edge_tables():
    """The tables as a notebook has them: (dataframes, relationships) for dfs."""
    about = yaml.safe_load((GOLDEN / "data/edge/entityset.yaml").read_text(encoding="utf-8"))
    dataframes = {}
    for table in about["tables"]:
        columns = table["columns"]
        frame = pd.read_csv(GOLDEN / "data/edge" / table["file"], dtype=str, keep_default_na=False)[list(columns)]
        frame = frame.mask(frame == "")
        for name, kind in columns.items():
            if kind == "Datetime":
                frame[name] = pd.to_datetime(frame[name])
            elif kind in ("Boolean", "BooleanNullable"):
                frame[name] = frame[name].map({"True": True, "False": False}).astype(_DTYPES[kind])
            elif kind == "Double":
                frame[name] = frame[name].map(float)
            elif kind in _DTYPES:
                frame[name] = frame[name].astype(_DTYPES[kind])
        words = {name: kind for name, kind in columns.items() if kind not in _DTYPES and kind != "Datetime"}
        dataframes[table["name"]] = (frame, table["index"], table.get("time_index"), words, table.get("tags"))
    return dataframes, [tuple(one[key] for key in ("parent", "parent_column", "child", "child_column"))
                        for one in about["relationships"]]


def assert_same(found, expected):
    """Compares a column with the text of the golden."""
    if pd.api.types.is_bool_dtype(found.dtype):
        found = found.astype(object)
    if pd.api.types.is_numeric_dtype(found.dtype):
        numbers = expected.map(lambda word: float(word) if word else np.nan).to_numpy()
        np.testing.assert_allclose(found.to_numpy(float, na_value=np.nan), numbers, rtol=1e-9, atol=1e-9, err_msg=found.name)
    else:
        words = ["" if pd.isna(word) else str(word) for word in found]
        np.testing.assert_array_equal(words, expected.to_numpy(), err_msg=found.name)


class SameFeatures(unittest.TestCase):
    def setUp(self):
        self.dataframes, self.relationships = edge_tables()

    def compare(self, name, leave_out="SKEW|KURTOSIS|STD", **options):
        expected = pd.read_csv(GOLDEN / f"{name}.csv", dtype=str, keep_default_na=False)
        expected = expected.rename(columns={"customer_id": "index"})
        matrix, names = features.dfs(self.dataframes, self.relationships, target_dataframe_name="customers", n_jobs=1, **options)
        self.assertEqual(names, [column for column in expected.columns if column not in ("index", "time")])
        self.assertEqual(list(matrix.columns[:len(names)]), names)
        self.assertEqual(matrix.index.get_level_values(0).astype(str).tolist(), expected["index"].tolist())
        for column in matrix[names].loc[:, ~matrix[names].columns.str.contains(leave_out)]:
            assert_same(matrix[column], expected[column])
        return matrix, expected

    def test_default_primitives_two_deep(self):
        matrix, _ = self.compare("edge_depth2", cutoff_time="2030-01-01 00:00:00")
        self.assertEqual(matrix.index.name, "customer_id")
        self.assertEqual(str(matrix["level"].dtype), "Int64")
        self.assertEqual(matrix["zip"].tolist().count("02139"), (self.dataframes["customers"][0]["zip"] == "02139").sum())

    def test_cutoff_times_of_rows_with_further_columns(self):
        cutoffs = pd.read_csv(GOLDEN / "data/edge/customer_cutoffs.csv", parse_dates=["time"])
        cutoffs["paid back"] = np.arange(len(cutoffs)) / 3
        # A DataFrame says nothing of when a rating is known: its columns are left out here.
        matrix, expected = self.compare("edge_cutoff_percentile", "rating", cutoff_time=cutoffs, agg_primitives=["mean", "count"],
                                        trans_primitives=["percentile", "cum_sum"], cutoff_time_in_index=True)
        self.assertEqual(matrix.columns[-1], "paid back")
        self.assertEqual(matrix["paid back"].tolist(), cutoffs["paid back"].tolist())
        self.assertEqual(matrix.index.names, ["customer_id", "time"])
        self.assertEqual(matrix.index.get_level_values("time").tolist(), cutoffs["time"].tolist())


class Arguments(unittest.TestCase):
    def setUp(self):
        self.parents = pd.DataFrame({"id": [2**53 + 1, 2**53 + 3], "zip": ["007", "NA"], "name": ["", None]})
        self.children = pd.DataFrame({"own": ["a", "b", "c"], "of": [2**53 + 1, 2**53 + 1, 2**53 + 3],
                                      "x": [0.1, 0.2, np.nan], "at": pd.to_datetime(["2020-01-01"] * 3)})
        self.tables = {"parents": (self.parents, "id"), "children": (self.children, "own", "at")}
        self.relationships = [("parents", "id", "children", "of")]

    def dfs(self, **options):
        return features.dfs(self.tables, self.relationships, target_dataframe_name="parents", n_jobs=1,
                            **{"cutoff_time": pd.Timestamp("2021-01-01"), "agg_primitives": ["sum", "count"],
                               "trans_primitives": [], **options})

    def test_keeps_whole_numbers_words_and_bits(self):
        matrix, names = self.dfs(max_depth=1)
        self.assertEqual(names, ["zip", "name", "COUNT(children)", "SUM(children.x)"])
        self.assertEqual(matrix.index.tolist(), [2**53 + 1, 2**53 + 3])
        self.assertEqual(matrix["zip"].tolist(), ["007", "NA"])
        self.assertEqual([None if pd.isna(word) else word for word in matrix["name"]], ["", None])
        self.assertEqual(matrix["SUM(children.x)"].tolist(), [0.1 + 0.2, 0.0])
        self.assertEqual(matrix["COUNT(children)"].tolist(), [2, 1])

    def test_a_folder_is_kept_and_gone_on_with(self):
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            first, _ = self.dfs(run=run)
            self.assertTrue((run / "features.h5").exists())
            again, _ = self.dfs(run=run)
            pd.testing.assert_frame_equal(first, again)
            pd.testing.assert_frame_equal(gridmill.Run(run).features[first.columns].astype(first.dtypes).set_index(first.index), first)

    def test_refuses_with_the_words_of_the_program(self):
        for words, options in (("unknown aggregation 'summ'\n  did you mean 'sum'", {"agg_primitives": ["summ"]}),
                               ("ignore_columns", {"ignore_columns": {"children": ["y"]}}),
                               ("primitive_options: unknown option 'ignore'", {"primitive_options": {"sum": {"ignore": []}}}),
                               ("give its name", {"agg_primitives": [sum]}),
                               ("is no time", {"cutoff_time": [1]})):
            with self.subTest(words), self.assertRaisesRegex(gridmill.BadInputError, words):
                self.dfs(**options)
        with self.assertRaisesRegex(gridmill.BadInputError, "'nobody' is none of parents, children"):
            features.dfs(self.tables, self.relationships, target_dataframe_name="nobody")
        self.children.loc[0, "own"] = "b"
        with self.assertRaisesRegex(gridmill.BadInputError, r"children\.csv"):
            self.dfs()


if __name__ == "__main__":
    unittest.main(warnings="ignore")
