"""Free text to one of the options of a choice, or why there is none.

How it is read, in this order; the first that decides stands:

1. A text that is an option and nothing else: its words, its letter, or both. Letter and words of two options: unclear.
2. What an announcement ("Answer:") is followed by.
3. Of options that each get a verdict ("A: wrong", "| MRI | correct |") the one called right.
4. A line that is one option, where the text does not go through several of them that way; the list of options, said
   again, is none.
5. Sentences that choose ("the most likely diagnosis is", "therefore"), those under a condition left out.
6. What is emphasised in bold.
7. The options named anywhere, by words or by letter where it cannot be a word ("(B)", "option B", "is B."; never the
   article "A"). Rejected ones are not named. Several: unclear where they are joined by "or", else unread. One that
   stands for all or none counts only where it is what is said first.
8. Another name of what one option names ("computed tomography" for "CT"); a short answer that is part of one only
   ("left" for "left side"); the range in which the number of the answer lies.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from auscult.facts.asking import parted
from auscult.facts.options import Options, prepare
from auscult.facts.reply import advises, answer_part, declined, finals, language, stem, without_markup, words
from auscult.facts.reply.phrases import any_of, table
from auscult.facts.spoken import spoken
from auscult.facts.vocabulary import vocabulary
from auscult.scorers.rules._choice.ballot import ballot
from auscult.scorers.rules._choice.hints import SHORT, begun, part, touches, understood
from auscult.scorers.rules._choice.mentions import Named, asks, collective, named, negative_of
from auscult.scorers.rules._choice.one_by_one import all_or_none, one_by_one
from auscult.scorers.rules._choice.ranges import within
from auscult.scorers.rules._choice.whole import LABEL, full, labelled, whole
from auscult.scorers.rules._yes_no import parse_yes_no

Unread = Literal[
    "unclear", "unread", "refused", "no option", "empty", "cut short", "too long", "no language", "other language"
]

_LETTERS = re.compile(r"\W*[A-Za-z](?:[^\w]+[A-Za-z]){2,}\W*")
_LETTER_FIRST = re.compile(r"[^\w<>+-]*([A-Z])\s?(?=[^\x00-\x7f])")  # before a word of a script without capitals
_SENTENCE = re.compile(r"(?<![\s(.][A-Za-z])(?<!^[A-Za-z])[.!?](?=\s|$)|[。！？]|\n+|;")
_BOLD = re.compile(r"\*\*([^*\n]{1,300})\*\*|「([^」\n]{1,300})」")
_SPOT = re.compile(r"(?<![A-Za-z0-9])\(?[A-Z][).:]\s")
_NUMBERED = re.compile(r"^\d+[.)]\s+")
_COMPARED = re.compile(r"\b((?!rather\b|other\b)\w+er|more|less)\b[^.]{0,200}\bthan\b(?! \d)")
_LARGER = frozenset({"bigger", "larger", "greater"})
_INSTEAD = re.compile(
    r"^\W*(?:(?:no|nope|rather|so|then|but|hence|instead|actually|i mean|thus|therefore|it is|it's|must be|that leaves"
    r"|i(?:'d| would) go for)[,.:]?\s+)+",
    re.I,
)
_MORE_NEEDED = re.compile(
    r"^\W*(?:further|additional|more|other) \w+ (?:is|are|would be) (?:needed|required|necessary|recommended)\W*$", re.I
)
_REJECTS = re.compile(r"\b(?:not|no|nor|neither|wrong|incorrect|excluded|exclude|rule out|ruled out)\b", re.I)
_FEW_SENTENCES = 400  # characters of an answer in which one sentence may stand against general talk
_YES_NO = frozenset({("yes",), ("no",)})


@lru_cache(maxsize=1)
def _choosing() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    told, conditions = table("choosing"), table("finals")["conditions"]

    def pattern(phrases: list[str]) -> re.Pattern[str]:
        plain = [p for p in phrases if p.isascii()]
        other = [re.escape(p) for p in phrases if not p.isascii()]
        return re.compile("|".join([rf"\b{any_of(plain)}\b", *other]), re.I)

    return pattern(told["chooses"]), pattern(told["concludes"]), pattern(conditions)


@lru_cache(maxsize=1024)
def _asked(question: str) -> frozenset[str]:
    return frozenset(map(stem, spoken(question)))


@lru_cache(maxsize=1)
def _empty() -> frozenset[str]:
    return frozenset(map(stem, vocabulary().empty))


@lru_cache(maxsize=1)
def _courtesies() -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(table('choosing')['courtesies'])}(?![\w'])|, right\?", re.I)


def parse_choice(question: str, options: tuple[str, ...], text: str) -> int | Unread:
    """Reads an answer to a choice: the index of the chosen option, or why none was read. Never raises."""
    reply = answer_part(text)
    body = without_markup(reply.answer)
    if not body or not options:
        return reply.nothing
    prepared = prepare(options)
    if ("right",) in prepared.names:
        told, body = body, _courtesies().sub("", body)
        if told != body and not any(map(str.isalnum, body)):
            return "no option"
    if (index := whole(body, prepared)) is not None:
        return index
    if _LETTERS.fullmatch(body):
        return "unread"
    for tail in finals(body):
        if (read := _announced(tail, prepared)) is not None:
            return read
    if _YES_NO.issubset(prepared.forms) and (parsed := parse_yes_no(question, text)) in ("yes", "no"):
        return prepared.forms.index((parsed,))
    if (index := all_or_none(prepared, body)) is not None:
        return index
    voted, wrong, body = ballot(body, prepared)
    if voted is not None or (wrong and not any(map(str.isalnum, body))):
        return "unclear" if voted is None else voted
    return _Choice(question, prepared, body, reply.answer).read(wrong)


def _announced(tail: str, options: Options) -> int | Literal["unclear"] | None:
    """What an announcement is followed by: its first line, the first sentence of it, or what that names."""
    first, _, rest = tail.partition("\n")
    one, next_one = full(first, options), full(rest.lstrip(), options)
    if one is not None and next_one not in (None, one):
        return None  # the list of options
    sentence = next(_sentences(first), "")
    for stretch in (first, sentence):
        if (index := whole(stretch, options)) is not None:
            return index
    if label := labelled(first, options):
        index, said_first = label
        others = named(sentence[len(first) - len(said_first) :], options).taken
        return "unclear" if others and index not in others else index
    if (m := _LETTER_FIRST.match(tail)) and (index := options.letters.get(m[1])) is not None:
        return index
    said = named(sentence, options)
    if len(said.taken) == 1:
        return said.taken[0]
    return "unclear" if said.doubted or said.joined_by_or else None


def _sentences(text: str) -> Iterator[str]:
    """Sentences of a text with their mark; a letter with a full stop ("C. liver") ends none."""
    start = 0
    for m in _SENTENCE.finditer(text):
        if (sentence := text[start : m.end()].strip()) and any(c.isalnum() for c in sentence):
            yield sentence
        start = m.end()
    if (sentence := text[start:].strip()) and any(c.isalnum() for c in sentence):
        yield sentence


def _supposes(sentence: str) -> bool:
    low = sentence.lower()
    return _choosing()[2].search(low) is not None and not any(r in low for r in table("finals")["reserves"])


class _Choice:
    """One answer, read against the options of its item."""

    def __init__(self, question: str, options: Options, body: str, marked: str) -> None:
        self.question, self.options, self.body, self.marked = parted(question).question, options, body, marked
        self.asked = _asked(self.question)
        self._known: dict[str, int | Literal["unclear"] | None] = {body: None}
        self._said: dict[str, Named] = {}
        self._sentences: dict[str, list[str]] = {}
        self.lines = [line.strip() for line in body.split("\n") if line.strip()]

    def _whole(self, line: str) -> int | Literal["unclear"] | None:
        """``whole`` of a line, once."""
        if line not in self._known:
            self._known[line] = whole(line, self.options)
        return self._known[line]

    def _named(self, sentence: str) -> Named:
        """``named`` of a sentence, once."""
        if sentence not in self._said:
            self._said[sentence] = named(sentence, self.options, self.asked)
        return self._said[sentence]

    def read(self, rejected: list[int]) -> int | Unread:
        """The index of the chosen option, or why there is none; of ``rejected`` ones it is known that they are not."""
        read = self._first_line()
        if read is not None:
            return read
        rest = self._without_lists()
        if not rest:
            return "unread"
        for step in (self._alone, self._corrected, self._chosen, self._bold):
            if (read := step(rest)) is not None:
                return read
        said = Named(rejected=rejected)
        for sentence in self._told(rest):
            said.add(self._named(sentence))
        return self._decide(said, rest)

    def _first_line(self) -> int | Literal["unclear"] | None:
        """A first line that is an option, or begins with a letter that its words do not contradict."""
        first = self._without_row(self.lines[0])
        if not any(map(str.isalnum, first)):
            return None
        if len(self.lines) > 1 and (index := self._whole(first)) is not None:
            following = self._whole(self.lines[1])
            return index if following is None or following == index else None
        if (label := labelled(first, self.options)) is None:
            return None
        index, rest = label
        others = named(rest, self.options).taken
        later = {i for line in self.lines[1:] if (i := full(line, self.options)) is not None}
        if later - {index}:
            return None
        return "unclear" if others and index not in others else index

    def _without_lists(self) -> list[str]:
        """The lines without those that go through the options one by one."""
        starts = [self._item(line) for line in self.lines]
        kept: list[str] = []
        at = 0
        while at < len(self.lines):
            end, seen = at, []
            while end < len(self.lines) and starts[end] is not None and starts[end] not in seen:
                seen.append(starts[end])
                end += 1
            if len(seen) < 2:
                kept += self.lines[at : max(end, at + 1)]
            at = max(end, at + 1)
        discussed = {i for line, i in zip(self.lines, starts, strict=True) if i is not None and not self._is_bare(line)}
        if len(discussed) > 1:
            kept = [line for line in kept if self._item(line) is None or self._is_bare(line)]
        return [line for k in kept if (line := self._without_row(k)).strip()]

    def _item(self, line: str) -> int | None:
        """The option that a line of a list is about: its letter and words, or its words before a colon or dash."""
        line = _NUMBERED.sub("", line)
        if (index := full(line, self.options)) is not None:
            return index
        head = re.split(r":|\s-\s", line, maxsplit=1)[0]
        found = self._whole(head)
        return found if isinstance(found, int) else None

    def _is_bare(self, line: str) -> bool:
        return self._whole(line) is not None

    def _without_row(self, line: str) -> str:
        """A line without "A. liver B. spleen C. kidney", all options one after the other."""
        spots = [m.start() for m in _SPOT.finditer(line)]
        found = [(at, i) for at in spots if (i := full(line[at:], self.options)) is not None]
        for n in range(len(found)):
            run = found[n : n + len(self.options.forms)]
            if [i for _, i in run] == list(range(len(self.options.forms))):
                end = run[-1][0] + len(self.options.texts[-1]) + 4
                return f"{line[: run[0][0]]} {line[end:]}"
        return line

    def _alone(self, rest: list[str]) -> int | Literal["unclear"] | None:
        """A line that is one option; of several the last, where it is announced or ends the text."""
        found = [(n, i) for n, line in enumerate(rest) if (i := self._whole(line)) is not None]
        if len({i for _, i in found}) == 1:
            return found[0][1]
        if found and (found[-1][0] == len(rest) - 1 or rest[found[-1][0] - 1].endswith(":")):
            return found[-1][1]
        ends = {i for line in rest if ":" in line and (i := self._whole(line.rpartition(":")[2].strip())) is not None}
        if len(ends) == 1 and not found:  # "There is no doubt: left"
            return ends.pop()
        labelled = {i for line in rest if (i := self._labelled(line)) is not None} if not found else set()
        return labelled.pop() if len(labelled) == 1 else None

    def _corrected(self, rest: list[str]) -> int | None:
        """The option that a last sentence is, after others were asked or rejected: "A? No. C.", "Not B. Rather D."."""
        sentences = list(_sentences(" ".join(rest)))
        found = self._whole(_INSTEAD.sub("", sentences[-1]).strip(" .")) if len(sentences) > 1 else None
        earlier = " ".join(sentences[:-1]).rstrip()
        turned = earlier.endswith("?") or _REJECTS.search(earlier) is not None
        return found if isinstance(found, int) and turned else None

    def _labelled(self, line: str) -> int | None:
        """The option whose letter a line begins with ("C. ..."), unless it is the article or names another."""
        m = LABEL.match(line)
        index = self.options.letters.get(m[m.lastindex or 0]) if m else None
        if m is None or index is None or set(named(line[m.end() :], self.options).taken) - {index}:
            return None
        return index

    def _told(self, rest: list[str]) -> Iterator[str]:
        """Sentences that neither ask nor suppose."""
        for line in rest:
            if line not in self._sentences:
                self._sentences[line] = [s for s in _sentences(line) if not asks(s) and not _supposes(s)]
            yield from self._sentences[line]

    def _chosen(self, rest: list[str]) -> int | Literal["unclear"] | None:
        """What sentences choose; where they differ, the one that concludes."""
        chooses, concludes, _ = _choosing()
        votes: list[tuple[int, bool]] = []
        for sentence in self._told(rest):
            said = self._named(sentence)
            if not said or (chooses.search(sentence) is None and self._inside(sentence) is None):
                continue
            taken = [i for i in said.taken if i not in collective(self.options.forms)] or said.taken
            if len(taken) == 1:
                votes.append((taken[0], concludes.search(sentence) is not None))
            elif said.joined_by_or:
                return "unclear"
        if len({i for i, _ in votes}) == 1:
            return votes[0][0]
        if votes and votes[-1][1]:
            return votes[-1][0]
        return "unclear" if votes else None

    def _inside(self, sentence: str) -> int | None:
        """The one option that stands with its letter in a sentence ("so it is C. kidney")."""
        spots = [m.start() for m in _SPOT.finditer(sentence)]
        found = {i for at in spots if (i := full(sentence[at:], self.options)) is not None}
        return found.pop() if len(found) == 1 else None

    def _bold(self, rest: list[str]) -> int | None:
        """The one option that is emphasised, headings of a list left out."""
        if "**" not in self.marked and "「" not in self.marked:
            return None
        found = set()
        for m in _BOLD.finditer(self.marked):
            heading = self.marked[m.end() : m.end() + 1] == ":" or (m[0].endswith(":**"))
            read = None if heading else self._whole(m[1] or m[2])
            found |= {read} if isinstance(read, int) else set()
        return found.pop() if len(found) == 1 else None

    def _decide(self, said: Named, rest: list[str]) -> int | Unread:
        """What the options named in the whole text add up to."""
        if not said.taken and not said.doubted:
            self._add_other_words(said, rest)
        taken = self._without_collective(said)
        if taken and (swapped := self._compared(taken)) is not None:
            return swapped
        if len(taken) == 1:
            return "unread" if begun(self.body, taken[0], self.asked, self.options) else taken[0]
        if taken:
            return "unclear" if said.joined_by_or else self._nearest(rest)
        denied = negative_of(self.options.forms)
        if len(said.rejected) == 1 and said.rejected[0] in denied and not said.doubted:
            return denied[said.rejected[0]]
        if (
            said.rejected
            and not said.doubted
            and (index := one_by_one(self.question, self.options, self.body)) is not None
        ):
            return index
        if said.doubted or said.rejected:  # the one that is left may be meant
            return "unclear" if said.doubted or len(said.rejected) + 1 < len(self.options.forms) else "unread"
        return self._nothing_named(rest)

    def _add_other_words(self, said: Named, rest: list[str]) -> None:
        """Adds the options that sentences name in words of the lexicon: "computed tomography" is CT."""
        wide = prepare(self.options.texts, synonyms=True)
        if len(wide.names) > len(self.options.names):
            for sentence in self._told(rest):
                said.add(named(sentence, wide, self.asked))

    def _nearest(self, rest: list[str]) -> int | Literal["unread"]:
        """The option of the first sentence that names one, where it has more of the question's words than others."""
        asked = self.asked - {stem(w) for form in self.options.forms for w in form} - _empty()
        told = [(s, taken) for s in self._told(rest) if (taken := self._named(s).taken)]
        if len(self.body) > _FEW_SENTENCES or len(told[0][1]) > 1:
            return "unread"
        shared, *others = [
            len(asked & set(map(stem, spoken(s)))) for s, taken in told if s is told[0][0] or taken != told[0][1]
        ]
        return "unread" if not others or shared < 2 + max(others) else told[0][1][0]

    def _without_collective(self, said: Named) -> list[int]:
        """Options taken; one that stands for all or none counts only where it comes first."""
        stand_for_all = collective(self.options.forms)
        if said.taken and said.taken[0] in stand_for_all:
            return said.taken[:1]
        return [i for i in said.taken if i not in stand_for_all] or said.taken

    def _compared(self, taken: list[int]) -> int | Unread | None:
        """What a comparison says that is not the one asked: of two options the other, where it is its opposite."""
        m = _COMPARED.search(self.body.lower())
        if m is None:
            return None
        asked = {*words(self.question), *(w for f in self.options.forms for w in f)}
        if m[1] in asked or m[1] == "more" or (m[1] in _LARGER and asked & _LARGER):
            return None
        opposite = any(m[1] in pair.split() and asked & set(pair.split()) for pair in table("choosing")["comparisons"])
        return 1 - taken[0] if opposite and len(self.options.forms) == 2 else "unclear"

    def _nothing_named(self, rest: list[str]) -> int | Unread:
        """A short answer in other words than the options', or what kind of answer it is."""
        if (index := part(self.asked, self.body, self.options)) is not None:
            return index
        if declined(self.body) is not None:
            return "refused"
        if (index := one_by_one(self.question, self.options, self.body)) is not None:
            return index
        if len(self.body) <= SHORT and (index := within(list(self._told(self.lines)), self.options)) is not None:
            return index
        tongue = language(self.body)
        if tongue != "english":
            return "no language" if tongue == "none" else "other language"
        if advises(self.body) or _MORE_NEEDED.search(self.body):
            return "refused"
        return (
            "unread"
            if touches(self.asked, " ".join(rest), self.options) or not understood(self.body, self.options)
            else "no option"
        )
