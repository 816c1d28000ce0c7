"""Free text to yes, no, unclear, refused or off format, given the question that was asked.

How it is read, in this order:

1. What follows a final-answer marker ("Answer:", JSON, a box) stands for the whole text, the last marker first.
2. The question, when echoed, and sentences that ask are skipped.
3. A *lead* is a clause that is only yes or no (or "correct", "definitely not", ...), or opens with it. Leads that
   differ: unclear.
4. Every other clause is read by ``_polarity``. A lead stands unless a clause says the opposite of it, or only hedges:
   then the text contradicts itself, and is unclear. Asked in the negative, the clause counts, not a leading "no".
5. Without a lead, the clauses decide if they agree.
6. "Likely", "probably", "consistent with" commit; "possibly", "may", "cannot be excluded", "suspicious for" do not.
7. Nothing decided: refused where the text declines, unclear where it hedges or half-answers, else off format.
"""

import re
from typing import Literal

from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import Question, analyse, clause_says, rephrase, tokens
from auscult.scoring._text import after_markers, declined, plain, words

Parsed = Literal["yes", "no", "unclear", "refused", "off_format"]

_SENTENCE = re.compile(r"(?<=[.!?])(?=\s|[A-Z])|[;\n]+|[()\[\]]")
_FRAGMENT = re.compile(
    r",|\s-+\s|\b(?:but|however|although|though|while|whereas|yet|except(?: for)?|because)\b|\.(?!\d)|\b(and)\b"
)
_LABEL = re.compile(r"^([^:]{1,90}):\s*(.+)$")
_DASH_LABEL = re.compile(r"^([^:,]{1,60}?)\s+-+\s+((?:yes|no|none|absent|present|positive|negative|not \w+)\W*)$")
_OWN_CLAUSE = lx.listed("no not without nor neither nothing absent never denies denied")
_LABELS = re.compile(
    r"^\W*(?:assistant|response|output|result|reply|impression|findings?|diagnosis|verdict|assessment|a|yes|no|maybe|ai|bot|"
    r"model|explanation|reason(?:ing)?|interpretation|summary|question|q|note|observations?|analysis)\W*$"
)


def _clauses(sentence: str) -> list[list[str]]:
    """A rephrased sentence as clauses: verbless pieces stay with what they continue ("no effusion, mass or nodule")."""
    pieces = [(j or ",", tokens(p)) for j, p in _split(sentence)]
    clauses: list[list[str]] = []
    for joint, piece in pieces:
        if not piece:
            continue
        current = clauses[-1] if clauses else []
        has_verb = not lx.VERBS.isdisjoint(piece)
        current_whole = not lx.VERBS.isdisjoint(current) or (
            bool(current) and current[0] in _OWN_CLAUSE and (piece[0] in lx.PRONOUN or piece[0] in ("the", "a", "an"))
        )
        breaks = joint not in (",", " and ")
        is_lead = _only_lead(current) or _only_lead(piece)
        own = piece[0] in _OWN_CLAUSE or piece[0] in lx.HEDGE
        if not current or breaks or is_lead or own or (has_verb and current_whole):
            clauses.append(piece)
        else:
            current.extend(["and", *piece])
    return clauses


def _only_lead(clause: list[str]) -> bool:
    """Whether a piece is yes or no and nothing else that could go on."""
    at = _opening(clause)
    return (
        at < len(clause)
        and (clause[at] in lx.YES or clause[at] in lx.NO)
        and all(w in lx.CLOSING for w in clause[at + 1 :])
    )


def _split(sentence: str) -> list[tuple[str, str]]:
    """Pieces of a sentence, each with what joins it to the piece before."""
    pieces: list[tuple[str, str]] = []
    start, joint = 0, "start"
    for m in _FRAGMENT.finditer(sentence):
        pieces.append((joint, sentence[start : m.start()]))
        start, joint = m.end(), " and " if m[1] else "," if m[0] == "," else "break"
    pieces.append((joint, sentence[start:]))
    return pieces


def _opening(clause: list[str]) -> int:
    """How many words stand before the first one that can carry an answer ("so I would say")."""
    return next((i for i, w in enumerate(clause) if w not in lx.OPENING and w not in lx.SURE), len(clause))


def _lead(clause: list[str], question: Question) -> str:
    """``yes`` or ``no`` where a clause is nothing but that ("definitely not", "that is correct"), else empty."""
    at = _opening(clause)
    if at == len(clause):
        sure = any(w in lx.SURE for w in clause) and clause[-1] in lx.CLOSING
        return "yes" if sure or clause[-2:] in (["of", "course"], ["think", "so"], ["believe", "so"]) else ""
    word, rest = clause[at], clause[at + 1 :]
    if word in lx.NO and rest and rest[0] in lx.AGREE and len(rest) == 1:
        return "no"
    if word in lx.YES or word in lx.NO:
        return "" if any(w not in lx.CLOSING for w in rest) else "yes" if word in lx.YES else "no"
    if not rest and word not in question.content and word not in lx.RIVALS.get(question.key, ()):
        return "yes" if word in lx.AGREE else "no" if word in lx.DISAGREE else ""
    return ""


