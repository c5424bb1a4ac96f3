"""What the source of a script says: read from files that are never run."""

from __future__ import annotations

import linecache
import runpy

import pytest

import backtrace
from backtrace.ledger.source_facts import PartUnread
from backtrace.recording.sensors import sources
from backtrace.recording.source.data.augmented_apart import find_augmented_apart
from backtrace.recording.source.data.data_slips import find_data_slips
from backtrace.recording.source.data.moved_alone import find_moved_alone
from backtrace.recording.source.data.own_vocabularies import find_own_vocabularies
from backtrace.recording.source.data.repeated_seeds import find_repeated_seeds
from backtrace.recording.source.data.shared_datasets import find_shared_datasets
from backtrace.recording.source.data.shuffled_apart import find_shuffled_apart
from backtrace.recording.source.data.unread_parts import find_unread_parts
from backtrace.recording.source.loops.idle_statements import find_idle_statements
from backtrace.recording.source.loops.metric_directions import find_metric_directions
from backtrace.recording.source.loops.rebound_names import find_rebound_names
from backtrace.recording.source.loops.unprepared_optimizers import find_unprepared_optimizers
from backtrace.recording.source.loops.unread_rates import find_unread_rates
from backtrace.recording.source.loops.unreset_metrics import find_unreset_metrics
from backtrace.recording.source.losses.overwritten_values import find_overwritten_values
from backtrace.recording.source.losses.unadded_terms import find_unadded_terms
from backtrace.recording.source.losses.undivided_sums import find_undivided_sums
from backtrace.recording.source.losses.unsquared_temperatures import find_unsquared_temperatures
from backtrace.recording.source.models.undone_freezes import find_undone_freezes
from backtrace.recording.source.source_file import read_scopes


