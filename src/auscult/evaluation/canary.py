"""The two-image canary: the same question about two images, before anything is measured.

A cache, server or model that serves the other image's answer is caught by asking in both orders, each order under a
wording of its own: whoever looks at the image follows the image, whoever serves from a cache of texts follows the
wording. The wordings differ only in a leading request number, so that an honest model's answers do not hang on it.
"""

from collections.abc import Sequence
from itertools import islice

from auscult.corpora.item_set import ItemSet
from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.evaluation.summary import Canary
from auscult.models import Model
from auscult.records import Call, Decoding, Image, ImageFile, Message

QUESTION = "Request {number}. Describe what this image shows."
PAIRS = 3


def _call(image: Image, number: int) -> Call:
    message = Message("user", (image, QUESTION.format(number=number)))
    return Call(messages=(message,), decoding=Decoding(max_tokens=32))


async def _ask(ask: Ask, image: Image, number: int) -> str:
    reply = await ask(_call(image, number))
    if reply.failure:
        raise UserError(f"the model does not answer: {reply.failure}: {reply.detail}")
    return reply.text.strip()


async def check_pair(ask: Ask, first: Image, second: Image, number: int) -> Canary:
    """Asks about two images in both orders and says what the answers follow.

    Raises:
        UserError: the model does not answer.
    """
    a1, b1 = await _ask(ask, first, number), await _ask(ask, second, number)
    b2, a2 = await _ask(ask, second, number + 1), await _ask(ask, first, number + 1)
    together = [r.text.strip() for r in await ask.all([_call(first, number + 2), _call(second, number + 2)])]
    if a1 == b1 and a2 == b2 and a1 != b2:
        return Canary(
            status="failed",
            detail="asked about two different images under one wording, the second always got the first one's answer; "
            "a cache that ignores the image would do that",
        )
    if a1 == a2 and b1 == b2 and a1 != b1:
        if together == [b1, a1]:
            return Canary(status="failed", detail="asked about two images at once, each got the other one's answer")
        if together[0] == together[1]:
            return Canary(status="failed", detail="asked about two images at once, both got the same answer")
        return Canary(status="passed", detail="answers follow the image, in either order and side by side")
    if a1 == b1 == a2 == b2:
        return Canary(status="inconclusive", detail="both images got the same answer in every order")
    return Canary(status="inconclusive", detail="answers change with the request number, so they prove nothing")


def _distinct(files: Sequence[ImageFile]) -> list[ImageFile]:
    seen: dict[str, ImageFile] = {}
    for file in files:
        seen.setdefault(file.pixels or file.sha256, file)
    return list(seen.values())


async def run_canary(ask: Ask, model: Model, items: ItemSet) -> Canary:
    """The canary on up to three pairs of images of the set, until one is conclusive.

    Raises:
        UserError: the model does not answer.
    """
    if model.blind:
        return Canary(status="not_applicable", detail="the model sees no image, by construction")
    if model.knows_items:
        return Canary(status="not_applicable", detail="recorded answers: nothing can be asked")
    files = [c.images[0] for c, _ in islice((g for g in items.groups() if g[0].images), 200)]
    distinct = _distinct(files)
    if len(distinct) < 2:
        return Canary(status="not_applicable", detail="the set holds fewer than two different images")
    step = max(1, (len(distinct) - 1) // PAIRS)
    result = Canary(status="not_applicable", detail="")
    for n, other in enumerate(distinct[step::step][:PAIRS]):
        result = await check_pair(ask, items.load_image(distinct[0]), items.load_image(other), 1 + 10 * n)
        if result.status != "inconclusive":
            return result
    return result
