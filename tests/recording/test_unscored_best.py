"""What the source says of checkpoints that are loaded as the best, and who has chosen them."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.models.unscored_best import find_unscored_best
from backtrace.recording.source.source_file import read_scopes

HEAD = """from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
class Net(LightningModule):
    def validation_step(self, batch, i):
        self.log("val_loss", 1)
"""
TWO = """every = ModelCheckpoint("all", save_top_k=-1)
best = ModelCheckpoint("best", monitor="val_loss")
trainer = Trainer(callbacks={callbacks})
trainer.fit(net, train, val)
{use}
"""
ONE = """kept = ModelCheckpoint({given})
trainer = Trainer(callbacks=[kept])
trainer.fit({fit})
{use}
"""
OF_TRAINER = "net = Net.load_from_checkpoint(trainer.checkpoint_callback.best_model_path)"
OF_KEPT = "net = Net.load_from_checkpoint(kept.best_model_path)"
BEST = 'trainer.test(net, test, ckpt_path="best")'


def _found(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    scopes = read_scopes(str(path))
    return [(each.line, each.beside) for scope in scopes for each in find_unscored_best(scope)]


@pytest.mark.parametrize(
    ("callbacks", "use", "is_found"),
    [
        ("[every, best]", OF_TRAINER, True),
        ("[EarlyStopping('val_loss'), every, best]", BEST, True),
        ("[every, best]", "print(trainer.checkpoint_callback.best_model_score)", True),
        ("[best, every]", BEST, False),
        ("[Own(), make(), every, best]", BEST, False),
        ("[*more, every, best]", BEST, False),
        ("[OnExceptionCheckpoint('all'), every, best]", BEST, False),
        ("[every, best]", "trainer.test(net, test, ckpt_path=best.best_model_path)", False),
        ("[every, best]", "last_path = trainer.checkpoint_callback.best_model_path", False),
        ("[every, best]",
         "trainer.fit(net, ckpt_path=trainer.checkpoint_callback.best_model_path)", False),
        ("[every, best]", "best.monitor = 'val_acc'\n" + BEST, False),
        ("[every, best]", "trainer.callbacks.insert(0, best)\n" + BEST, False),
    ],
)  # fmt: skip
def test_the_first_of_several(tmp_path, callbacks, use, is_found):
    found = _found(tmp_path, HEAD + TWO.format(callbacks=callbacks, use=use))
    assert found == [(10, "6")] * is_found


@pytest.mark.parametrize(
    ("given", "fit", "use", "is_found"),
    [
        ("", "net, train, val", OF_KEPT, True),
        ("'best'", "net, train, val_dataloaders=val", BEST, True),
        ("monitor=None", "net, train, val", "path = kept.best_model_path\nload(path)", True),
        ("", "net, train", OF_KEPT, False),
        ("", "net, train, val", "print(kept.best_model_path)", False),
        ("filename='last-{epoch}'", "net, train, val", OF_KEPT, False),
        ("**options", "net, train, val", OF_KEPT, False),
        ("'all', '{epoch}', 'val_loss'", "net, train, val", OF_KEPT, False),
        ("monitor=options.monitor", "net, train, val", BEST, False),
    ],
)
def test_the_only_one(tmp_path, given, fit, use, is_found):
    found = _found(tmp_path, HEAD + ONE.format(given=given, fit=fit, use=use))
    assert found == [(6, "")] * is_found


@pytest.mark.parametrize(
    ("lines", "is_found"),
    [
        ("kept.append(ModelCheckpoint())\n    kept += [ModelCheckpoint(monitor='val_loss')]", True),
        ("kept.extend([ModelCheckpoint(), ModelCheckpoint(monitor='val_loss')])", True),
        ("if all:\n        kept.append(ModelCheckpoint())\n"
         "    kept.append(ModelCheckpoint(monitor='val_loss'))", False),
        ("kept.append(ModelCheckpoint(monitor='val_loss'))\n    kept.append(ModelCheckpoint())",
         False),
        ("add_to(kept)\n    kept.append(ModelCheckpoint())\n"
         "    kept.append(ModelCheckpoint(monitor='val_loss'))", False),
    ],
)  # fmt: skip
def test_a_list_that_is_added_to(tmp_path, lines, is_found):
    text = f"{HEAD}def main():\n    kept = []\n    {lines}\n    trainer = Trainer(callbacks=kept)\n"
    found = _found(tmp_path, f"{text}    trainer.fit(net, train, val)\n    {BEST}\n")
    assert len(found) == is_found


def test_a_list_that_is_handed_in_is_not_known(tmp_path):
    text = f"""{HEAD}kept = [ModelCheckpoint()]
def make(kept):
    return Trainer(callbacks=kept)
trainer = make([ModelCheckpoint(monitor="val_loss")])
trainer.fit(net, train, val)
{BEST}
"""
    assert not _found(tmp_path, text)


@pytest.mark.parametrize(
    ("given", "use", "is_found"),
    [
        ('monitor="valid_loss"', "net.load_params(checkpoint=kept)", True),
        ('"valid_f1", f_params="best.pt"', 'net.load_params(f_params="best.pt")', True),
        ('monitor="valid_acc", load_best=True', "", True),
        ("", "net.load_params(checkpoint=kept)", False),
        ('monitor="valid_loss_best"', "net.load_params(checkpoint=kept)", False),
        ("monitor=None", "net.load_params(checkpoint=kept)", False),
        ('monitor="valid_loss"', "", False),
        ('monitor="valid_loss", f_params="{last_epoch[epoch]}.pt"',
         "net.load_params(checkpoint=kept)", False),
        ('monitor="low_loss"',
         'net.history.record("low_loss", ok)\nnet.load_params(checkpoint=kept)', False),
    ],
)  # fmt: skip
def test_a_metric_that_is_always_true(tmp_path, given, use, is_found):
    text = f"from skorch.callbacks import Checkpoint\nkept = Checkpoint({given})\n{use}\n"
    assert _found(tmp_path, text) == [(2, "skorch")] * is_found