def _scopes(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return read_scopes(str(path))


def _record(path):
    """Return what is written down of a file, from which a model is called."""
    events = []
    with backtrace.record(sink=events.append):
        runpy.run_path(str(path))
    return [each.name for each in events if isinstance(each, PartUnread)]


def test_a_file_is_looked_through_once_and_anew_where_its_text_is_another(tmp_path, monkeypatch):
    path = tmp_path / "train.py"
    text = """import torch
net = torch.nn.Linear(1, 1)
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
for x, mask in [(torch.ones(1, 1), 0)]:
    net(x).sum().backward()
    sgd.step()
"""
    path.write_text(text)
    assert _record(path) == ["mask"]
    monkeypatch.setattr(sources, "read_scopes", None)
    assert _record(path) == ["mask"]
    monkeypatch.undo()
    path.write_text(text.replace("mask", "lengths"))
    linecache.checkcache()  # as a notebook does, and whoever loads a module anew
    assert _record(path) == ["lengths"]


def _name(each):
    return next(getattr(each, key) for key in ("name", "text", "model") if hasattr(each, key))


def found(tmp_path, text, find):
    return [
        (scope.name, each.line, _name(each))
        for scope in _scopes(tmp_path, text)
        for each in find(scope)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("for x, y, mask in loader:\n    f(x, y)", [("", 1, "mask")]),
        ("for x, (y, lengths) in loader:\n    f(x, y)", [("", 1, "lengths")]),
        ("def f():\n    s, r, done = buffer.sample(8)\n    return s + r", [("f", 2, "done")]),
        ("def f(r, v, dones):\n    return r - v", [("f", 1, "dones")]),
        ("s, r, w, weights = zip(*rows)\nprint(s, r, w)", [("", 1, "weights")]),
        ("def c():\n    lengths = 1\n    return lengths\nfor x, lengths in b:\n    f(x)",
         [("", 4, "lengths")]),
        ("s, a, r, s2, d = zip(*rows)\nr, d = t(r), t(d)\nf(s, a, r, s2)", [("", 1, "d")]),
        ("for _ in b:\n    s, a, r, s2, d = zip(*rows)\n    f(s, a, r, s2)\n"
         "for _ in c:\n    s, r, d = step()\n    print(d)", [("", 2, "d")]),
        ("for _ in b:\n    s, a, r, s2, d = zip(*rows)\n    f(s, a, r, s2)\nprint(d)", []),
        ("for _ in b:\n    s, a, r, s2, d = zip(*rows)\n    f(s, a, r, s2)\n"
         "for _ in c:\n    print(d)\n    s, r, d = step()", []),
        ("@torch.no_grad()\ndef f():\n    for x, mask in b:\n        g(x)", [("f", 3, "mask")]),
        ("for x, y, mask in loader:\n    f(x, y)\n    g(mask)", []),
        ("for x, mask in loader:\n    mask = mask.float()\n    f(x, mask)", []),
        ("for x, mask in loader:\n    n += 1", []),  # the whole batch is left
        ("for name, mask in masks.items():\n    print(name)", []),
        ("out, mask = model(x)\nprint(out)", []),
        ("s, r, done, info = env.step(a)\nprint(s, r)", []),
        ("batch, lengths = x.shape[:2]\nprint(batch)", []),
        ("for x, y, _mask in loader:\n    f(x, y)", []),
        ("def f(x, mask=None):\n    return x", []),
        ("class A:\n    def f(self, x, mask):\n        return x", []),
        ("def f():\n    def hook(module, mask):\n        return module\n    return hook", []),
        ("def f(x, mask):\n    return g(x, **locals())", []),
        ("def f(x, mask):\n    return [mask for _ in x]", []),
        ("def f(x, mask):\n    return lambda: (x, mask)", []),
        ("for x, mask in loader:\n    f(x)\ndef g():\n    return mask", []),
        ("def f():\n    x, edge_mask = self._get_masks()\n    g(x)", []),
        ("def f(b):\n    s, done = b\n    g(s)\ndef h(s, done):\n    return s * done", []),
    ],
)  # fmt: skip
def test_parts_of_a_batch_that_nothing_reads(tmp_path, text, wanted):
    assert found(tmp_path, text, find_unread_parts) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("h.detach()\nf(h)", [("", 1, "h.detach()")]),
        ("y = f(x)\ny.squeeze()", []),
        ("model\ny.squeeze()\nf(y)", []),
        ("def f(w):\n    w.data.clamp(-1, 1)", [("f", 2, "w.data.clamp(-1, 1)")]),
        ("F.dropout(x, 0.5)\nf(x)", [("", 1, "F.dropout(x, 0.5)")]),
        ("p.grad.add(p)\nf(p)", [("", 1, "p.grad.add(p)")]),
        ("optimizer.zero_grad", [("", 1, "optimizer.zero_grad")]),
        ("torch.no_grad()\nf(x)", [("", 1, "torch.no_grad()")]),
        ("def f():\n    loss + penalty", [("f", 2, "loss + penalty")]),
        ("def f():\n    loss == loss / 4", [("f", 2, "loss == loss / 4")]),
        ("def f():\n    try:\n        a + b\n    except TypeError:\n        return 1", []),
        (
            "def f():\n    try:\n        a + b\n        g()\n    except TypeError:\n        g()",
            [("f", 3, "a + b")],
        ),
        ("def f():\n    try:\n        a + b\n    finally:\n        g()", [("f", 3, "a + b")]),
        ("def test():\n    with pytest.raises(ValueError):\n        x / y", []),
        ("p.require_grad = False", [("", 1, "p.require_grad = …")]),
        ("self.optimizer.lr = 0.1", [("", 1, "self.optimizer.lr = …")]),
        ("import socket\nasked.detach()", []),
        ("optimizer = OptimizerConfigs()\noptimizer.lr = 0.1", []),
        ("with torch.no_grad():\n    f(x)\nloss + penalty", []),
        ("p.requires_grad = False\nself.lr = 0.1\nargs.lr = 0.1", []),
        ("h.detach_()\nh = h.detach()\nf(h.detach())", []),
        ("seen.add(3)\nlogger.log(x)\nqueue.put(x)", []),
        ("torch.mul(a, b, out=c)\nF.relu(x, inplace=True)", []),
        ("class G:\n    def mul(self, x):\n        pass\ng.mul(3)", []),
        ("dist.scatter(x)\nnp.exp(x, x)", []),
        ("def f(x):\n    x.scatter(1, i, 1.0)", [("f", 2, "x.scatter(1, i, 1.0)")]),
        (
            "plt.scatter(x.numpy(), y.numpy())\nax.scatter(x, y, s=50)\naxes[0].scatter(a, b, 3)",
            [],
        ),
        ("import sympy as s\nfrom x import clip\ns.exp(x)\nclip.resize(3)", []),
        ("optimizer.param_groups", []),
        ("def f(pixels):\n    pixels.clip(-1, 1, pixels)", []),
        ("def f(pixels):\n    pixels.clip(-1, 1)", [("f", 2, "pixels.clip(-1, 1)")]),
        ("memory = TGNMemory(9).to(device)\nmemory.detach()\nf(memory)", []),
        (
            "memory = Normal(0, 1).sample()\nmemory.detach()\nf(memory)",
            [("", 2, "memory.detach()")],
        ),
        (
            "h = Parameter(x)\nh.clamp(-1, 1)\nf(h)",
            [("", 2, "h.clamp(-1, 1)")],
        ),
    ],
)
def test_statements_that_do_nothing(tmp_path, text, wanted):
    assert found(tmp_path, text, find_idle_statements) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("for e in r:\n    step()\n    lr = lr * 0.1", [("", 3, "lr")]),
        ("for e in r:\n    lr *= 0.1\n    print(e, lr)", [("", 2, "lr")]),
        ("def f(kl_weight):\n    for e in r:\n        beta = min(1, e / 9)\n        g(kl_weight)",
         [("f", 3, "beta")]),
        ("for e in r:\n    lr *= 0.1\n    set_rate(lr)", []),
        ("for e in r:\n    for b in e:\n        lr *= 0.1\n    group['lr'] = lr", []),
        ("for e in r:\n    lr = scheduler.get_last_lr()[0]\n    print(lr)", []),
        ("for e in r:\n    epsilon *= 0.9\ndef act():\n    return epsilon", []),
        ("def f():\n    for e in r:\n        lr *= 0.1\n    return lr", []),
        ("for e in r:\n    total_weight = total_weight + 1\n    loss = loss * 0.9", []),
    ],
)  # fmt: skip
def test_rates_that_nothing_reads(tmp_path, text, wanted):
    assert found(tmp_path, text, find_unread_rates) == wanted


