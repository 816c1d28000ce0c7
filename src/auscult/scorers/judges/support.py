"""Whether what is known of an image bears out an answer: supported, contradicted, or neither; one verdict, no grades.

By a model: structured reply with evidence, greedy, the candidate fenced. By ``facts``, with no model at all: the fact
checker reads answer, reference and caption. What these neither bear out nor deny is open, and made up where they are
exhaustive. Where it can read nothing it is of no use, and says so: missing data.
"""

from collections.abc import Sequence

import orjson

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.facts.reply import silent
from auscult.records import AT_MOST, Call, Decoding, Message, Score, ScoreStatus
from auscult.scorers.judges import Judge, JudgeOptions, Subject, row, versioned, without_asking
from auscult.scorers.judges import _fact_verdict as fact_checker
from auscult.scorers.judges._asking import Unreadable
from auscult.scorers.judges._judged import Asked, Reading, judged, mean_of
from auscult.scorers.judges._prompts import fence, known, prompt
from auscult.scorers.judges._replies import entries, read_object

NAME = "support"
VERSION = "1"
VALUES: tuple[str, ...] = ("supported", "contradicted")
FACTS = "facts"
"""Identity of the judge that is no model."""
VERDICTS = ("supported", "contradicted", "open")
"""What is open may be either: rows say of each of ``VALUES`` also what it can be at most."""
EVIDENCE = ("statement", "against", "stands")
MAX_TOKENS = 2_048


def _schema() -> str:
    text, verdict = {"type": "string"}, {"type": "string", "enum": list(VERDICTS)}
    entry = {
        "type": "object",
        "properties": {"statement": text, "against": text, "stands": verdict},
        "required": list(EVIDENCE),
        "additionalProperties": False,
    }
    whole = {
        "type": "object",
        "properties": {"evidence": {"type": "array", "items": entry}, "verdict": verdict},
        "required": ["evidence", "verdict"],
        "additionalProperties": False,
    }
    return orjson.dumps(whole).decode()


SCHEMA = _schema()


class Support:
    """A model that says whether an answer is borne out. See ``auscult.scorers.judges.Judge``."""

    name = NAME
    values = VALUES
    primary = "supported"
    bounds = (0.0, 1.0)

    def __init__(self, identity: str, options: JudgeOptions) -> None:
        self.options = options
        self.version = versioned(VERSION, identity, options)
        self._decoding = Decoding(temperature=options.temperature or 0.0, max_tokens=options.max_tokens or MAX_TOKENS)
        self._asked = Asked(calls=self._calls, read=_read, combine=mean_of)

    def _calls(self, subject: Subject) -> list[Call]:
        """Rules and form of the reply, then the case, then the item, then the candidate."""
        sections = [*known(subject.case, subject.item), fence("candidate", subject.answer.text, subject.item.id)]
        messages = (Message("system", (prompt("support-1"),)), Message("user", ("\n".join(sections),)))
        return [Call(messages=messages, decoding=self._decoding, schema=SCHEMA if self.options.schema else "")]

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order."""
        return await judged(self, subjects, ask, self._asked, self.options)


class FactSupport:
    """The fact checker as a judge: asks nobody. See ``auscult.scorers.judges.Judge``."""

    name = NAME
    values = VALUES
    primary = "supported"
    bounds = (0.0, 1.0)
    version = f"{VERSION}+{FACTS}:{fact_checker.VERSION}"

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order; ``ask`` is left alone."""
        return [without_asking(self, s) or self._score(s) for s in subjects]

    def _score(self, subject: Subject) -> Score:
        found = fact_checker.fact_verdict(subject.item, subject.case, subject.answer.text)
        if not found.told:
            if found.unread and (why := silent(subject.answer.text)):
                return row(
                    self, subject, dict.fromkeys(VALUES, 0.0), status="unusable", parsed=why, explanation=found.why
                )
            status: ScoreStatus = "unread" if found.unread else "judge_unusable"
            return row(self, subject, {}, status=status, explanation=found.why)
        values = _values(found.verdict, open_=found.undecided)
        return row(self, subject, values, parsed=found.verdict, explanation=found.why)


def _values(verdict: str, *, open_: bool) -> dict[str, float]:
    """Each of ``VALUES``, least and greatest."""
    least = {name: float(verdict == name) for name in VALUES}
    return least | {f"{name}{AT_MOST}": float(open_ or value) for name, value in least.items()}


def _read(subject: Subject, _: int, text: str) -> Reading:
    found = read_object(text, ("evidence", "verdict"), subject.answer.text)
    evidence = entries(found, EVIDENCE)
    verdict = found["verdict"]
    if verdict not in VERDICTS:
        raise Unreadable(f"the verdict is not one of {', '.join(VERDICTS)}")
    stands = {e["stands"] for e in evidence}
    if not stands <= set(VERDICTS):
        raise Unreadable(f"an entry stands as none of {', '.join(VERDICTS)}")
    if verdict == "supported" and stands != {"supported"}:
        raise Unreadable("the verdict is supported, and the evidence is not")
    if ("contradicted" in stands) != (verdict == "contradicted"):
        raise Unreadable("verdict and evidence differ on a contradiction")
    values = _values(verdict, open_=verdict == "open")
    said = [f'{e["stands"]}: "{e["statement"]}" ({e["against"]})' for e in evidence]
    return Reading(values, verdict, "\n".join(said))


def create(identity: str, options: JudgeOptions) -> Judge:
    """The judge of support; of the identity ``facts`` the fact checker itself.

    Raises:
        UserError: options that a verdict has no use for.
    """
    for what, given in (("a parse policy", options.policy), ("an anchor file", options.anchor)):
        if given:
            raise UserError(f"judge protocol '{NAME}' gives a verdict and no grades; leave out {what}")
    if identity != FACTS:
        return Support(identity, options)
    if options.repeats > 1 or options.temperature is not None:
        raise UserError("judge 'facts' always says the same; leave out repeats and temperature")
    return FactSupport()
