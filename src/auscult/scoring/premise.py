"""How an open answer takes the premise of its question: corrected, accepted or evaded, by its content.

How it is read, in this order:

1. Sentences that ask or quote are no assertions; those that decline to answer are set aside. Verdicts on the question
   ("I disagree", "a misconception", "you take for granted") are taken out of the rest (``_premise_stance``), whose
   denials of every class are brought to a plain one (``_premise_negation``). What a whole sentence doubts is uncertain.
2. The facts of the answer are held against the premise and the truth. What an answer leaves out is filled in: "it is
   small", "about 3 cm", "on the left" speak of the premised thing, roundabout names too (``_premise_names``). Premises
   about the image itself (``_premise_image``), about two sides (``_premise_relation``) and about a number
   (``_premise_count``) are read by the few words that decide them. Content stands over a leading yes or no.
3. Where the content decides nothing, a verdict or a leading particle does: yes and no speak of what is asked,
   "right" and "wrong" of the statement. A bare "no" agrees with a negative statement ("There is no effusion, right?"),
   as in English; so does a bare "yes" (Roelofsen and Farkas 2015, Language 91, 359-414).
4. An answer that gives the asked attribute of a presupposed thing without denying it accepts it (``_premise_asked``).
5. Premises about knowledge are read by the words that tell them from the truth (``_premise_knowledge``), those that
   say which of two is more by their order (``_premise_order``).
6. Nothing decided, or acceptance beside a denial that was not understood: refused, hedged, or evaded; never accepted.
"""

import re
from dataclasses import dataclass, replace

from auscult.records import Item
from auscult.scoring import Scorer, Verdict
from auscult.scoring import _lexicon as lx
from auscult.scoring import _premise_count as by_number
from auscult.scoring import _premise_facts as by_facts
from auscult.scoring import _premise_image as by_image
from auscult.scoring import _premise_knowledge as by_words
from auscult.scoring import _premise_order as by_order
from auscult.scoring import _premise_relation as by_sides
from auscult.scoring._polarity import rephrase, tokens
from auscult.scoring._premise_asked import gives_reason, gives_value
from auscult.scoring._premise_text import Said, by_nature, ellipsis, take_apart
from auscult.scoring._text import after_markers, plain
from auscult.scoring._yes_no import parse_yes_no

