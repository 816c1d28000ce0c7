"""Places of images in the words of a question (``<image>``, ``<|image_pad|>``): a model must not read them as words.

Images go out before the text of their question. A placeholder before or after the words is taken off; one among them
becomes "the image", or "image 2" where there are several.
"""

import re
from functools import cache

from auscult.errors import UserError
from auscult.store.files import shipped_table

TAG = "image_token"
"""Tag of an item whose question held placeholders: ``before`` its words, ``after`` them, or ``inside``."""
_POINTS = frozenset(("the", "this", "that", "an", "each", "given", "following", "above", "below", "first", "second"))
_ASKS = frozenset(
    ("is", "are", "was", "were", "do", "does", "did", "has", "have", "can", "could", "will", "would", "should")
    + ("what", "which", "where", "who", "when", "why", "how", "in", "on", "please", "describe", "name", "give")
)
"""Words that a question begins with, in lower case too."""
_ENDS = frozenset("?.!:;([{")


@cache
def _forms() -> re.Pattern[str]:
    forms = sorted(shipped_table("data/image_placeholders.toml")["forms"], key=len, reverse=True)
    spelled = (re.escape(form).replace(r"\#", r"(\d{1,3})").replace(r"\ ", r"\s?") for form in forms)
    return re.compile("|".join(spelled), re.IGNORECASE)


def held(text: str) -> int:
    """How many placeholders a text holds."""
    return sum(1 for _ in _forms().finditer(text))


def in_words(text: str, images: int | None, where: str, before: int = 0, keep: bool = False) -> tuple[str, str]:
    """A text without placeholders, and where they stood: ``before``, ``after``, ``inside``; empty where there are none.

    Args:
        text: of a question, an option or an answer.
        images: how many images it comes with; None where that is not known.
        where: file and row, for the message.
        before: placeholders in what was said before, where they are counted on.
        keep: whether those before and after the words are written out too.

    Raises:
        UserError: there are more placeholders than images.
    """
    found = list(_forms().finditer(text))
    if not found:
        return text, ""
    named = [int(next(filter(None, m.groups()), 0)) for m in found]
    numbers = [number or before + n for n, number in enumerate(named, start=1)]
    if images is not None and (len(found) > images if not any(named) else max(numbers) > images):
        raise UserError(
            f"{where}: {len(found)} image placeholder{'s' * (len(found) > 1)} ({found[-1][0]}) in a text with "
            f"{images} image{'s' * (images != 1)}; take out those that stand for no image"
        )
    bounds = [0, *(edge for m in found for edge in m.span()), len(text)]
    pieces = [text[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    worded = [n for n, piece in enumerate(pieces) if any(c.isalnum() for c in piece)]
    one = images == 1 or (images is None and len(found) == 1)
    first, last = _words(pieces, worded) if worded else (len(found), len(found))
    whole = keep or (bool(worded) and first < last and not one)
    names = {n: _name(pieces[n], 0 if one else numbers[n]) for n in range(len(found)) if whole or first <= n < last}
    place = "inside" if first < last else "before" if first else "after"
    return _joined(pieces, names) if whole else _trimmed(pieces, names, first, last), place


def _words(pieces: list[str], worded: list[int]) -> tuple[int, int]:
    """First and last piece of the words: a placeholder at either end belongs to them where it is part of a sentence."""
    first, last = worded[0], worded[-1]
    after, before = pieces[first], pieces[last]
    begins = after.split()[0].casefold()
    if first and after[:1] != "\n" and after.lstrip()[:1].islower() and begins not in _ASKS:
        first -= 1
    if last < len(pieces) - 1 and not ("\n" in before[len(before.rstrip()) :] or before.rstrip()[-1:] in _ENDS):
        last += 1
    return first, last


def _name(piece: str, number: int) -> str:
    """What stands for an image among words; 0 for the only one."""
    if number:
        return f"image {number}"
    before = piece.split()
    return "image" if before and before[-1].casefold() in _POINTS else "the image"


def _joined(pieces: list[str], names: dict[int, str]) -> str:
    """The pieces with the names between them, apart from their neighbours."""
    text = pieces[0]
    for n, piece in enumerate(pieces[1:]):
        name = names.get(n, "")
        text += (" " if text[-1:].isalnum() else "") + name + (" " if name and piece[:1].isalnum() else "") + piece
    return text.strip()


def _trimmed(pieces: list[str], names: dict[int, str], first: int, last: int) -> str:
    """The words without the placeholders around them, and without the marks that parted the two."""
    text = _joined(pieces[first : last + 1], {n - first: name for n, name in names.items()})
    text = text.lstrip(",:;.)]}> \t\r\n") if first else text
    return text.rstrip("([{<,:;- \t\r\n") if last < len(pieces) - 1 else text
