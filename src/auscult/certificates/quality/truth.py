"""What is true of a case, as the certificate knows it without reading a text as the checks do: from scenes and reports.

Of a report only plain sentences about one finding are used, found with the certificates' own short list of findings;
what it hedges, looks back on or contradicts is left alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Literal

from auscult.certificates.planting.reports import affirmed, denied, sentences
from auscult.certificates.planting.targets import TARGETS, Target
from auscult.phantoms.scene import Scene, SceneFinding, kinds_of
from auscult.phantoms.texts import HELD_OUT, facts_of, labels, modality_name, report, statements
from auscult.records import Case, ImageFile

Attribute = Literal["side", "place", "grade", "size"]
ATTRIBUTES: tuple[Attribute, ...] = ("side", "place", "grade", "size")
FACTORS = {1: 1.25, 2: 1.5, 3: 2.0, 4: 4.0}
"""Degree of a wrong size → by which factor it is off; a quarter is within what two readers differ by."""

_SIDE = re.compile(r"\b(left|right)\b", re.I)
_BOTH = re.compile(r"\b(bilateral\w*|both|bi(?:basi?lar|basal|apical)|atri\w*|ventric\w*)\b", re.I)
_PLACE = re.compile(r"\b(?:(upper|middle|lower) lobe|lung (base|apex)|(base|apex))\b", re.I)
_SIZE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(mm|cm)\b(?!\s*(?:above|below|from|x))", re.I)
_GRADES = {
    **dict.fromkeys(("small", "mild", "minimal", "tiny", "slight"), 0),
    "moderate": 1,
    **dict.fromkeys(("large", "severe", "massive", "marked", "extensive"), 2),
}
VAGUE = "opacity"
"""What denies an infiltrate or one kind of opacity does not deny every opacity: only its presence is used."""
_NAMES_IT = {
    "opacity": "opacit",
    "rib fracture": r"\bribs?\b",
    "degenerative change": "spin|spondyl|vertebra",
    "emphysema": r"^(?!.*subcutaneous)",
}
"""Finding → what a sentence must hold so that the phrases of the certificate say the same."""
_NARROW = re.compile(r"\b(suspicious|acute|definite|obvious|large|displaced|new)\b", re.I)
"""Words of a denial that leave the rest open."""
_GRADE = re.compile(rf"\b({'|'.join(_GRADES)})\b", re.I)
_SEVERITY = ("mild", "moderate", "severe")
_LUNG = {"upper zone", "middle zone", "lower zone"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A finding with what is said of it, in the words that a sentence takes; empty where nothing is.

    ``scale`` are the words for its extent, least first. ``evidence`` is the sentence of the annotation behind it.
    """

    finding: str
    side: str = ""
    place: str = ""
    grade: str = ""
    size: str = ""
    scale: tuple[str, ...] = ()
    evidence: str = ""

    @property
    def where(self) -> str:
        """Side and place as an adverbial, or empty."""
        if not self.place:
            return f"on the {self.side}" if self.side else ""
        if self.place in ("base", "apex"):
            return f"at the {self.side} {self.place}" if self.side else f"at the lung {self.place}"
        if self.place in _LUNG:
            return f"in the {self.place} of the {self.side} lung"
        return f"in the {self.side} {self.place}" if self.side else f"in the {self.place}"

    @property
    def bare(self) -> "Claim":
        """The finding alone."""
        return Claim(self.finding, scale=self.scale, evidence=self.evidence)


@dataclass(frozen=True)
class Truth:
    """A case and what is true of it.

    Attributes:
        case: as a build has it.
        half: development or held_out.
        present: what is there, each finding once.
        denied: findings that are not there, with the sentence that says so (a phantom's report says it of all).
        silent: findings that nothing near is said of.
        region: of the body.
    """

    case: Case
    half: str
    present: tuple[Claim, ...]
    denied: tuple[Claim, ...]
    silent: tuple[str, ...] = ()
    region: str = "chest"

    @property
    def origin(self) -> str:
        """Part of the certificate."""
        return "phantoms" if self.case.exhaustive else "real reports"


