"""Which finding explains which: root causes first, consequences under them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backtrace.diagnose.census.census import Census
from backtrace.diagnose.choose import means
from backtrace.diagnose.rule import Finding

# A cause, and what it brings about: codes, or beginnings of codes.
EXPLAINS: dict[str, tuple[str, ...]] = {
    # Gradients that pile up grow, and what grows diverges.
    "BT101": ("BT502", "BT506", "BT512"),
    "BT103": ("BT502", "BT506", "BT512"),
    # Gradients that are a thousand times too large throw the values as far.
    "BT113": ("BT501", "BT502", "BT506", "BT512"),
    "BT108": ("BT502", "BT506", "BT512"),  # or as many times as there are micro-batches
    "BT114": ("BT502", "BT506", "BT512"),
    # Gradients that are clipped too late, or by another scale, throw the values as far.
    "BT107": ("BT501", "BT502", "BT505", "BT506", "BT512"),
    # What was cleared is not there when step reads it.
    "BT102": ("BT104", "BT204", "BT207", "BT211"),
    # What no optimizer holds never moves.
    "BT201": ("BT207", "BT507"),
    # An optimizer of other tensors leaves the model's own to nobody.
    "BT202": ("BT104", "BT201", "BT204", "BT207", "BT211", "BT304", "BT507"),
    # Two optimizers that hold it step it twice.
    "BT203": ("BT208",),
    # A loss of frozen parameters reaches none, and their optimizer has nothing to go by.
    "BT218": ("BT204", "BT405", "BT601", "BT602"),
    # Outputs that are many times too large saturate, blow up, and move far.
    "BT618": ("BT501", "BT502", "BT503", "BT504", "BT505", "BT506", "BT512", "BT531"),
    # Vectors that are normalised over the rows have lengths of their own.
    "BT443": ("BT470", "BT531"),
    "BT619": ("BT501", "BT502", "BT504", "BT505", "BT506", "BT512", "BT531"),
    # Whoever trains in an evaluation trains in its mode.
    "BT530": ("BT305",),
    # A policy pulls the logarithm of its deviation below zero, where a ReLU is dead.
    "BT551": ("BT504",),
    # A target that moves with the output takes the gradient away.
    "BT116": ("BT601", "BT602"),
    "BT205": ("BT104", "BT204", "BT207", "BT211", "BT301", "BT407"),
    # The second step finds nothing new, and moves by momentum or decay.
    "BT208": ("BT104", "BT211"),
    "BT209": ("BT102", "BT104", "BT108", "BT110", "BT211"),
    "BT210": ("BT202", "BT507"),
    "BT213": ("BT104", "BT207", "BT507"),
    # Nothing arrives anywhere.
    "BT301": ("BT104", "BT204", "BT207", "BT211", "BT503", "BT507"),
    # What `parameters()` does not list no optimizer was given.
    "BT303": ("BT201", "BT204"),
    "BT304": ("BT104", "BT204", "BT207", "BT211", "BT301"),
    "BT307": ("BT302",),
    # The term that is made of it is such a term.
    "BT312": ("BT407",),
    # Labels whose target is the scores have no least loss.
    "BT527": ("BT473", "BT501", "BT502", "BT506", "BT512"),
    # The logarithm of what is below zero, and no bound to how far the loss falls.
    "BT404": ("BT473", "BT501"),
    # A loss that pays for being wrong has no least value.
    "BT420": ("BT473",),
    # A rate that is lowered too often is gone, and so is one that is another option's.
    "BT582": ("BT507", "BT513"),
    "BT595": ("BT507", "BT513"),
    # Weights of deviation 1, or that are all above zero, are far too large.
    "BT320": ("BT417", "BT501", "BT502", "BT504", "BT505", "BT506", "BT512"),
    # A product of products is gone soon.
    "BT496": ("BT507", "BT513"),
    # What asks for all classes at once learns none.
    "BT441": ("BT531",),
    # Sums of thousands drive what follows to its end, or die there.
    "BT319": ("BT504", "BT505", "BT506", "BT512"),
    # What is drawn without a graph takes none to the model that judges it.
    "BT321": ("BT309", "BT602"),
    # The head that only such a term would train gets nothing.
    "BT407": ("BT204",),
    # Of a loss that is written over nothing is left either.
    "BT446": ("BT204", "BT602"),
    "BT539": ("BT204", "BT602"),
    "BT555": ("BT204", "BT602"),
    # A loss that is zero whatever the model says has no gradient.
    # What is added and taken away again leaves no gradient.
    "BT408": ("BT601", "BT602"),
    "BT411": ("BT204", "BT207", "BT503", "BT507"),
    # A mask that leaves nothing out shows what comes later.
    "BT475": ("BT422",),
    # After it nothing is finite, and nothing that follows means anything.
    "BT501": (
        "BT106",
        "BT206",
        "BT207",
        "BT407",
        "BT408",
        "BT503",
        "BT504",
        "BT505",
        "BT507",
        "BT512",
    ),
    # What goes uphill rises, until nothing is finite.
    "BT430": ("BT473", "BT501", "BT502", "BT506", "BT512"),
    # Nor has what falls an end: norms and losses grow with it.
    "BT461": ("BT473", "BT501", "BT502", "BT506", "BT512"),
    "BT473": ("BT501", "BT502", "BT506", "BT512"),
    # Inputs that are written over grow, or all become one: what follows dies or diverges.
    "BT418": ("BT502", "BT504", "BT505", "BT506", "BT512"),
    # The answer swings from one class to the next, and units die at the ends of its swings.
    "BT409": ("BT405", "BT502", "BT504", "BT505", "BT506", "BT512"),
    # Rows of one class alone are drawn.
    "BT423": ("BT405",),
    # What is left out of attention gets no gradient; of a row without padding nothing is left in.
    "BT431": ("BT501", "BT602"),
    # A schedule that is stepped with it runs ahead, and past its end.
    "BT488": ("BT510", "BT513", "BT518"),
    # Its optimizer is made anew in each fold, and the model is not.
    "BT491": ("BT210",),
    # The optimizer's may be among the states that are not loaded.
    "BT487": ("BT223",),
    # No batch comes from an iterator that is used up, so nothing is trained.
    "BT435": ("BT222",),
    # What can only be wrong drives the activation behind the last layer to its end.
    "BT480": ("BT504", "BT505", "BT512", "BT602"),
    # Workers that draw the same give the same batch.
    "BT459": ("BT406",),
    "BT502": ("BT501",),
    "BT504": ("BT503",),
    "BT505": ("BT503",),
    "BT506": ("BT501", "BT502", "BT504", "BT512"),
    "BT601": ("BT602", "BT507", "BT503"),
    "BT508": ("BT207", "BT507", "BT512"),
    # A schedule that runs too fast is through too early; in one too slow, so is the warm-up.
    "BT510": ("BT513", "BT518", "BT521"),
    "BT515": ("BT513", "BT507", "BT508"),
    "BT514": ("BT513", "BT508", "BT518"),
    "BT511": ("BT207", "BT501"),
    # The logarithm of what is below zero is NaN.
    "BT592": ("BT404", "BT473", "BT501"),
    # A first epoch at the highest rate of all throws the values as far.
    "BT591": ("BT501", "BT502", "BT506", "BT512"),
    # What is not the same on all ranks when step reads it is not afterwards.
    "BT702": ("BT701",),
    "BT705": ("BT701", "BT712"),
    "BT706": ("BT501", "BT502", "BT701"),
    "BT708": ("BT701", "BT704", "BT501", "BT502"),
    "BT712": ("BT701",),
}
# What keeps a model from learning leaves its loss at a constant's: errors do, and these warnings.
_OUTCOME = "BT531"
IN_THE_WAY = frozenset(
    {
        "BT107", "BT108", "BT112", "BT201", "BT203", "BT204", "BT209", "BT218", "BT219", "BT220",
        "BT303", "BT304", "BT305", "BT313", "BT316", "BT319", "BT320", "BT405", "BT406", "BT407",
        "BT408", "BT409", "BT410", "BT416", "BT417", "BT423", "BT428", "BT437", "BT446", "BT448",
        "BT450", "BT454", "BT467", "BT468", "BT469", "BT470", "BT480", "BT493", "BT502", "BT503",
        "BT504", "BT505", "BT506", "BT507", "BT512", "BT513", "BT517", "BT523", "BT524", "BT527",
        "BT528", "BT538", "BT556", "BT602",
    }
)  # fmt: skip
# Findings of values that do not move as they should, and what brings them about, leave nothing for
# the census to say of the same tensors.
_MOVES = ("BT104", "BT201", "BT204", "BT205", "BT207", "BT211", "BT213", "BT503", "BT507", "BT6")
# Of these the cause comes first in time; others are seen when their evidence is complete.
_IN_TIME = ("BT101", "BT103", "BT5")


@dataclass(frozen=True, slots=True)
class Cause:
    """A finding, and those that it explains."""

    finding: Finding
    explains: tuple[Finding, ...] = ()


def find_causes(findings: Sequence[Finding]) -> list[Cause]:
    """Return each finding that no other explains, in the order given, with what it explains."""
    roots = {at: _root(at, findings) for at in range(len(findings))}
    return [
        Cause(finding, tuple(f for other, f in enumerate(findings) if roots[other] == at != other))
        for at, finding in enumerate(findings)
        if roots[at] == at
    ]


def leave_out_explained(census: Census, findings: Iterable[Finding]) -> Census:
    """Return a census without the tensors of which a finding says why they do not learn.

    One that names no tensor speaks of all that its optimizer steps, or of all there are.
    """
    for finding in findings:
        if any(code.startswith(_MOVES) for code in EXPLAINS.get(finding.code, ())) or (
            finding.code.startswith(_MOVES)
        ):
            census = census.leaving_out(set(finding.parameters), finding.optimizer)
    return census


def _root(at: int, findings: Sequence[Finding]) -> int:
    """Follow the causes up to the first; a circle ends where it was entered."""
    seen = [at]
    while True:
        above = next((o for o, f in enumerate(findings) if _explains(f, findings[seen[-1]])), None)
        if above is None:
            return seen[-1]
        if above in seen:
            return min(seen[seen.index(above) :])
        seen.append(above)


def _explains(cause: Finding, other: Finding) -> bool:
    """Whether one finding brings about the other, on the same tensors and optimizer."""
    if cause is other:
        return False
    if other.code == _OUTCOME:
        return cause.severity == "error" or cause.code in IN_THE_WAY
    if not any(means(code, other) for code in EXPLAINS.get(cause.code, ())):
        return False
    if cause.severity == "note" and other.severity != "note":
        return False  # a note is not shown, and would take the other with it
    if any(means(code, cause) for code in _IN_TIME) and cause.update > other.update:
        return False
    return _meet(cause.parameters, other.parameters) and (
        _meet(filter(None, [cause.optimizer]), filter(None, [other.optimizer]))
    )


def _meet(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two lists share a name; one that names nothing speaks of all."""
    first, second = set(one), set(other)
    return not first or not second or bool(first & second)
