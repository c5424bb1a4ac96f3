"""What the source says of files that are listed, of outputs that are kept, and of their orders."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.data.kept_outputs import find_kept_outputs
from backtrace.recording.source.data.listed_apart import find_listed_apart
from backtrace.recording.source.data.slots_written_twice import find_slots_written_twice
from backtrace.recording.source.source_file import read_scopes


def _found(tmp_path, text, find):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [(e.line, e.name) for scope in read_scopes(str(path)) for e in find(scope)]


DATASET = """class Pictures:
    def __init__(self, folder, table):
        self.files = {files}
        self.rows = {rows}
    def __len__(self):
        return len(self.files)
    def __getitem__(self, i):
        return load(self.files[i]), {taken}
"""


@pytest.mark.parametrize(
    ("files", "rows", "taken", "wanted"),
    [
        ("os.listdir(folder)", "pd.read_csv(table)", "self.rows.iloc[i, 1]", 3),
        ("glob.glob(folder)", "[int(r['y']) for r in csv.DictReader(open(table))]",
         "self.rows[i]", 3),
        ("list(Path(folder).iterdir())", "pd.read_csv(table)['y'].values", "self.rows[i]", 3),
        ("sorted(glob.glob(folder))", "os.listdir(table)", "self.rows[i]", 4),
        ("glob.glob(folder)", "glob.glob(table)", "self.rows[i]", 3),
        ("sorted(os.listdir(folder))", "pd.read_csv(table)", "self.rows.iloc[i, 1]", 0),
        ("natsorted(os.listdir(folder))", "sorted(os.listdir(table))", "self.rows[i]", 0),
        ("os.listdir(folder)", "pd.read_csv(table)", "self.rows.loc[name, 'y']", 0),
        ("os.listdir(folder)", "pd.read_csv(table).set_index('f')['y'][self.files]",
         "self.rows.iloc[i]", 0),
        ("os.listdir(folder)", "[f.replace('.jpg', '.png') for f in self.files]",
         "self.rows[i]", 0),
        ("os.listdir(folder)", "[classes.index(f[:3]) for f in self.files]", "self.rows[i]", 0),
        ("os.listdir(folder)", "pd.read_csv(table)", "self.rows[self.files[i]]", 0),
        ("[row[0] for row in csv.reader(open(table))]", "pd.read_csv(table)",
         "self.rows.iloc[i]", 0),
        ("os.listdir(folder)", "torch.zeros(9)", "self.rows[i]", 0),
        ("{f[:-4]: f for f in os.listdir(folder)}", "{f[:-9]: f for f in os.listdir(table)}",
         "self.rows[i]", 0),
        ("{n: f for n, f in enumerate(os.listdir(folder))}", "pd.read_csv(table)",
         "self.rows.iloc[i]", 3),
    ],
)  # fmt: skip
def test_files_that_are_listed_beside_rows(tmp_path, files, rows, taken, wanted):
    text = DATASET.format(files=files, rows=rows, taken=taken)
    assert [line for line, _ in _found(tmp_path, text, find_listed_apart)] == [wanted] * bool(
        wanted
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("images = glob('a/*')\nmasks = glob('b/*')\nd = list(zip(images, masks))", [1]),
        ("images = glob('a/*')\nmasks = glob('b/*')\nimages.sort()\nmasks.sort()\n"
         "d = list(zip(images, masks))", []),
        ("images = glob('a/*')\nrows = pd.read_csv('b')\nfor i in r:\n    f(images[i])\n"
         "for i in r:\n    f(rows[i])", []),
        ("images, y = [], []\nfor f in os.listdir('a'):\n    images.append(f)\n    y.append(g(f))\n"
         "d = list(zip(images, y))", []),
        ("images = []\nfor f in os.listdir('a'):\n    images.append(f)\n"
         "y = pd.read_csv('t')['y']\nd = list(zip(images, y))", [2]),
        ("class D:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n"
         "    def __getitem__(self, i):\n        return self.a[i], self.b[i]\n"
         "d = D(glob('a/*'), glob('b/*'))", [6]),
        ("one = by_id(glob('a/*'))\nother = by_id(glob('b/*'))\n"
         "d = [(one[k], other[k]) for k in one.keys()]", []),
        ("one = by_id(glob('a/*'))\nother = by_id(glob('b/*'))\n"
         "d = [(one[k], other[k]) for k in range(9)]", [1]),
        ("rows = pd.read_csv('t', header=None)\nimages = glob('a/*')\n"
         "d = list(zip(images, rows[0]))", [2]),
        ("images = np.array(glob('a/*'))\nmasks = np.array(glob('b/*'))\n"
         "d = list(zip(images[~bad], masks[~bad]))", [1]),
        ("one = pd.read_csv(glob('a/*')[0])\nother = pd.read_csv(glob('b/*')[-1])\n"
         "d = [(one[k], other[k]) for k in range(9)]", []),
        ("class D:\n    def __init__(self, a, b):\n        self.a, self.b = a, b\n"
         "    def __getitem__(self, i):\n        return self.a[i], self.b[i]\n"
         "d = D(sorted(glob('a/*')), sorted(glob('b/*')))", []),
        ("files = os.listdir('a')\ntrain, test = train_test_split(files, test_size=0.2)", []),
        ("files = os.listdir('a')\ny = [table[f] for f in files]\n"
         "a, b, c, d = train_test_split(files, y)", []),
    ],
)  # fmt: skip
def test_files_that_are_listed_in_a_script(tmp_path, text, wanted):
    assert [line for line, _ in _found(tmp_path, text, find_listed_apart)] == wanted


KEPT = "kept = []\nfor x, y in loader:\n    kept.append(net(x))\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (KEPT + "for i, (x, y) in enumerate(loader):\n    f(x, kept[i])", [(5, "kept")]),
        (KEPT + "t = torch.cat(kept)\nfor i, (x, y) in enumerate(loader):\n"
         "    f(x, t[i * 4:i * 4 + 4])", [(6, "t")]),
        (KEPT + "for (x, y), t in zip(loader, kept):\n    f(x, t)", [(4, "kept")]),
        (KEPT + "for i, (x, y, at) in enumerate(loader):\n    f(x, kept[at])", []),
        (KEPT.replace("net(x)", "loss(x).item()")
         + "for i, (x, y) in enumerate(loader):\n    f(x, kept[i])", []),
        (KEPT.replace("net(x)", "(x, net(x))")
         + "for i, (x, y) in enumerate(loader):\n    f(x, kept[i])", []),
        (KEPT + "for i, (x, y) in enumerate(loader):\n    x = given[i]\n    f(x, kept[i])", []),
        (KEPT + "for i in range(9):\n    f(kept[i])", []),
        ("for i, (x, y) in enumerate(loader):\n    outs.append(net(x))\n    f(y, outs[i])", []),
    ],
)  # fmt: skip
def test_outputs_that_are_taken_by_the_number_of_a_batch(tmp_path, text, wanted):
    assert _found(tmp_path, text, find_kept_outputs) == wanted


BUFFER = "dones = torch.zeros(9)\nfor t in range(9):\n    dones[t] = done\n"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("    s, done = step(a)\n    dones[t] = done\nf(dones)", [(5, "dones[t]")]),
        ("    s, end = step(a)\n    dones[t] = end\nf(dones)", [(5, "dones[t]")]),
        ("    dones[t] = done\nf(dones)", []),
        ("    s = f(dones)\n    dones[t] = s\nf(dones)", []),
        ("    s = f(a)\n    dones[t] = s", []),
        ("    s = f(a)\n    dones[t + 1] = s\nf(dones)", []),
        ("    if s:\n        dones[t] = s\nf(dones)", []),
        ("    dones[t] = dones[t] * s\nf(dones)", []),
    ],
)  # fmt: skip
def test_slots_that_are_written_twice(tmp_path, body, wanted):
    assert _found(tmp_path, BUFFER + body, find_slots_written_twice) == wanted
    assert not _found(tmp_path, BUFFER.replace("= done", "= 0") + body, find_slots_written_twice)
    held = BUFFER.replace("torch.zeros(9)", "net.weight.data")
    assert not _found(tmp_path, held + body, find_slots_written_twice)
