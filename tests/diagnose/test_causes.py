"""What explains what: the cause stands alone, and takes what follows from it along."""

from __future__ import annotations

from backtrace.diagnose.catalogue import load_all_rules
from backtrace.diagnose.causes import EXPLAINS, IN_THE_WAY, find_causes
from backtrace.diagnose.rule import Finding


def found(code, update=1, *parameters, severity="error", optimizer=""):
    return Finding(code, code, severity, "m", "f", update, "", parameters, optimizer)


def folded(*findings):
    return {
        cause.finding.code: [each.code for each in cause.explains]
        for cause in find_causes(findings)
    }


def test_what_nothing_explains_stands_alone_in_its_order():
    assert folded(found("BT402"), found("BT101"), found("BT303")) == {
        "BT402": [], "BT101": [], "BT303": [],
    }  # fmt: skip
    assert folded() == {}


def test_a_parameter_in_no_optimizer_explains_that_it_never_moves():
    assert folded(found("BT207", 1, "w"), found("BT201", 1, "w", "b")) == {"BT201": ["BT207"]}


def test_only_of_the_same_tensors():
    assert folded(found("BT201", 1, "w"), found("BT207", 1, "b")) == {"BT201": [], "BT207": []}


def test_only_of_the_same_optimizer():
    one = found("BT102", 1, optimizer="a")
    other = found("BT104", 1, optimizer="b")
    assert folded(one, other) == {"BT102": [], "BT104": []}
    assert folded(one, found("BT104", 1, optimizer="a")) == {"BT102": ["BT104"]}


def test_causes_are_followed_to_the_first():
    chain = [found("BT501", 5), found("BT512", 5), found("BT101", 2), found("BT502", 3)]
    assert folded(*chain) == {"BT101": ["BT501", "BT512", "BT502"]}


def test_what_came_before_is_not_explained_by_what_is_not_finite():
    assert folded(found("BT207", 1), found("BT501", 4)) == {"BT207": [], "BT501": []}
    assert folded(found("BT207", 4), found("BT501", 4)) == {"BT501": ["BT207"]}


def test_a_note_takes_no_alarm_with_it():
    note = found("BT201", 1, severity="note")
    assert folded(note, found("BT207")) == {"BT201": [], "BT207": []}
    assert folded(note, found("BT207", severity="note")) == {"BT201": ["BT207"]}


def test_what_keeps_a_model_from_learning_explains_a_loss_that_a_constant_would_give():
    flat = found("BT531", 81, severity="warning")
    assert folded(found("BT402"), flat) == {"BT402": ["BT531"]}
    assert folded(found("BT505", severity="warning"), flat) == {"BT505": ["BT531"]}
    assert folded(found("BT314", severity="warning"), flat) == {"BT314": [], "BT531": []}


def reach(code, known):
    return {one for one in known if any(one.startswith(part) for part in EXPLAINS.get(code, ()))}


def test_nothing_explains_itself_by_a_detour():
    codes = {*EXPLAINS, *load_all_rules()}
    for code in codes:
        seen, waiting = set(), {code}
        while waiting:
            waiting = {found for one in waiting for found in reach(one, codes)} - seen
            assert code not in waiting, f"{code} explains itself"
            seen |= waiting


def test_every_finding_is_shown_once():
    findings = [found(code, at) for at, code in enumerate(sorted({*EXPLAINS}))]
    causes = find_causes(findings)
    shown = [c.finding for c in causes] + [f for c in causes for f in c.explains]
    assert sorted(each.code for each in shown) == [each.code for each in findings]


def test_every_code_is_a_rule_s():
    codes = {*EXPLAINS, *(code for found in EXPLAINS.values() for code in found), *IN_THE_WAY}
    assert codes - {*load_all_rules()} == set()
