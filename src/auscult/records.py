"""The four nouns (Case, Item, Answer, Score) and the plain values that pass between rooms.

Each row knows its parent by id. Ids are 24 hexadecimal digits of BLAKE2b over what a row *is*: tags, times, tokens,
cost and replies are never in an id.
"""

import base64
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Final, Literal

import orjson

AnswerType = Literal["yes_no", "choice", "number", "open", "report", "trace"]
Kind = Literal["hallucination", "non-hallucination", "question"]
Condition = Literal["with", "without", "wrong"]
AnswerStatus = Literal["ok", "unusable", "request_failed"]
ScoreStatus = Literal["ok", "unusable", "unread", "request_failed", "judge_unusable"]
Presence = Literal["present", "absent", "uncertain", "unmentioned"]
ADDED: Mapping[str, bool] = {"added": True}
"""Of a field that older tables have no column of: they are read as if it held its default."""

MAX_MISSING: Final = 0.05
"""Share of missing data above which a figure is withheld where nobody says otherwise."""


def digest(*parts: object) -> str:
    """The id of a row: 24 hexadecimal digits over the JSON of its parts (order of keys does not matter)."""
    raw = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(raw, digest_size=12).hexdigest()


def rank(*parts: object) -> int:
    """A number of 64 bits that orders, draws and tells apart: it depends on nothing but names."""
    return int.from_bytes(hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=8).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """One image of a case, by reference.

    Attributes:
        path: path relative to the folder of the item set.
        sha256: of the file's bytes; checked when the image is read.
        pixels: of the decoded pixels; for leakage and grouping only, never in an id.
        look: perceptual hash, see ``auscult.items.likeness``; likewise. Empty where images are not to be compared.
        width: in pixels.
        height: in pixels.
    """

    path: str
    sha256: str
    pixels: str = ""
    look: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A labelled box in pixels of the image it names, origin top left, ``x_max`` and ``y_max`` exclusive."""

    label: str
    x_min: float
    y_min: float
    x_max: float
    y_max: float
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One clinical statement that a text makes.

    Attributes:
        finding: canonical name (``pleural effusion``), see ``auscult.facts``.
        presence: present, absent or uncertain; never unmentioned: a text that is silent makes no statement.
        side: left, right, bilateral, midline or empty; the patient's.
        place: canonical place (``upper zone``, ``frontal lobe``), or empty.
        attributes: canonical descriptions, sorted (``large``, ``ring-enhancing``, ``calcified``).
        size_mm: greatest stated size in mm, or None.
        comparison: new, increased, decreased, unchanged, resolved, or empty.
        start: where the words of the finding begin in the text.
        end: where they end.
        sentence: number of the sentence in the text, from 0.
    """

    finding: str
    presence: Literal["present", "absent", "uncertain"]
    side: str = ""
    place: str = ""
    attributes: tuple[str, ...] = ()
    size_mm: float | None = None
    comparison: str = ""
    start: int = 0
    end: int = 0
    sentence: int = 0