LISTS = "for r, y in rows:\n    data_x.append(r)\n    data_y.append(y)\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x = x[torch.randperm(9)]\nd = TensorDataset(x, z)", [("", 1, "x")]),
        ("p = randperm(9)\nx_train = x_train[p]\nfor b in batches(x_train, y_train):\n    f(b)",
         [("", 2, "x_train")]),
        ("p = randperm(9)\nx = x[p]\ny = y[randperm(9)]\nb = x[i:j], y[i:j]", [("", 3, "y")]),
        ("x2 = x[randperm(9)]\ny2 = y[randperm(9)]", [("", 2, "y")]),
        ("p = randperm(9)\nx = x[p]\ny = y[p]\nd = TensorDataset(x, y)", []),
        ("p = randperm(9)\nx, y = x[p], y[p]\nd = TensorDataset(x, y)", []),
        ("wrong = y[randperm(9)]\nloss = critic(x, wrong)", []),
        ("x = x[randperm(9)]\ntrain(model, x, optimizer)", []),
        ("x = x[:, randperm(9)]\nd = TensorDataset(x, y)", []),
        ("shuffle(x)\nrandom.shuffle(x)\nfor i in r:\n    f(x[i:i + 4])\n    g(y[i:i + 4])",
         [("", 2, "x")]),
        ("for e in r:\n    y_train = load()\n    rng.shuffle(x_train)\n"
         "    for i in r:\n        f(x_train[i], y_train[i])", [("", 3, "x_train")]),
        ("x = np.random.permutation(x)\nfor a, b in zip(x, y):\n    f(a, b)", [("", 1, "x")]),
        ("random.shuffle(x)\ny = [f(a) for a in x]\nfor i in r:\n    g(x[i], y[i])", []),
        ("seed(0)\nrng.shuffle(y)\nf(2)\nseed(0)\nrng.shuffle(x)\n"
         "for i in r:\n    g(x[i], y[i])", []),
        ("rng.shuffle(x_test)\nfor i in r:\n    g(x_test[i], y_train[i])", []),
        ("rng.shuffle(x)\nf(x[0], y[0])\nfor i in r:\n    g(x[i], y[j])", []),
        (LISTS + "random.shuffle(data_x)\nf(data_x)\ng(data_y)", [("", 4, "data_x")]),
        ("xs = [f(r) for r in rows]\nys = [g(r) for r in rows]\nshuffler.shuffle(xs)\nh(xs)\nh(ys)",
         [("", 3, "xs")]),
        (LISTS + "random.shuffle(data_x)\nf(data_x)", []),
        (LISTS + "random.shuffle(data_x)\nrandom.shuffle(data_y)\nf(data_x, data_y)",
         [("", 5, "data_y")]),
        (LISTS.replace("(r)", "((r, y))") + "random.shuffle(data_x)\nf(data_x)\ng(data_y)", []),
        (LISTS + "other_x = list(q)\nrandom.shuffle(other_x)\nf(other_x)\ng(data_y)", []),
        ("p = randperm(9)\nx = x[p]\ny = [y[i.item()] for i in p]\nd = TensorDataset(x, y)",
         []),
        ("p = randperm(9)\nx = [x[i] for i in p]\nd = TensorDataset(x, y)", [("", 2, "x")]),
        ("order = rng.permutation(order)\nfor i, k in zip(order, colours):\n    f(i, k)", []),
    ],
)  # fmt: skip
def test_rows_that_are_shuffled_apart(tmp_path, text, wanted):
    assert found(tmp_path, text, find_shuffled_apart) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("for p in m.parameters():\n    p = p * 2", [("", 2, "p = …")]),
        ("for a, b in zip(m.parameters(), n.parameters()):\n    a = f(a, b)", [("", 2, "a = …")]),
        ("for p in m.parameters():\n    p = p.detach()\n    total += p.sum()", []),
        ("for p in m.parameters():\n    p.data = p.data * 2\n    p *= 2", []),
        ("for x in rows:\n    x = x * 2", []),
    ],
)
def test_names_of_loops_that_are_given_another_tensor(tmp_path, text, wanted):
    assert found(tmp_path, text, find_rebound_names) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("loss = f(a)\nloss = f(b)\nloss.backward()", [2]),
        ("loss = f(a)\nx = g(b)\nif x:\n    h(x)\nloss = f(b)\nengine.backward(loss)", [5]),
        ("def step(a, b):\n    loss = f(a)\n    loss = f(b)\n    return {'loss': loss}", [3]),
        ("loss = f(a)\nloss = loss + f(b)\nloss.backward()", []),
        ("loss = f(a)\nprint(loss)\nloss = f(b)\nloss.backward()", []),
        ("loss = torch.zeros(1)\nloss = f(b)\nloss.backward()", []),
        ("loss = nn.MSELoss()\nloss = f(b)\nloss.backward()", []),
        ("loss = train_step(a)\nloss = train_step(b)\nloss.backward()", []),
        ("loss = f(a)\nif c:\n    loss = f(b)\nloss.backward()", []),
        ("for a in r:\n    loss = f(a)\n    if a:\n        break\n    loss = f(b)\nloss.backward()",
         []),
        ("loss = f(a)\nloss = f(b)\nprint(loss)", []),
        ("box = g(box, w)\nbox = g(mask, w)\nreturned = box, mask", [2]),
        ("box = g(box, w)\nmask = g(mask, w)\nreturned = box, mask", []),
        ("box = g(box, w)\nbox = g(mask, w)\nmask = h(box)\nreturned = box, mask", []),
        ("box = g(box, w)\nbox = g(mask, w)\nreturned = box", []),
    ],
)  # fmt: skip
def test_values_that_are_written_over(tmp_path, text, wanted):
    lines = [line for _, line, *_ in found(tmp_path, text, find_overwritten_values)]
    assert lines == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("kl = f(m, v)\nloss = g(x)\nloss.backward()", [1]),
        ("far = (a - b).pow(2).mean()\nloss = g(x)\nloss.backward()", [1]),
        ("l1 = F.l1_loss(a, b)\nloss = g(x)\nmodel.backward(loss)", [1]),
        ("kl = f(m, v)\nloss = g(x) + kl\nloss.backward()", []),
        ("kl = f(m, v)\nloss = g(x)\nloss.backward()\nprint(kl)", []),
        ("kl = f(m, v).item()\nloss = g(x)\nloss.backward()", []),
        ("kl_fn = nn.KLDivLoss()\nloss = g(x)\nloss.backward()", []),
        ("with torch.no_grad():\n    kl = f(m, v)\nloss = g(x)\nloss.backward()", []),
        ("loss = g(x)\nloss.backward()\nkl = f(m, v)", []),
        ("kl = f(m, v)\nloss = g(x)", []),
    ],
)  # fmt: skip
def test_terms_that_nothing_adds(tmp_path, text, wanted):
    lines = [line for _, line, *_ in found(tmp_path, text, find_unadded_terms)]
    assert lines == wanted


