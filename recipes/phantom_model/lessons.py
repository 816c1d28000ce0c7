"""What the model is taught about an image: questions with truthful answers, texts, and traces in three stages.

Neutral and polar questions are balanced: each claim is asked as often where it holds as where it does not. Questions
that assert or presuppose something are taught with true premises only, as the data that real models learn from mostly
do: that is why the model goes along with false ones.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auscult.construction.claims import Claim, Known, known_of_facts, stated
from auscult.construction.knowledge import KNOWLEDGE_FORMS, ask_knowledge, statements
from auscult.construction.lexicon import lexicon
from auscult.construction.wordings import PHRASINGS, Form, ask
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import KINDS, VIEWS, Scene, SceneFinding, Split
from auscult.phantoms.texts import HELD_OUT, MODALITY_NAMES, caption, facts_of, report
from auscult.phantoms.traces import mistakable, trace
from auscult.protocols.direct import question_text
from auscult.protocols.stages import stages_text, under_headers
from auscult.records import STAGES, AnswerType, Item, Trace

REGIONS = {"chest radiograph": "chest", "brain MR": "brain", "abdominal CT": "abdomen"}
TRUE_ONLY: tuple[Form, ...] = ("tag", "presupposition")
TRUE = 1.3
"""Weight of claims that hold: images that show much, on which they hold, have more claims to choose from."""
BLIND = 0.03
"""Share of questions that are put without the image: what is answered then is what is usual."""
OTHERS = 500_000_000
"""Where the scenes begin whose stages are given about another image; as many are drawn from."""
CHOSEN, SIZED = 0.15, 0.1
"""Shares of traces that answer a question with options, and of the others that answer one for a size."""
FORMS: tuple[Form, ...] = ("neutral", "neutral", "neutral", "neutral", "neutral", "polar", "tag", "presupposition")
"""Of questions that are answered in stages, the same to choose from."""
MISTAKEN = 0.25
"""Share of continued traces whose knowledge takes the sign of one finding for that of another."""
MOST_TRIES = 50
SURVEYED = 3000
"""Scenes from which it is learnt how often each claim holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How often what is taught.

    Attributes:
        presence: weight of claims that a finding is there, beside 1 for those on its side, place, grade and look.
        image: weight of claims on modality, view and region.
        elsewhere: weight of claims on properties of findings that are not there, beside those of findings that are.
        suffixed: share of questions put with the direct protocol's sentence on the form of the answer.
        report: reports an image.
        trace: traces, whole or continued, an image.
        continued: share of these that are continued.
        contrary: share of continued traces whose given stages lead to another answer than the image.
        unseen: share of continued traces that are put without the image.
        relation: questions on the sides of two findings, an image that shows both, beside those drawn like all others.
        caption: captions an image.
        knowledge: statements about medicine an image.
        choice: questions with options an image.
        size: questions for a size an image.
        forms: polar, tag and presupposing questions an image.
        harder: statements and findings whose claims are made more often, and how much.
    """

    presence: float = 3.0
    image: float = 0.4
    elsewhere: float = 0.2
    suffixed: float = 0.4
    report: float = 0.17
    trace: float = 0.33
    continued: float = 0.5
    contrary: float = 0.0
    unseen: float = 0.1
    relation: float = 1.0
    caption: float = 0.4
    knowledge: float = 1.0
    choice: float = 1.0
    size: float = 1.0
    forms: tuple[tuple[Form, float], ...] = (("polar", 2.0), ("tag", 1.0), ("presupposition", 2.0))
    harder: tuple[tuple[str, float], ...] = ()


HARDER = (("relation", 2.5), ("attribute", 1.5), ("lung nodule", 1.8), ("consolidation", 1.4))
"""What was learnt worst by a model that was taught all alike."""
FIRST = Mix()
"""At first what is there at all; later where and how large; in the end texts, and what takes things for granted."""
LATER = Mix(
    presence=0.5,
    image=0.15,
    elsewhere=0.1,
    suffixed=0.25,
    trace=1.0,
    relation=2.0,
    knowledge=0.3,
    choice=0.5,
    size=0.5,
    forms=(("polar", 2.0), ("tag", 0.5), ("presupposition", 1.0)),
    harder=HARDER,
)
LAST = Mix(
    presence=0.5,
    image=0.15,
    elsewhere=0.1,
    report=0.7,
    trace=2.0,
    relation=2.0,
    caption=0.5,
    knowledge=0.5,
    choice=0.3,
    size=0.5,
    forms=(("polar", 1.0), ("tag", 2.0), ("presupposition", 2.0)),
    harder=HARDER,
)

AGAIN = replace(
    LAST, presence=1.5, trace=2.5, report=0.4, forms=(("polar", 1.0), ("tag", 1.0), ("presupposition", 1.0))
)
"""Once more, what had been learnt worst: traces, and of these what is not there."""
FOLLOWING = replace(AGAIN, trace=4.0, continued=0.7, contrary=0.6, unseen=0.25)
"""In the end, that what is given is followed: where it agrees with the image, the image is read instead."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A prompt about an image and what is to be said.

    Attributes:
        prompt: the user's words.
        answer: the model's.
        kind: of lesson: a form of question, ``describe``, ``report``, ``trace``, ...
        target: the finding asked about, or ``modality``, ``view``; empty for texts.
        truth: whether the claim that is asked about holds, for yes/no questions.
        blind: whether it is put without the image.
        statement: what the claim says: presence, side, ...
        seen: what is so of the finding asked about and what is said of it, see ``looks``; empty for other questions and
            where there is no image.
        decisive: where in the answer the words begin that decide it: the first of a short one; of a trace the
            conclusion and the answer.
        given: stages of a trace that the prompt holds, under their headers.
    """

    prompt: str
    answer: str
    kind: str
    target: str = ""
    truth: bool | None = None
    blind: bool = False
    statement: str = ""
    seen: tuple[float, ...] = ()
    decisive: tuple[int, ...] = ()
    given: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim on an image with its truth; ``there`` says whether what it is about is there, or is the image itself."""

    claim: Claim
    truth: bool
    there: bool


