"""The clinical judge under a name that promises that it saw no other system's answer: it takes no anchor file."""

from auscult.errors import UserError
from auscult.scorers.judges import JudgeOptions
from auscult.scorers.judges.asking import ModelJudge
from auscult.scorers.judges.clinical import clinical


def create(identity: str, options: JudgeOptions) -> ModelJudge:
    """The judge.

    Raises:
        UserError: anchors are given.
    """
    if options.anchor:
        raise UserError("judge protocol 'clinical-blind' takes no anchors; leave them out, or use 'clinical'")
    return clinical("clinical-blind", identity, options)
