"""Free text to yes, no, unclear, or why neither was read, given the question that was asked.

How it is read, in this order:

1. What follows a final-answer marker ("Answer:", JSON, a box) stands for the whole text, the last marker first; a yes
   or no right behind it stands whatever the sentences after it explain.
2. The prompt or its question, when echoed, and sentences that ask are skipped.
3. A *lead* is a sentence that is only yes or no (or "correct", "definitely not", ...), opens with it, or gives it as
   the value of a label ("Effusion: no"). Leads that differ: unclear.
4. Every clause is read by ``_question``. A lead stands unless a clause that repeats all that is asked says the
   opposite, or its own sentence doubts it: then the text contradicts itself, and is unclear. Asked in the negative
   ("Is there no effusion?"), the clause counts, not a leading "no", which may agree.
5. Without a lead, the clauses decide if they agree.
6. "Likely", "probably", "consistent with" commit; "possibly", "may", "cannot be excluded", "suspicious for" do not.
7. Nothing decided: refused where the text declines; else what its findings say of the one that is asked about, in
   whatever words ("no cardiomegaly" of an enlarged heart); else unread.
"""

import re
from functools import lru_cache
from typing import Literal

from auscult.facts import compare, is_a, read_facts
from auscult.facts.reply import Reply, advises, answer_part, declined, finals
from auscult.facts.statements import Hit, Passage, Statement
from auscult.facts.vocabulary import vocabulary
from auscult.scorers.rules._question import Question, analyse, carries_content, clause_says, concept

Parsed = Literal["yes", "no", "unclear", "refused", "unread"]

_PAUSE = frozenset(",.;:!-)(`\"'*")
_BROKEN_OFF = frozenset(
    ["is", "are", "was", "the", "a", "an", "of", "and", "or", "in", "on", "with", "to", "by", "not", "no"]
)
_SEES_NOTHING = re.compile(
    r"(?:cannot|can't|unable to) (?:see|view|open|access) (?:the |any |an )?(?:images?|pictures?)\b"
)
_SPEAKER = frozenset(["i", "i'd", "i'm", "i'll"])
_HENCE = frozenset(["so", "hence", "thus", "therefore"])
_PREDICATED = frozenset(["is", "are", "was", "not", "no"])
_ASSENT = (["think", "so"], ["believe", "so"], ["of", "course"])
_LABELS = frozenset(
    ["answer", "finding", "impression", "diagnosis", "verdict", "assessment", "response", "output", "result", "reply"]
    + ["interpretation", "conclusion", "present", "a", "q", "assistant", "human", "model", "ai", "bot"]
)
SHORT, KEPT = 400, 8_192
"""Characters of a question with its answer whose reading is kept, and how many are."""


