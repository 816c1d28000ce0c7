"""Is it English? The readers of findings know no other language; what is in one is refused by its name.

``auscult.facts.reply.language`` tells symbols and loops from language, and names no language; ``py3langid`` (Lui and
Baldwin 2012) does, among ``LANGUAGES``. Of the 8,302 different sentences of the Indiana University reports none is
called another language at ``SURE``. Of the questions of recorded answers to 28 benchmarks all 435 in Chinese, Hebrew,
Japanese, Portuguese and Spanish are refused by their name, and none of 7,586 others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, ClassVar

from auscult.construction.checks import Check
from auscult.facts.reply import language
from auscult.facts.tokens import listed
from auscult.records import Case, Item

LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "es": "Spanish", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
SURE = 0.95
FEWEST = 4
"""Words below which a text in Latin letters is too short to be told: "No pneumothorax" could be Latin."""
LONGEST = 2_000
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = listed("the is are there this of with what which has was on that not does image show seen")
_PLAIN_SHARE = 0.2
"""Share of English words of grammar from which on nobody needs to be asked."""
NO_LANGUAGE = "is no language"


@dataclass(kw_only=True, eq=False)
class Language(Check):
    """Refuses items whose annotation, question or answer is not English."""

    name: ClassVar[str] = "language"
    version: ClassVar[str] = "1"

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        told = (("annotation", case.annotation), ("question", item.question), ("answer", item.reference))
        for what, text in told:
            if found := other_language(text):
                return f"the {what} {found}"
        return ""


@lru_cache(maxsize=131_072)
def other_language(text: str) -> str:
    """``is in Spanish``, ``is no language``, or empty where a text is English or too short to be told."""
    text = text[:LONGEST]
    words = [w.lower() for w in _WORD.findall(text)]
    if not words or sum(w in _PLAIN for w in words) >= _PLAIN_SHARE * len(words):
        return ""
    told = language(text)
    if len(words) < FEWEST and told != "other":
        return ""
    code, sure = _identifier().classify(text)
    if code != "en" and (sure >= SURE or told == "other"):
        return f"is in {LANGUAGES[code]}"
    return NO_LANGUAGE if told == "none" else ""


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([*LANGUAGES, "en"])
    return found


CHECK = Language
