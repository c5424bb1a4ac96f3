from cases import closure

from backtrace.ledger.updates import Call
from backtrace.show.content.call_line import calls_line, fold_runs


def line(*names: str) -> str:
    return calls_line([Call(name) for name in names])


def test_plain() -> None:
    assert line("zero_grad", "forward", "backward", "step") == (
        "zero_grad → forward → backward → step"
    )


def test_repeated_runs_are_folded() -> None:
    assert line("zero_grad", *("forward", "backward") * 4, "step") == (
        "zero_grad → (forward → backward) ×4 → step"
    )
    assert line("forward", "forward", "step") == "forward ×2 → step"


def test_runs_within_runs() -> None:
    assert fold_runs(["a", "b", "b", "a", "b", "b"]) == "(a → b ×2) ×2"


def test_a_closure_stands_inside_its_step() -> None:
    assert calls_line(closure().calls) == "step[(zero_grad → forward → backward) ×20]"


def test_a_closure_whose_step_did_not_end() -> None:
    calls = [Call("zero_grad"), Call("backward", in_step=True)]
    assert calls_line(calls) == "zero_grad → step[backward] unfinished"


def test_edits_and_clipping_have_names() -> None:
    calls = [Call("backward"), Call("edit", "grad"), Call("clip_grad_norm_"), Call("edit", "value")]
    assert calls_line(calls) == "backward → edit .grad → clip_grad_norm_ → edit value"


def test_of_many_optimizers_in_a_row_the_first_and_the_last_are_told():
    names = [f"optimizer[{at}].zero_grad" for at in range(20)]
    assert line("zero_grad", *names, "backward", "step") == (
        "zero_grad → optimizer[0].zero_grad → … 18 more … → optimizer[19].zero_grad → "
        "backward → step"
    )
    assert line(*names[:5], "step") == " → ".join([*names[:5], "step"])
    assert line(*["a.step"] * 20) == "a.step ×20"