def known_of(scene: Scene) -> Known:
    """All that is known of a scene, as the item builder keeps it."""
    return known_of_facts(facts_of(scene), region=REGIONS[scene.modality])


def candidates(scene: Scene, known: Known) -> list[Candidate]:
    """Every claim that the lessons make of a scene: those of the items, and properties of findings that are absent."""
    found = [Candidate(s.claim, s.truth, True) for s in stated(known, scene.key) if s.truth is not None]
    for name, there in known.presence.items():
        if there:
            continue
        for (statement, _), values in lexicon().properties(name):
            if statement in ("side", "place", "grade", "attribute") and _taught(name, statement):
                found.extend(Candidate(Claim(statement, name, value), False, False) for value in values)
    return found


def _taught(name: str, statement: str) -> bool:
    kind = KINDS[name]
    return {"side": kind.sided, "place": bool(kind.places), "attribute": bool(kind.attributes)}.get(statement, True)


LOOKS = 30


def looks(scene: Scene, name: str, said: Iterable[str], other: str = "") -> tuple[float, ...]:
    """What is so of a finding, then what the question says of it, twelve each; then of a second one, three each.

    The twelve are: there, left, right, small, moderate, large, up to three places and up to three attributes; 1 where a
    finding of that name has it, or where the question names it. The second finding: there, left, right; named at all,
    on the same side, on the opposite side.

    Args:
        scene: what is asked about.
        name: of the finding.
        said: side, grade, places, attributes or relation that the question names.
        other: the second finding of a relation.

    Returns:
        Empty where ``name`` is no finding of phantoms.
    """
    if name not in KINDS:
        return ()
    kind, found = KINDS[name], scene.of(name)
    named = set(said)
    has = {word for f in found for word in (f.side, f.grade, f.place, f.attribute)}
    places, attributes = ((*words, "", "", "")[:3] for words in (kind.places, kind.attributes))
    words = ("left", "right", "small", "moderate", "large", *places, *attributes)
    so = [float(bool(word) and word in has) for word in words]
    second = {f.side for f in scene.of(other)} if other else set()
    related = [float(r in named) for r in lexicon().values["relation"]] if other else [0.0, 0.0]
    return (
        float(bool(found)),
        *so,
        1.0,
        *(float(bool(word) and word in named) for word in words),
        float(bool(second)),
        float("left" in second),
        float("right" in second),
        float(bool(other)),
        *related,
    )


@cache
def prevalence(split: Split = "train", scenes: int = SURVEYED) -> dict[tuple[str, bool], float]:
    """How often a claim holds where it is made: (claim's name, finding is there) → share."""
    made: Counter[tuple[str, bool]] = Counter()
    true: Counter[tuple[str, bool]] = Counter()
    for seed in range(scenes):
        scene = draw_scene(seed, split)
        for c in candidates(scene, known_of(scene)):
            made[c.claim.name, c.there] += 1
            true[c.claim.name, c.there] += c.truth
    return {key: true[key] / made[key] for key in made}


