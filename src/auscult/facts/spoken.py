"""The words of a text with the signs that they carry, for comparing texts and finding options in them.

Signs carry meaning and stay: "ER+" is not "ER-", "<5 mm" not ">5 mm", "Hepatitis A" not "Hepatitis". Only an article
that is one ("A mass", "a mass", never "type A") is taken off. Scripts that part no words are taken letter by letter.
"""

import re
import unicodedata
from functools import lru_cache

from auscult.facts.reply import join_prefixes
from auscult.facts.tokens import normal

_ARTICLE = re.compile(
    r"(?<![\w'-])(?:(?:[Aa]n|AN|[Tt]he|THE)\s+(?=\w)|a\s+(?=\w)"
    r"|(?:^|(?<=[.!?:;\n]\s)|(?<=\n))A\s+(?=(?!(?:and|or|is|was|because|since|as)\b)[a-z]|[A-Z]{2}))",
)
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]"
    r"|\d+(?:[.,]\d+)*|[a-z]+\d+[a-z]*|(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[^\W\d_]|[\u0300-\u036f\u0900-\u097f])+"
    r"(?:'[a-z]+)?|\S"
)
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
_GOES_ON = ("and", "or", "to")


def spoken(text: str) -> list[str]:
    """The words of a plain text in normal form, each with its signs, without articles and punctuation.

    Lower case, singular and American spelling; "x-ray" and "x ray" are one word, "3.0" is "3", "β" is "beta". A sign
    belongs to its word: "er-", "<5", "-2.5", "50%", "10^6".
    """
    found = [w for w, _ in spoken_pieces(without_articles(text))]
    return found or _sign(text)


def written(text: str) -> list[str]:
    """The same with every word as it is written, in lower case: for exact match and overlap of words."""
    found = [w for w, _ in spoken_pieces(without_articles(text), as_written=True)]
    return found or _sign(text)


def _sign(text: str) -> list[str]:
    """A text that is one sign."""
    return [sign for sign in (text.strip(),) if sign in ("-", "/", "=")]


def without_articles(text: str) -> str:
    """A text without "an", "the" and every "a" that is an article; its capitals are needed to tell."""
    return _ARTICLE.sub("", text)


def spoken_pieces(text: str, as_written: bool = False) -> list[tuple[str, str]]:
    """``spoken`` of a text without articles; each word with the first comma, stop or other break before it, or ""."""
    if not text.isascii():
        text = _LONE_GREEK.sub(_greek, text)
    plain = join_prefixes(
        _folded(_COMPARED.sub(lambda m: _COMPARISONS[m[1].lower()], text), as_written).replace("_", " ")
    )
    found: list[tuple[str, str]] = []
    pending, last_end, broken = "", -1, ""
    for m in _TOKEN.finditer(plain):
        start, end = m.span()
        norm = m[0] if as_written else normal(m[0])
        if norm == "-" and plain[end : end + 1].isalnum() and plain[start - 1 : start].isalnum():
            continue
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
        broken = broken or (norm if norm in _BREAKS else "")
        if not silent:
            found.append((number(norm), broken))
            broken = ""
    return [*found, (pending, broken)] if pending else found


def _greek(m: re.Match[str]) -> str:
    """A Greek letter that stands as a sign, by its name; a blank parts it from a letter beside it."""
    before, after = m.string[m.start() - 1 : m.start()], m.string[m.end() : m.end() + 1]
    return (" " if before.isalnum() else "") + _GREEK.get(m[0], m[0]) + (" " if after.isalnum() else "")


def _is_sign(sign: str, word: str, after: str) -> bool:
    """Whether a plus or hyphen at the end of a word is a sign of it ("ER-"), not a hyphen left open ("T1- and T2-")."""
    if after[:1].isalnum():
        return False
    return sign == "+" or (not after.lstrip().startswith(_GOES_ON) and (len(word) <= 4 or word[-1].isdigit()))


def number(digits: str) -> str:
    """Digits in one form: "3.0" is "3", "3,5" is "3.5", "1,200" is "1200"."""
    if not digits[:1].isdigit() or _NUMBER.fullmatch(digits) is None:
        return digits
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    if digits.count(",") == 1 and "." not in digits:
        digits = digits.replace(",", ".")
    if digits.count(".") == 1 and "," not in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    """A Latin letter without its mark."""
    plain = unicodedata.normalize("NFKD", char)[:1] if char < "\u0250" or "\u1e00" <= char < "\u1f00" else char
    return plain.lower()


def _folded(text: str, as_written: bool) -> str:
    """Lower case; without marks on Latin letters unless as written."""
    return text.lower() if as_written or text.isascii() else "".join(map(_fold, text))