STAGES = ("visual_recognition", "knowledge_recall", "reasoning")
"""The stages of a trace, in order (ClinHallu, arXiv 2606.14697)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """An answer in three stages.

    Attributes:
        visual_recognition: what is seen, without the question and without a diagnosis: it belongs to the case.
        knowledge_recall: what is known, without the image: it belongs to the question.
        reasoning: what follows from both, without the line of the answer.
        answer: the answer alone.
    """

    visual_recognition: str = ""
    knowledge_recall: str = ""
    reasoning: str = ""
    answer: str = ""

    @property
    def text(self) -> str:
        """As ClinHallu asks for it: three headed blocks, and the answer on the last line."""
        return (
            f"[Visual Recognition]\n{self.visual_recognition}\n"
            f"[Knowledge Recall]\n{self.knowledge_recall}\n"
            f"[Reasoning]\n{self.reasoning}\n[Answer] {self.answer}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One image study and what is known to be true of it.

    Attributes:
        id: hash of the image bytes and the source key, see ``case_id``.
        source: name of the data set.
        source_key: the data set's own name of the study.
        images: one or more images, in order; empty where the set is text only.
        annotation: caption or report, as published: what is said of the image, and nothing else.
        context: what was known or asked before the image was read, by section (indication, history, comparison,
            technique): never evidence of what the image shows.
        findings: finding → present, absent, uncertain or unmentioned. What is not named is unmentioned, never absent.
        boxes: labelled boxes.
        facts: what is known in structured form; where the case is ``exhaustive``, all that there is.
        tags: modality, anatomy, age group, site, ...
        group: patient, lesion or, where none is known, the pixels of the first image: what is resampled and split.
        group_kind: what ``group`` names: ``patient``, ``lesion``, ``study`` or ``image``.
        licence: licence of this study's images and texts.
        exhaustive: whether the annotation names everything that there is to name.
    """

    id: str
    source: str
    source_key: str
    images: tuple[ImageFile, ...] = ()
    annotation: str = ""
    context: dict[str, str] = field(default_factory=dict)
    findings: dict[str, Presence] = field(default_factory=dict)
    boxes: tuple[Box, ...] = ()
    facts: tuple[Fact, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    group: str = ""
    group_kind: str = "image"
    licence: str = ""
    exhaustive: bool = False


def case_id(image_sha256: Sequence[str], source: str, source_key: str) -> str:
    """Id of a case: its image bytes and its source key."""
    return digest("case", list(image_sha256), source, source_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question about one case, with its reference answer.

    Attributes:
        id: see ``item_id``.
        case_id: the case that is asked about.
        source_id: the question's own id in its data set.
        question: as published.
        reference: the right answer. yes_no: ``yes`` or ``no``; choice: the text of the right option; number: digits.
        answer_type: how the answer is scored.
        options: the options of a choice, in order.
        kind: hallucination, non-hallucination, or a plain question.
        category: nonexistent object, wrong attribute, ...; for plain questions the data set's question type.
        premise: the statement that the question takes for granted or asks to be confirmed.
        premise_form: polar, tag or presupposition; neutral for a twin that takes nothing for granted.
        twin: id of the neutral item about the same fact and image; empty where there is none.
        target: what a yes/no question asks about (a finding), for detection figures.
        unit: of a number.
        tolerance: greatest absolute error of a number that is still right, in ``unit``.
        paraphrase_group: questions that mean the same share this name; empty where none is known.
        split: train, validation or test; empty where the set is not split.
        duplicate_of: id of the first item of the image with the same question, options and reference, or with the same
            content in other words (``items.repeats``); empty for the first.
        evidence: words of the case's annotation, as they stand there, that the reference rests on; empty: not said.
        style: how question and answer are written (clinical, plain, brief, ...); empty: not said.
        difficulty: how hard it is (easy, medium, hard); empty: not said.
        tags: phrase type, question type, ...
        trace: how one gets to the reference in stages, and the reference as its answer; empty where none is known.
    """

    id: str
    case_id: str
    source_id: str
    question: str
    reference: str
    answer_type: AnswerType
    options: tuple[str, ...] = ()
    kind: Kind = "question"
    category: str = ""
    premise: str = ""
    premise_form: str = ""
    twin: str = ""
    target: str = ""
    unit: str = ""
    tolerance: float = 0.0
    paraphrase_group: str = ""
    split: str = ""
    duplicate_of: str = ""
    evidence: str = ""
    style: str = ""
    difficulty: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    trace: Trace = field(default=Trace(), metadata=ADDED)

    @property
    def asks_yes_no(self) -> bool:
        """Whether an answer to it begins with yes or no, as a rule: by its type, or by the form of its premise."""
        return self.answer_type == "yes_no" or self.premise_form in ("polar", "tag")


def item_id(case: str, question: str, options: Sequence[str], reference: str, source_id: str) -> str:
    """Id of an item: case, question, options, reference and the source's own question id."""
    return digest("item", case, question, list(options), reference, source_id)


@dataclass(frozen=True)
class Bounds:
    """What a number that a user gives may be, both ends included: ``Annotated[int, Bounds(1)]``."""

    least: float
    most: float | None = None

    def __str__(self) -> str:
        return f"{self.least:g} or more" if self.most is None else f"{self.least:g} to {self.most:g}"

    def hold(self, value: float) -> bool:
        """Whether a number lies between them and is finite."""
        return math.isfinite(value) and self.least <= value and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How an answer is decoded.

    Attributes:
        temperature: 0 is greedy.
        top_p: share of the probability that tokens are drawn from.
        max_tokens: most tokens of an answer.
        seed: sent to the model, where it takes one.
        stop: texts that end an answer.
    """

    temperature: Annotated[float, Bounds(0)] = 0.0
    top_p: Annotated[float, Bounds(0, 1)] = 1.0
    max_tokens: Annotated[int, Bounds(1)] = 256
    seed: int | None = None
    stop: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for keys and manifests."""
        return {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "stop": list(self.stop),
        }


@dataclass(frozen=True)
class Image:
    """An image in memory, as it is sent: read, hashed and encoded once for all calls that share it."""

    data: bytes
    mime: str
    sha256: str
    name: str = ""

    @cached_property
    def base64(self) -> str:
        """The bytes in base64, computed once."""
        return base64.b64encode(self.data).decode("ascii")

    @cached_property
    def data_url(self) -> str:
        """``data:`` URL, as OpenAI-compatible servers take it."""
        return f"data:{self.mime};base64,{self.base64}"

    @cached_property
    def data_url_json(self) -> bytes:
        """The ``data:`` URL as a JSON string, ready to be put into a request body."""
        return f'"{self.data_url}"'.encode("ascii")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: a role and its parts in order, texts and images."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[str | Image, ...]

    @property
    def text(self) -> str:
        """The text parts, joined by line breaks."""
        return "\n".join(p for p in self.parts if isinstance(p, str))

    @property
    def images(self) -> tuple[Image, ...]:
        """The image parts, in order."""
        return tuple(p for p in self.parts if isinstance(p, Image))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to a model.

    ``item`` and ``condition`` say what the call is about, for those that are not models (recorded answers, blind
    baselines) and for logs; they are never sent, and enter the key only where the model says that it ``knows_items``.
    """

    messages: tuple[Message, ...]
    decoding: Decoding = Decoding()
    schema: str = ""
    repeat: int = 0
    item: Item | None = None
    condition: Condition = "with"

    @property
    def images(self) -> tuple[Image, ...]:
        """All images of all messages, in order."""
        return tuple(i for m in self.messages for i in m.images)

    def key(self, identity: str, knows_items: bool = False) -> str:
        """The journal key: 32 hex digits over model identity, messages, image hashes, decoding, schema, repeat."""
        turns = [[m.role, [p if isinstance(p, str) else ["image", p.sha256] for p in m.parts]] for m in self.messages]
        about = [self.item.id, self.condition] if knows_items and self.item else []
        d = self.decoding
        how = [d.temperature, d.top_p, d.max_tokens, d.seed, d.stop]
        raw = orjson.dumps([identity, turns, how, self.schema, self.repeat, about])
        return hashlib.blake2b(raw, digest_size=16).hexdigest()


MOST_TOKENS = 10**9
"""A count of a reply beyond this was not counted: no model has such a context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back for one call.

    Attributes:
        text: the reply; empty where the call failed.
        finish: stop, length, content_filter, or empty where the server does not say.
        tokens_in: as the server counted them; 0 where it does not say.
        tokens_out: likewise.
        seconds: of the last attempt.
        attempts: how often it was asked, the last time included.
        failure: empty, or the kind of failure: timeout, rate_limited, server_error, bad_reply, no_connection, rejected,
            not_recorded.
        detail: one line on the failure.
        revision: who the server says that it is of: the model's full name, a fingerprint; empty where it does not say.
        tokens_cached: of ``tokens_in``, those that were not computed anew.
        yes_margin: log P(yes) - log P(no) at the first token of the reply, natural logarithms, before temperature; P is
            summed over the spellings of the word (case, a blank before it). None where it is not known.
    """

    text: str = ""
    finish: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    attempts: int = 1
    failure: str = ""
    detail: str = ""
    revision: str = ""
    tokens_cached: int = 0
    yes_margin: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one model replied to one item under one protocol, or how it failed.

    ``status``: ``ok`` (there is a text; whether it is usable is the scorer's to say), ``unusable`` (empty, or withheld
    by a content filter: the model's own outcome), ``request_failed`` (missing data). What was shown: ``shown``, the
    hashes of the images that the question was put with (another case's under the condition ``wrong``); ``options`` in
    the order in which they stood; ``examples``, the ids of the items put before it; ``stages`` of a trace that the
    model was given. ``trace``: the whole text of an answer in stages, those that were given included; ``text`` is then
    the answer alone. ``images`` that the model drew are paths in the run folder. ``yes_margin``: of ``Reply``, where
    the item asks yes or no (``Item.asks_yes_no``); None where it is not known.
    """

    id: str
    item_id: str
    case_id: str
    model: str
    protocol: str
    condition: Condition = "with"
    shown: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    stages: dict[str, str] = field(default_factory=dict)
    repeat: int = 0
    status: AnswerStatus = "ok"
    text: str = ""
    images: tuple[str, ...] = ()
    failure: str = ""
    detail: str = ""
    finish: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    attempts: int = 0
    cost: float = 0.0
    trace: str = field(default="", metadata=ADDED)
    tokens_cached: int = field(default=0, metadata=ADDED)
    yes_margin: float | None = field(default=None, metadata=ADDED)


def answer_id(item: str, model: str, protocol: str, condition: str, decoding: Mapping[str, Any], repeat: int) -> str:
    """Id of an answer: item, model identity, protocol with version and image condition, decoding, repeat."""
    return digest("answer", item, model, protocol, condition, dict(decoding), repeat)


AT_MOST, SHARE_OF = "_at_most", "_of"
"""Endings of the names of values. ``x_at_most``: what ``x`` can be at most, where ``x`` is the least that it can be;
``x_of``: of how many things ``x`` is a share, where things count and not answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one scorer says of one answer: named values and an explanation, or why there is none.

    ``status``: ``ok``; ``unusable`` (the answer takes no position: the model's outcome, not correct); missing data are
    ``unread`` (it may take one, and the scorer cannot tell which), ``request_failed`` and ``judge_unusable``.
    ``parsed`` is what the scorer read from the answer.
    """

    id: str
    answer_id: str
    item_id: str
    case_id: str
    scorer: str
    version: str
    condition: Condition = "with"
    repeat: int = 0
    status: ScoreStatus = "ok"
    parsed: str = ""
    values: dict[str, float] = field(default_factory=dict)
    explanation: str = ""


def score_id(answer: str, scorer: str, version: str, repeat: int) -> str:
    """Id of a score: answer, scorer and version, repeat."""
    return digest("score", answer, scorer, version, repeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One named value of an instrument's scores: what it is called, its scale, and how its figure is made.

    Attributes:
        name: among the values of its Score rows.
        label: what people call it (``METEOR``, ``accuracy``), without direction; empty for the name with spaces.
        low: least possible value.
        high: greatest possible value; None where there is none.
        higher_is_better: which end is the good one.
        share: whether it is a share of one, shown in percent.
        estimator: how its figure is made of the rows. ``mean``; ``partial``: a range, where rows also have
            ``NAME_at_most`` or ``NAME_of``; ``powered``: design-weighted, since a plain mean of routed rows is biased;
            ``none``: no figure of its own (a helper, or in a unit that differs from item to item).
        silence: what an answer that says nothing gets. ``best``: silence makes nothing up, so that figures and
            comparisons take usable answers only; ``none``: its rows have no such value.
        headline: whether it stands among the first figures of its instrument.
        about: what it means, in one line for people.
    """

    name: str
    label: str = ""
    low: float = 0.0
    high: float | None = 1.0
    higher_is_better: bool = True
    share: bool = True
    estimator: Literal["mean", "partial", "powered", "none"] = "mean"
    silence: Literal["worst", "best", "none"] = "worst"
    headline: bool = True
    about: str = ""

    @property
    def title(self) -> str:
        """The label, or the name with spaces."""
        return self.label or self.name.replace("_", " ")

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest possible value; infinity where there is no greatest."""
        return self.low, math.inf if self.high is None else self.high

    @property
    def worst(self) -> float:
        """The bad end of the scale."""
        return self.bounds[not self.higher_is_better]

    @property
    def silent(self) -> float:
        """What an answer that says nothing gets."""
        return self.bounds[self.higher_is_better == (self.silence == "best")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What gives scores, declared in one place; every run keeps those that scored it in its manifest.

    Attributes:
        name: as in tables and on the command line.
        version: changes when any score can change; of a judge it holds the model and all that differs from the
            protocol's own.
        kind: a rule over the answer's text, a text metric, a judge (a model, or the fact checker in its place), the
            fact checker, the premise scorer, a cascade of checker and judge, or a model that reads what no rule could.
        values: of its rows, the one that stands for it first.
        source: citation.
        about: one line for tables: whose implementation it equals, or protocol and model.
        answer_types: the items that it applies to.
        conditions: the image conditions whose answers it scores.
        leads: the answer types whose headline it is.
        published: the system whose rule it reproduces; such a one stands beside the sound one, off the headline.
        on_headline: whether its figures stand among the first ones (``headline``); None: those of this package do,
            those of others where the user names them.
        judge: identity of the model that judged; empty where none did.
        notes: what must be read with its figures.
        reads_class: whether ``parsed`` says how it took a closed answer: yes, no, unclear, or the option.
    """

    name: str
    version: str
    kind: Literal["rule", "text", "judge", "facts", "premise", "cascade", "reader"]
    values: tuple[Value, ...]
    source: str = ""
    about: str = ""
    answer_types: frozenset[AnswerType] = frozenset({"open", "report"})
    conditions: frozenset[Condition] = frozenset({"with", "without", "wrong"})
    leads: frozenset[AnswerType] = frozenset()
    published: str = ""
    on_headline: bool | None = None
    judge: str = ""
    notes: tuple[str, ...] = ()
    reads_class: bool = False

    @property
    def id(self) -> str:
        """``name@version``, as in the rows of scores and in estimates."""
        return f"{self.name}@{self.version}"

    @property
    def headline(self) -> bool:
        """Whether its figures stand among the first ones; those of a published rule stand beside them."""
        return not self.published if self.on_headline is None else self.on_headline

    @property
    def primary(self) -> Value:
        """The value that stands for it."""
        return self.values[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its values."""
        return tuple(v.name for v in self.values)

    @property
    def shown(self) -> tuple[Value, ...]:
        """The values that stand among its first figures."""
        return tuple(v for v in self.values if v.headline)

    @property
    def bounds(self) -> tuple[float, float]:
        """The scale of its primary value."""
        return self.primary.bounds

    def value(self, name: str) -> Value | None:
        """The declaration of one of its values; None where it has none of that name."""
        return next((v for v in self.values if v.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its n, its interval and its instrument.

    Attributes:
        name: what is estimated, for example ``accuracy``.
        value: the primary figure; None where it is withheld.
        low: lower limit of the interval, with all that is missing where it makes the figure least; None where there is
            none. Where the value is withheld, the limits stand alone.
        high: upper limit, likewise; None beside a ``low`` where what is missing has no greatest value.
        level: confidence level.
        n: items in the denominator.
        clusters: independent units (images, patients) among them.
        unit: what a cluster is.
        method: of the interval, for example ``cluster t on the logit scale``.
        variance: which variance the interval holds: items, images, decoding, judge.
        instrument: scorer or metric with its version.
        missing: requests failed, judge unusable or answers unread: not in ``n``.
        unread: of these, answers that the instrument could not read.
        unjudged: of these, answers that a judge gave no verdict on.
        unusable: answers that take no position (empty, refused, no language): in ``n``, as not correct.
        worst: the figure if every missing one were the worst; None without missing ones.
        best: the figure if every missing one were the best.
        usable_value: the figure among usable answers.
        coverage: share of ``n`` that was usable; with several samples, of the items without a failed one.
        p_value: of the difference from zero, for comparisons.
        withheld: why there is no value, or empty.
        note: why the interval should be read with care, or empty.
        decided: usable items whose value is known exactly, where that of others is not; None where there is none such.
            Without a value, ``worst`` and ``best`` are then the ends of what the figure can be (``span``).
    """

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int = 0
    clusters: int = 0
    unit: str = "image"
    method: str = ""
    variance: tuple[str, ...] = ("items", "images")
    instrument: str = ""
    missing: int = 0
    unread: int = 0
    unjudged: int = 0
    unusable: int = 0
    worst: float | None = None
    best: float | None = None
    usable_value: float | None = None
    coverage: float | None = None
    p_value: float | None = None
    withheld: str = ""
    note: str = ""
    decided: int | None = None

    @property
    def alone(self) -> tuple[float, float | None] | None:
        """The limits that stand alone, where the value is withheld; the upper one None where there is none."""
        if self.value is not None or not self.withheld or self.low is None:
            return None
        return self.low, self.high

    @property
    def span(self) -> tuple[float, float] | None:
        """Least and greatest possible value, where the figure is given by these alone."""
        if self.value is not None or self.withheld or self.worst is None or self.best is None:
            return None
        return min(self.worst, self.best), max(self.worst, self.best)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The two-image canary: passed, failed, inconclusive, skipped, or not_applicable."""

    status: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An instrument, put to the test on known truth.

    Attributes:
        instrument: name and version of what was tested.
        subject: on what it was tested, in words.
        passed: whether it holds what it claims; None where it claims nothing.
        figures: one row a cell of the test, plain values.
        summary: one sentence for the report.
        created: ISO time.
        package: version of this package.
        verdicts: what it said where the truth is known, plain values, for whoever frees figures of its errors; empty
            where nobody does.
    """

    instrument: str
    subject: str
    passed: bool | None
    figures: tuple[dict[str, Any], ...]
    summary: str
    created: str = ""
    package: str = ""
    verdicts: tuple[dict[str, Any], ...] = ()
