"""Errors in the gold stages of phantoms: the scene is changed, its words follow, and so does the answer.

The scene is rebuilt from the facts of the case, and its findings are found again in the words of the visual stage.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from auscult.construction.claims import Claim, known_of_facts
from auscult.construction.knowledge import sentence, statements
from auscult.construction.wordings import FORMS, Form, ask
from auscult.diagnosis.planting.error import Degree, Planted, Stage, chosen
from auscult.phantoms.scene import KINDS, MODALITIES, VIEWS, Scene, SceneFinding, kinds_of
from auscult.phantoms.texts import MODALITY_NAMES, facts_of, listed
from auscult.phantoms.traces import appearances, mistakable, nothing_seen, signs, study_seen
from auscult.records import Case, Fact, Item, rank
from auscult.store.files import shipped_table

SOURCE = "phantoms"
_GROSS = 1.5
"""A size that is off by this factor or more is grossly wrong."""
_FACTORS = (1.3, 2.0)
_STEPS = ("small", "moderate", "large")
_RATIO = re.compile(r"\b0\.\d\d\b")


@dataclass(frozen=True, slots=True)
class Seen:
    """A visual stage, taken apart.

    Attributes:
        scene: what it tells of; a ratio that the facts of the case do not hold is read from its words.
        text: the stage.
        parts: of each finding of the scene, the number of its pattern, in the order in which they are told.
        start: where the list of findings begins.
        end: where it ends.
    """

    scene: Scene
    text: str
    parts: tuple[tuple[SceneFinding, int], ...]
    start: int
    end: int

    def telling(self, scene: Scene) -> str:
        """The same words about another scene of the same study; what is new is told last."""
        told = {f.centre: f for f in scene.findings}
        known = [(told.pop(f.centre), n) for f, n in self.parts if f.centre in told]
        phrases = [appearances(f, scene.view)[n] for f, n in (*known, *((f, 0) for f in told.values()))]
        body = listed(phrases) if phrases else nothing_seen()[0]
        before = self.text[: self.start]
        for old, new in zip(_study(self.scene), _study(scene), strict=True):
            before = before.replace(old, new, 1)
        return before + body + self.text[self.end :]


def planted(item: Item, case: Case, stage: Stage) -> Planted | None:
    """See ``auscult.diagnosis.planting.planted``."""
    if item.tags.get("statement") == "knowledge":
        return chosen(item, _false_statements(item)) if stage == "knowledge_recall" else None
    seen = take_apart(item.trace.visual_recognition, case)
    if seen is None:
        return None
    errors = _unseen(item, seen) if stage == "visual_recognition" else _misknown(item, seen)
    if answer_on(item, seen.scene, seen.scene) != item.reference:
        return None
    return chosen(item, (e for e in errors if _differs(item, e.entails)))


def _differs(item: Item, answer: str) -> bool:
    """Whether there is an answer, and it is no right one."""
    if not answer:
        return False
    if item.answer_type == "number":
        return abs(float(answer) - float(item.reference)) > item.tolerance
    return answer != item.reference


def take_apart(text: str, case: Case) -> Seen | None:
    """Finds the findings of a phantom's case in the words of its visual stage; None where they are not all there."""
    modality = next((m for m in MODALITIES if MODALITY_NAMES[m] == case.tags.get("modality")), None)
    view = case.tags.get("view", "")
    if case.source != SOURCE or modality is None or view not in VIEWS[modality]:
        return None
    located = []
    for number, fact in enumerate(f for f in case.facts if f.presence == "present" and f.finding in KINDS):
        found = _located(text, view, fact, number)
        if found is None:
            return None
        located.append(found)
    located.sort(key=lambda p: p[0])
    scene = Scene(
        seed=0,
        split="test",
        distribution="",
        modality=modality,
        view=view,
        findings=tuple(finding for _, _, finding, _ in located),
        anatomy={},
        noise=0,
    )
    if not located:
        at, end = next(((text.find(n), text.find(n) + len(n)) for n in nothing_seen() if n in text), (-1, -1))
        return Seen(scene, text, (), at, end) if at >= 0 else None
    start, end = located[0][0], located[-1][1]
    if text[start:end] != listed([text[a:b] for a, b, _, _ in located]):
        return None
    return Seen(scene, text, tuple((f, n) for _, _, f, n in located), start, end)


def _study(scene: Scene) -> tuple[str, str]:
    """How a stage begins, and by what its view is told."""
    study, view = study_seen(scene.modality, scene.view)
    return sentence(study), view