@pytest.mark.parametrize(("weight", "wanted"), [("", [2]), ("HEAT ** 2 * ", [])])
def test_a_temperature_of_another_name_is_squared_by_that(tmp_path, weight, wanted):
    pair = "F.log_softmax(s / HEAT, 1), F.softmax(t / HEAT, 1)"
    text = f"HEAT = 3.0\nsoft = F.kl_div({pair})\nloss = 0.7 * {weight}soft + 0.3 * hard\n"
    lines = [line for _, line, *_ in found(tmp_path, text, find_unsquared_temperatures)]
    assert lines == wanted


TURN = "for x in loader:\n"
BACK = "    loss.backward()\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (TURN + "    torch.manual_seed(1)\n    n = torch.randn_like(x)\n" + BACK,
         [("", 2, "torch.manual_seed(1)")]),
        (TURN + "    random.seed(cfg.seed)\n    i = random.choice(x)\n" + BACK,
         [("", 2, "random.seed(cfg.seed)")]),
        ("def f(x):\n    seed_everything(3)\n    return x.normal_()\n"
         + TURN + "    loss = f(x)\n" + BACK, [("", 2, "seed_everything(3)")]),
        (TURN + "    torch.manual_seed(x)\n    n = torch.randn(3)\n" + BACK, []),
        (TURN + "    torch.manual_seed(1)\n    n = np.random.choice(x)\n" + BACK, []),
        (TURN + "    torch.manual_seed(1)\n" + BACK, []),
        (TURN + "    if x:\n        torch.manual_seed(1)\n        n = torch.randn(3)\n" + BACK, []),
        ("for e in r:\n    torch.manual_seed(1)\n    n = torch.randn(3)\n    "
         + TURN + "    " + BACK, []),
        ("def evaluate(x):\n    torch.manual_seed(1)\n    return torch.randn(3)\n"
         + TURN + "    score = evaluate(x)\n" + BACK, []),
        ("def f(x, seed):\n    torch.manual_seed(seed)\n    return torch.randn(3)\n"
         + TURN + "    loss = f(x, 1)\n" + BACK, []),
    ],
)  # fmt: skip
def test_seeds_that_are_set_in_each_turn(tmp_path, text, wanted):
    assert found(tmp_path, text, find_repeated_seeds) == wanted