def others(claim: Claim, attribute: Attribute) -> Iterator[tuple[int, Claim]]:
    """The claim with one attribute wrong, and how wrong it is: 1 (no difference to anybody) to 4 (gross)."""
    if attribute == "side" and claim.side:
        degree = 4 if claim.finding in ("pneumothorax", "mass", "brain tumour", "midline shift") else 3
        yield degree, replace(claim, side="right" if claim.side == "left" else "left")
    elif attribute == "place" and claim.place:
        for degree, place in _elsewhere(claim.place):
            yield degree, replace(claim, place=place)
    elif attribute == "grade" and claim.grade and claim.scale:
        step = claim.scale.index(claim.grade) if claim.grade in claim.scale else _GRADES[claim.grade]
        for to, word in enumerate(claim.scale):
            if to != step:
                yield 1 + abs(to - step), replace(claim, grade=word, size="")
    elif attribute == "size" and claim.size:
        number, unit = claim.size.split()
        for degree, factor in FACTORS.items():
            value = float(number) * factor
            yield degree, replace(claim, size=f"{value:.2g} {unit}" if value < 10 else f"{value:.0f} {unit}", grade="")


def _elsewhere(place: str) -> list[tuple[int, str]]:
    """Other places of the same organ; the far one is graver."""
    order = ("upper", "middle", "lower")
    if place.endswith(" lobe") and place.startswith(order):
        # The left lung has no middle lobe.
        return [(3, "lower lobe" if place.startswith("upper") else "upper lobe")]
    if place in ("base", "apex"):
        return [(3, "apex" if place == "base" else "base")]
    first, _, rest = place.partition(" ")
    if first in order:
        return [(1 + abs(order.index(o) - order.index(first)), f"{o} {rest}") for o in order if o != first]
    swaps = {"frontal lobe": "occipital lobe", "occipital lobe": "frontal lobe", "parietal lobe": "frontal lobe"}
    swaps |= {"right lobe of the liver": "left lobe of the liver", "left lobe of the liver": "right lobe of the liver"}
    return [(3, swaps[place])] if place in swaps else []


def truth_of_scene(scene: Scene, number: int, half: str) -> Truth:
    """A phantom, with a report in words that are kept for certificates."""
    text = report(scene, HELD_OUT + number)
    told = {f.finding: s.text for s in reversed(statements(scene, HELD_OUT + number)) for f in s.facts}
    case = Case(
        id=f"phantom-{scene.key}",
        source="phantoms",
        source_key=scene.key,
        images=(_stub(scene.key),),
        annotation=text,
        findings=labels(scene),
        facts=facts_of(scene),
        tags={"modality": modality_name(scene), "view": scene.view},
        group=scene.key,
        group_kind="study",
        exhaustive=True,
    )
    # A finding that is there twice cannot be spoken of as "the".
    one = [f for f in scene.findings if len(scene.of(f.name)) == 1]
    absent = [k.name for k in kinds_of(scene.modality) if not scene.of(k.name)]
    region = {"chest radiograph": "chest", "brain MR": "brain", "abdominal CT": "abdomen"}[scene.modality]
    return Truth(
        case=case,
        half=half,
        present=tuple(_seen(f, _quoted(text, told, f.name)) for f in one),
        denied=tuple(Claim(n, scale=_scale(n), evidence=_quoted(text, told, n)) for n in absent),
        region=region,
    )


def _quoted(text: str, told: Mapping[str, str], finding: str) -> str:
    """The sentence of the report about a finding."""
    said = told.get(finding, "")
    return said if said in text else ""


def _stub(key: str) -> ImageFile:
    """An image that nobody opens: pairs are checked against the annotation."""
    return ImageFile(path=f"images/{key}.png", sha256="0" * 64)


def _scale(name: str) -> tuple[str, ...]:
    return _SEVERITY if name in ("cardiomegaly", "hydrocephalus") else ("small", "moderate", "large")