def _located(text: str, view: str, fact: Fact, number: int) -> tuple[int, int, SceneFinding, int] | None:
    """Where a finding is told, from and to; the finding, and the number of its pattern."""
    kind = KINDS[fact.finding]
    for size in [fact.size_mm] if fact.size_mm else [float(s) for s in _RATIO.findall(text)]:
        finding = SceneFinding(
            name=fact.finding,
            side=fact.side,
            place=fact.place,
            size=size,
            attribute=next((a for a in fact.attributes if a in kind.attributes), ""),
            centre=(float(number), 0.0),  # it is not known, and is of no account: it tells the findings apart
        )
        told = [(len(a), text.find(a), n) for n, a in enumerate(appearances(finding, view)) if a in text]
        if told:
            length, at, pattern = max(told)
            return at, at + length, finding, pattern
    return None


def answer_on(item: Item, scene: Scene, original: Scene) -> str:
    """The right answer to an item if its image showed another scene; empty where it has none, or not one.

    Args:
        item: a question about the original scene.
        scene: of findings told apart by their centres.
        original: the scene of the item's image.
    """
    if item.tags.get("statement"):
        return _on_claim(item, scene)
    if item.category in ("modality", "view"):
        return MODALITY_NAMES[scene.modality] if item.category == "modality" else scene.view
    if item.category in ("side", "place"):
        found = {getattr(f, item.category) for f in scene.of(item.target)}
        return found.pop() if len(found) == 1 else ""
    if item.category == "size":
        of = [f for f in original.of(item.target) if f"{f.size:g}" == item.reference and f.side in item.question]
        now = [f for f in scene.findings if len(of) == 1 and f.centre == of[0].centre and f.place in item.question]
        return f"{now[0].size:g}" if now and now[0].name == item.target else ""
    return ""


def _on_claim(item: Item, scene: Scene) -> str:
    tags = item.tags
    parts = tags.get("fact", "").split("; ")
    finding = parts[1] if len(parts) > 1 and parts[0] not in ("modality", "view", "region") else ""
    claim = Claim(tags["statement"], finding, tags.get("value", ""), tags.get("other", ""))
    known = known_of_facts(facts_of(scene))
    truth = known.truth(claim)
    if truth is None or truth == _holds(item) or item.premise_form not in FORMS:
        return "" if truth is None else item.reference
    form: Form = item.premise_form
    if form == "neutral":
        return "yes" if truth else "no"
    asked = ask(claim, form, int(tags.get("phrasing", "0")), known, true=truth)
    return asked.answer if asked and asked.text == item.question else ""


def _holds(item: Item) -> bool:
    """Whether the claim of an item holds on its image."""
    return item.reference == "yes" if item.premise_form == "neutral" else item.kind == "non-hallucination"


def _unseen(item: Item, seen: Seen) -> Iterator[Planted]:
    """The visual stage on scenes that differ in one thing from that of the image."""
    for kind, degree, scene in _altered(item, seen.scene):
        entails = answer_on(item, scene, seen.scene)
        if not _differs(item, entails):
            continue  # its words are of no account
        text = seen.telling(scene)
        new = [f for f in scene.findings if f not in seen.scene.findings]
        wrong = next((a for f in new for a in appearances(f, scene.view) if a in text), "")
        wrong = wrong or next((b for a, b in zip(_study(seen.scene), _study(scene), strict=True) if a != b), "")
        yield Planted(
            stage="visual_recognition",
            text=text,
            entails=entails,
            kind=kind,
            degree=degree,
            wrong=wrong,
        )


def _altered(item: Item, scene: Scene) -> Iterator[tuple[str, Degree, Scene]]:
    for at, finding in enumerate(scene.findings):
        rest = (*scene.findings[:at], *scene.findings[at + 1 :])
        yield "left out", "gross", replace(scene, findings=rest)
        for kind, degree, other in _other(finding, scene.view):
            if not any((f.name, f.side, f.place) == (other.name, other.side, other.place) for f in rest):
                findings = (*scene.findings[:at], other, *scene.findings[at + 1 :])
                yield kind, degree, replace(scene, findings=findings)
    for kind_of in kinds_of(scene.modality):
        if not scene.of(kind_of.name):
            yield "invented", "gross", replace(scene, findings=(*scene.findings, _invented(item, kind_of.name, scene)))
    if not any(f.attribute for f in scene.findings):
        view = next(v for v in VIEWS[scene.modality] if v != scene.view)
        yield "view", "slight", replace(scene, view=view)
    for modality in MODALITIES:
        if modality != scene.modality:
            yield "modality", "gross", replace(scene, modality=modality, view=VIEWS[modality][0])


