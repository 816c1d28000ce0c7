"""Choices as published sets write them, by letter or by text → the options and the right one."""

import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from auscult.errors import UserError
from auscult.store.rows import Row

REPEATED = "repeated_option"
"""Tag of a question of which two options are the same text: its letters stay as published."""
_LABEL = re.compile(r"^\s*\(?([A-Za-z])\s*[:.)]\s*(?=\S)")


def by_letter(row: Row, options: Mapping[str, str], letter: str) -> tuple[tuple[str, ...], str]:
    """The options in the order of their letters, and the text of the right one.

    Args:
        row: for messages.
        options: letter → text; empty texts at the end stand for options that the question does not have.
        letter: of the right one.

    Raises:
        UserError: fewer than two options, a gap among them, or a letter that none of them has.
    """
    texts = _texts(row, options)
    right = letter.strip().rstrip(".):").lstrip("(").upper()
    if right not in ascii_uppercase[: len(texts)] or len(right) != 1:
        known = ", ".join(ascii_uppercase[: len(texts)])
        raise UserError(f"{row.where}: the answer {letter[:40]!r} is no letter of an option ({known}); mend the row")
    return texts, texts[ascii_uppercase.index(right)]


def by_text(row: Row, options: Mapping[str, str], answer: str) -> tuple[tuple[str, ...], str]:
    """The options in the order of their letters, and the one that the answer is, case and spaces apart.

    Raises:
        UserError: fewer than two options, a gap among them, or an answer that is none of them.
    """
    texts = _texts(row, options)
    found = [text for text in texts if same(text, answer)]
    if not found:
        raise UserError(
            f"{row.where}: the answer {answer[:40]!r} is not one of the options {list(texts)}; mend the row"
        )
    return texts, found[0]


def same(one: str, other: str) -> bool:
    """Whether two texts are the same but for case and spaces."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def letters(texts: Sequence[str]) -> dict[str, str]:
    """Letter → text, for options that come as a list."""
    return dict(zip(ascii_uppercase, texts, strict=False))


def repeated(options: Sequence[str]) -> dict[str, str]:
    """The tag of a question whose options repeat one another; no tag where they do not."""
    plain = [" ".join(o.split()).casefold() for o in options]
    return {REPEATED: "yes"} if len(set(plain)) < len(plain) else {}


def unlabelled(letter: str, text: str) -> str:
    """An option without its own letter in front (``B: liver``, ``(B) liver``)."""
    found = _LABEL.match(text)
    return text[found.end() :].strip() if found and found[1].upper() == letter.upper() else text.strip()


def _texts(row: Row, options: Mapping[str, str]) -> tuple[str, ...]:
    """The options' texts; their own letters are taken off where every one of them carries it."""
    kept = {letter: text.strip() for letter, text in options.items()}
    while kept and not list(kept.values())[-1]:
        kept.popitem()
    if list(kept) != list(ascii_uppercase[: len(kept)]):
        raise UserError(f"{row.where}: options {', '.join(kept)} are not lettered A, B, C, ...; mend the row")
    bare = {letter: unlabelled(letter, text) for letter, text in kept.items()}
    labelled = all(text != bare[letter] for letter, text in kept.items())
    texts = tuple((bare if labelled else kept).values())
    for letter, text in zip(kept, texts, strict=True):
        if not text:
            raise UserError(f"{row.where}: option {letter} is empty; fill it in or take the row out")
    if len(texts) < 2:
        raise UserError(f"{row.where}: {len(texts)} option where a choice needs two or more; mend the row")
    return texts
