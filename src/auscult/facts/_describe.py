"""Side, place, attributes, size and comparison: which words describe which mention."""

import re
from collections.abc import Sequence

from auscult.facts._clauses import HARD, Hit, Mention
from auscult.facts.lexicon import GRADES, Lexicon, is_a
from auscult.facts.tokens import Words, listed

_NUMBER = r"\d+(?:[.,]\d+)?"
_UNIT = r"(?:mm|millimet(?:er|re)s?|cms?|centimet(?:er|re)s?)"
_SIZE = re.compile(
    rf"(?<![\w.])({_NUMBER})(?:\s*-?\s*({_UNIT}))?"
    rf"(?:\s*(?:x|by|to|-|and|up to)\s*({_NUMBER})(?:\s*-?\s*({_UNIT}))?)?"
    rf"(?:\s*(?:x|by)\s*({_NUMBER})(?:\s*-?\s*({_UNIT}))?)?(?![\w])"
)
_DISTANCE = re.compile(
    r"\s*(?:above|below|from|away|proximal|distal|superior|inferior|deep to|cranial|caudal|beyond|past|anterior to"
    r"|(?:thick\s+)?(?:axial\s+)?(?:slices?|sections?|cuts|slabs?|images|reconstructions?)|slice thickness"
    r"|to the (?:left|right) of)\b"
)
_ONES = "one two three four five six seven eight nine ten eleven twelve"
_WORD_NUMBERS = {w: str(n) for n, w in enumerate(_ONES.split(), 1)}
_SPELT = re.compile(rf"\b({'|'.join(_WORD_NUMBERS)})(?=[\s-]+(?:{_UNIT})\b)")
_LINK = listed("associated adjacent overlying underlying accompanying")
_TO_PLACE = listed(
    "on in at the a to of within its lie lying located situated be involve affect reach extend "
    "side left right upper middle lower mid"
)
_NOT_THERE = frozenset({"not", "none", "never", "nothing", "instead", "than"})
_PERHAPS = listed("may might could possibly perhaps maybe potentially conceivably questionably")
_SPARED = listed("clear normal free spared unaffected unremarkable uninvolved")
_AFTER_NUMERAL = listed("of on in at is are was has that which and")
_SHIFT_TO = re.compile(r"(?<!\bnot )(?<!\bnor )\b(?:to|towards?)\s+(?:the\s+)?(left|right)\b")
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
        if norms[hit.start] == "one" and (
            hit.end == len(norms) or norms[hit.end] in _AFTER_NUMERAL or norms[hit.end] in ".,;:)"
        ):
            continue  # "a large one"
        if any(low <= hit.start < high for low, high, _ in measured):
            continue
        owner = _owner(hit.start, hit.end, mentions, norms)
        if roles.comparison == "resolved" and _taken_out(hit, norms) and not _removable(owner.finding, lexicon):
            continue  # "a pneumothorax now that the tube is removed"
        fronted = hit.end <= mentions[0].low and "with" in norms[hit.end : mentions[0].low]
        if fronted and not roles.side and not roles.place:
            continue  # "Stable chest with a nodule": the chest is stable
        if (roles.side or roles.place) and _not_there(hit, owner, norms):
            _note(owner.elsewhere, hit)
            continue
        if (roles.side or roles.place) and _said_before(hit, owner, norms, _PERHAPS):
            _note(owner.perhaps, hit)
            continue
        given.append((owner, hit, hit.start < owner.low))
    for owner, hit, _ in given:
        _give(owner, hit, lexicon)
    for low, high, mm in measured:
        owner = _owner(low, high, mentions, norms)
        owner.size_mm = mm if owner.size_mm is None else max(owner.size_mm, mm)
    for mention in mentions:
        if mention.organ and not mention.side and not mention.elsewhere:
            mention.side = _side_of_organ(clause, mention.organ)
    _share(clause, mentions, given, norms, lexicon)


def _note(where: list[tuple[str, str]], hit: Hit) -> None:
    """Adds a side or place, to the last entry where that lacks it."""
    side, place = where[-1] if where else ("", "")
    if (side and hit.roles.side) or (place and hit.roles.place) or not where:
        where.append((hit.roles.side, hit.roles.place))
    else:
        where[-1] = (side or hit.roles.side, place or hit.roles.place)


def _taken_out(hit: Hit, norms: Sequence[str]) -> bool:
    return any(n.startswith("remov") for n in norms[hit.start : hit.end])


def _removable(finding: str, lexicon: Lexicon) -> bool:
    return lexicon.region_of_finding.get(finding) == "device" or is_a(finding, "lesion") or is_a(finding, "stone")


def _not_there(hit: Hit, owner: Mention, norms: Sequence[str]) -> bool:
    """Whether a side or place is where the finding is not: "the effusion is not on the left", "the right is clear"."""
    after = norms[hit.end : hit.end + 2]
    if len(after) == 2 and after[0] in ("is", "remain", "appear") and after[1] in _SPARED:
        return owner.high <= hit.start
    return _said_before(hit, owner, norms, _NOT_THERE)


def _said_before(hit: Hit, owner: Mention, norms: Sequence[str], words: frozenset[str]) -> bool:
    """Whether one of some words governs a side or place that stands after its finding."""
    n = hit.start - 1
    while n >= owner.high and norms[n] in _TO_PLACE:
        n -= 1
    return n >= owner.high and norms[n] in words and (norms[n] != "than" or norms[n - 1] == "rather")


def _side_of_organ(clause: Sequence[Hit], organ: int) -> str:
    """The side of the organ that a finding lies in, where its side describes another finding too."""
    before, hit = clause[organ - 1], clause[organ]
    return before.roles.side if before.end == hit.start and not before.roles.speaks else ""


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
    if HARD.isdisjoint(norms[high : after.low]):
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
        if "," in norms[one.high : other.low] and any(before and m is other for m, _, before in given):
            continue  # ", patchy opacity at the left base" is told for itself
        after = [h.roles for m, h, before in given if m is other and not before]
        if (
            not one.comparison
            and other.comparison == "resolved"
            and (other in shared or any(r.comparison for r in after))
        ):
            one.comparison = "resolved"
            shared.append(one)
        if (
            not one.side
            and other.side
            and one.finding not in lexicon.unsided
            and (other in shared or any(r.side for r in after))
        ):
            one.side, one.place, one.lender = other.side, one.place or other.place, other
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
    region = lexicon.region_of_finding.get(finding)
    if mention.place == _NATURAL_PLACE.get(finding) or region == "heart":
        mention.place = ""
    if region not in ("bone", "general"):
        mention.attributes = [a for a in mention.attributes if a not in ("displaced", "non-displaced")]
    if finding in lexicon.unsided:
        if mention.side in ("left", "right") and region == "liver" and not mention.place:
            mention.place = f"{mention.side} lobe"
        mention.side = ""
    if mention.place in ("right lobe", "left lobe") and region != "liver":
        mention.side, mention.place = mention.side or mention.place.split()[0], ""
    if presence == "absent":
        if mention.side == "bilateral":
            mention.side = ""
        if region not in _ACUTE_MATTERS:
            mention.attributes = [a for a in mention.attributes if a != "acute"]
        mention.attributes = [a for a in mention.attributes if a not in _ONLY_WHERE_THERE]
        if mention.comparison not in ("new", "increased", "resolved"):
            mention.comparison = ""
    if finding in ("cardiomegaly", "ventriculomegaly", "hydrocephalus") and "borderline" in plain:
        mention.attributes = [a for a in mention.attributes if a not in GRADES[1:]]
