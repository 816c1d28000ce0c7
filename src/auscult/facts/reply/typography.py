"""One typography for all answers, and text without markdown. Signs that carry meaning stay."""

import html
import re
import unicodedata

_SIGNS = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "´": "'", "‚": "'"}
    | dict.fromkeys("−‐‑﹣⁻", "-")
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad\u2060\u200e\u200f")
    | {"…": "...", "⁄": "/", "∕": "/"}
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_POWER = re.compile(r"(?<=[^\W_])([⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_HALVES = re.compile(r"(?<=\d)(?=[¼½¾⅐-⅞])")
_MINUS = re.compile(r"(^|[\s(\[=:<>≤≥±\"'])[–—](?=\d|\.\d)", re.M)
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[–—](?=\d)")
_NEGATIVE = re.compile(r"\b([A-Z][A-Za-z0-9]{0,5}|\d{1,3}[A-Za-z]?)[–—](?=[\s,;.)\]]|$)")
_DASH = re.compile(r"[–—]")
_LATEX_SIGN = {
    "mu": "µ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "times": "×", "cdot": "·", "pm": "±",
    "circ": "°", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "approx": "≈", "sim": "~", "lt": "<", "gt": ">",
    "quad": " ", "qquad": " ", "rightarrow": "→", "to": "→",
}  # fmt: skip
_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]{1,20})\}\{([^{}]{1,20})\}")
_LATEX_TEXT = re.compile(r"\\(?:text|textbf|textit|mathrm|mathbf|mathit|operatorname)\s*\{([^{}]{0,200})\}")
_LATEX = re.compile(r"\\(?:([A-Za-z]+)|[()\[\]]|([%$&#_{}]))")
_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|tr|div|h\d)>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]{0,80}>|<\|[^|<>]{0,40}\|>", re.I)
_EMPHASIS = re.compile(r"```[a-z]*|[*`$]+|~~|(?<!\w)_+|_+(?!\w)", re.I)
_BULLET = re.compile(r"^[ \t]*(?:#+[ \t]*|>[ \t]+(?!\d)|[-•‣▪●○◦+](?=[ \t])|•|●)[ \t]*", re.M)
_MARKUP_HINT = re.compile(r"[*`_$~#>•‣▪●○◦]|^[ \t]*[-+]", re.M)


def typography(text: str) -> str:
    """Text in one typography: NFKC, straight quotes, one minus, "10^6" for raised digits, no invisible characters.

    A dash before a digit is a minus, between digits it joins, after a marker's name ("ER–") it is its sign; any other
    stands between blanks. "2½" becomes "2 1/2".
    """
    if not text.isascii():
        text = _POWER.sub(lambda m: "^" + m[1].translate(_RAISED), text)
        text = unicodedata.normalize("NFKC", _HALVES.sub(" ", text).replace("´", "'")).translate(_SIGNS)
        if "–" in text or "—" in text:
            text = _BETWEEN_NUMBERS.sub("-", _MINUS.sub(r"\1-", text))
            text = _DASH.sub(" - ", _NEGATIVE.sub(r"\1-", text))
    if "&" in text and ";" in text:
        text = html.unescape(text).replace("\u00a0", " ")
    return text


def without_tags(text: str) -> str:
    """Text without HTML tags, special tokens and LaTeX commands; the ends of HTML paragraphs break the line."""
    if "<" in text:
        text = _TAG.sub(" ", _BREAK.sub("\n", text))
    if "\\" in text:
        text = _LATEX.sub(_latex, _FRACTION.sub(r" \1/\2", _LATEX_TEXT.sub(r"\1", text)))
    return text


def _latex(m: re.Match[str]) -> str:
    """A LaTeX command as plain text; names that are no command of ours stay."""
    if m[1] is not None:
        return _LATEX_SIGN.get(m[1], m[0])
    return str(m[2] or " ")


def without_markup(text: str) -> str:
    """Text without markdown: emphasis, code marks, headings, bullets and quotation marks of a line's start."""
    if _MARKUP_HINT.search(text) is None:
        return text.strip()
    return _BULLET.sub("", _EMPHASIS.sub("", text)).strip()
