"""Runs the code cells of docs/notebook.ipynb, and compares what they print with what stands there.

notebook.py          tests
notebook.py --write  writes what the cells print into the notebook
"""
import ast
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs/notebook.ipynb"


def run_cell(source, variables):
    """Runs a cell as a notebook does: the value of a last expression is shown."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "cell", "exec"), variables)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), variables)
            if value is not None:
                print(repr(value))
    return printed.getvalue()


def run_all(notebook):
    """Runs the code cells in a folder that looks like the project's; yields each with what it printed."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("configs", "data"):
            os.symlink(ROOT / name, Path(folder) / name)
        os.chdir(folder)
        try:
            variables = {"__name__": "__main__"}
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    yield cell, run_cell("".join(cell["source"]), variables)
        finally:
            os.chdir(here)


class Notebook(unittest.TestCase):
    def test_prints_what_stands_there(self):
        notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
        n_cells = 0
        for cell, printed in run_all(notebook):
            n_cells += 1
            stored = "".join(line for output in cell["outputs"] for line in output["text"])
            self.assertEqual(printed, stored, "".join(cell["source"]))
        self.assertGreaterEqual(n_cells, 5)


def write():
    """Puts what the cells print into the notebook."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for number, (cell, printed) in enumerate(run_all(notebook), 1):
        cell["execution_count"] = number
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": printed.splitlines(keepends=True)}] if printed else []
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        write()
    else:
        unittest.main(warnings="ignore")
