"""The options of a choice as words: what names each of them, and which two a reader could not tell apart.

Signs carry meaning and stay: "ER+" is not "ER-", "<5 mm" not ">5 mm", "Hepatitis A" not "Hepatitis". Only an article
that is one ("A mass", "a mass", never "type A") is taken off.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from auscult.facts._words import folded, words
from auscult.facts.reply import join_prefixes, typography

_ARTICLE = re.compile(
    r"(?<![\w'-])(?:(?:[Aa]n|AN|[Tt]he|THE)\s+(?=\w)|a\s+(?=\w)"
    r"|(?:^|(?<=[.!?:;\n]\s)|(?<=\n))A\s+(?=(?!(?:and|or|is|was|because|since|as)\b)[a-z]|[A-Z]{2}))",
)
_LABEL = re.compile(r"^\s*(?:\(([A-Za-z])\)|([A-Z])[.):]|([a-z])[):])\s*(?=\S)")
_LONE_GREEK = re.compile(r"(?<![α-ωά-ώ])[α-ω](?![α-ωά-ώ]|[mglL]\b)")
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "κ": "kappa", "λ": "lambda", "σ": "sigma",
    "ω": "omega", "τ": "tau", "θ": "theta", "μ": "mu", "π": "pi", "φ": "phi", "χ": "chi", "ψ": "psi",
}  # fmt: skip
_SILENT = frozenset(".,;:!?\"'`()[]{}*#|\\/-=_")
_BREAKS = frozenset('.,;:!?()[]|-"')
_BEFORE = frozenset("<>≤≥±~")
_AFTER = frozenset({"%", "percent", "^", "°"})
_OPEN = ("", " ", "(", "\n", "\t", ":", "[", ",", "=")
_COMPARISONS = {w: "<" for w in ("less", "fewer", "smaller", "lower")}
_COMPARISONS |= {w: ">" for w in ("more", "greater", "larger", "higher")}
_COMPARISONS |= {"at least": "≥", "at most": "≤", "up to": "≤", "no more": "≤", "no less": "≥"}
_COMPARED = re.compile(rf"\b({'|'.join(sorted(_COMPARISONS, key=len, reverse=True))})(?: than)?\s+(?=\d)", re.I)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
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


def spoken(text: str) -> list[str]:
    """The words of a text in normal form, each with its signs, without articles and punctuation.

    Lower case, singular and American spelling; "x-ray" and "x ray" are one word, "3.0" is "3", "β" is "beta". A sign
    belongs to its word: "er-", "<5", "-2.5", "50%", "10^6". Scripts that part no words are taken letter by letter.
    """
    found = [w for w, _ in spoken_pieces(without_articles(text))]
    return found or [sign for sign in (text.strip(),) if sign in ("-", "/", "=")]


def without_articles(text: str) -> str:
    """A text without "an", "the" and every "a" that is an article; its capitals are needed to tell."""
    return _ARTICLE.sub("", text)


def spoken_pieces(text: str) -> list[tuple[str, bool]]:
    """``spoken`` of a text without articles; each word with whether a comma, stop or other break stands before it."""
    if not text.isascii():
        text = _LONE_GREEK.sub(_greek, text)
    plain = join_prefixes(folded(_COMPARED.sub(lambda m: _COMPARISONS[m[1].lower()], text)).replace("_", " "))
    norms, starts, ends = words(plain)
    found: list[tuple[str, bool]] = []
    pending, last_end, broken = "", -1, False
    for norm, start, end in zip(norms, starts, ends, strict=True):
        if pending:
            norm, pending = pending + number(norm), ""
        elif norm in _BEFORE or (norm in "+-" and plain[end : end + 1].isdigit() and plain[start - 1 : start] in _OPEN):
            pending = norm
            continue
        elif norm in "+-" and start == last_end and found and _is_sign(norm, found[-1][0], plain[end : end + 5]):
            found[-1] = (found[-1][0] + norm, found[-1][1])
            continue
        elif norm in _AFTER and found and found[-1][0][-1].isdigit():
            word, before = found.pop()
            pending = word + norm if norm == "^" else ""
            found += [] if pending else [(word + ("%" if norm == "percent" else norm), before)]
            continue
        silent = norm in _SILENT
        last_end = -1 if silent else end
        broken = broken or norm in _BREAKS
        if not silent:
            found.append((number(norm), broken))
            broken = False
    return [*found, (pending, broken)] if pending else found


def _greek(m: re.Match[str]) -> str:
    """A Greek letter that stands as a sign, by its name; a blank parts it from a letter beside it."""
    before, after = m.string[m.start() - 1 : m.start()], m.string[m.end() : m.end() + 1]
    return (" " if before.isalnum() else "") + _GREEK.get(m[0], m[0]) + (" " if after.isalnum() else "")


def _is_sign(sign: str, word: str, after: str) -> bool:
    """Whether a plus or hyphen at the end of a word is a sign of it ("ER-"), not a hyphen left open ("T1- and T2-")."""
    if after[:1].isalnum() or after.lstrip().startswith(("and", "or", "to")):
        return False
    return sign == "+" or len(word) <= 4 or word[-1].isdigit()


def number(digits: str) -> str:
    """Digits in one form: "3.0" is "3", "3,5" is "3.5", "1,200" is "1200"."""
    if _NUMBER.fullmatch(digits) is None:
        return digits
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    if digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    if digits.count(".") == 1 and "," not in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits


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
