"""Answers about phantoms, right ones and ones with planted errors; the scene says what is true.

Knows nothing of how errors are found: no import, wording or word list of the facts reader.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from auscult.certificates.planting import wordings as w
from auscult.certificates.planting.rewording import reordered, reworded
from auscult.phantoms.scene import KINDS, VIEWS, Scene, SceneFinding, kinds_of
from auscult.phantoms.texts import facts_of
from auscult.records import Fact

FACTORS = (1.1, 1.5, 2.0, 3.0)
STEPS = ("small", "moderate", "large")
ACQUISITION = "acquisition"
ROUND = frozenset({"lung nodule", "brain tumour", "renal cyst", "liver lesion"})
"""Findings that have a size rather than an amount."""
UNCOUNTED = frozenset({"ascites", "hydrocephalus", "consolidation", "cardiomegaly"})
"""Findings whose name takes no article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One answer that is put to the instrument.

    Attributes:
        cluster: scene or report; answers of one are not independent.
        reference: what is true, as facts or as a text.
        answer: the text.
        kind: of the planted error; empty where the answer is right.
        degree: how far it is off; of a right answer, how it was reworded.
        planted: the sentences that are wrong.
        left_out: finding that the answer should name and does not.
        complete: whether the answer claims to name everything, so that an omission is an error.
    """

    cluster: str
    reference: str | tuple[Fact, ...]
    answer: str
    kind: str = ""
    degree: str = ""
    planted: tuple[str, ...] = ()
    left_out: str = ""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and the finding that it is about."""

    text: str
    about: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer in the making; ``wrong`` are the texts of its false lines."""

    lines: tuple[Line, ...]
    degree: str = ""
    wrong: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def text(self) -> str:
        """All lines."""
        return " ".join(line.text for line in self.lines)

    def swap(self, old: Line, new: str, degree: str) -> "Draft":
        """The draft with a false sentence in the place of a true one."""
        lines = tuple(Line(new, old.about) if line is old else line for line in self.lines)
        return replace(self, lines=lines, degree=degree, wrong=(*self.wrong, new))

    def drop(self, about: str) -> "Draft":
        """The draft without what it says of a finding."""
        return replace(self, lines=tuple(line for line in self.lines if line.about != about))

    def of(self, about: str) -> Line | None:
        """The first line about a finding that is not wrong already."""
        return next((x for x in self.lines if x.about == about and x.text not in self.wrong), None)


Planter = Callable[[Scene, Draft, Random], list[Draft]]
"""The scene and a right answer → the answer with an error, in one or several degrees; none where it does not go."""
Altered = list[tuple[str, SceneFinding]]
"""Degree and what is said in the place of what is there."""
Change = Callable[[SceneFinding, Random], Altered]


def _fill(template: str, finding: SceneFinding, rng: Random) -> str:
    words = w.GRADES if finding.name in ROUND else w.AMOUNTS
    grade, severity = rng.choice(words[finding.grade]), w.SEVERITIES[finding.grade]
    size = f"{finding.size:g} mm" if rng.random() < 0.5 else f"{round(finding.size / 10, 2):g} cm"
    look = rng.choice(w.LOOKS[finding.attribute]) if finding.attribute else ""
    slots = {"side": finding.side, "place": finding.place, "grade": grade, "severity": severity}
    slots |= {"adverb": f"{severity}ly", "size": size, "look": look}
    return template.format(**slots, **{k.capitalize(): v.capitalize() for k, v in slots.items()})


def told(finding: SceneFinding) -> list[str]:
    """What can be told of a finding beyond side and place."""
    return [d for d in w.STATEMENTS[finding.name] if d != w.LOOK or finding.attribute]


def state(finding: SceneFinding, rng: Random, detail: str = "") -> str:
    """A sentence that affirms a finding and tells ``detail`` of it."""
    return _fill(rng.choice(w.STATEMENTS[finding.name][detail or rng.choice(told(finding))]), finding, rng)


def _acquired(modality: str, view: str, rng: Random) -> str:
    view = rng.choice(w.VIEWS[view])
    return rng.choice(w.ACQUISITIONS).format(modality=modality, view=view, Modality=modality[0].upper() + modality[1:])


def draft(scene: Scene, rng: Random) -> Draft:
    """A right answer: acquisition, every finding, every finding of the region that is not there."""
    lines = [Line(state(f, rng), f.name) for f in scene.findings]
    absent = [k.name for k in kinds_of(scene.modality) if not scene.of(k.name)]
    lines += [Line(rng.choice(w.DENIALS[name]), name) for name in absent]
    rng.shuffle(lines)
    first = _acquired(rng.choice(w.MODALITIES[scene.modality]), scene.view, rng)
    return Draft((Line(first, ACQUISITION), *lines))


def _single(scene: Scene, rng: Random) -> list[SceneFinding]:
    """Findings whose name occurs once, so that what is said of them can be about nothing else."""
    found = [f for f in scene.findings if len(scene.of(f.name)) == 1]
    rng.shuffle(found)
    return found


def invent(scene: Scene, base: Draft, rng: Random) -> list[Draft]:
    """A finding that is not there, of the region and foreign to the phantoms."""
    made = []
    denied = [base.of(k.name) for k in kinds_of(scene.modality) if not scene.of(k.name)]
    if lines := [line for line in denied if line]:
        line = rng.choice(lines)
        made.append(base.swap(line, state(_somewhere(line.about, rng), rng), "was denied by the reference"))
    foreign = rng.choice(w.FOREIGN[scene.modality])
    new = replace(base, lines=(*base.lines, Line(foreign, "foreign")), wrong=(*base.wrong, foreign))
    return [*made, replace(new, degree="reference is silent")]


def _somewhere(name: str, rng: Random) -> SceneFinding:
    kind = KINDS[name]
    size = rng.uniform(kind.smallest, kind.largest)
    return SceneFinding(
        name=name,
        side=rng.choice(("left", "right")) if kind.sided else "",
        place=rng.choice(kind.places) if kind.places else "",
        size=round(size) if kind.unit else round(size, 2),
    )


def omit(scene: Scene, base: Draft, rng: Random) -> list[Draft]:
    """A finding is not named at all."""
    named = [f for f in _single(scene, rng) if base.of(f.name)]
    return [replace(base.drop(f.name), degree="one finding", left_out=f.name) for f in named[:1]]


def deny(scene: Scene, base: Draft, rng: Random) -> list[Draft]:
    """A finding is denied."""
    for finding in _single(scene, rng):
        if line := base.of(finding.name):
            return [base.swap(line, rng.choice(w.DENIALS[finding.name]), "affirmed, then denied")]
    return []


def altering(change: Change, detail: str = "") -> Planter:
    """What plants a finding, that stands alone under its name, as another than it is, and tells ``detail`` of it."""

    def plant(scene: Scene, base: Draft, rng: Random) -> list[Draft]:
        for finding in _single(scene, rng):
            line, options = base.of(finding.name), change(finding, rng)
            if line and options and detail in (told(finding) if detail else [""]):
                return [base.swap(line, state(false, rng, detail or w.PLAIN), degree) for degree, false in options]
        return []

    return plant


def other_side(f: SceneFinding, rng: Random) -> Altered:
    """Left and right."""
    return [("left and right", replace(f, side="right" if f.side == "left" else "left"))] if f.side else []


def _other_place(f: SceneFinding, rng: Random) -> Altered:
    """Another zone or lobe of the same side."""
    others = [p for p in rng.sample(f.kind.places, len(f.kind.places)) if p != f.place]
    return [("another place", replace(f, place=p)) for p in others[:1]]


def _other_sizes(f: SceneFinding, rng: Random) -> Altered:
    """Larger or smaller by a factor."""
    if not f.kind.unit:
        return []
    by = [(x, x if rng.random() < 0.5 else 1 / x) for x in FACTORS]
    return [(f"factor {x:g}", replace(f, size=round(f.size * b, 0 if f.size * b >= 10 else 1))) for x, b in by]


def _other_grades(f: SceneFinding, rng: Random) -> Altered:
    """Small, moderate and large."""
    middle = (f.kind.limits[0] + f.kind.limits[1]) / 2
    sizes, at = (f.kind.smallest, middle, f.kind.largest), STEPS.index(f.grade)
    degrees = {1: "by one step", 2: "by two steps"}
    return [(degrees[abs(at - n)], replace(f, size=sizes[n])) for n in range(len(STEPS)) if n != at]


def _other_look(f: SceneFinding, rng: Random) -> Altered:
    """Another enhancement."""
    others = [a for a in rng.sample(f.kind.attributes, 3) if a != f.attribute] if f.attribute else []
    return [("another enhancement", replace(f, attribute=a)) for a in others[:1]]


move, resize, regrade = altering(_other_place), altering(_other_sizes, w.SIZE), altering(_other_grades, w.GRADE)


def misname(scene: Scene, base: Draft, rng: Random) -> list[Draft]:
    """Another modality, and another view."""
    line = base.of(ACQUISITION)
    if not line:
        return []
    other = next(v for v in VIEWS[scene.modality] if v != scene.view)
    right, wrong = (rng.choice(m[scene.modality]) for m in (w.MODALITIES, w.WRONG_MODALITIES))
    return [
        base.swap(line, _acquired(wrong, scene.view, rng), "another modality"),
        base.swap(line, _acquired(right, other, rng), "another view"),
    ]


PLANTERS: dict[str, Planter] = {
    "object invented": invent,
    "object omitted": omit,
    "presence flipped": deny,
    "side swapped": altering(other_side),
    "place changed": move,
    "size changed": resize,
    "grade changed": regrade,
    "attribute changed": altering(_other_look, w.LOOK),
    "acquisition changed": misname,
}


def answers(scene: Scene, seed: int) -> Iterator[Put]:
    """Right and wrong answers about one scene: every kind and degree that it allows, and several at once."""
    rng = Random(f"{seed} {scene.key}")
    about = partial(Put, cluster=scene.key, reference=facts_of(scene))

    def wrong(draft: Draft, kind: str) -> Put:
        put = about(answer=draft.text, kind=kind, degree=draft.degree)
        return replace(put, planted=draft.wrong, left_out=draft.left_out)

    plain = [line.text for line in draft(scene, rng).lines]
    yield about(answer=" ".join(plain), degree="as worded")
    yield about(answer=" ".join(reordered(plain, rng)), degree="other order")
    yield about(answer=" ".join(reworded(plain, rng)), degree="other words and units")
    for kind, plant in PLANTERS.items():
        for made in plant(scene, draft(scene, rng), rng):
            yield wrong(made, kind)
    if several := _several(scene, rng):
        yield wrong(several, "several at once")
    yield from _courses(scene, rng)
    yield from _twins(scene, rng)


def _several(scene: Scene, rng: Random) -> Draft | None:
    """Two or three errors of different kinds in different sentences."""
    made, count = draft(scene, rng), 0
    for kind in rng.sample([k for k in PLANTERS if k != "object omitted"], len(PLANTERS) - 1):
        options = PLANTERS[kind](scene, made, rng) if count < 3 else []
        options = [o for o in options if o.degree != "factor 1.1"]
        if options:
            made, count = rng.choice(options), count + 1
    return replace(made, degree=f"{count} errors") if count > 1 else None


def _named(finding: SceneFinding) -> str:
    return w.NAMES[finding.name].format(side=finding.side, place=finding.place)


def _courses(scene: Scene, rng: Random) -> Iterator[Put]:
    """A finding's course since the last examination: told as it was, then otherwise."""
    for finding in _single(scene, rng)[:1]:
        true = rng.choice(list(w.COURSES))
        known = tuple(
            replace(f, comparison=true) if f.finding == finding.name and f.presence == "present" else f
            for f in facts_of(scene)
        )
        for said in w.COURSES:
            text = f"The {_named(finding)} {rng.choice(w.COURSES[said])}."
            reversal = {said, true} == {"increased", "decreased"}
            degree = "reversed" if reversal else "new or not" if "new" in (said, true) else "changed or not"
            put = partial(Put, cluster=scene.key, reference=known, answer=text, complete=False)
            if said == true:
                yield put(degree="course told")
            else:
                yield put(kind="comparison changed", degree=degree, planted=(text,))


def _twins(scene: Scene, rng: Random) -> Iterator[Put]:
    """Two sentences that differ in a negation only: one right, one wrong."""
    kind = rng.choice(kinds_of(scene.modality))
    there = scene.of(kind.name)
    name = _named(rng.choice(there) if there else _somewhere(kind.name, rng))
    for word, says in (("a ", True), ("no ", False)):
        article = "" if says and kind.name in UNCOUNTED else word
        text = f"The images demonstrate {article}{name}."
        put = partial(Put, cluster=scene.key, reference=facts_of(scene), answer=text, complete=False)
        if bool(there) == says:
            yield put(degree="negation twin")
        else:
            yield put(kind="negation twin", degree="affirmed" if says else "denied", planted=(text,))
