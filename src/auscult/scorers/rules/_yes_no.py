"""Free text to yes, no, unclear, or why neither was read, given the question that was asked.

How it is read, in this order:

1. What follows a final-answer marker ("Answer:", JSON, a box) stands for the whole text, the last marker first; a yes
   or no right behind it stands whatever the sentences after it explain.
2. The prompt or its question, when echoed, and sentences that ask are skipped.
3. A *lead* is a sentence that is only yes or no (or "correct", "definitely not", ...), opens with it, or gives it as
   the value of a label ("Effusion: no"). Leads that differ: unclear.
4. Every clause is read by ``_question``. A lead stands unless a clause that repeats all that is asked says the
   opposite, or its own sentence doubts it: then the text contradicts itself, and is unclear. What is so of any image
   ("the heart is located in the chest") is no such clause where no finding is asked for. Asked in the negative
   ("Is there no effusion?"), the clause counts, not a leading "no", which may agree.
5. Without a lead, the clauses decide if they agree.
6. "Likely", "probably", "consistent with" commit; "possibly", "may", "cannot be excluded", "suspicious for" do not.
7. Nothing decided: refused where the text declines; else what its findings say of the one that is asked about, in
   whatever words ("no cardiomegaly" of an enlarged heart); else unread.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from auscult.facts import compare, is_a, read_facts
from auscult.facts.lexicon import ACQUISITION
from auscult.facts.reply import Reply, advises, answer_part, declined, finals, withheld
from auscult.facts.statements import Hit, Statement
from auscult.facts.tokens import listed
from auscult.scorers.rules._asides import background, caution, claimed, escapes, general, reaction, turn_of_speech
from auscult.scorers.rules._either import either
from auscult.scorers.rules._figures import by_probability, by_size
from auscult.scorers.rules._leads import PREDICATED, Leads
from auscult.scorers.rules._question import Question, analyse, clause_says, concept

Parsed = Literal["yes", "no", "unclear", "refused", "unread"]

_BROKEN_OFF = listed("is are was the a an of and or in on with to by not no")
_SPEAKS = re.compile(r"\b(?:i|we)\b[^.;]{0,40}?(?:can(?:not|'t)|unable|not able|do not|don't)")
_CONTRASTS = listed("but although though however while yet")
_SIGHT = listed(
    "seen see shown visible evident apparent depicted demonstrated obvious identified noted observed detected "
    "indicated illustrated displayed confirmed appreciated"
)
_ASKS = listed(
    "is are was were does do did can could the a an this that these in of on to any image picture scan film study "
    "photo see seen show shown visible contain include exist present there you it"
)
_OPENS = re.compile(r"\W*(?:yes|no)\b(?! \w)", re.I)
SHORT, KEPT = 400, 8_192
"""Characters of a question with its answer whose reading is kept, and how many are."""


class _Reading(Leads):
    """What the sentences of one text add up to."""

    def __init__(self, text: str, question: Question, announced: bool = False) -> None:
        super().__init__(text, question)
        self.announced = announced  # "Answer: no": what explains it can be wrong, and does not take it back
        self.said: set[str] = set()
        self.against: set[str] = set()
        self.led = set[int]()  # numbers of the sentences that open with a yes or no, or close with one
        self.claims: list[tuple[str, int]] = []  # what others say, and where
        self.related = False  # it names findings that bear on the one that is asked about
        self.withheld = withheld(self.passage.plain)
        self.aside = False  # a clause beside the yes or no names what is asked for, and does not say that it is there
        self.withholds = False  # a clause says no more than that nobody can tell

    def read(self) -> Parsed | None:
        """The answer, or None where nothing decides."""
        self.blot_echo()
        for number, (first, end) in enumerate(self.passage.spans):
            before = len(self.leads)
            if self.norms[end - 1] != "?" and not self.courteous(first, end):
                self.take_lead(first, end)
            if len(self.leads) > before:
                self.led.add(number)
        for sentence in self.passage.statements(self.question.asks_for):
            if sentence[0].asks or self._broken_off(sentence) or self._background(sentence):
                continue
            for part in sentence:
                self._hear(part)
        if self.claims:
            self._weigh_claims()
        return self._verdict()

    def _text(self, first: int, end: int) -> str:
        """Tokens as they are written, in small letters."""
        return self.passage.plain[self.passage.tokens.starts[first] : self.passage.tokens.ends[end - 1]]

    def _hear(self, part: Statement) -> None:
        """Takes in what one clause says."""
        if self.withheld and self._withholds(part):
            self.withholds = True
            return
        text = self._text(part.first, part.end)
        if caution(text) or self._missed(part, text):
            return
        says, whole = clause_says(part, self.question)
        self.related = self.related or (says != "open" and any(map(self._bears, part.hits)))
        if says and "%" in text or "percent" in text:
            says = by_probability(text) or says
        if says and claimed(text):
            self.claims.append((says, part.first))
            return
        led = part.sentence in self.led
        if says in ("hedge", "perhaps") and self.leads and (not led or self._turns(part)):
            return  # an explanation may doubt what the answer decides
        if says == "yes" and self.leads and self._points(part):
            return  # "No, as seen on the image."
        if says == "yes" and self.leads and self._beside(part, text, led):
            self.aside = True
            return
        if says:
            self.said.add(says)
            if whole and (led or not self.announced):
                self.against.add(says)

    def _background(self, sentence: list[Statement]) -> bool:
        """Whether a sentence tells the history or the order of an examination, and others tell its findings."""
        last = sentence[0].sentence + 1 == len(self.passage.spans)
        return not last and background(self._text(sentence[0].first, sentence[-1].end))

    def _missed(self, part: Statement, text: str) -> bool:
        """Whether a clause after a contrast, beside a yes or no, tells what can escape: "fractures can be missed"."""
        return part.sentence in self.led and self._turns(part) and escapes(text)

    def _weigh_claims(self) -> None:
        """Takes what others say for what the answer says of it: nothing else, where it says something of its own."""
        stand = reaction(self._text(self.claims[0][1], len(self.norms)))
        asserted = {"no" if says == "no" else "yes" for says, _ in self.claims}
        if stand and len(asserted) == 1:
            claim = asserted.pop()
            self.said.add(claim if stand == "agree" else "no" if claim == "yes" else "yes")
        elif self.said.isdisjoint(("yes", "no")) and not self.leads:
            self.said |= {says for says, _ in self.claims}

    def _withholds(self, part: Statement) -> bool:
        """Whether a clause tells that its speaker cannot say; what it names before that is still said."""
        starts, ends = self.passage.tokens.starts, self.passage.tokens.ends
        low, high = starts[part.first], ends[part.end - 1]
        own = [(at, blind) for at, blind in self.withheld if low <= at < high]
        if not own:
            blind = any(blind for _, blind in self.withheld)
            return blind and _SPEAKS.search(self.passage.plain, low, high) is not None
        if any(blind for _, blind in own):
            return True
        return not any(
            self.question.asks_for(self.norms[n]) for n in range(part.first, part.end) if starts[n] < own[0][0]
        )

    def _turns(self, part: Statement) -> bool:
        """Whether a contrast parts a clause from the yes or no of its sentence: "No, although one can be missed"."""
        first, end = self.passage.spans[part.sentence]
        return not _CONTRASTS.isdisjoint(self.norms[first:end])

    def _points(self, part: Statement) -> bool:
        """Whether a clause only points at where it is to be seen: "as shown", "visible in the image"."""
        if _SIGHT.isdisjoint(part.words) or part.has("deny_before", "deny_after"):
            return False
        return not any(concept(w) == self.question.key for w in part.words)

    def _beside(self, part: Statement, text: str, led: bool) -> bool:
        """Whether a clause names what is asked for and does not say that it is there, where no finding is asked for.

        Behind the clause of the yes or no it tells what is so of any image; in that sentence it tells what is there
        in place of something that was asked as well: "No, this is a CT of the head."
        """
        if self.question.claim and self.question.claim.finding not in ACQUISITION:
            return False
        if general(text) and not text.startswith(("yes", "no")):
            return True
        if not led:
            return False
        words = list(self.norms[part.first : part.end])
        here = {concept(word) for word in (words[: words.index("not")] if "not" in words[2:] else words)}
        asked = {concept(word) for word in self.question.norms if word.isalpha() and word not in _ASKS}
        return len(asked) > 1 and not asked <= here

    def _bears(self, hit: Hit) -> bool:
        """Whether a phrase can say something of the finding that is asked about."""
        claim, roles = self.question.claim, hit.roles
        if claim is None or not (roles.speaks or roles.acquisition):
            return False
        return not roles.finding or is_a(roles.finding, claim.finding) or is_a(claim.finding, roles.finding)

    def _broken_off(self, sentence: list[Statement]) -> bool:
        """Whether a last sentence ends before it names what is asked: "There is", "It shows the"."""
        first, end = sentence[0].first, sentence[-1].end
        if not sentence[0].sentence or self.norms[end - 1] not in _BROKEN_OFF:
            return False
        return self.norms[end - 1] in PREDICATED or not any(map(self.question.asks_for, self.norms[first:end]))

    def _verdict(self) -> Parsed | None:
        if len(self.leads) > 1:
            return "unclear"
        if self.polite and self.said & {"yes", "no"}:
            self.leads.clear()
        if self.leads:
            lead = next(iter(self.leads))
            decided = self.against & {"yes", "no"}
            if self.question.absent and lead == "no" and self.said & {"yes", "no"} == {"yes"}:
                return "yes"
            if self.withholds and lead == "no" and not self.said and not self._answers():
                return None  # "No, I cannot see images."
            hedged = not self.said.isdisjoint(("hedge", "perhaps"))
            if decided - {lead} or (hedged and not self.said & {"yes", "no"}):
                return "unclear"
            return "yes" if lead == "yes" else "no"
        decided = self.said & {"yes", "no"}
        if len(decided) == 1 and self.said.isdisjoint(("hedge", "perhaps")):
            return "yes" if "yes" in decided else "no"
        declines = len(self.passage.spans) == 1 and " but " not in self.passage.plain
        declines = declines and declined(self.passage.text) not in ("confirm", "confirmed", "say", "exclude")
        if decided or ("hedge" in self.said and not (declines and self.refuses())):
            return "unclear"
        return None if "perhaps" not in self.said or self.refuses() else "unclear"

    def _answers(self) -> bool:
        """Whether a leading no stands for itself, and no inability goes on from it: "No. As an AI, I cannot ..."."""
        first, end = self.passage.spans[0]
        at = self.withheld[0][0]
        return at >= self.passage.tokens.ends[end - 1] or not _CONTRASTS.isdisjoint(self.norms[first:end])

    def refuses(self) -> bool:
        """Whether the text declines to answer, or only sends to somebody else."""
        if self.withholds:
            return True
        act = declined(self.passage.text)
        return (act is not None and (not act or act not in self.question.norms)) or advises(self.passage.text)


def _read(text: str, question: Question, announced: bool = False) -> Parsed:
    """One stretch of text; ``announced``: it follows a final-answer marker."""
    reading = _Reading(text, question, announced)
    found = reading.read()
    if found is not None:
        return "unclear" if found in ("yes", "no") and _taken_back(found, reading, text) else found
    if reading.refuses():
        return "refused"
    told: Parsed = _by_facts(text, question) if reading.related else "unread"
    if told == "unread":
        told = (
            by_size(" ".join(question.norms), reading.passage.plain)
            or turn_of_speech(reading.passage.plain)
            or "unread"
        )
    return "unclear" if told == "unread" and "open" in reading.said else told


def _taken_back(lead: Parsed, reading: _Reading, text: str) -> bool:
    """Whether a leading yes or no is all that speaks of what is asked, and the findings beside it say the opposite."""
    if not reading.leads or reading.said or not reading.related or reading.announced or reading.aside:
        return False
    if not _CONTRASTS.isdisjoint(reading.norms):
        return False
    return _by_facts(text, reading.question) not in (lead, "unread")


def _by_facts(text: str, question: Question) -> Parsed:
    """What the findings of a text say of the one that is asked about, in whatever words: "no cardiomegaly"."""
    if question.claim is None or text.rstrip(" *`_").endswith("?"):
        return "unread"
    found = compare([question.claim], read_facts(text), exhaustive=False)[0]
    if found.status == "supported":
        return "yes"
    return "no" if found.status == "contradicted" and found.difference not in ("side", "place") else "unread"


def parse_yes_no(question: str, text: str) -> Parsed:
    """Reads an answer to a yes/no question. Never raises, and never guesses."""
    bare = text.strip(" \n.!*").lower()
    if bare in ("yes", "no"):  # most answers are no more than that
        return "yes" if bare == "yes" else "no"
    return _seen(question, text) if len(question) + len(text) <= SHORT else _parsed(question, text)


def _parsed(question: str, text: str) -> Parsed:
    asked = analyse(question)
    reply: Reply = answer_part(text)
    if not reply.answer:
        return "unread"
    if both := either(question):
        return _of_either([_whole(reply.answer, analyse(one)) for one in both])
    return _whole(reply.answer, asked)


def _of_either(said: Sequence[Parsed]) -> Parsed:
    """What follows for "Is there A or B?" from what is said of A and of B: either is a yes."""
    if "yes" in said:
        return "yes"
    return said[0] if len(set(said)) == 1 else "unclear" if "unclear" in said else "unread"


def _whole(answer: str, asked: Question) -> Parsed:
    tails = finals(answer)
    for tail in sorted(tails, key=lambda t: _OPENS.match(t) is None):  # "Short answer: no. Long answer: ..."
        if (parsed := _read(tail, asked, announced=True)) != "unread":
            return parsed
    return _read(answer, asked)


_seen = lru_cache(KEPT)(_parsed)
"""Models say the same to the same question: of many images, in every repeat, with and without the image."""