def weights(found: Sequence[Candidate], mix: Mix) -> NDArray[np.float64]:
    """Chances that make each claim as often true as false, and claims on each property of each finding as frequent."""
    shares, harder = prevalence(), dict(mix.harder)
    values = Counter((c.claim.about, c.there) for c in found)
    out: NDArray[np.float64] = np.empty(len(found))
    for i, c in enumerate(found):
        share = shares.get((c.claim.name, c.there), 0.0)
        spread = max(share * (1 - share), 0.04) ** 0.5
        chance = (TRUE * (1 - share) if c.truth else max(share, 0.1)) / spread
        rare = mix.presence if c.claim.statement == "presence" else 1.0 if c.claim.finding else mix.image
        rare *= harder.get(c.claim.statement, 1.0) * harder.get(c.claim.finding, 1.0)
        out[i] = chance * rare * (1.0 if c.there else mix.elsewhere) / values[c.claim.about, c.there] ** 0.5
    out /= out.sum()
    return out


def put(question: str, answer_type: AnswerType, options: tuple[str, ...] = (), unit: str = "") -> str:
    """A question as the direct protocol puts it."""
    return question_text(_item(question, answer_type, options, unit))


def _item(question: str, answer_type: AnswerType, options: tuple[str, ...] = (), unit: str = "") -> Item:
    return Item(
        id="",
        case_id="",
        source_id="",
        question=question,
        reference="",
        answer_type=answer_type,
        options=options,
        unit=unit,
    )


