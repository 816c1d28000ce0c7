"""Side, place, attributes, size and comparison: which words describe which mention."""

import re
from collections.abc import Sequence

from auscult.facts._clauses import Hit, Mention
from auscult.facts._words import Words, listed
from auscult.facts.lexicon import GRADES, Lexicon

_NUMBER = r"\d+(?:[.,]\d+)?"
_UNIT = r"(?:mm|millimet(?:er|re)s?|cms?|centimet(?:er|re)s?)"
_SIZE = re.compile(
    rf"(?<![\w.])({_NUMBER})(?:\s*-?\s*({_UNIT}))?"
    rf"(?:\s*(?:x|by|to|-|and|up to)\s*({_NUMBER})(?:\s*-?\s*({_UNIT}))?)?"
    rf"(?:\s*(?:x|by)\s*({_NUMBER})(?:\s*-?\s*({_UNIT}))?)?(?![\w])"
)
_DISTANCE = re.compile(
    r"\s*(?:above|below|from|away|proximal|distal|superior|inferior|deep|cranial|caudal|beyond|past|anterior to"
    r"|slices?|thick|sections?|cuts)\b"
)
_ONES = "one two three four five six seven eight nine ten eleven twelve"
_WORD_NUMBERS = {w: str(n) for n, w in enumerate(_ONES.split(), 1)}
_SPELT = re.compile(rf"\b({'|'.join(_WORD_NUMBERS)})(?=[\s-]+(?:{_UNIT})\b)")
_HARD = listed(
    "in on at within along from which that measuring measure is are was were , and or with : ( ) involving affecting "
    "show demonstrate seen noted has have plus as over near adjacent abutting to could may might represent reflect "
    "suggest suggesting suggestive consistent compatible indicating likely probably possibly due secondary "
    "without no not"
)
_LINK = listed("associated adjacent overlying underlying accompanying")
_SHIFT_TO = re.compile(r"\b(?:to|towards?)\s+(?:the\s+)?(left|right)\b")
_ONLY_WHERE_THERE = frozenset({"focal", "single", "suspicious", "diffuse", "multiple", "patchy", "linear"})
_NATURAL_PLACE = {"pleural effusion": "lower zone", "costophrenic blunting": "lower zone", "pneumothorax": "upper zone"}
_ACUTE_MATTERS = frozenset({"bone", "brain"})


def sizes(text: str, start: int, end: int) -> list[tuple[int, int, float]]:
    """Lengths in a stretch of plain text: where each starts and ends, and its greatest number in mm.

    Ranges and products give their greatest; distances ("3 cm above the carina") and numbers without a unit are none.
    """
    stretch = text[start:end]
    if not any(c.isdigit() for c in stretch) and not _SPELT.search(stretch):
        return []
    stretch = _SPELT.sub(lambda m: _WORD_NUMBERS[m[0]].ljust(len(m[0])), stretch)
    found = []
    for m in _SIZE.finditer(stretch):
        units = [m[2], m[4], m[6]]
        unit = next((u for u in reversed(units) if u), None)
        if unit is None or _DISTANCE.match(stretch, m.end()):
            continue
        numbers = [
            float(v.replace(",", ".")) * (10 if (u or unit)[0] == "c" else 1)
            for v, u in zip((m[1], m[3], m[5]), units, strict=True)
            if v
        ]
        found.append((start + m.start(), start + m.end(), round(max(numbers), 3)))
    return found


def describe(
    clause: Sequence[Hit],
    mentions: list[Mention],
    measured: Sequence[tuple[int, int, float]],
    tokens: Words,
    lexicon: Lexicon,
) -> None:
    """Gives every description of a clause to the mention that it belongs to; ``measured`` are token ranges and mm."""
    if not mentions:
        return
    norms = tokens.norms
    at = {m.at for m in mentions}
    given: list[tuple[Mention, Hit, bool]] = []
    for n, hit in enumerate(clause):
        roles = hit.roles
        if n in at or not (roles.side or roles.place or roles.attributes or roles.comparison):
            continue
        if roles.attributes and n and clause[n - 1].end == hit.start and _plain_not(clause[n - 1], norms):
            continue
        if any(low <= hit.start < high for low, high, _ in measured):
            continue
        owner = _owner(hit.start, hit.end, mentions, norms)
        fronted = hit.end <= mentions[0].low and "with" in norms[hit.end : mentions[0].low]
        if fronted and not roles.side and not roles.place:
            continue  # "Stable chest with a nodule": the chest is stable
        given.append((owner, hit, hit.start < owner.low))
    for owner, hit, _ in given:
        _give(owner, hit, lexicon)
    for low, high, mm in measured:
        owner = _owner(low, high, mentions, norms)
        owner.size_mm = mm if owner.size_mm is None else max(owner.size_mm, mm)
    _share(clause, mentions, given, norms, lexicon)


