"""The options of a choice as words: what names each of them, and which two a reader could not tell apart.

Signs carry meaning and stay: "ER+" is not "ER-", "<5 mm" not ">5 mm", "Hepatitis A" not "Hepatitis". Only an article
that is one ("A mass", "a mass", never "type A") is taken off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from auscult.facts.lexicon import lexicon
from auscult.facts.reply import typography
from auscult.facts.spoken import spoken

_LABEL = re.compile(r"^\s*(?:\(([A-Za-z])\)|([A-Z])[.):]|([a-z])[):])\s*(?=\S)")
_ONES = "zero one two three four five six seven eight nine ten"
_DIGITS = {w: str(i) for i, w in enumerate(_ONES.split())}
_IN_WORDS = {"+": "positive", "-": "negative"}
_SIGNS = {word: sign for sign, word in _IN_WORDS.items()}
_CLASSES = ("type", "grade", "stage", "class")
_SAME = {
    ("both",): (("bilateral",),),
    ("bilateral",): (("both",),),
    ("xray",): (("xr",), ("radiograph",), ("radiography",), ("plain", "film"), ("plain", "radiograph")),
    ("ultrasound",): (("sonography",), ("sonogram",), ("ultrasonography",), ("usg",)),
    ("mri",): (("mr",), ("mr", "imaging")),
    ("ct",): (("cat", "scan"),),
}


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one item, prepared once.

    Attributes:
        texts: as given.
        forms: the words of each, without its own label and articles; empty where there are none.
        letters: letter → index: an option's own label where all have one, else A for the first.
        clash: two options that cannot be told apart, or one that nothing names; empty where all can.
        numbered: whether an option has a digit, so that a number is no place in their list.
        lettered: options that are one letter and nothing else.
        names: words → the one option that they name: its own, with numbers in digits, and in another usual form.
        by_first: first word → the names that begin with it, the longest first.
    """

    texts: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    letters: dict[str, int]
    clash: str
    numbered: bool
    lettered: frozenset[int]
    names: dict[tuple[str, ...], int]
    by_first: dict[str, tuple[tuple[str, ...], ...]]

    def at(self, said: Sequence[str], start: int) -> tuple[int, int] | None:
        """The option with the longest name at a place of a text, and where that ends; a lone letter is no name."""
        for name in self.by_first.get(said[start], ()):
            if tuple(said[start : start + len(name)]) == name:
                return self.names[name], start + len(name)
        return None

    def called(self, form: Sequence[str]) -> int | None:
        """The one option that has these words for its name."""
        found = self.names.get(tuple(form))
        return self.names.get(in_digits(form)) if found is None else found


@lru_cache(maxsize=1)
def _concepts() -> dict[tuple[str, ...], str]:
    """Words → the one finding, modality or view of the lexicon that they name."""
    found: dict[tuple[str, ...], str] = {}
    for phrase, roles in lexicon().trie:
        names = [name for name in (roles.finding, *(value for _, value in roles.acquisition)) if name]
        if len(names) == 1:
            found[tuple(spoken(" ".join(phrase)))] = names[0]
    return found


@lru_cache(maxsize=4096)
def _synonyms(form: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Names, in other words, of what an option's words are a name of: "computed tomography" of "CT scan"."""
    concept = _concepts().get(form)
    return tuple(words for words, name in _concepts().items() if name == concept and not set(words) <= set(form))


def in_digits(form: Sequence[str]) -> tuple[str, ...]:
    """Words with spelled numbers up to ten in digits."""
    return tuple(_DIGITS.get(w, w) for w in form)


def unlabelled(text: str) -> tuple[str, str]:
    """The label that a text begins with, in capitals, and the rest: ("B", "liver") of "(b) liver"; "" without one."""
    m = _LABEL.match(text)
    return (m[m.lastindex or 0].upper(), text[m.end() :]) if m else ("", text)


@lru_cache(maxsize=4096)
def prepare(texts: tuple[str, ...], synonyms: bool = False) -> Options:
    """Options as words, with the first clash among them; ``synonyms``: what they name in other words is a name too."""
    plain = [typography(t) for t in texts]
    labels = [unlabelled(t)[0] for t in plain]
    own = labels == list(ascii_uppercase[: len(labels)])
    forms = tuple(tuple(spoken(unlabelled(t)[1] if own else t)) for t in plain)
    letters = {letter: i for i, letter in enumerate(ascii_uppercase[: len(texts)])}
    lettered = frozenset(i for i, f in enumerate(forms) if len(f) == 1 and len(f[0]) == 1 and f[0] in ascii_lowercase)
    names = _names(forms, synonyms)
    by_first: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name in sorted(names, key=len, reverse=True):
        if names[name] not in lettered:
            by_first[name[0]] = (*by_first.get(name[0], ()), name)
    return Options(
        texts=texts,
        forms=forms,
        letters=letters,
        clash=_clash(texts, forms, letters, labels),
        numbered=any(c.isdigit() for name in names for c in "".join(name)),
        lettered=lettered,
        names=names,
        by_first=by_first,
    )


def _names(forms: Sequence[tuple[str, ...]], synonyms: bool) -> dict[tuple[str, ...], int]:
    """Words → the one option that they name; an option's own words before another form of it."""
    names: dict[tuple[str, ...], int] = {}
    shared: set[tuple[str, ...]] = set()
    ways = ([[f] for f in forms], [[in_digits(f)] for f in forms], map(_other_names, forms), map(_synonyms, forms))[
        : 3 + synonyms
    ]
    for kind in map(list, ways):
        own = dict(names)
        for i, called in enumerate(kind):
            for name in called:
                if name and name not in own and names.setdefault(name, i) != i:
                    shared.add(name)
    return {name: i for name, i in names.items() if name not in shared}


def _other_names(form: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other usual forms of an option: "ER positive" for "ER+", "bilateral" for "both", "Weber type B" for "Weber B"."""
    if form in _SAME:
        return list(_SAME[form])
    last = form[-1] if form else ""
    if last in _SIGNS and len(form) > 1:
        return [(*form[:-2], form[-2] + _SIGNS[last])]
    if len(last) > 1 and last[-1] in "+-" and last[0].isalpha():
        return [(*form[:-1], last[:-1], word) for word in (_IN_WORDS[last[-1]], last[-1])]
    if len(form) == 2 and len(last) <= 4 and form[0] not in _CLASSES:
        return [(form[0], word, last) for word in _CLASSES]
    return []


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