def _seen(finding: SceneFinding, evidence: str) -> Claim:
    """What the scene holds, as far as the report says it: who checks may have the report alone."""
    scale = _scale(finding.name)
    size = f"{finding.size:g} mm" if finding.kind.unit == "mm" else ""
    place = f"{finding.place} of the liver" if finding.name == "liver lesion" else finding.place
    return Claim(
        finding.name,
        side="" if finding.name == "liver lesion" else finding.side,
        place=place,
        grade=scale[("small", "moderate", "large").index(finding.grade)] if _GRADE.search(evidence) else "",
        size=size if size in evidence else "",
        scale=scale,
        evidence=evidence,
    )


def truth_of_report(case: Case, half: str, rng: Random) -> Truth | None:
    """What a report says plainly; None where it says nothing so."""
    said = sentences(re.sub(r"^(?:Findings|Impression): ", "", case.annotation, flags=re.M))
    absent = _denied(said)
    present = [c for t in TARGETS if t.name not in {a.finding for a in absent} and (c := _affirmed(t, said))]
    if not present and not absent:
        return None
    text = "\n".join(said)
    silent = [
        t.name
        for t in TARGETS
        if t.name != VAGUE and not re.search(t.silent, text, re.I) and not t.pattern().search(text)
    ]
    rng.shuffle(silent)
    return Truth(
        case=replace(case, images=(_stub(case.source_key),)),
        half=half,
        present=tuple(present),
        denied=tuple(absent),
        silent=tuple(silent),
    )


@cache
def _of(sentence: str) -> tuple[list[Target], list[tuple[str, Target]]]:
    return affirmed(sentence), denied(sentence)


def _denied(said: Sequence[str]) -> list[Claim]:
    """Findings that are denied wherever they are mentioned, and of which nothing else suggests that they are there."""
    found: dict[str, Claim] = {}
    for sentence in (s for s in said if not _NARROW.search(s)):
        for _, target in (d for d in _of(sentence)[1] if d[1].name != VAGUE):
            rest = [s for s in said if re.search(target.silent, s, re.I) and not _of(s)[1] and not _harmless(s)]
            if not rest:
                found.setdefault(target.name, Claim(target.name, scale=target.grades, evidence=sentence))
    return list(found.values())


def _harmless(sentence: str) -> bool:
    """Whether a sentence calls something normal and no more."""
    return bool(re.search(r"\b(normal|clear|unremarkable|intact)\b", sentence, re.I)) and not re.search(
        r"\b(but|except|although|however|with|may|xxxx|otherwise|mild\w*|slight\w*|no|not)\b", sentence, re.I
    )


def _affirmed(target: Target, said: Sequence[str]) -> Claim | None:
    """The finding with side, place, grade and size, where exactly one plain sentence speaks of it."""
    about = [s for s in said if re.search(target.silent, s, re.I) or target.pattern().search(s)]
    about = [s for s in about if not _harmless(s)]
    if len(about) != 1 or [t.name for t in _of(about[0])[0]] != [target.name]:
        return None
    sentence = about[0]
    match = target.pattern().search(sentence)
    if not re.search(_NAMES_IT.get(target.name, ""), sentence, re.I):
        return None
    if match is None or re.search(r"\b(and|with|or)\b", sentence, re.I):
        return Claim(target.name, scale=target.grades, evidence=sentence) if match else None
    sides = {s.lower() for s in _SIDE.findall(sentence)}
    side = sides.pop() if len(sides) == 1 and not _BOTH.search(sentence) else ""
    places = [next(filter(None, m)).lower() for m in _PLACE.findall(sentence)]
    place = ""
    if side and len(places) == 1:
        place = places[0] if places[0] in ("base", "apex") else f"{places[0]} lobe"
    sizes = _SIZE.findall(sentence)
    grades = [g.lower() for g in _GRADE.findall(sentence[: match.start()])]
    between = sentence[: match.start()].lower().rpartition(grades[-1])[2] if grades else ""
    near = "," not in between and len(between.split()) <= 3
    return Claim(
        target.name,
        side=side,
        place=place,
        grade=grades[0] if len(grades) == 1 and near and target.grades else "",
        size=f"{sizes[0][0]} {sizes[0][1].lower()}" if len(sizes) == 1 else "",
        scale=target.grades,
        evidence=sentence,
    )
