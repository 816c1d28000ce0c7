"""Looks told in plain words: "a hazy white patch of 46 mm in the right lower zone" names no finding, but claims much.

Size, tone, shape, edge, side, place, and what can be said of an organ (wide, shifted, blunted, normal). The words are
data (``lexicons/appearances.toml``), written from radiology and from reports. Denial and doubt are read as everywhere;
looks of several images are not told apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from auscult.facts._describe import sizes
from auscult.facts._trie import Trie
from auscult.facts.lexicon import SWEEPING, Roles, expand, lexicon
from auscult.facts.reading import presence_of
from auscult.facts.tokens import Words, folded, listed, sentences, words
from auscult.store.files import shipped_table

ANY = "area"
"""The shape that may be any."""
NORMAL = "normal"
_KINDS = ("tone", "form", "edge", "change")
_BREAKS = listed("; : while but whereas plus . however though although")
_JOINS = listed(", and or as")
_OPENS = listed("a an the one another no second any this that")
_OTHER = listed("other else further additional otherwise elsewhere remaining rest more")
_ALL = listed("all everything image study picture scan film radiograph whole overall")
_USUAL = listed("usual normal ordinary unremarkable regular expected should healthy inconspicuous")
_ODD = listed("abnormal abnormality unusual conspicuous suspicious striking wrong amiss noteworthy")
_NOTHING = listed("nothing no not none without normal unremarkable clear")
_RATIO = re.compile(r"(?<![\d.,])(?:0?[.,](\d{1,3})|(\d{1,3}) ?(?:%|percent|per cent))(?![\d.,])")
_CHANGING = {
    "wide": frozenset(
        {"heart", "heart size", "cardiomediastinum", "mediastinum", "ventricles", "aorta", "hilum", "sulci"}
    ),
    "shifted": frozenset({"midline", "mediastinum", "cardiomediastinum", "trachea", "heart", "ventricles", "brain"}),
    "blunted": frozenset({"costophrenic angle", "diaphragm", "sulci"}),
}
"""What can be said of which organs; of all that they are normal."""
_CHANGED = {
    "costophrenic angle": "blunted",
    "midline": "shifted",
    "heart": "wide",
    "heart size": "wide",
    "ventricles": "wide",
}
"""What an organ is of which it is denied that it is normal."""
_LIMITS = {"heart": 0.5, "heart size": 0.5, "cardiomediastinum": 0.5, "ventricles": 0.3}
"""Cardiothoracic ratio and Evans index above which heart and ventricles are wide."""
_EDGED = frozenset({"costophrenic angle", "diaphragm", "heart", "heart size", "mediastinum", "midline"})
"""Organs of which a sharp or a blurred edge says something."""
_SELF = 4
"""Words of one shape stand within so many tokens: "a round white spot"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """One look that a text tells of.

    Attributes:
        presence: whether it is said to be there.
        tone: bright, gray, dark, or empty.
        form: patch, round, ring, band, line, ``area`` for any shape, or empty where an organ as a whole is told of.
        edge: sharp, blurred, or empty.
        change: of an organ: wide, shifted, blunted, or ``normal``.
        region: of the organ it lies in (lung, heart, brain, ...), or empty.
        organ: the organ itself, where it is named.
        side: left, right, bilateral, midline or empty.
        place: canonical place, or empty.
        size_mm: greatest length.
        ratio: a share, 0 to 1 (the heart's of the chest).
        rest: whether it is about all that was not told ("nothing else is seen").
        words: where the words for tone and shape stand.
        start: of the stretch of text that tells of it.
        end: behind it.
        sentence: number of the sentence.
    """

    presence: Literal["present", "absent", "uncertain"] = "present"
    tone: str = ""
    form: str = ""
    edge: str = ""
    change: str = ""
    region: str = ""
    organ: str = ""
    side: str = ""
    place: str = ""
    size_mm: float | None = None
    ratio: float | None = None
    rest: bool = False
    words: tuple[tuple[int, int], ...] = ()
    start: int = 0
    end: int = 0
    sentence: int = 0


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, list[object]]]:
    """The lists."""
    return shipped_table("data/lexicons/appearances.toml")