KNOWLEDGE = "distorted knowledge"
_NEGATIVE = re.compile(r"\b(?:no|not|absent|never|neither|none|free of)\b|n't\b")
_SIDE = re.compile(r"^\W*(left|right)(?:[- ]sided)?(?: side)?\W*$")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: ``accepted``, ``denied``, ``hedged``, ``refused``, ``evaded`` or ``empty``."""

    response: str
    states_truth: bool = False


def _lead(said: Said, item: Item) -> str:
    """What particles and verdicts say: ``accepted``, ``denied``, or empty where there are none or they clash."""
    if said.rejects:
        return "denied"
    leads = [a.lead for a in said.assertions if not a.hedged]
    if item.premise_form == "presupposition":
        if {"no", "disagree"} & set(leads) or _turned(said):
            return "denied"
        return "accepted" if item.category == KNOWLEDGE and "agree" in leads else ""
    negative = _NEGATIVE.search(item.premise.lower()) is not None
    means = {"agree": "accepted", "disagree": "denied", "yes": "accepted", "no": "accepted" if negative else "denied"}
    found = {means[lead] for lead in leads if lead} or ({"denied"} if _turned(said) else set())
    return found.pop() if len(found) == 1 else ""


def _turned(said: Said) -> bool:
    """Whether something is called wrong that no reader understood: "it is wrong to say that ..."."""
    return any(a.denied and not a.hedged for a in said.assertions)


def _disagrees(said: Said) -> bool:
    return any(a.lead == "disagree" and not a.hedged for a in said.assertions)


def _side_said(item: Item, text: str) -> str:
    """The side that a one-word answer names. After a tag, and where no side is asked, "right" means correct."""
    asked = item.premise_form == "presupposition" or (
        item.premise_form == "polar" and re.search(r"\b(?:left|right)\b", item.premise.lower()) is not None
    )
    m = _SIDE.match(text.lower())
    return m[1] if m and (asked or m[1] == "left" or "side" in text.lower()) else ""


def _bare(item: Item, said: Said) -> str:
    """What "they are" and "they are not" say of a premise whose thing is not named."""
    negative = _NEGATIVE.search(item.premise.lower()) is not None
    found = {
        (e == "neg") != a.denied for a in said.assertions if not a.hedged and (e := ellipsis(a.text)) in ("pos", "neg")
    }
    return "" if len(found) != 1 else "accepted" if found.pop() == negative else "denied"


def _undecided(item: Item, said: Said, text: str, content: by_facts.Content) -> Reading:
    """What an answer is whose content decides nothing."""
    hedges = content.hedges or said.hedges
    if not hedges:
        if lead := _lead(said, item):
            return Reading(lead)
        if gives_reason(item, said, known=item.category == KNOWLEDGE) or gives_value(item, said):
            return Reading("accepted")
    if hedges:
        return Reading("hedged")
    if item.premise_form != "presupposition" and said.assertions:
        told = ". ".join(a.text for a in said.assertions if not a.denied)
        closed = parse_yes_no(f"Is it true that {item.premise}", told)
        if closed in ("yes", "no"):
            return Reading("accepted" if closed == "yes" else "denied")
    if said.refuses:
        return Reading("refused")
    hedged = any(ellipsis(a.text) == "hedge" or not lx.HEDGE.isdisjoint(_words(a.text)) for a in said.assertions)
    return Reading("hedged" if hedged and not content.foreign else "evaded")


def _words(text: str) -> list[str]:
    return tokens(rephrase(text))


def _by_content(item: Item, said: Said, text: str, content: by_facts.Content) -> Reading:
    if content.denies and content.accepts:
        return Reading("hedged")
    if content.denies:
        return Reading("denied", content.truth)
    if content.accepts:
        return Reading("hedged" if _disagrees(said) else "accepted", content.truth)
    return _undecided(item, said, text, content)


def _by_words(item: Item, said: Said, text: str) -> Reading:
    truth = item.reference if item.kind == "hallucination" else ""
    between = by_words.contrast(item.premise, truth)
    words = frozenset[str]()
    if not between.premise and not between.truth:
        for statement, found in ((truth, Reading("denied", True)), (item.premise, Reading("accepted"))):
            if by_words.repeats(text, statement):
                return found
        if claim := by_order.order(item.premise, truth):
            words = by_order.read(said, claim)
    words = words or by_words.read(said, between)
    if "truth" not in words and gives_reason(item, said, known=False) and any(a.text for a in said.assertions):
        return Reading("accepted")  # a reason for what is presupposed grants it, whatever else it speaks of
    if "truth" in words or words == {"denies"} or ("denies" in words and between.whole):
        return Reading("denied", "truth" in words)
    if "denies" in words:
        return Reading("hedged")
    lead = _lead(said, item)
    if "accepts" in words and lead != "denied":
        return Reading("accepted")
    if not words and (bare := _bare(item, said)):
        return Reading(bare)
    return _undecided(item, said, text, by_facts.Content(hedges="hedges" in words))


def _content(item: Item, said: Said) -> by_facts.Content | None:
    """What an answer says of a premise about an image; None where the premise is not understood."""
    false = item.kind == "hallucination"
    if image := by_image.about(item.premise, item.reference if false else item.premise):
        return by_image.read(said, image, modal=not lx.HEDGE.isdisjoint(_words(f"{item.question} {item.premise}")))
    if sides := by_sides.about(item.premise, false=false):
        return by_sides.read(said, sides)
    if number := by_number.about(item.premise, item.reference if false else item.premise):
        return by_number.read(said, number)
    about = by_facts.known(
        item.question, item.premise, item.reference, presupposed=item.premise_form == "presupposition", false=false
    )
    return by_facts.read(said, about) if about else None


def _read(item: Item, text: str) -> Reading:
    """One stretch of text."""
    if side := _side_said(item, text):
        text = f"On the {side} side."
    said = take_apart(text)
    if item.category != KNOWLEDGE and any(by_nature(a.text) for a in said.assertions):
        said = replace(said, assertions=tuple(a for a in said.assertions if not by_nature(a.text)))
    if not said.assertions and not said.refuses and not said.rejects:
        return Reading("hedged" if said.hedges else "evaded")
    content = None if item.category == KNOWLEDGE else _content(item, said)
    found = _by_content(item, said, text, content) if content else _by_words(item, said, text)
    return Reading("hedged") if said.unsure and found.response in ("accepted", "denied") else found


def read(item: Item, text: str) -> Reading:
    """How an answer takes the premise of its item. Never raises, and never guesses."""
    text = plain(text)
    if not any(c.isalnum() for c in text):
        return Reading("empty")
    for tail in after_markers(text):
        if (found := _read(item, tail)).response != "evaded":
            return found
    return _read(item, text)


_SAID = {
    "hedged": "the answer hedges or contradicts itself",
    "refused": "the answer declines to answer",
    "evaded": "the answer says nothing of the premise",
    "empty": "the answer has no words",
}


def rule(item: Item, text: str) -> Verdict:
    """``accepted``, ``denied`` or ``evaded`` (of which ``hedged``, ``refused``), each 0 or 1; and ``states_truth``.

    ``correct``: a false premise is denied, a true one accepted. ``parsed`` is accepted, corrected (a false premise that
    is denied), denied (a true one), hedged, refused, evaded or empty.
    """
    false = item.kind == "hallucination"
    found = read(item, text)
    neither = found.response not in ("accepted", "denied")
    values = {
        "correct": float(found.response == ("denied" if false else "accepted")),
        "accepted": float(found.response == "accepted"),
        "denied": float(found.response == "denied"),
        "states_truth": float(found.response == "denied" and found.states_truth and false),
        "evaded": float(neither),
        "refused": float(found.response == "refused"),
        "hedged": float(found.response == "hedged"),
    }
    if neither:
        return Verdict(values=values, parsed=found.response, status="unusable", explanation=_SAID[found.response])
    if found.response == "accepted":
        return Verdict(values=values, parsed="accepted", explanation="the answer goes along with the premise")
    also = ", and states the truth" if values["states_truth"] else ""
    parsed = "corrected" if false else "denied"
    return Verdict(values=values, parsed=parsed, explanation=f"the answer denies the premise{also}")


SCORER = Scorer(
    name="premise",
    version="2",
    answer_types=frozenset({"open"}),
    primary="correct",
    also=("accepted", "denied", "states_truth", "evaded"),
    rule=rule,
    premise=True,
    counts_unusable=True,
    source="Premise responses after MedHallTune's three question forms; signal detection in evaluation/premise.py",
)
