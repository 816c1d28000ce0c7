"""Which option a short answer may mean that names none: a part of one, some of its words."""

import re
from collections.abc import Set

from auscult.facts import read_facts
from auscult.facts.lexicon import ACQUISITION
from auscult.facts.options import Options, prepare
from auscult.facts.reply import stem
from auscult.facts.reply.phrases import table
from auscult.facts.spoken import spoken
from auscult.facts.vocabulary import vocabulary
from auscult.scorers.rules._choice.ranges import QUALIFIES, ranges

SHORT = 100
"""Characters of an answer in which other words for an option are looked for."""
_CODE = re.compile(r"[a-z]|[ivx]{1,4}[a-d]?|\d{1,2}[a-z]?|[tnm]\d[a-z]?")  # "A", "IIIa", "2b", "T2"
_ON_OPTIONS = frozenset({"left", "right", "side", "above", "option", "answer", "choice"})
_PLACE = re.compile(r"\W*(\d)\W*\Z|.*\b(?:option|choice|alternative)\s+[(#]?(\d)\b", re.I | re.S)


def part(asked: Set[str], text: str, options: Options) -> int | None:
    """The one option of which an answer is a part, words of the question left out: "left" of "left side"."""
    own = [{stem(w) for w in f} for f in options.forms]
    known = set().union(*own)
    all_said = spoken(text)
    said = {stem(w) for w in all_said if w not in vocabulary().empty or stem(w) in known}
    if any(w in QUALIFIES and stem(w) not in known for w in all_said):
        return None
    said -= asked - known
    found = [i for i, o in enumerate(own) if said and said <= o]
    return found[0] if len(found) == 1 else None


def touches(asked: Set[str], text: str, options: Options) -> bool:
    """Whether a text has words of an option that the question has not, so that it may mean one in other words.

    One that gives another code in the place of the options' own ("Hepatitis D", where A and B are options) means none.
    """
    said = spoken(text)
    if not options.numbered and (m := _PLACE.match(text)) and int(m[1] or m[2]) <= len(options.forms):
        return True
    codes = [{w for w in f if _CODE.fullmatch(w)} for f in options.forms]
    other = tuple(w for w in said if _CODE.fullmatch(w) and w != "i")
    if len(text) <= SHORT and all(codes) and other and not any(c.startswith(other) for own in codes for c in own):
        return False
    known = {stem(w.rstrip("+-")) for f in options.forms for w in f if w not in vocabulary().empty and len(w) > 2}
    return (ranges(options) and any(map(str.isdigit, text))) or bool((known - asked) & {stem(w) for w in said})


def begun(text: str, taken: int, asked: Set[str], options: Options) -> bool:
    """Whether a text has the first word, one with a digit, of another option alone: "T1" of "T1 with contrast"."""
    said = {w for w in spoken(text) if not w.isalpha() and stem(w) not in asked} if options.numbered else ()
    starts = {i: form[0] for i, form in enumerate(options.forms) if i != taken and len(form) > 1 and form[0] in said}
    return any(all(w not in form for n, form in enumerate(options.forms) if n != i) for i, w in starts.items())


def understood(text: str, options: Options) -> bool:
    """Whether a text names something that is known, of which no option is a name; what is not known may be one."""
    said = spoken(text)
    if len(text) <= SHORT and any(_CODE.fullmatch(w) or not w.isalpha() for w in said if w != "i"):
        return True  # a letter, a number or a code that no option has
    if set(said) <= vocabulary().empty | set(table("choosing")["collective"]) | _ON_OPTIONS:
        return True
    told = read_facts(text)
    if told and all(f.finding in ACQUISITION for f in told):
        return True  # another modality or view, or one where something else is asked
    known = prepare(options.texts, synonyms=True)
    named = [f for f in options.forms if read_facts(" ".join(f)) or len(known.names) > len(options.names)]
    return len(named) == len(options.forms) and bool(told)
