"""What judges share that say how statements stand, and give no grades: the verdict, and what goes with it."""

from typing import Literal

from auscult.errors import UserError
from auscult.scorers.judges import FACTS, JudgeOptions

Stands = Literal["supported", "contradicted", "open"]


def follows(verdict: Stands, evidence: set[Stands]) -> None:
    """Checks that a verdict follows from how the statements stand.

    Raises:
        ValueError: it does not.
    """
    if verdict == "supported" and evidence != {"supported"}:
        raise ValueError("the verdict is supported, and the evidence is not")
    if ("contradicted" in evidence) != (verdict == "contradicted"):
        raise ValueError("verdict and evidence differ on a contradiction")


def check_options(protocol: str, identity: str, options: JudgeOptions) -> None:
    """Refuses what a verdict has no use for.

    Raises:
        UserError: such an option is given.
    """
    for what, given in (("a parse policy", options.policy), ("an anchor file", options.anchor)):
        if given:
            raise UserError(f"judge protocol '{protocol}' gives a verdict and no grades; leave out {what}")
    if identity == FACTS and (options.repeats > 1 or options.temperature is not None):
        raise UserError("judge 'facts' always says the same; leave out repeats and temperature")
