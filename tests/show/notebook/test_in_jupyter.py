"""The examples in a kernel of Jupyter's, as `jupyter execute` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.whole

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("name", ["notebook", "course"])
def test_every_cell_runs_and_shows_what_it_has(name, tmp_path):
    nbformat = pytest.importorskip("nbformat", reason="pip install nbclient ipykernel")
    nbclient = pytest.importorskip("nbclient", reason="pip install nbclient ipykernel")
    pytest.importorskip("ipykernel", reason="pip install nbclient ipykernel")
    notebook = nbformat.read(EXAMPLES / f"{name}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()  # or it raises
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    shown = [output.get("data", {}) for cell in cells for output in cell.outputs]
    assert sum("text/html" in each for each in shown) >= {"notebook": 7, "course": 2}[name]
    texts = "".join(each.get("text/plain", "") for each in shown)
    where = {"notebook": "cell 2, line 11", "course": "cell 5, line 8"}[name]
    assert "BT101" in texts and where in texts