def _plain_not(hit: Hit, norms: Sequence[str]) -> bool:
    return hit.end == hit.start + 1 and norms[hit.start] in ("not", "non")


def _owner(low: int, high: int, mentions: list[Mention], norms: Sequence[str]) -> Mention:
    """The mention right after a description, where nothing stands between; else the one before it; else the next."""
    before = after = None
    for mention in mentions:
        if mention.low <= low and high <= mention.high:
            return mention
        if mention.high <= low:
            before = mention
        elif mention.low >= high and after is None:
            after = mention
    if after is None or before is None:
        return before or after or mentions[0]
    if _HARD.isdisjoint(norms[high : after.low]):
        return after
    return before


def _give(mention: Mention, hit: Hit, lexicon: Lexicon) -> None:
    roles = hit.roles
    if roles.side:
        mention.side = roles.side if mention.side in ("", roles.side) else "bilateral"
    if roles.place and not mention.place:
        mention.place = roles.place
    mention.attributes.extend(roles.attributes)
    if roles.comparison and (not mention.comparison or roles.comparison == "resolved"):
        mention.comparison = roles.comparison


def _share(
    clause: Sequence[Hit],
    mentions: list[Mention],
    given: Sequence[tuple[Mention, Hit, bool]],
    norms: Sequence[str],
    lexicon: Lexicon,
) -> None:
    """Sides and places reach the other members of a list: "left effusion and atelectasis", "A or B on the left"."""
    for one, other in zip(mentions, mentions[1:], strict=False):
        if other.low - one.high > 4 or other.low < one.high:
            continue
        between = norms[one.high : other.low]
        if not {"and", "or", "nor", ",", "/"} & set(between) and not _LINK & set(between):
            continue
        bare = not any(h.start >= one.high and h.end <= other.low and _described(h) for h in clause)
        if bare and one.comparison == "resolved" and not other.comparison:
            other.comparison = "resolved"
        if (
            bare
            and one.side
            and other.finding not in lexicon.unsided
            and not other.side
            and not other.inverted
            and not one.inverted
        ):
            other.side = one.side
            other.place = other.place or one.place
    shared: list[Mention] = []
    for one, other in reversed(list(zip(mentions, mentions[1:], strict=False))):
        joined = not {"and", "or", "nor", ","}.isdisjoint(norms[one.high : other.low])
        if other.low - one.high > 4 or one.inverted != other.inverted or not joined:
            continue
        after = [h.roles for m, h, before in given if m is other and not before]
        if (
            not one.comparison
            and other.comparison == "resolved"
            and (other in shared or any(r.comparison for r in after))
        ):
            one.comparison = "resolved"
            shared.append(one)
        if not one.side and other.side and (other in shared or any(r.side for r in after)):
            one.side, one.place = other.side, one.place or other.place
            shared.append(one)


def _described(hit: Hit) -> bool:
    roles = hit.roles
    return bool(roles.attributes or roles.side or roles.comparison) or "article" in roles.triggers


def settle(mention: Mention, presence: str, lexicon: Lexicon, plain: str) -> None:
    """Makes the descriptions of a mention canonical for its finding; ``plain`` is the text of its sentence."""
    finding = mention.finding
    if finding == "midline shift":
        towards = _SHIFT_TO.findall(plain)
        if towards:
            mention.side = towards[-1]
    if mention.place == _NATURAL_PLACE.get(finding):
        mention.place = ""
    if finding in lexicon.unsided:
        if (
            mention.side in ("left", "right")
            and lexicon.region_of_finding.get(finding) == "liver"
            and not mention.place
        ):
            mention.place = f"{mention.side} lobe"
        mention.side = ""
    if mention.place in ("right lobe", "left lobe") and lexicon.region_of_finding.get(finding) != "liver":
        mention.side, mention.place = mention.side or mention.place.split()[0], ""
    if presence == "absent":
        if mention.side == "bilateral":
            mention.side = ""
        if lexicon.region_of_finding.get(finding) not in _ACUTE_MATTERS:
            mention.attributes = [a for a in mention.attributes if a != "acute"]
        mention.attributes = [a for a in mention.attributes if a not in _ONLY_WHERE_THERE]
        if mention.comparison not in ("new", "increased", "resolved"):
            mention.comparison = ""
    if finding in ("cardiomegaly", "ventriculomegaly", "hydrocephalus") and "borderline" in plain:
        mention.attributes = [a for a in mention.attributes if a not in GRADES[1:]]
