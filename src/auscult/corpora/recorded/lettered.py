"""Options in the words of a question ("Is there a mass? A. Yes B. No"), and answers that are their letters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auscult.corpora._choices import same

_MARK = re.compile(r"(?:^|(?<=[\s,;:?.]))\(?([A-J])[).:]\s*(?=\S)")
_HEADING = re.compile(r"\s*\b(?:options?|choices|answers?|answer (?:options|choices))\s*:?\s*$", re.IGNORECASE)
_ALONE = re.compile(
    r"\W*(?:(?:the )?(?:correct |final )?(?:answer|option|choice)(?: is)?\s*:?\s*)?\(?([A-J])\b[).:]*\**\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Lettered:
    """A question whose options stand in its words: what is asked, and the options in the order of their letters."""

    asked: str
    options: tuple[str, ...]

    def meant(self, text: str) -> str:
        """The option that a text is, by its words, its letter, or both; empty where it is none."""
        plain = text.strip().rstrip(".")
        if named := [o for o in self.options if same(o, plain)]:
            return named[0]
        found = _ALONE.fullmatch(text.strip())
        place = ord(found[1].upper()) - ord("A") if found else len(self.options)
        if found is None or place >= len(self.options):
            return ""
        rest = found[2].strip().rstrip(".")
        return self.options[place] if not rest or same(rest, self.options[place]) else ""


def lettered(question: str) -> Lettered | None:
    """The options of a question that names two or more by the letters A, B, ... in order; None of any other."""
    marks = list(_MARK.finditer(question))
    first = next((n for n, m in enumerate(marks) if m[1] == "A"), None)
    if first is None:
        return None
    marks = [m for n, m in enumerate(marks[first:]) if m[1] == chr(ord("A") + n)]
    ends = [*(m.start() for m in marks[1:]), len(question)]
    texts = [question[m.end() : end].strip() for m, end in zip(marks, ends, strict=True)]
    options = tuple(text.split("\n")[0].strip().rstrip(",;.").strip() for text in texts)
    asked = _HEADING.sub("", question[: marks[0].start()]).strip()
    plain = {" ".join(o.split()).casefold() for o in options}
    if len(options) < 2 or len(plain) < len(options) or not all(options) or not asked:
        return None
    return Lettered(asked, options)


def are_lettered(rows: Iterable[tuple[str, str, Sequence[str]]]) -> bool:
    """Whether questions hold their options: each truth of those that seem to is one, and most of their answers are.

    Args:
        rows: question, truth and answers of each.
    """
    told, fitting, said = 0, 0, 0
    for question, truth, answers in rows:
        if (found := lettered(question)) is None:
            continue
        if not found.meant(truth):
            return False
        told += 1
        said += len(answers)
        fitting += sum(bool(found.meant(answer)) for answer in answers)
    return bool(told) and fitting * 2 > said
