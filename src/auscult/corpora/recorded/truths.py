"""What people write as the truth of a question, and as its options: read where there is no doubt, and counted."""

import ast
import re
from collections.abc import Sequence

from auscult.corpora._choices import by_letter, by_text, letters, same
from auscult.corpora._table_items import ASKS_YES_OR_NO
from auscult.errors import UserError
from auscult.store.cells import as_text
from auscult.store.rows import Row

YES = frozenset({"yes", "ja", "oui", "sí", "si", "sim"})
NO = frozenset({"no", "nein", "non", "não", "nao", "nee"})
ALSO_YES = frozenset({"1", "true", "t", "y", "positive", "pos", "present", "+"})
ALSO_NO = frozenset({"0", "false", "f", "n", "negative", "neg", "absent", "-"})
"""Under a question for yes or no."""
_ASKS_MORE = re.compile(
    r"(?:how|what|which|where|when|who|why|describe|name|list|wie|was|welche[rsmn]?|wo|wann|warum|combien|quel(?:le)?s?"
    r"|où|cu[aá]nt[oa]s?|qu[eé]|cu[aá]l|d[oó]nde|quant[ie]|quale|dove)\b",
    re.IGNORECASE,
)
_LED = re.compile(r"(yes|no)\s*[,.;:–—-]", re.IGNORECASE)
_LETTER = re.compile(r"\(?([A-Ja-j])[).:]?")
_LETTERED = re.compile(r"(?:^|[\s,;|])\(?([A-J])[).:]\s*")


def is_polar(question: str) -> bool:
    """Whether a question, in English, asks for yes or no and not for one of two things."""
    words = question.casefold().split()
    return bool(words) and words[0].strip("\"'(¿") in ASKS_YES_OR_NO and "or" not in words


def yes_no_of(question: str, text: str, *, all_so: bool = False) -> str:
    """``yes`` or ``no`` where that is what a text says; else empty.

    Args:
        question: that it answers.
        text: of a cell.
        all_so: whether all cells of the column are such words, so that the question need not be in English.
    """
    word = text.strip().rstrip(".!").casefold()
    if word in YES or word in NO:
        return "yes" if word in YES else "no"
    polar = is_polar(question)
    if (polar or (all_so and not _ASKS_MORE.match(question.strip("¿ ")))) and (word in ALSO_YES or word in ALSO_NO):
        return "yes" if word in ALSO_YES else "no"
    led = _LED.match(text.strip()) if polar else None
    return led[1].casefold() if led else ""


def are_yes_or_no(texts: Sequence[str]) -> bool:
    """Whether all cells of a column say yes or no in some way."""
    known = YES | NO | ALSO_YES | ALSO_NO
    return bool(texts) and all(t.strip().rstrip(".!").casefold() in known for t in texts)


def options_of(row: Row, value: object) -> list[str]:
    """The options in a cell: a list, or a text with bars, lines, semicolons or letters between them.

    Raises:
        UserError: a text that names one alone.
    """
    if isinstance(value, str):
        value = _parted(value.strip())
        if len(value) == 1:
            raise UserError(f"{row.where}: options {value[0][:40]!r} name one; part them by |")
    if isinstance(value, dict):
        value = list(value.values())
    texts = [(as_text(v) or "").strip() for v in value] if isinstance(value, list) else []
    bare = [re.sub(r"^\(?[A-Ja-j][).:]\s*", "", t) for t in texts]
    return bare if texts and all(b != t for b, t in zip(bare, texts, strict=True)) else texts


def _parted(text: str) -> list[str]:
    if text[:1] in "[({" and text[-1:] in "])}":
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            found = None
        if isinstance(found, list | tuple):
            return [as_text(v) or "" for v in found]
        if isinstance(found, dict):
            return [as_text(v) or "" for v in found.values()]
    marks = [m.start(1) for m in _LETTERED.finditer(text)]
    if len(marks) > 1 and [text[m] for m in marks] == list("ABCDEFGHIJ"[: len(marks)]):
        ends = [*marks[1:], len(text)]
        return [text[m + 1 : end].strip(").: \t(|,;\n") for m, end in zip(marks, ends, strict=True)]
    for mark in ("|", "\n", ";"):
        if mark in text:
            return [part.strip() for part in text.split(mark) if part.strip()]
    return [part.strip() for part in text.split(",")] if text.count(",") and len(text) < 200 else [text] if text else []


def right_option(row: Row, options: Sequence[str], truth: str) -> str:
    """The option that a truth names, by its text or its letter.

    Raises:
        UserError: it names none.
    """
    if any(same(option, truth) for option in options):
        return by_text(row, letters(options), truth)[1]
    if letter := _LETTER.fullmatch(truth.strip()):
        return by_letter(row, letters(options), letter[1])[1]
    bare = re.sub(r"^\(?[A-Ja-j][).:]\s*", "", truth)
    if any(same(option, bare) for option in options):
        return by_text(row, letters(options), bare)[1]
    raise UserError(f"{row.where}: the truth {truth[:40]!r} is not one of the options {list(options)}; mend the row")


def coded(text: str) -> str:
    """``yes`` or ``no`` where that is all that an answer says, as a number or another code for it; else empty.

    A dash is no code: in a column of answers it stands where there is none.
    """
    word = text.strip().casefold()
    return "yes" if word in ALSO_YES - {"+"} else "no" if word in ALSO_NO - {"-"} else ""
