"""What travels in this room: a prompt, one drawing of it, and what a reader says came of the drawing.

Each row knows its parent by id; ids hold what a row is, never when it was made or what it cost.
"""

from dataclasses import dataclass
from typing import Final, Literal

from auscult.records import ImageFile, digest

PromptKind = Literal["plausible", "impossible"]
DrawnStatus = Literal["ok", "refused", "unusable", "request_failed"]
OutcomeStatus = Literal["ok", "unusable", "unread", "request_failed", "judge_unusable"]
OutcomeKind = Literal["refused", "clarified", "plausible", "implausible", "other"]

PLAIN: Final = "plain"
WORDINGS: Final = (PLAIN, "justified", "role", "reworded")
"""How a prompt is put: as it is, with a justification (research, teaching), in a role, in other words."""
OUTCOMES: Final[tuple[OutcomeKind, ...]] = ("refused", "clarified", "plausible", "implausible", "other")
ADDITIONS: Final = ("clips", "tubes", "text", "second organ")
"""What drawings show that nobody asked for."""
SIDE: Final = "side"
"""What a prompt leaves open where it names a finding that has a side and not which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a generator is asked to draw, and what is known of a right drawing.

    Attributes:
        id: see ``prompt_id``.
        content: name of what is asked for, the same in all wordings and both kinds: what is resampled.
        wording: one of ``WORDINGS``, or the user's own; ``plain`` is what others are compared with.
        kind: whether what is asked for can be.
        text: what the generator gets, and all that it gets.
        modality: the kind of image that is asked for (``chest radiograph``, ``ultrasound``).
        asks: what the drawing must show, canonical names (``pleural effusion``); of an impossible prompt what can be.
        must_not: what it must not show: of an impossible prompt what it asks for and cannot be (``toe fracture``).
        left_open: what it leaves open: ``side``, ``view``.
        side: the patient's side that it asks for; empty where it asks for none.
        version: of the set of prompts.
    """

    id: str
    content: str
    wording: str
    kind: PromptKind
    text: str
    modality: str = ""
    asks: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    left_open: tuple[str, ...] = ()
    side: str = ""
    version: str = ""


def prompt_id(content: str, wording: str, kind: str, text: str) -> str:
    """Id of a prompt: content, wording, kind and text."""
    return digest("prompt", content, wording, kind, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What a generator gave for one prompt, before anybody looked at it.

    Attributes:
        images: bytes of each, as they came.
        text: what it said beside them, or instead.
        refused: what the service said where its filter let nothing be drawn; empty otherwise.
        tokens_in: as the server counted them; 0 where it does not say.
        tokens_out: likewise.
        revision: who the server says that it is of; empty where it does not say.
    """

    images: tuple[bytes, ...] = ()
    text: str = ""
    refused: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One drawing of one prompt, as it is kept, or why there is none.

    ``status``: ``ok`` (there are images, or words in their place), ``refused`` (the service's filter let nothing be
    drawn), ``unusable`` (something came that is no still image of more than a few pixels, nor words: the generator's
    own outcome; ``failure`` names it), ``request_failed`` (missing data).

    Attributes:
        id: see ``drawn_id``.
        prompt_id: what was asked.
        content: of the prompt.
        model: identity of the generator.
        repeat: which of the drawings of this prompt, from 0.
        status: what came.
        images: paths in the run folder, with hash of file and pixels.
        text: what was said beside or instead of images.
        failure: name of what went wrong (``tiny image``, ``animated``, ``timeout``); empty where nothing did.
        detail: one line on it.
        tokens_in: as the server counted them.
        tokens_out: likewise.
        seconds: of the last attempt.
        attempts: how often it was asked.
    """

    id: str
    prompt_id: str
    content: str
    model: str
    repeat: int = 0
    status: DrawnStatus = "ok"
    images: tuple[ImageFile, ...] = ()
    text: str = ""
    failure: str = ""
    detail: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    attempts: int = 0


def drawn_id(prompt: str, model: str, repeat: int) -> str:
    """Id of a drawing: its prompt, the generator's identity and the repeat."""
    return digest("drawn", prompt, model, repeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one reader says came of one drawing.

    ``status``: ``ok``; ``unusable`` as the drawing; missing data are ``unread`` (the reader cannot tell),
    ``request_failed`` (nothing was drawn, or the judge was not reached) and ``judge_unusable``.

    Attributes:
        id: see ``outcome_id``.
        drawn_id: the drawing.
        prompt_id: of the prompt.
        content: of the prompt.
        reader: name of who read it.
        version: of the reader.
        status: whether there is an outcome.
        outcome: ``refused``: nothing drawn, and said so. ``clarified``: asked back, or said what cannot be, or drew
            what cannot be in one image as several that can. ``implausible``: an image shows what cannot be.
            ``plausible``: what was asked for, as far as it can be, and nothing that cannot be. ``other``: none of
            these (another modality, the finding left out, no medical image). Empty where there is none.
        additions: of ``ADDITIONS``, what the images show and nobody asked for.
        side: the patient's side of what was asked for: left, right, both, or empty where no side was seen.
        modality: kind of the first image; empty where not seen.
        view: how it was acquired; empty where not seen.
        evidence: what the reader rests on, one line for people.
        decoy: name of a thing that nobody had asked for, and that the reader, asked about it, saw all the same.
    """

    id: str
    drawn_id: str
    prompt_id: str
    content: str
    reader: str
    version: str
    status: OutcomeStatus = "ok"
    outcome: str = ""
    additions: tuple[str, ...] = ()
    side: str = ""
    modality: str = ""
    view: str = ""
    evidence: str = ""
    decoy: str = ""


def outcome_id(drawn: str, reader: str, version: str) -> str:
    """Id of an outcome: the drawing, the reader and its version."""
    return digest("outcome", drawn, reader, version)
