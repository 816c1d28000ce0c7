"""Options asked one by one: "The heart is enlarged." says yes to cardiomegaly, "Nothing abnormal." to a normal study.

Asked where a text names no option. An option counts that the lexicon knows as a finding, or that says that all is well;
"no X" is the denial of X. Nothing is chosen unless one option is affirmed and no other, or all findings are denied and
one option says so.
"""

import re

from auscult.facts.options import Options
from auscult.facts.spoken import spoken
from auscult.scorers.rules._question import analyse
from auscult.scorers.rules._yes_no import parse_yes_no

_HEALTH = frozenset(
    {
        ("normal",),
        ("unremarkable",),
        ("healthy",),
        ("no", "finding"),
        ("no", "abnormality"),
        ("no", "abnormal", "finding"),
        ("no", "abnormality", "detected"),
        ("normal", "study"),
        ("normal", "scan"),
        ("no", "disease"),
        ("nothing", "abnormal"),
    }
)
_WELL = re.compile(
    r"\b(?:no|without)(?: \w+)? (?:abnormalit(?:y|ies)|abnormal findings?|findings?|patholog(?:y|ies)|disease)\b"
    r"|\bnothing (?:abnormal|wrong|unusual)\b|\b(?:unremarkable|normal|healthy)\b"
    r"|\b(?:everything|all) (?:is|looks|appears|seems) (?:fine|normal|ok|well|good|in order)\b"
)
_UNWELL = re.compile(r"\b(?:not|isn't|but|except|however|although|other than|apart from|until)\b|n't")
_BOTH = re.compile(
    r"\bboth\b|\bbilateral(?:ly)?\b|\bleft (?:side )?and (?:the )?right\b|\bright (?:side )?and (?:the )?left\b"
)
_NONE = re.compile(r"^\W*(?:none|neither)\b(?! of the (?:options|answers|choices))|\bneither\b.*\bnor\b")
_SEVERAL = re.compile(r"[.!?;]\s+\w")
_COLLECTIVE = frozenset({"both", "bilateral", "all", "none", "neither"})
_TURNS = re.compile(r"\b(?:not|but|whereas|while|only|or|neither|except|clear|normal|spared|no)\b|n't")


def one_by_one(question: str, options: Options, text: str) -> int | None:
    """The one option that a text affirms in other words; None where it affirms none, or several."""
    low = text.lower()
    health = [i for i, form in enumerate(options.forms) if form in _HEALTH]
    if len(health) == 1 and _WELL.search(low) and not _UNWELL.search(low):
        return health[0]
    said = {i: _says(form, text) for i, form in enumerate(options.forms) if i not in health}
    affirmed = [i for i, says in said.items() if says == "yes"]
    if len(affirmed) == 1 and not any(says == "unclear" for says in said.values()):
        return affirmed[0]
    return None


def _says(form: tuple[str, ...], text: str) -> str:
    """Yes or no to an option as a finding; empty where it is none that the lexicon knows."""
    denied = form[:1] == ("no",)
    asked = f"Is there {' '.join(form[denied:])}?"
    if not form[denied:] or analyse(asked).claim is None:
        return ""
    read = parse_yes_no(asked, text)
    return {"yes": "no", "no": "yes"}.get(read, read) if denied else read


def all_or_none(options: Options, text: str) -> int | None:
    """The option "both" or "neither" where a text says so in its own words, and names no contrast."""
    low = text.lower()
    for mark, words in ((_NONE, {"none", "neither"}), (_BOTH, {"both", "bilateral"})):
        found = [i for i, form in enumerate(options.forms) if words & set(form) and len(form) <= 4]
        if mark is _NONE and len(found) == 1 and " nor " in low and not _all_named(options, found[0], low):
            continue
        if len(found) == 1 and mark.search(low) and (mark is _NONE or not (_TURNS.search(low) or _SEVERAL.search(low))):
            return found[0]
    return None


def _all_named(options: Options, but: int, text: str) -> bool:
    """Whether every option but one, and those that stand for all or none, has a word of its own in a text."""
    said = set(spoken(text))
    forms = [set(form) for i, form in enumerate(options.forms) if i != but and not _COLLECTIVE & set(form)]
    return all(any(w in said and sum(w in other for other in forms) == 1 for w in form) for form in forms)
