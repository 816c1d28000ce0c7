"""What a sentence denies but for what it excepts: "The lungs are clear except for a nodule" denies no opacity."""

import re
from collections.abc import Sequence

from auscult.facts._clauses import Hit
from auscult.facts.lexicon import NORMAL_STUDY, SWEEPING, is_a, lexicon
from auscult.facts.tokens import Words
from auscult.records import Fact

_EXCEPTS = re.compile(
    r"\b(?:except(?:ing|ed)?|exceptions? of|apart from|aside from|other than|besides|save for|but for|barring)\b"
)


def without_excepted(
    facts: Sequence[Fact], hits: Sequence[Hit], tokens: Words, plain: str, bounds: tuple[int, int]
) -> list[Fact]:
    """The facts of a sentence without denials of what it excepts, or of a kind of which that is one.

    That an organ or a study is normal is taken back too where what is excepted lies in that organ, or cannot be read.

    Args:
        facts: of the sentence.
        hits: of the sentence.
        tokens: of the text.
        plain: the text.
        bounds: first token of the sentence, and the one after its last.
    """
    first, end = bounds
    found = _EXCEPTS.search(plain, tokens.starts[first], tokens.ends[end - 1])
    if found is None:
        return list(facts)
    excepted = [f for f in facts if f.presence != "absent" and f.start >= found.end()]
    excepted = [f for f in excepted if f.finding != NORMAL_STUDY]
    normal = [(tokens.starts[h.start], tokens.ends[h.end - 1]) for h in hits if h.roles.normal is not None]
    return [f for f in facts if not _taken_back(f, excepted, normal)]


def _taken_back(fact: Fact, excepted: Sequence[Fact], normal: Sequence[tuple[int, int]]) -> bool:
    whole = fact.finding == NORMAL_STUDY and fact.presence == "present"
    if not whole and fact.presence != "absent":
        return False
    if not whole and any(is_a(one.finding, fact.finding) for one in excepted):
        return True
    sweeping = whole or fact.finding in SWEEPING or any(fact.start <= low and high <= fact.end for low, high in normal)
    region = lexicon().region_of_finding.get
    of_all = whole or region(fact.finding, "general") == "general"
    of_it = any(region(o.finding) in (region(fact.finding), "general") for o in excepted)
    return sweeping and (not excepted or of_all or of_it)