class _Reading:
    """What the sentences of one text add up to."""

    def __init__(self, text: str, question: Question, announced: bool = False) -> None:
        self.question = question
        self.announced = announced  # "Answer: no": what explains it can be wrong, and does not take it back
        self.passage = Passage(text)
        self.norms = self.passage.tokens.norms
        self.leads: set[str] = set()
        self.polite = False  # the only lead is "Sure!"
        self.said: set[str] = set()
        self.against: set[str] = set()
        self.related = False  # it names findings that bear on the one that is asked about

    def read(self) -> Parsed | None:
        """The answer, or None where nothing decides."""
        self._echo()
        led = set[int]()
        for number, (first, end) in enumerate(self.passage.spans):
            before = len(self.leads)
            if self.norms[end - 1] != "?" and not self._courteous(first, end):
                self._lead(first, end)
            if len(self.leads) > before:
                led.add(number)
        for sentence in self.passage.statements(self.question.asks_for):
            if sentence[0].asks or self._broken_off(sentence):
                continue
            for part in sentence:
                self.related = self.related or any(map(self._bears, part.hits))
                says, whole = clause_says(part, self.question)
                if says in ("hedge", "perhaps") and self.leads and part.sentence not in led:
                    continue  # an explanation may doubt what the answer decides
                if says:
                    self.said.add(says)
                    if whole and (part.sentence in led or not self.announced):
                        self.against.add(says)
        return self._verdict()

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
        return self.norms[end - 1] in _PREDICATED or not any(map(self.question.asks_for, self.norms[first:end]))

    def _echo(self) -> None:
        """Blots out a literal repetition of the prompt, or of the question in it, at the start."""
        spoken = [n for n, norm in enumerate(self.norms) if norm[0].isalnum()]
        for put in (self.question.prompt, self.question.norms):
            echo = spoken[: len(put)]
            if len(put) > 1 and tuple(self.norms[n] for n in echo) == put:
                self.norms[: echo[-1] + 1] = [","] * (echo[-1] + 1)
                return

    def _lead(self, first: int, end: int) -> None:
        """Takes the yes or no that a sentence opens with, or that it gives as a value, and blots it out."""
        if self._value(first, end):
            return
        lexis, norms = vocabulary(), self.norms
        n = first
        while n < end:
            norm = norms[n]
            follows = norms[n + 1] if n + 1 < end else "."
            if norm in lexis.yes and (len(norm) > 1 or follows in _PAUSE):
                self._take("yes", n)
            elif (
                norm in lexis.no
                and not (follows == "." and norms[n + 2 : n + 3] and norms[n + 2][0].isdigit())
                and (follows in _PAUSE or follows in lexis.no or self._begins_anew(norm, follows))
            ):
                self._take("no", n)
            elif norm in ("or", "and", "/") and (follows in lexis.yes or follows in lexis.no) and self.leads:
                pass
            elif (
                norm in lexis.opening or norm in lexis.sure or norm[0] in _PAUSE or norm[-2:] == "ly" or len(norm) == 1
            ):
                if norm in lexis.sure and self._closes(n + 1, end):
                    self.polite = not self.leads and norm in lexis.polite
                    self._take("yes", n)
            else:
                break
            n += 1
        last = end - 1 if norms[end - 1] in _PAUSE else end
        if n < last - 1 and norms[last - 1] in ("yes", "no") and norms[last - 2] in _HENCE:
            self._take(norms[last - 1], last - 1)
        elif n < end and n - first < 8:
            self._phrase(n, end)
        elif norms[first:end][-3:-1] in _ASSENT or norms[first:end][-2:] in _ASSENT:
            self.polite = not self.leads and "course" in norms[first:end]
            self.leads.add("yes")

    def _courteous(self, first: int, end: int) -> bool:
        """Whether a sentence is only polite: "Yes, I can help with that!", before anything is answered."""
        words = self.norms[first:end]
        speaks = not _SPEAKER.isdisjoint(words) and not vocabulary().courtesy.isdisjoint(words)
        return speaks and not any(map(self.question.asks_for, words))

    def _begins_anew(self, norm: str, follows: str) -> bool:
        return norm in ("no", "nope") and follows in vocabulary().after_no

    def _take(self, lead: str, n: int) -> None:
        self.leads.add(lead)
        self.norms[n] = ","

    def _closes(self, n: int, end: int) -> bool:
        """Whether nothing follows, up to the end or a pause, that could be what is denied or affirmed."""
        while n < end and self.norms[n] in vocabulary().closing:
            n += 1
        return n == end or self.norms[n] in _PAUSE

    def _phrase(self, n: int, end: int) -> None:
        """Takes "not really", "that is correct", "I do not think so", "of course"."""
        lexis, norms = vocabulary(), self.norms
        word, follows = norms[n], norms[n + 1] if n + 1 < end else "."
        rivals = lexis.rivals.get(concept(word), frozenset())
        own = word in self.question.norms or not rivals.isdisjoint(self.question.content)
        if word in ("not", "do", "would") and "not" in norms[n : n + 2]:
            at = norms.index("not", n) + 1
            if norms[at : at + 1] == ["sure"]:
                return
            agrees = at < end and norms[at] in lexis.agree and self._closes(at + 1, end)
            if agrees or self._closes(at, end) or norms[at : at + 2] in (*_ASSENT, ["that", "i"]):
                self._take("no", at - 1)
        elif (word == "doubt" and follows in ("it", "that", "so")) or (word == "no" and follows == "way"):
            self._take("no", n)
        elif word == "without" and "doubt" in norms[n : n + 3]:
            self._take("yes", n)
        elif own:
            return
        elif word in lexis.agree and self._closes(n + 1, end) and self._spelt(n) == word:
            self._take("yes", n)
        elif word in lexis.disagree and (follows in _PAUSE or n + 1 == end):
            self._take("no", n)

    def _spelt(self, n: int) -> str:
        """A token as it was written: "rt" is a side, and no agreement."""
        return self.passage.plain[self.passage.tokens.starts[n] : self.passage.tokens.ends[n]]

    def _value(self, first: int, end: int) -> bool:
        """Takes "Effusion: no" where it is said of what is asked; a value of something else is no answer."""
        norms = self.norms
        at = next((n for n in range(first + 1, end - 1) if norms[n] in (":", "-") and norms[n + 1] in ("yes", "no")), 0)
        if not at or not (at + 2 >= end or norms[at + 2] in ".;,!"):
            return False
        label = [w for w in norms[first:at] if w[0].isalnum()]
        about = [w for w in label if carries_content(w)]
        if not about or any(self.question.asks_for(w) for w in about) or set(about) <= _LABELS:
            self.leads.add(norms[at + 1])
        for n in range(first, min(at + 3, end)):
            norms[n] = ","
        return True

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
            if not decided and not self.said and _SEES_NOTHING.search(self.passage.plain):
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
        return None if self.said.isdisjoint(("perhaps", "open")) or self.refuses() else "unclear"

    def refuses(self) -> bool:
        """Whether the text declines to answer, or only sends to somebody else."""
        act = declined(self.passage.text)
        return (act is not None and (not act or act not in self.question.norms)) or advises(self.passage.text)


def _read(text: str, question: Question, announced: bool = False) -> Parsed:
    """One stretch of text; ``announced``: it follows a final-answer marker."""
    reading = _Reading(text, question, announced)
    if found := reading.read():
        return found
    return "refused" if reading.refuses() else _by_facts(text, question) if reading.related else "unread"


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
    for tail in finals(reply.answer):
        if (parsed := _read(tail, asked, announced=True)) != "unread":
            return parsed
    return _read(reply.answer, asked)


_seen = lru_cache(KEPT)(_parsed)
"""Models say the same to the same question: of many images, in every repeat, with and without the image."""
