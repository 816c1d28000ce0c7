"""Which references a metric of words can measure: those in a script that it takes words from."""

import re

_WORDLESS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_ASCII = re.compile(r"[A-Za-z0-9]")


def parts_words(text: str) -> bool:
    """Whether most of a text is in a script that puts blanks between words."""
    letters = sum(c.isalnum() for c in text)
    return bool(text.split()) and 2 * len(_WORDLESS.findall(text)) <= letters


def mostly_ascii(text: str) -> bool:
    """Whether most letters and digits of a text are a-z and 0-9, and there are any."""
    found = len(_ASCII.findall(text))
    return found > 0 and 2 * found >= sum(c.isalnum() for c in text)
