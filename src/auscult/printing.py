"""What reaches a terminal: texts that others wrote are shown as they are, with nothing that acts and nothing hidden.

File names, columns, categories and replies of servers may hold escape sequences, line breaks and marks that turn the
reading direction. They are made visible here, once, where anything is printed; no other module prints.
"""

import re
import sys
import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_RAW = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def visible(text: str) -> str:
    """Control, direction and zero-width characters become their code points: a right-to-left mark → ``⟨U+200F⟩``.

    Line breaks and tabs stay. A text that turns its reading direction, or writes to a terminal, would otherwise show
    something else than what the scorer read.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in _HIDDEN and c not in "\n\t" else c for c in text)


def one_line(text: str, longest: int = 120) -> str:
    """A label: visible, on one line, shortened."""
    line = " ".join(visible(text[: longest * 4]).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def as_line(text: object) -> str:
    """A text of any length on one line of a terminal: line breaks and tabs are made visible too."""
    return visible(str(text)).replace("\n", "⟨U+000A⟩").replace("\t", "⟨U+0009⟩")


def tell(*lines: object) -> None:
    """Says something on standard error, a line each."""
    for line in lines:
        print(as_line(line), file=sys.stderr, flush=True)


def give(*lines: object) -> None:
    """Puts on standard output what was asked for, a line each: a path, a forecast."""
    for line in lines:
        print(as_line(line))
    sys.stdout.flush()


def give_json(raw: bytes) -> None:
    """Puts JSON on standard output; characters that act on a terminal are written as JSON's own escapes."""
    print(_RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", raw.decode("utf-8")).rstrip("\n"))
    sys.stdout.flush()
