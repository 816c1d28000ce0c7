"""The two-image canary: the same question about two images, before anything is measured.

A cache, server or model that serves the other image's answer is caught in two ways. One after the other: where two
different images get the same answer, they are asked about again in other words and in the other order; whoever looks
follows the image, whoever serves from a cache of texts follows the wording. Side by side: both are asked about at once,
and each must get the answer that it got alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import islice

from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import Model
from auscult.protocols import Asking, Question
from auscult.protocols.direct import Direct
from auscult.records import Canary, Decoding, Image, ImageFile, Item

WORDINGS = ("Describe what this image shows.", "What does this image show? Describe it in one sentence.")
PAIRS = 3
MARGIN = 0.1
"""By how much answers must be liker to the same image's than to the other's, where repeats are not word for word."""

_ITEM = Item(id="canary", case_id="canary", source_id="canary", question="", reference="", answer_type="report")
ONE_ANSWER = "two different images got the same answer"
MIXED_UP = (
    "asked about two images at once, both got the same answer",
    "asked about two images at once, each got the other one's answer",
)


def _question(image: Image, wording: int, repeat: int) -> Question:
    item = replace(_ITEM, question=WORDINGS[wording])
    return Question(item=item, images=(image,), repeat=repeat)


async def _ask(ask: Ask, questions: Sequence[Question]) -> list[str]:
    answers = await Direct(asking=Asking(decoding=Decoding(max_tokens=32))).answers(questions, ask)
    for answer in answers:
        if answer.status == "request_failed":
            raise UserError(f"the model does not answer: {answer.failure}: {answer.detail}")
    return [answer.text.strip() for answer in answers]


async def _in_turn(ask: Ask, images: Sequence[Image], wording: int) -> list[str]:
    return [(await _ask(ask, [_question(image, wording, 0)]))[0] for image in images]


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


async def check_pair(ask: Ask, first: Image, second: Image) -> Canary:
    """Asks about two images in turn and side by side, and says what the answers follow.

    Raises:
        UserError: the model does not answer.
    """
    a, b = await _in_turn(ask, (first, second), 0)
    if a == b:
        other_b, other_a = await _in_turn(ask, (second, first), 1)
        if other_a == other_b and other_a != a:
            return Canary(
                status="failed",
                detail="two different images got one answer in either of two wordings, and the answers follow the "
                "wording: a cache ignores the image, or images do not reach the model",
            )
        return Canary(status="inconclusive", detail=ONE_ANSWER)
    side_a, side_b = await _ask(ask, [_question(first, 0, 1), _question(second, 0, 1)])
    if side_a == side_b:
        return Canary(status="failed", detail=MIXED_UP[0])
    own, crossed = _alike(a, side_a) + _alike(b, side_b), _alike(a, side_b) + _alike(b, side_a)
    if own > crossed + 2 * MARGIN:
        return Canary(status="passed", detail="answers follow the image, in turn and side by side")
    if crossed > own + 2 * MARGIN:
        return Canary(status="failed", detail=MIXED_UP[1])
    return Canary(status="inconclusive", detail="the same question about the same image gets ever other answers")


def _distinct(files: Sequence[ImageFile]) -> list[ImageFile]:
    seen: dict[str, ImageFile] = {}
    for file in files:
        seen.setdefault(file.pixels or file.sha256, file)
    return list(seen.values())


SKIPPED = Canary(status="skipped", detail="skipped on request: nothing shows that answers belong to their image")


async def run_canary(ask: Ask, model: Model, items: ItemSet) -> Canary:
    """The canary on up to three pairs of images of the set, until one is conclusive.

    Answers that follow the wording are a failure only if they do so for all pairs: two films may well look alike.

    Raises:
        UserError: the model does not answer, or the canary failed.
    """
    found = await _canary(ask, model, items)
    if found.status == "failed":
        raise UserError(f"canary: {found.detail}; mend the server's cache, or say --no-canary to go on all the same")
    return found


def not_asked(model: Model) -> str:
    """Why a model is not asked at all; empty where it is."""
    if model.blind:
        return "the model sees no image, by construction"
    return "recorded answers: nothing can be asked" if model.knows_items else ""


async def _canary(ask: Ask, model: Model, items: ItemSet) -> Canary:
    if why := not_asked(model):
        return Canary(status="not_applicable", detail=why)
    files = [c.images[0] for c, _ in islice((g for g in items.groups() if g[0].images), 200)]
    distinct = _distinct(files)
    if len(distinct) < 2:
        return Canary(status="not_applicable", detail="the set holds fewer than two different images")
    step = max(1, (len(distinct) - 1) // PAIRS)
    found = []
    for other in distinct[step::step][:PAIRS]:
        found.append(await check_pair(ask, items.load_image(distinct[0]), items.load_image(other)))
        if found[-1].status == "passed" or found[-1].detail in MIXED_UP:
            return found[-1]
    same = {canary.status for canary in found}
    return found[-1] if len(same) == 1 else Canary(status="inconclusive", detail=ONE_ANSWER)
