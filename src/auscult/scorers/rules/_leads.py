"""The yes or no that a sentence opens with, closes with, or gives as a value; and the echo of a prompt blotted out.

What is taken is replaced by a comma, so that the clauses around it are read without it.
"""

from auscult.facts.reply import supposes
from auscult.facts.statements import Passage
from auscult.facts.tokens import listed
from auscult.facts.vocabulary import vocabulary
from auscult.scorers.rules._question import Question, carries_content, concept

PREDICATED = frozenset(["is", "are", "was", "not", "no"])
_PAUSE = frozenset(",.;:!-)(`\"'*")
_LOOKS = listed("see looked look received view viewed reviewed analyzed examined have")
_PICTURE = listed("image picture scan film photo radiograph xray x-ray attachment")
_SPEAKER = frozenset(["i", "i'd", "i'm", "i'll"])
_HENCE = frozenset(["so", "hence", "thus", "therefore"])
_BEFORE_LAST = listed(
    "with for towards toward to say answer is lean leaning think guess choose pick select vote believe conclude"
)
_BEFORE_PAUSE = listed("guess choose pick answer choice vote only judge decide summary")
_OTHERS = listed("not never one some someone might could may cannot or whether would've")
_ASSENT = (["think", "so"], ["believe", "so"], ["of", "course"])
_LABELS = listed(
    "answer finding impression diagnosis verdict assessment response output result reply interpretation "
    "conclusion present a q assistant human model ai bot option choice selection selected pick b c d e 1 2 3 4 "
    "tl dr tldr bottom line summary decision vote guess best my only or yes predict predicts predicted "
    "prediction classifier class label classification says this"
)


class Leads:
    """A text whose leading answers are taken.

    Attributes:
        passage: the text.
        norms: its tokens, changed in place.
        leads: yes, no, both or none.
        polite: the only lead is "Sure!".
    """

    def __init__(self, text: str, question: Question) -> None:
        self.question = question
        self.passage = Passage(text)
        self.norms = self.passage.tokens.norms
        self.leads: set[str] = set()
        self.polite = False

    def blot_echo(self) -> None:
        """Blots out a literal repetition of the prompt, or of the question in it, at the start."""
        spoken = [n for n, norm in enumerate(self.norms) if norm[0].isalnum()]
        for put in (self.question.prompt, self.question.norms):
            echo = spoken[: len(put)]
            if len(put) > 1 and tuple(self.norms[n] for n in echo) == put:
                self.norms[: echo[-1] + 1] = [","] * (echo[-1] + 1)
                return

    def take_lead(self, first: int, end: int) -> None:
        """Takes the yes or no that a sentence opens with, or that it gives as a value, and blots it out."""
        if self._value(first, end):
            return
        lexis, norms = vocabulary(), self.norms
        n, sure = first, -1
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
                    sure = n if sure < 0 else sure
            else:
                break
            n += 1
        if sure >= 0 and not self.leads:  # "Definitely.", but not "Definitely, no." nor "No, definitely."
            self.polite = norms[sure] in lexis.polite
            self._take("yes", sure)
        last = end
        while last > first and norms[last - 1] in _PAUSE:
            last -= 1
        if n < last and norms[last - 1] in ("yes", "no") and self._closes_with(first, last):
            self._take(norms[last - 1], last - 1)
        elif n < end and n - first < 8:
            self._phrase(n, end)
        elif norms[first:end][-3:-1] in _ASSENT or norms[first:end][-2:] in _ASSENT:
            self.polite = not self.leads and "course" in norms[first:end]
            self.leads.add("yes")

    def _closes_with(self, first: int, last: int) -> bool:
        """Whether a sentence ends in its yes or no: "I lean towards no", "if I had to choose, I'd go with yes"."""
        words = self.norms[first : last - 1]
        while words and words[-1] in _PAUSE:
            words = words[:-1]
        if not words or words[-1] in _HENCE:
            return bool(words)
        starts, ends = self.passage.tokens.starts, self.passage.tokens.ends
        said = self.passage.plain[starts[first] : ends[last - 1]]
        before = words[-1] in _BEFORE_LAST or (self.norms[last - 2] in _PAUSE and words[-1] in _BEFORE_PAUSE)
        before = before or words[-1:] == ["but"] or words[-2:] == ["but", "i"]
        return before and _OTHERS.isdisjoint(words) and not supposes(said)

    def courteous(self, first: int, end: int) -> bool:
        """Whether a sentence is only polite: "Yes, I can help with that!", before anything is answered."""
        words = self.norms[first:end]
        looks = words[0] == "yes" and not _LOOKS.isdisjoint(words) and not _PICTURE.isdisjoint(words)
        speaks = not _SPEAKER.isdisjoint(words) and (looks or not vocabulary().courtesy.isdisjoint(words))
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
            if not self.leads:
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
        goes_on = not PREDICATED.isdisjoint(norms[at + 2 : min(at + 4, end)])  # "Option B (no) is wrong"
        about = [w for w in label if carries_content(w)]
        if not goes_on and (not about or any(self.question.asks_for(w) for w in about) or set(about) <= _LABELS):
            self.leads.add(norms[at + 1])
        for n in range(first, min(at + 3, end)):
            norms[n] = ","
        return True