SPLIT = "a, b = random_split(d, [3, 1])\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (SPLIT + "b.dataset.transform = None", [("", 2, "b")]),
        (SPLIT + "b.dataset = copy(b.dataset)\nb.dataset.transform = None", []),
        (SPLIT + "b.dataset = copy(b.dataset)\na.dataset.transform = f", []),
        ("a, b = Subset(d, i), Subset(e, j)\nb.dataset.transform = None", []),
    ],
)
def test_data_sets_of_two_parts(tmp_path, text, wanted):
    assert found(tmp_path, text, find_shared_datasets) == wanted


FLIP = "def flip(x):\n    return x if random.random() < 0.5 else -x\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (FLIP + "image = flip(image)\nmask = flip(mask)", [("", 4, "mask")]),
        ("self.t = Compose([RandomFlip()])\nimg = self.t(img)\nlabel = self.t(label)",
         [("", 3, "label")]),
        (FLIP + "image, mask = flip(image, mask)", []),
        (FLIP + "image = flip(image)\nother = flip(image)", []),
        ("def flip(x):\n    return -x\nimage = flip(image)\nmask = flip(mask)", []),
        ("self.t = Compose([ToTensor()])\nimg = self.t(img)\nlabel = self.t(label)", []),
    ],
)  # fmt: skip
def test_pairs_that_are_changed_apart(tmp_path, text, wanted):
    assert found(tmp_path, text, find_augmented_apart) == wanted