@lru_cache(maxsize=1)
def _trie() -> Trie[dict[str, str]]:
    """Phrase → kind of word → which; "hazy" is an edge and "opacity" a tone and a shape."""
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for kind in _KINDS:
        for name, terms in table()[kind].items():
            for term in terms:
                for written in expand(str(term)):
                    found.setdefault(tuple(words(written).norms), {}).setdefault(kind, name)
    trie: Trie[dict[str, str]] = Trie()
    for phrase, roles in found.items():
        trie.add(phrase, roles)
    return trie


def read_appearances(text: str, *, of_something: bool = False) -> list[Appearance]:
    """The looks that a text tells of, in order.

    Args:
        text: of any length.
        of_something: whether it is known that all of it tells of something's look, so that "it is dark" is enough.
    """
    return list(_read(text, of_something))


def is_look(text: str) -> bool:
    """Whether any of some words is a word for a look."""
    return any(_trie().find(words(folded(text)).norms))


@lru_cache(maxsize=1_024)
def _read(text: str, of_something: bool) -> tuple[Appearance, ...]:
    plain = folded(text)
    tokens = words(plain)
    passage = _Passage(text, plain, tokens, of_something)
    found: list[Appearance] = []
    region = ""
    for number, (first, end) in enumerate(sentences(text, tokens)):
        if tokens.norms[end - 1] == "?":
            continue
        parts = list(passage.parts(first, end))
        if not parts and passage.closes(first, end):
            span = tokens.starts[first], tokens.ends[end - 1]
            found.append(
                Appearance(presence="absent", form=ANY, rest=True, start=span[0], end=span[1], sentence=number)
            )
        for part in parts:
            made = passage.appearance(part, number, region)
            if made is None:
                continue
            if found and found[-1].sentence == number and passage.points_back(part):
                made = _placed_as(made, found[-1])
            found.append(made)
            region = made.region or region
    return tuple(found)


@dataclass(slots=True)
class _Part:
    """A stretch of a sentence that tells of one look: the words that say so, and where it begins and ends."""

    first: int
    end: int
    said: list[tuple[int, int, dict[str, str]]] = field(default_factory=list)

    def has(self, kind: str) -> bool:
        return any(kind in roles for _, _, roles in self.said)


