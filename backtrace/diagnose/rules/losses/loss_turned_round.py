"""A term of the loss has the wrong sign: what should be large is made small.

## What it sees
In the source of a file that calls a model, something that goes backward, the sign followed from
where it is computed: log-probabilities times an advantage, a return or a reward, without a minus;
the sum `1 + log_var - mu**2 - exp(log_var)` of a divergence, or `q * (log_p - log_q)` of codes that
are classes, without a minus, or minus these, with one, and where either is part of a loss, whatever
goes backward; a divergence from a reference policy, the old one or a prior, called `kl`, with a
minus beside a loss; a penalty on a gradient, or a critic's distance to its returns, with one; the
value of an actor's own action, without a minus, as a critic learns it from rewards; a Dice, an ELBO
or another score itself, or what a `dice_loss` of the file returns as it is; a triplet loss that is
given the negative where the positive belongs; a contrastive loss that pushes apart the pairs that
the file labels as alike, where it makes them or compares their classes; a ranking loss of which one
score is of a user and an item, and the other of the item that is wanted and the one that is not;
`logsigmoid(negative)` beside `logsigmoid(-positive)`; `MarginRankingLoss` of two distances, or of
two likenesses, whose `y` makes the positive's distance the larger, or its likeness the smaller; a
generator's loss with the targets that its judge learns for `fake.detach()`, where the judge learns
others for what is real; a judge that learns the same for both, or whose scores of both go backward
with one sign; a sum in which `bce`, a hinge or another form of a judge's loss asks for the same of
what is called real and of what is called fake.

Or what a function of the file's own returns, `model.elbo(x)`: log-probabilities, or minus errors,
less a `kl_divergence`.

## Why it matters
An optimizer makes small what goes backward. A policy learns to avoid what is rewarded, codes move
away from their prior without end, and a critic away from its returns. Nothing is raised, and the
loss falls.

## Example
    loss = (dist.log_prob(action) * advantage).mean()

## Instead
    loss = -(dist.log_prob(action) * advantage).mean()

## When it is intended
Where the factor is a cost, which is to be avoided: call it so. With `maximize=True` nothing is
said.

## Source
"Spinning Up in Deep RL", OpenAI: the loss of a policy gradient; Kingma and Welling, "Auto-Encoding
Variational Bayes", 2014, appendix B; github.com/VinhLoiIT/signet-pytorch, issue 2;
github.com/tanatosuu/GDE, pull request 2; github.com/dev4488/VAE_gumble_softmax, issue 1;
github.com/Unakar/Logic-RL, issue 58; github.com/deepakn97/relationPrediction, issue 21.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_SAID = {
    "policy": "{name} goes backward without a minus: the policy learns to avoid what is rewarded",
    "divergence": "{name} goes backward without a minus: it is minus the divergence, which grows",
    "code-divergence": "{name} goes backward without a minus: it is minus the divergence, which "
    "grows",
    "divergence-less": "{name} goes backward with a minus: the divergence grows",
    "penalty": "{name} goes backward with a minus: the gradient that it should hold grows",
    "critic": "{name} goes backward with a minus: the values are driven away from their returns",
    "actor": "{name} goes backward without a minus: {beside} learns from rewards, and the actor "
    "learns to do what is worth least",
    "score": "{name} goes backward itself: it is made small, and should be large",
    "score-returned": "{name} returns {beside}, the score itself: it is made small, and should be "
    "large",
    "triplet": "{name} stands where the positive belongs, and {beside} where the negative does",
    "pairs": "the loss pushes pairs apart where {name}, and these are alike, as {beside} says",
    "ranking": "{name} is a score of two items, beside one of {beside}: the loss holds what is "
    "wanted against what is like it, and not against what {beside} likes less",
    "distances-ranked": "{name} and {beside} are distances, and this y makes the positive's the "
    "larger: what belongs together is pushed apart",
    "likenesses-ranked": "{name} and {beside} are likenesses, and this y makes the negative's the "
    "larger: what belongs together is pushed apart",
    "scores-swapped": "the loss raises {name} and lowers {beside}: what belongs together is pushed "
    "apart",
    "generator": "{name} has the targets that {beside} learns for what is generated: both agree, "
    "and the generator learns to be found out",
    "judge": "{name} has the targets that {beside} learns for what is real, too: it learns to say "
    "the same of both",
    "alike": "{name} asks of what is made just what {beside} asks of what is real: the judge "
    "learns to say the same of both",
    "opinions": "{name} goes backward with the sign that {beside} of what is real has: it learns "
    "to score both alike",
}
_FIXES = {
    "policy": "put a minus before it",
    "divergence": "put a minus before it: -0.5 * (1 + log_var - mu**2 - exp(log_var))",
    "code-divergence": "put a minus before it",
    "divergence-less": "add it to the loss",
    "penalty": "add it to the loss",
    "critic": "add it to the loss",
    "actor": "put a minus before it",
    "score": "let 1 - {name} or -{name} go backward",
    "score-returned": "return 1 less it",
    "triplet": "give the anchor, the positive and the negative, in this order",
    "pairs": "swap the label and 1 - label in the loss",
    "ranking": "multiply each of the two items with {beside}",
    "distances-ranked": "negate y, or swap the two: MarginRankingLoss makes the first larger for 1",
    "likenesses-ranked": "negate y, or swap the two: MarginRankingLoss makes the first larger for "
    "1",
    "scores-swapped": "swap the two: logsigmoid({beside}) + logsigmoid(-{name})",
    "generator": "give the generator's loss the targets of what is real",
    "judge": "give what is generated targets of its own",
    "alike": "ask the opposite of what is made: zeros for ones, 1 + fake for 1 - fake",
    "opinions": "give the two scores opposite signs: {beside}(fake) - {beside}(real)",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each term that is made small and should be large, or the other way round."""
    seen: set[tuple[str, str]] = set()
    for event in run.of(SlipSeen):
        told = ("judge" if event.kind == "alike" else event.kind, event.where)  # one by two names
        if event.kind in _SAID and told not in seen:
            seen.add(told)
            yield RULE.found(
                _SAID[event.kind].format(name=event.name, beside=event.beside),
                _FIXES[event.kind].format(name=event.name, beside=event.beside),
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT461", "loss-turned-round", "warning", check, __doc__, needs=(FACTS,))