METER = """class Meter:
    def add(self, x):
        self.total += x.mean()
        self.n += 1
    def compute(self):
        return self.total
"""
BATCHES = """def evaluate():
    acc, n = 0, 0
    for x in batches:
        acc += model(x).mean()
        n += 1
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (METER, [("add", 3, "self.total")]),
        (METER + "print(meter.compute().item())", [("add", 3, "self.total")]),
        (METER + "print(meter.compute() / 4)", []),
        (METER + "score = meter.compute()\nscore = score / 4", []),
        (METER + "print(meter.total / 4)", []),
        (METER + "print(meter.n)", []),
        (METER + "print(vars(meter))", []),
        (METER.replace("x.mean()", "x.sum()"), []),
        (METER.replace("self.n += 1", "self.step += 1"), []),
        (BATCHES + "    print(f'{acc:.2f}')", [("evaluate", 4, "acc")]),
        (BATCHES + "    print(acc / len(batches))", []),
        (BATCHES + "    print(acc)\n    return acc", []),
        (BATCHES + "    print(acc, n)", []),
    ],
)
def test_sums_that_nothing_divides(tmp_path, text, wanted):
    assert found(tmp_path, text, find_undivided_sums) == wanted


ITEM = "def item(i):\n    image, mask = images[i], masks[i]\n"
TURN_ALONE = "    if random.random() < 0.5:\n        image = torch.flip(image, [-1])\n"
ALONE = [("item", 4, "mask")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (ITEM + TURN_ALONE + "    return image, mask", ALONE),
        (ITEM + TURN_ALONE + "    mask = torch.from_numpy(mask)\n    return dict(a=image, b=mask)",
         ALONE),
        (ITEM + TURN_ALONE + "        mask = mask.flip(-1)\n    return image, mask", []),
        (ITEM + TURN_ALONE + "        turned = 1\n    if turned:\n        mask = mask[..., ::-1]\n"
         "    return image, mask", []),
        (ITEM + TURN_ALONE.replace("torch.flip(image, [-1])", "image[:, ::-1].copy()")
         + "    return image, mask", ALONE),
        (ITEM + TURN_ALONE.replace("torch.flip(image, [-1])", "image[..., ::-1]")
         + "    return image, mask", []),
        (ITEM + TURN_ALONE + "    return image, labels[i]", []),
        (ITEM + TURN_ALONE.replace("random.random()", "flip") + "    return image, mask", []),
        (ITEM + TURN_ALONE.replace("torch.flip(image, [-1])", "image + 1")
         + "    return image, mask", []),
        (ITEM + "    t = rand(1) < 0.5\n" + TURN_ALONE.replace("random.random() < 0.5", "t")
         + "    if t:\n        mask = mask.flip(-1)\n    return image, mask", []),
        ("def item(i):\n    image = images[i]\n    mask = random_mask(8)\n" + TURN_ALONE
         + "    return image, mask", []),
        (ITEM + TURN_ALONE + "    mask = image > 0\n    return image, mask", []),
    ],
)  # fmt: skip
def test_images_that_are_moved_alone(tmp_path, text, wanted):
    assert found(tmp_path, text, find_moved_alone) == wanted


@pytest.mark.parametrize(
    ("call", "is_wrong"),
    [
        ('ModelCheckpoint(monitor="val_acc")', True),
        ('L.EarlyStopping(monitor="val/f1", mode="min")', True),
        ('EarlyStopping(monitor="val_loss", mode="max")', True),
        ('ModelCheckpoint(monitor="val_acc", mode="max")', False),
        ('ModelCheckpoint(monitor="val_loss")', False),
        ("ModelCheckpoint(monitor=name)", False),
        ('ModelCheckpoint(monitor="val_acc", mode=mode)', False),
        ("ModelCheckpoint(dirpath=folder)", False),
    ],
)
def test_metrics_that_are_turned_round(tmp_path, call, is_wrong):
    found_ = [
        each
        for scope in _scopes(tmp_path, f"kept = {call}")
        for each in find_metric_directions(scope)
    ]
    assert bool(found_) == is_wrong


LIT = """import lightning.pytorch as pl
import torchmetrics
class Net(pl.LightningModule):
    def __init__(self):
        self.acc = torchmetrics.Accuracy(task="multiclass", num_classes=3)
    def validation_step(self, batch, at):
        self.acc.update(self(batch[0]), batch[1])
    def on_validation_epoch_end(self):
        self.log("acc", self.acc.compute())
