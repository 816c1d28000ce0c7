"""The options of a choice as words: what names each of them, and which two a reader could not tell apart.

Signs carry meaning and stay: "ER+" is not "ER-", "<5 mm" not ">5 mm", "Hepatitis A" not "Hepatitis". Only an article
that is one ("A mass", "a mass", never "type A") is taken off.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from auscult.facts._words import folded, words
from auscult.facts.lexicon import lexicon
from auscult.facts.reply import typography
from auscult.facts.spoken import spoken

_LABEL = re.compile(r"^\s*(?:\(([A-Za-z])\)|([A-Z])[.):]|([a-z])[):])\s*(?=\S)")
_ONES = "zero one two three four five six seven eight nine ten"
_DIGITS = {w: str(i) for i, w in enumerate(_ONES.split())}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one item, prepared once.

    Attributes:
        texts: as given.
        forms: the words of each, without its own label and articles; empty where there are none.
        digits: the same with spelled numbers up to ten in digits.
        letters: letter → index: an option's own label where all have one, else A for the first.
        clash: two options that cannot be told apart, or one that nothing names; empty where all can.
        lettered: options that are one letter and nothing else.
        by_first: first word → indices of the options that begin with it, the longest first.
    """

    texts: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    digits: tuple[tuple[str, ...], ...]
    letters: dict[str, int]
    clash: str
    lettered: frozenset[int]
    by_first: dict[str, tuple[int, ...]]

    def at(self, said: Sequence[str], start: int) -> int | None:
        """The longest option whose words stand at a place of a text; a lone letter is no word."""
        for index in self.by_first.get(said[start], ()):
            form = self.forms[index]
            if tuple(said[start : start + len(form)]) == form:
                return index
        return None


def concepts(text: str) -> frozenset[str]:
    """Findings, modalities and views that a text names, whatever words it has for them."""
    return frozenset(name for _, _, names in _named(words(folded(text)).norms) for name in names)


def only_concept(form: Sequence[str]) -> str:
    """The finding, modality or view that some words are another name of; empty where they say more or nothing known."""
    found = list(_named(list(form)))
    whole = len(found) == 1 and found[0][:2] == (0, len(form)) and len(found[0][2]) == 1
    return found[0][2][0] if whole else ""


def _named(norms: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """Stretches of words that name something of the lexicon, with its names."""
    for start, end, roles in lexicon().trie.find(norms):
        names = [name for name in (roles.finding, *(value for _, value in roles.acquisition)) if name]
        if names:
            yield start, end, names


def in_digits(form: Sequence[str]) -> tuple[str, ...]:
    """Words with spelled numbers up to ten in digits."""
    return tuple(_DIGITS.get(w, w) for w in form)


def unlabelled(text: str) -> tuple[str, str]:
    """The label that a text begins with, in capitals, and the rest: ("B", "liver") of "(b) liver"; "" without one."""
    m = _LABEL.match(text)
    return (m[m.lastindex or 0].upper(), text[m.end() :]) if m else ("", text)


@lru_cache(maxsize=4096)
def prepare(texts: tuple[str, ...]) -> Options:
    """Options as words, with the first clash among them."""
    plain = [typography(t) for t in texts]
    labels = [unlabelled(t)[0] for t in plain]
    own = labels == list(ascii_uppercase[: len(labels)])
    forms = tuple(tuple(spoken(unlabelled(t)[1] if own else t)) for t in plain)
    letters = {letter: i for i, letter in enumerate(ascii_uppercase[: len(texts)])}
    lettered = frozenset(i for i, f in enumerate(forms) if len(f) == 1 and len(f[0]) == 1 and f[0] in ascii_lowercase)
    by_first: dict[str, list[int]] = {}
    for i in sorted(range(len(forms)), key=lambda i: -len(forms[i])):
        if forms[i] and i not in lettered:
            by_first.setdefault(forms[i][0], []).append(i)
    return Options(
        texts=texts,
        forms=forms,
        digits=tuple(map(in_digits, forms)),
        letters=letters,
        clash=_clash(texts, forms, letters, labels),
        lettered=lettered,
        by_first={word: tuple(found) for word, found in by_first.items()},
    )


def _clash(
    texts: Sequence[str], forms: Sequence[tuple[str, ...]], letters: dict[str, int], labels: Sequence[str]
) -> str:
    seen: dict[tuple[str, ...], int] = {}
    for i, form in enumerate(forms):
        if not form:
            return f"option {texts[i]!r} has no word or sign by which an answer could name it"
        other = seen.setdefault(in_digits(form), i)
        if other != i:
            return f"options {texts[other]!r} and {texts[i]!r} are the same words"
        named = letters.get(form[0].upper(), i)
        if named != i and form[1:] in ((), forms[named]):
            return f"option {texts[i]!r} is called like the letter of {texts[named]!r}"
    if sorted(labels) == list(letters) != list(labels):
        return f"the options carry the letters {', '.join(labels)}, out of order"
    return ""