def _other(finding: SceneFinding, view: str) -> Iterator[tuple[str, Degree, SceneFinding]]:
    """A finding with one property changed."""
    kind = finding.kind
    if finding.side:
        yield "side", "slight", replace(finding, side="right" if finding.side == "left" else "left")
    for place in kind.places:
        if place != finding.place:
            yield "place", "slight", replace(finding, place=place)
    if finding.attribute and view != "T2-weighted":
        for look in kind.attributes:
            if look != finding.attribute:
                yield "look", "slight", replace(finding, attribute=look)
    steps = ((kind.smallest, kind.limits[0]), kind.limits, (kind.limits[1], kind.largest))
    sizes = {sum(step) / 2 for step in steps}
    sizes |= {s for f in _FACTORS for s in (finding.size * f, finding.size / f)} if kind.unit else set()
    for size in sorted({float(round(s)) if kind.unit else round(s, 2) for s in sizes}):
        off = max(size, finding.size) / min(size, finding.size)
        far = abs(_STEPS.index(kind.grade(size)) - _STEPS.index(finding.grade)) > 1 if not kind.unit else off >= _GROSS
        if kind.smallest / 2 <= size <= kind.largest * 2 and size != finding.size:
            yield "size", "gross" if far else "slight", replace(finding, size=size)


def _invented(item: Item, name: str, scene: Scene) -> SceneFinding:
    """A finding that is not there, of middle size, where the item's id says."""
    kind, number = KINDS[name], rank(item.id, name)
    looks = kind.attributes if scene.view != "T2-weighted" else ()
    size = sum(kind.limits) / 2
    return SceneFinding(
        name=name,
        side=("left", "right")[number % 2] if kind.sided else "",
        place=kind.places[number // 2 % len(kind.places)] if kind.places else "",
        size=float(round(size)) if kind.unit else round(size, 2),
        attribute=looks[number // 8 % len(looks)] if looks else "",
        centre=(-1.0, -1.0),
    )


def _misknown(item: Item, seen: Seen) -> Iterator[Planted]:
    """Knowledge from which another answer follows though the image is seen as it is."""
    scene, words = seen.scene, shipped_table("diagnosis/planting/wordings.toml")

    def wrong(text: str, entails: str, kind: str, degree: Degree) -> Planted:
        said = sentence(text)
        return Planted(stage="knowledge_recall", text=said, entails=entails, kind=kind, degree=degree, wrong=said)

    name = _finding_of(item)
    if name in KINDS and item.tags.get("statement", item.category) in ("presence", "side", "place"):
        patterns = signs(name, name)
        gold = item.trace.knowledge_recall
        pattern = next((n for n, s in enumerate(patterns) if s == gold), rank(item.id) % len(patterns))
        for taken in mistakable(name):
            entails = answer_on(item, _taken_for(scene, name, taken), scene)
            yield wrong(signs(name, taken)[pattern], entails, "sign of another finding", "gross")
    criterion = words["criterion"].get(name)
    if criterion and item.tags.get("statement") == "presence" and scene.of(name):
        without = replace(scene, findings=tuple(f for f in scene.findings if f.name != name))
        least = min(f.size for f in scene.of(name))
        yield wrong(
            criterion.format(below=f"{max(least // 2, 1):g}"),
            answer_on(item, without, scene),
            "criterion",
            "slight",
        )
    if (item.category == "view" or item.tags.get("statement") == "view") and scene.modality in words["view"]:
        turned = replace(scene, view=next(v for v in VIEWS[scene.modality] if v != scene.view))
        yield wrong(words["view"][scene.modality], answer_on(item, turned, scene), "turned over", "gross")


def _finding_of(item: Item) -> str:
    parts = item.tags.get("fact", "").split("; ")
    return parts[1] if len(parts) > 1 else item.target


def _taken_for(scene: Scene, name: str, taken: str) -> Scene:
    """What whoever takes the sign of one finding for that of another sees of the latter."""
    rest = [f for f in scene.findings if f.name != name]
    meant = [
        replace(f, name=name, side=f.side if KINDS[name].sided else "", place=f.place, centre=(-2.0, float(n)))
        for n, f in enumerate(scene.of(taken))
    ]
    return replace(scene, findings=(*rest, *(m for m in meant if _possible(m))))


def _possible(finding: SceneFinding) -> bool:
    """Whether its place is one that the finding can have; where it has none, it is of no account."""
    return not finding.kind.places or finding.place in finding.kind.places


def _false_statements(item: Item) -> Iterator[Planted]:
    """The false half of the pair of statements that an item is about, for what is known."""
    number = item.tags.get("fact", "").removeprefix("knowledge ")
    pair = next((s for s in statements() if str(s.number) == number), None)
    if pair and item.premise_form in ("polar", "tag"):
        said = f"{sentence(pair.false)}."
        entails = f"No, {pair.false}." if item.kind == "non-hallucination" else f"Yes, {pair.false}."
        yield Planted(
            stage="knowledge_recall", text=said, entails=entails, kind="turned over", degree="gross", wrong=said
        )