def _opens(clause: list[str]) -> tuple[str, list[str]]:
    """A leading yes or no without a comma ("no there is none"), and the rest of the clause."""
    at = _opening(clause)
    word, rest = (clause[at], clause[at + 1 :]) if at < len(clause) else ("", [])
    if word in lx.YES and len(word) > 1:
        return "yes", rest
    if word in ("no", "nope") and rest and rest[0] in lx.AFTER_NO:
        return "no", rest
    return "", clause


class _Reading:
    """What the clauses of one text add up to."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.leads: set[str] = set()
        self.said: set[str] = set()
        self.touched = False

    def sentence(self, sentence: str) -> None:
        text = _DASH_LABEL.sub(r"\1: \2", rephrase(sentence))
        if (m := _LABEL.match(text)) and not self._label(m[1], m[2]):
            return
        text = text.replace(":", " ") if not m or not _LABELS.match(m[1]) else m[1] + " , " + m[2]
        for clause in _clauses(text):
            self._clause(clause)

    def _label(self, label: str, value: str) -> bool:
        """Reads "Effusion: no"; False where that was all there is to read."""
        lead = _lead(tokens(value), self.question)
        if not lead:
            return True
        about = clause_says(tokens(label), self.question)
        if about or _LABELS.match(label) or not self.question.content or _lead(tokens(label), self.question):
            self.leads.add(lead)
        return False

    def _clause(self, clause: list[str]) -> None:
        if lead := _lead(clause, self.question):
            self.leads.add(lead)
            return
        lead, clause = _opens(clause)
        if lead:
            self.leads.add(lead)
        says = clause_says(clause, self.question) if clause else ""
        if says:
            self.said.add(says)
        elif not self.touched:
            self.touched = any(w in self.question.plain for w in clause if len(w) > 3)

    def verdict(self) -> Parsed | None:
        """The answer, or None where nothing decides."""
        if len(self.leads) > 1:
            return "unclear"
        decided = self.said & {"yes", "no"}
        if self.leads:
            lead = next(iter(self.leads))
            if decided - {lead}:
                if self.question.no_agrees and lead == "no" and decided == {"yes"}:
                    return "yes"
                return "unclear"
            if "hedge" in self.said and not decided:
                return "unclear"
            return "yes" if lead == "yes" else "no"
        if len(decided) == 1:
            if decided == {"no"} and "hedge" in self.said:
                return "unclear"
            return "yes" if "yes" in decided else "no"
        if self.said:
            return "unclear"
        return None


def _without_echo(text: str, question: Question) -> str:
    """The text after a literal repetition of the question."""
    n = len(question.plain.split())
    starts_alike = text.lstrip("\"'( ")[:2].lower() == question.plain[:2]
    if n < 2 or not starts_alike or " ".join(words(text)[:n]) != question.plain:
        return text
    matches = list(re.finditer(r"[A-Za-z0-9]+", text))
    last = question.plain.split()[-1]
    for m in matches[n - 1 :]:
        if m.group().lower().endswith(last[-3:]):
            return text[m.end() :].lstrip(" ?.!:-\n,;)\"'")
    return text


def _read(text: str, question: Question) -> Parsed:
    """One stretch of text."""
    text = _without_echo(text, question)
    reading = _Reading(question)
    sentences = [s.strip() for s in _SENTENCE.split(text)]
    sentences = [s for s in sentences if s and any(c.isalnum() for c in s)]
    told = [s for s in sentences if not s.endswith("?")]
    if sentences and not told:
        return "unclear"
    act = declined(text)
    refused = act is not None and (not act or act not in question.plain.split())
    for sentence in told:
        if refused and declined(sentence) is not None and not _answers_too(sentence):
            continue
        reading.sentence(sentence)
    return reading.verdict() or ("refused" if refused else "unclear" if reading.touched else "off_format")


def _answers_too(sentence: str) -> bool:
    """Whether a sentence that declines goes on to answer ("I cannot diagnose, but yes, ...")."""
    return " but " in sentence.lower()


def parse_yes_no(question: str, text: str) -> Parsed:
    """Reads an answer to a yes/no question. Never raises, and never guesses."""
    bare = text.strip(" \n.!*").lower()
    if bare in ("yes", "no"):  # most answers are no more than that
        return "yes" if bare == "yes" else "no"
    asked = analyse(question)
    text = plain(text)
    if not text:
        return "off_format"
    for tail in after_markers(text):
        if (parsed := _read(tail, asked)) != "off_format":
            return parsed
    return _read(text, asked)
