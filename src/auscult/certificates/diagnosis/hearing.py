"""A judge of stages with known sensitivity and specificity: it reads what it is sent, and errs as often as it is told.

It judges the stages of simulated models, whose words it knows; reasoning it judges by the two stages that it is shown
beside it.
"""

import re
from collections.abc import Mapping, Sequence

import orjson

from auscult.certificates.diagnosis.arrays import Draws, Judge
from auscult.certificates.diagnosis.speaking import Script, Theatre
from auscult.errors import UserError
from auscult.models import Model
from auscult.records import STAGES, Call, Reply, digest

_SECTION = re.compile(r"<<(candidate|first stage|second stage) (\w+)>>\n(.*?)\n<<end of \1 \2>>", re.DOTALL)


class SimulatedJudge(Model):
    """The judge of one run. See ``auscult.models.Model``.

    Args:
        drawn: what befalls the items, and all random numbers.
        run: which of the runs.
        theatre: the questions, as many as items of ``drawn``.
        rates: how often it errs.
    """

    knows_items = True
    blind = True

    def __init__(self, drawn: Draws, run: int, theatre: Theatre, rates: Judge) -> None:
        rate = f"{rates.sensitivity:g},{rates.specificity:g}"
        self.identity = f"simulated-judge:{rate}:{digest(drawn.faults, theatre.order)}:{run}"
        self._drawn, self._run, self._scripts, self._rates = drawn, run, theatre.scripts, rates
        self._place = {item: place for place, item in enumerate(theatre.order)}

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Judges the stage that each call holds."""
        return [Reply(text=self._verdict(call), finish="stop") for call in calls]

    def _verdict(self, call: Call) -> str:
        if call.item is None:
            raise UserError(f"{self.identity} judges answers to its own items only")
        place, words = self._place[call.item.id], self._scripts[call.item.id]
        sections = {name: text for name, _, text in _SECTION.findall(call.messages[-1].text)}
        befallen = {name: bool(values[self._run, place]) for name, values in vars(self._drawn.latents).items()}
        stage, wrong = _judged(words, sections, befallen)
        heard = self._drawn.verdict[self._run, place, STAGES.index(stage)]
        found = heard[1] < self._rates.sensitivity if wrong else heard[0] >= self._rates.specificity
        return _reply(sections["candidate"], bool(found))


def _judged(words: Script, sections: Mapping[str, str], befallen: Mapping[str, bool]) -> tuple[str, bool]:
    """Which stage it is, and whether it is wrong."""
    candidate = sections["candidate"]
    if "first stage" not in sections:
        stage = next(s for s in STAGES if any(candidate == getattr(t, s) for t in (words.right, words.wrong)))
        return stage, not words.holds(stage, candidate)
    before = zip(STAGES, (sections["first stage"], sections["second stage"]), strict=False)
    errors = sum(not words.holds(*stage) for stage in before)
    follows = words.follows(errors, befallen, sections["second stage"])
    return "reasoning", not candidate.startswith(words.ending(follows).reasoning)


def _reply(candidate: str, wrong: bool) -> str:
    """A verdict on the whole text, in the form that the protocol asks for."""
    stands = "contradicted" if wrong else "supported"
    evidence = {"statement": candidate.splitlines()[0], "against": "the truth", "why": "as drawn", "stands": stands}
    return orjson.dumps({"evidence": [evidence], "verdict": stands}).decode()