"""


@pytest.mark.parametrize(
    ("text", "is_wrong"),
    [
        (LIT, True),
        (LIT.replace("self.acc.update(", "self.acc("), True),
        (LIT + "        self.acc.reset()", False),
        (LIT + "        self.log('acc', self.acc)", False),
        (LIT + "        for each in self.children():\n            each.reset()", False),
        (LIT.replace("validation", "test"), False),
        (LIT.replace("import torchmetrics", "import ours as torchmetrics"), False),
    ],
)
def test_metrics_that_are_never_reset(tmp_path, text, is_wrong):
    found_ = found(tmp_path, text, find_unreset_metrics)
    assert found_ == ([("", 9, "self.acc")] if is_wrong else [])


BUILD = "def build(words):\n    return {w: i for i, w in enumerate(set(words))}\n"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("e = LabelEncoder()\na = e.fit_transform(train_y)\nb = e.fit_transform(test_y)", "v"),
        (
            "a = LabelEncoder().fit_transform(train_y)\nb = LabelEncoder().fit_transform(test_y)",
            "v",
        ),
        ("e = StandardScaler()\na = e.fit_transform(train_x)\nb = e.fit_transform(test_x)", "s"),
        (
            "e = LabelEncoder()\nf = LabelEncoder()\n"
            "a = e.fit_transform(train_y)\nb = f.fit_transform(test_y)",
            "v",
        ),
        ("e = LabelEncoder()\na = e.fit_transform(train_y)\nb = e.transform(test_y)", ""),
        (BUILD + "train_vocab = build(x)\ntest_vocab = build(y)\nf(y, test_vocab)", "v"),
        (BUILD + "train_vocab = build(x)\ntest_vocab = build(x)\nf(y, test_vocab)", ""),
        (BUILD + "train_rows = build(x)\ntest_rows = build(y)\nf(y, test_rows)", ""),
        (
            BUILD.replace("set(", "sorted(")
            + "train_vocab = build(x)\ntest_vocab = build(y)\nf(y, test_vocab)",
            "",
        ),
    ],
)
def test_data_that_are_numbered_anew(tmp_path, text, kinds):
    found_ = [
        each.kind[0]
        for scope in _scopes(tmp_path, text)
        for find in (find_data_slips, find_own_vocabularies)
        for each in find(scope)
    ]
    assert "".join(found_) == kinds


GROUPS = """def groups(net):
    for p in net.parameters():
        p.requires_grad = True
        g.append(p)
"""
FREEZE = "for p in m.body.parameters():\n    p.requires_grad = False\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (FREEZE + "for p in m.parameters():\n    p.requires_grad = True", [("", 3, "m")]),
        (FREEZE + "print(1)\nm.requires_grad_()", [("", 4, "m")]),
        (GROUPS + FREEZE + "o = groups(m)", [("", 2, "net")]),
        (GROUPS + FREEZE + "y = m(x)\no = groups(m)", []),
        (GROUPS + FREEZE + "o = groups(m.head)", []),
        (GROUPS + "o = groups(m)\n" + FREEZE, []),
        (GROUPS + "if a:\n    m.requires_grad_(False)\nelse:\n    o = groups(m)", []),
        (GROUPS.replace("    for", "    run_epoch(net)\n    for") + FREEZE + "groups(m)", []),
        (FREEZE + "for p in m.parameters():\n    if f(p):\n        p.requires_grad = True", []),
        (FREEZE + "m.head.requires_grad_(True)", []),
        (FREEZE + "train(m)\nm.requires_grad_(True)", []),
        (FREEZE + "for e in range(3):\n    f(e)\nm.requires_grad_(True)", []),
        ("m.requires_grad_(True)\n" + FREEZE, []),
        (FREEZE + "m.requires_grad_(flag)", []),
    ],
)
def test_freezes_that_are_undone(tmp_path, text, wanted):
    assert found(tmp_path, text, find_undone_freezes) == wanted


MADE = "a = Accelerator()\no = torch.optim.Adam(p)\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (MADE + "m = a.prepare(m)\no.step()", [("", 2, "o")]),
        (MADE + "m, o = a.prepare(m, o)\no.step()", []),
        (MADE + "m = a.prepare(m)\no = a.prepare(o)\no.step()", []),
        (MADE + "m, o = a.prepare(*things)\no.step()", []),
        (MADE + "o.step()", []),  # nothing is prepared
        (MADE + "m = a.prepare(m)", []),  # it does not step
    ],
)
def test_optimizers_that_are_not_prepared(tmp_path, text, wanted):
    assert found(tmp_path, text, find_unprepared_optimizers) == wanted


@pytest.mark.parametrize(
    "text", ["def f(:", "x = " + "(" * 300 + ")" * 300, "\0", "x = 1\n" * 200_000]
)
def test_a_file_that_cannot_be_read_says_nothing(tmp_path, text):
    assert _scopes(tmp_path, text) == ()