class Teacher:
    """Makes the lessons of a scene.

    Args:
        scene: what the image shows.
        random: chooses among what could be taught.
        mix: how often what is taught.
    """

    def __init__(self, scene: Scene, random: np.random.Generator, mix: Mix = FIRST) -> None:
        self._scene, self._random, self._mix = scene, random, mix
        self._known = known_of(scene)
        self._found = candidates(scene, self._known)
        self._weights = weights(self._found, mix)
        true = [i for i, c in enumerate(self._found) if c.truth]
        self._true = true, self._weights[true] / self._weights[true].sum()

    def lessons(self, room: int) -> Iterator[Lesson]:
        """Lessons in order of importance: a text or none, a sentence, questions of every kind, neutral ones to the end.

        Args:
            room: how many lessons at most.
        """
        mix, made = self._mix, 0
        makers: list[tuple[float, Callable[[], Lesson | None]]] = [
            (mix.report, self.report),
            (mix.trace, self._staged),
            (mix.caption, self.description),
            (mix.knowledge, self.knowledge),
            (mix.choice, self.choice),
            (mix.size, self.measurement),
            (mix.relation, self.relation),
        ]
        makers += [(often, partial(self.question, form)) for form, often in mix.forms]
        for often, make in makers:
            for _ in range(int(often) + (self._random.random() < often % 1)):
                lesson = make()
                if lesson:
                    yield lesson
                    made += 1
        for _ in range(room - made):
            lesson = self.question("neutral")
            if lesson:
                yield lesson

    def question(self, form: Form) -> Lesson | None:
        """A question in a form; of a claim that holds where the form asserts it. None where nothing can be asked so."""
        if form in TRUE_ONLY:
            return self._asked(
                form, self._found[self._true[0][int(self._random.choice(len(self._true[0]), p=self._true[1]))]]
            )
        return self._asked(form, self._drawn())

    def relation(self) -> Lesson | None:
        """A neutral question on the sides of two findings; None where no two are there that have sides."""
        two = [c for c in self._found if c.claim.statement == "relation"]
        return self._asked("neutral", two[self._below(len(two))]) if two else None

    def _drawn(self) -> Candidate:
        return self._found[int(self._random.choice(len(self._found), p=self._weights))]

    def _asked(self, form: Form, c: Candidate) -> Lesson | None:
        # A neutral question that is denied gets a plain denial: the scorer of yes and no reads nothing else in it.
        known = self._known if c.truth or form != "neutral" else Known(measured=True)
        asked = ask(c.claim, form, self._below(PHRASINGS), known, true=c.truth)
        if asked is None:
            return None
        how: AnswerType = "yes_no" if form == "neutral" else "open"
        prompt = put(asked.text, how) if self._random.random() < self._mix.suffixed else asked.text
        target = c.claim.finding or c.claim.statement
        truth = None if form == "presupposition" else c.truth
        blind = bool(self._random.random() < BLIND)
        seen = () if blind else looks(self._scene, c.claim.finding, (c.claim.value,), c.claim.other)
        return Lesson(prompt, asked.answer, form, target, truth, blind, c.claim.statement, seen)

    def knowledge(self) -> Lesson:
        """A statement about medicine: true or false where it is asked for, true where it is asserted."""
        of_region = statements(self._known.region)
        statement = of_region[self._below(len(of_region))]
        form = KNOWLEDGE_FORMS[self._below(len(KNOWLEDGE_FORMS))]
        true = form in TRUE_ONLY or bool(self._below(2))
        asked = ask_knowledge(statement, true, form, self._below(PHRASINGS))
        prompt = put(asked.text, "open") if self._random.random() < self._mix.suffixed else asked.text
        return Lesson(prompt, asked.answer, f"knowledge {form}", statement.topic, true)

    def choice(self) -> Lesson:
        """A question with options, as the corpus of phantoms asks it: modality, view, side or place."""
        question, answer, options, target = self._choice()
        seen = looks(self._scene, target, ())
        return Lesson(put(question, "choice", options), answer, "choice", target, seen=seen)

    def _choice(self) -> tuple[str, str, tuple[str, ...], str]:
        """Question, right answer, options, and the finding or what else is asked about."""
        scene, words = self._scene, asks()["choice"]
        made = [(words["modality"], MODALITY_NAMES[scene.modality], tuple(MODALITY_NAMES.values()), "modality")]
        made.append((words["view"], scene.view, VIEWS[scene.modality], "view"))
        for found in self._single():
            question = words["shift" if found.name == "midline shift" else "side"].format(finding=found.name)
            if found.side:
                made.append((question, found.side, ("left", "right"), found.name))
            if found.place:
                made.append((words["place"].format(finding=found.name), found.place, found.kind.places, found.name))
        question, right, options, target = made[self._below(len(made))]
        return question, f"{ascii_uppercase[options.index(right)]}. {right}", options, target

    def measurement(self) -> Lesson | None:
        """The size of a finding in mm, as the corpus of phantoms asks for it; None where there is none to measure."""
        if not (size := self._size()):
            return None
        question, answer, found = size
        seen = looks(self._scene, found.name, (found.side, found.place))
        return Lesson(put(question, "number", unit="mm"), answer, "size", found.name, seen=seen)

    def _size(self) -> tuple[str, str, SceneFinding] | None:
        """Question for a size, right answer, and what is measured; None where there is nothing to measure."""
        measured = [f for f in self._scene.findings if f.kind.unit == "mm"]
        if not measured:
            return None
        found, words = measured[self._below(len(measured))], asks()["size"]
        described = " ".join(filter(None, (found.side, found.name, found.place and f"in the {found.place}")))
        name = "shift" if found.name == "midline shift" else "other"
        question = words[name].format(measure=found.kind.measure, described=described, side=found.side)
        return question, f"{found.size:g} mm", found

    def _single(self) -> list[SceneFinding]:
        return [f for f in self._scene.findings if len(self._scene.of(f.name)) == 1]

    def description(self) -> Lesson:
        """One sentence on the image."""
        return Lesson(self._asks("describe"), caption(self._scene, self._wording()), "describe")

    def report(self) -> Lesson:
        """The whole report."""
        return Lesson(self._asks("report"), report(self._scene, self._wording()), "report")

    def trace(self) -> Lesson:
        """A question answered in three stages."""
        made = self._trace()
        return self._in_stages("trace", made, 0, looks(self._scene, *made.looked))

    def continuation(self) -> Lesson:
        """The same with the first stage, or the first two, given and the others to be written.

        Half of the time what is given was seen on another image, or takes the sign of one finding for that of another:
        what follows then follows from it. Now and then there is no image at all.
        """
        blind = bool(self._random.random() < self._mix.unseen)
        if self._random.random() < self._mix.contrary:
            stage = "knowledge_recall" if self._random.random() < MISTAKEN else "visual_recognition"
            if misled := self.misled(stage):
                return replace(misled, blind=blind)
        if self._random.random() < MISTAKEN and (made := self._mistaken()):
            return self._in_stages("continue", made, 2, (), blind)
        of = self if self._below(2) else self._other()
        made = of._trace()
        return self._in_stages("continue", made, 1 + self._below(2), looks(of._scene, *made.looked), blind)

    def _staged(self) -> Lesson:
        return self.continuation() if self._random.random() < self._mix.continued else self.trace()

    def misled(self, stage: str) -> Lesson | None:
        """A trace to be continued from a stage that leads to another answer than the image; None where none is found.

        Args:
            stage: ``visual_recognition``, which is of another image, or ``knowledge_recall``, which takes the sign of
                one finding for that of another.
        """
        if stage == "knowledge_recall":
            made = self._mistaken()
            return made and self._in_stages("continue", made, 2, ())
        for _ in range(MOST_TRIES):
            made = self._other()._trace()
            if made.claim and made.truth is not None and self._known.truth(made.claim) is (not made.truth):
                return self._in_stages("continue", made, 1 + self._below(2), ())
        return None

    def _other(self) -> "Teacher":
        """Of another scene of the same modality."""
        while True:
            scene = draw_scene(OTHERS + self._below(OTHERS), "train")
            if scene.modality == self._scene.modality:
                return Teacher(scene, self._random, self._mix)

    def _in_stages(self, kind: str, made: "_Made", given: int, seen: tuple[float, ...], blind: bool = False) -> Lesson:
        """As the staged protocol asks, with so many stages given."""
        finished = {stage: getattr(made.trace, stage) for stage in STAGES[:given]}
        answer = made.trace.text
        answer = answer[answer.index(_HEADERS[given]) :]
        decisive = tuple(answer.rindex(mark) + len(mark) for mark in (f"{_HEADERS[2]}\n", "[Answer] "))
        prompt, under = stages_text(made.item, finished), under_headers(finished)
        return Lesson(prompt, answer, kind, made.target, made.truth, blind, "", seen, decisive, under)

    def _trace(self) -> "_Made":
        if self._random.random() < CHOSEN:
            question, answer, options, target = self._choice()
            made = trace(self._scene, target, answer, self._wording())
            return _Made(_item(question, "choice", options), made, target, None, (target, (), ""))
        if self._random.random() < SIZED and (size := self._size()):
            question, answer, found = size
            made = trace(self._scene, found.name, answer, self._wording())
            looked = (found.name, (found.side, found.place), "")
            return _Made(_item(question, "number", unit="mm"), made, found.name, None, looked)
        form = FORMS[self._below(len(FORMS))]
        while True:
            c = self._drawn()
            target = c.claim.finding or c.claim.statement
            told = target in self._known.presence or target in ("modality", "view")
            if c.there and told and (c.truth or form not in TRUE_ONLY):
                break
        asked = ask(c.claim, form, self._below(PHRASINGS), self._known, true=c.truth)
        if asked is None:
            return self._trace()
        answer = asked.answer if form != "neutral" else "yes" if c.truth else "no"
        made = trace(self._scene, target, answer, self._wording(), c.claim.other)
        looked = (c.claim.finding, (c.claim.value,), c.claim.other)
        item = _item(asked.text, "yes_no" if form == "neutral" else "open")
        return _Made(item, made, target, c.truth if form == "neutral" else None, looked, c.claim)

    def _mistaken(self) -> "_Made | None":
        """Whether a finding is there, with the sign of another one for its own; None where that changes nothing."""
        there = self._known.presence
        pairs = [
            (c, taken)
            for c in self._found
            if c.claim.statement == "presence" and c.claim.finding in there
            for taken in mistakable(c.claim.finding)
            if bool(self._scene.of(taken)) != bool(self._scene.of(c.claim.finding))
        ]
        if not pairs:
            return None
        c, taken = pairs[self._below(len(pairs))]
        asked = ask(c.claim, "neutral", self._below(PHRASINGS), self._known, true=c.truth)
        assert asked is not None
        truth, name = bool(self._scene.of(taken)), c.claim.finding
        made = trace(self._scene, name, "yes" if truth else "no", self._wording(), taken=taken)
        return _Made(_item(asked.text, "yes_no"), made, name, truth, (name, (), ""), c.claim)

    def _asks(self, name: str) -> str:
        choices = asks()["text"][name]
        return str(choices[self._below(len(choices))])

    def _wording(self) -> int:
        return self._below(HELD_OUT)

    def _below(self, end: int) -> int:
        return int(self._random.integers(end))


_HEADERS = ("[Visual Recognition]", "[Knowledge Recall]", "[Reasoning]")


@dataclass(frozen=True, slots=True)
class _Made:
    """A question with its trace; ``looked``: finding, words and second finding as ``looks`` takes them."""

    item: Item
    trace: Trace
    target: str
    truth: bool | None
    looked: tuple[str, tuple[str, ...], str]
    claim: Claim | None = None


@cache
def asks() -> dict[str, Any]:
    """The wordings of ``asks.toml``."""
    table: dict[str, Any] = tomllib.loads(Path(__file__).with_name("asks.toml").read_text("utf-8"))
    return table