class _Passage:
    """A text with the words of looks and of places in it."""

    def __init__(self, text: str, plain: str, tokens: Words, of_something: bool) -> None:
        self.text, self.plain, self.tokens, self.of_something = text, plain, tokens, of_something
        self.known = [hit for whole in lexicon().trie.find(tokens.norms) for hit in self._with_inner(whole)]
        organs = {n for start, end, roles in self.known if roles.organ for n in range(start, end)}
        where = {n for start, end, roles in self.known if roles.place for n in range(start, end)}
        self.said = [
            (start, end, roles)
            for start, end, roles in _trie().find(tokens.norms)
            if not organs.issuperset(range(start, end)) and where.isdisjoint(range(start, end))
        ]

    def _with_inner(self, hit: tuple[int, int, Roles]) -> Iterator[tuple[int, int, Roles]]:
        """A phrase that names a finding, and the places that stand within it: "shadow in the right lower zone"."""
        yield hit
        start, end, roles = hit
        for low, high in ((start, end - 1), (start + 1, end)) if roles.finding else ():
            yield from (h for h in lexicon().trie.find(self.tokens.norms, low, high) if not h[2].speaks)

    def parts(self, first: int, end: int) -> Iterator[_Part]:
        """The looks of a sentence: each shape is one, with what stands nearest; an organ that is told of is another."""
        found = [_Part(a, b) for a, b in self._cut(first, end)]
        for part in found:
            part.said = [hit for hit in self.said if part.first <= hit[0] < part.end]
        joined: list[_Part] = []
        for part in found:
            if joined and self.tokens.norms[part.first] == "its":
                joined[-1] = _Part(joined[-1].first, part.end, joined[-1].said + part.said)
            elif joined and not self._tells(joined[-1]) and self._speaks(joined[-1]) and self._tells(part):
                joined.append(part)
            elif joined and not (self._tells(part) and self._tells(joined[-1])):
                joined[-1] = _Part(joined[-1].first, part.end, joined[-1].said + part.said)
            else:
                joined.append(part)
        yield from (part for part in joined if self._tells(part))

    def _speaks(self, part: _Part) -> bool:
        """Whether a stretch without a look names a finding or where one is."""
        return any(roles.speaks or roles.organ for roles in self._hits(part))

    def _cut(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """At words that part, and before the second shape of a stretch."""
        norms, begin, shape = self.tokens.norms, first, -1
        heads = {start: stop for start, stop, roles in self.said if "form" in roles}
        n = first
        while n < end:
            if norms[n] in _BREAKS or (norms[n] in _JOINS and not self._within(n)):
                if n > begin:
                    yield begin, n
                begin, shape = n + 1, -1
            elif n in heads:
                opened = next((k for k in range(n, max(begin, n - 6), -1) if norms[k] in _OPENS), -1)
                linked = shape >= 0 and n - shape <= _SELF and "of" in norms[shape:n]
                if 0 <= shape < opened and not linked:
                    yield begin, opened
                    begin = opened
                shape = heads[n]
            n += 1
        if begin < end:
            yield begin, end

    def _within(self, n: int) -> bool:
        """Whether a joint stands between two words for one look: "white and hazy", "round, sharp"."""
        near = [roles for start, end, roles in self.said if n in (end, start - 1)]
        return len(near) == 2 and not all("form" in roles for roles in near)

    def points_back(self, part: _Part) -> bool:
        """Whether a stretch speaks of what stands before it: "the angle is not sharp: a white veil covers it"."""
        norms = self.tokens.norms
        return "it" in norms[part.first : part.end] or (part.first > 0 and norms[part.first - 1] == ":")

    def closes(self, first: int, end: int) -> bool:
        """Whether a sentence says that there is nothing else."""
        norms = self.tokens.norms[first:end]
        for roles in self._hits(_Part(first, end)):
            if roles.organ not in ("", "study") or (roles.finding and roles.finding not in SWEEPING):
                return False
        usual = not _ALL.isdisjoint(norms) and not _USUAL.isdisjoint(norms) and "not" not in norms
        odd = not _ODD.isdisjoint(norms) and not _NOTHING.isdisjoint(norms)
        return "nothing" in norms or usual or odd or (not _OTHER.isdisjoint(norms) and not _NOTHING.isdisjoint(norms))

    def _tells(self, part: _Part) -> bool:
        if part.has("form") or (self.of_something and part.said):
            return True
        organ = self._organ(part)
        if organ in _LIMITS and self._share(part) is not None:
            return True
        return bool(organ) and (part.has("change") or part.has("tone") or (part.has("edge") and organ in _EDGED))

    def _share(self, part: _Part) -> float | None:
        return _ratio(self.plain[self.tokens.starts[part.first] : self.tokens.ends[part.end - 1]])

    def _hits(self, part: _Part) -> list[Roles]:
        return [roles for start, _, roles in self.known if part.first <= start < part.end]

    def _organ(self, part: _Part) -> str:
        """The organ that is named, or in which the named place lies."""
        hits = [roles for roles in self._hits(part) if roles.organ not in ("study", "pulmonary", "aorta")]
        organ = next((roles.organ for roles in hits if roles.organ), "")
        place = next((where for roles in hits if (where := roles.place or roles.own_place)), "")
        return organ or lexicon().organ_of_place.get(place, "")

    def appearance(self, part: _Part, number: int, region: str) -> Appearance | None:
        """The look that a part tells of; None where it is only asked or feared."""
        tokens, hits = self.tokens, self._hits(part)
        form = self._form(part)
        change = self._one(part, "change")
        share, limit = self._share(part), _LIMITS.get(self._organ(part))
        if share is not None and limit is not None and not part.has("change"):
            change = "wide" if share > limit else NORMAL
        if form == ANY and self._organ(part) in _CHANGING.get(change, ()):
            form = ""  # "the heart is wide: its shadow ..."
        change = "" if form else change
        at = next((hit for hit in part.said if not form or "form" in hit[2]), (part.first, part.end, {}))
        low, high = tokens.starts[at[0]], tokens.ends[at[1] - 1]
        begin = max(self.plain.rfind(mark, 0, low) for mark in ":;") + 1  # no denial reaches past these
        presence = presence_of(self.text[begin:], low - begin, high - begin)
        if presence == "unmentioned":
            return None
        place = next((where for roles in hits if (where := roles.place or roles.own_place)), "")
        organ = self._organ(part)
        where = lexicon().region_of_organ.get(organ, "")
        span = tokens.starts[part.first], tokens.ends[part.end - 1]
        measured = sizes(self.plain, *span)
        made = Appearance(
            presence=presence,
            tone=self._one(part, "tone"),
            form=form,
            edge=self._one(part, "edge"),
            change=change,
            region=where or (region if form else ""),
            organ=organ,
            side=_side(hits, tokens.norms[part.first : part.end]),
            place=place,
            size_mm=max((mm for _, _, mm in measured), default=None),
            ratio=share,
            rest=not _OTHER.isdisjoint(tokens.norms[part.first : part.end])
            and (presence == "absent" or change == NORMAL),
            words=tuple(
                (tokens.starts[a], tokens.ends[b - 1])
                for a, b, roles in part.said
                if "tone" in roles or "form" in roles
            ),
            start=span[0],
            end=span[1],
            sentence=number,
        )
        return _of_something(made) if self.of_something else _settled(made)

    def _form(self, part: _Part) -> str:
        named = [roles["form"] for _, _, roles in part.said if "form" in roles]
        return next((form for form in named if form != ANY), named[0] if named else "")

    def _one(self, part: _Part, kind: str) -> str:
        return next((roles[kind] for _, _, roles in part.said if kind in roles), "")


def _side(hits: Sequence[Roles], norms: Sequence[str]) -> str:
    found = {roles.side for roles in hits if roles.side} | {norm for norm in norms if norm in ("left", "right")}
    return next(iter(found)) if len(found) == 1 else "bilateral" if found else ""


def _ratio(text: str) -> float | None:
    match = _RATIO.search(text)
    if match is None:
        return None
    return float(f"0.{match[1]}") if match[1] else int(match[2]) / 100


def _placed_as(made: Appearance, before: Appearance) -> Appearance:
    """A look at the place of another, where it has none of its own."""
    if made.organ or made.place or made.side:
        return made
    return replace(made, organ=before.organ, region=before.region, place=before.place, side=before.side)


def _settled(made: Appearance) -> Appearance | None:
    """An organ that looks as it does by nature, or is called normal, has nothing; of other organs a change is none."""
    if made.form:
        told = made.form != ANY or made.tone or made.edge or made.side or made.place or made.size_mm or made.rest
        return made if told else None
    if made.edge == "sharp" and not made.change and made.region in ("pleura", "heart", "mediastinum", "diaphragm"):
        made = replace(made, change=NORMAL)
    if made.tone and made.tone in table()["natural"].get(made.region, []) and made.change in ("", NORMAL):
        return replace(made, change=NORMAL, tone="")
    if made.tone and made.change == NORMAL:
        made = replace(made, change="")  # "the lower zone is white and even"
    if made.change == NORMAL and made.presence == "absent" and made.organ in _CHANGED:
        made = replace(made, change=_CHANGED[made.organ], edge="", presence="present")
    if made.organ and made.change != NORMAL and made.organ not in _CHANGING.get(made.change, (made.organ,)):
        return replace(made, change="") if made.tone else None
    return made


def _of_something(made: Appearance) -> Appearance | None:
    """A look of something that is named: what is said beside it of an organ ("darker than a normal liver") is none."""
    told = made.tone or made.form or made.edge
    if made.change == NORMAL:
        if told:
            return replace(made, change="")
        return made if made.organ in _CHANGED else None
    if made.organ and made.organ not in _CHANGING.get(made.change, (made.organ,)):
        return replace(made, change="") if told else None
    return made
