from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from tests.engine.fakes import Scripted

from auscult.engine.ask import JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions
from auscult.errors import UserError
from auscult.models import CallFailed
from auscult.records import Call, Canary, Image, Reply
from auscult.runs.canary import check_pair

FIRST, SECOND = Image(b"1", "image/png", "1" * 64), Image(b"2", "image/png", "2" * 64)


class Server(Scripted):
    def __init__(self, answers: Callable[[Sequence[Call]], list[str]], batch: int = 1) -> None:
        super().__init__(batch=batch)
        self.answers = answers

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        return [Reply(text=t) for t in self.answers(calls)]


async def canary(folder: Path, server: Scripted) -> Canary:
    ask = JournalledAsk(server, Journal(folder), AskOptions(concurrency=4))
    return await check_pair(ask, FIRST, SECOND)


def seen(call: Call) -> str:
    return f"image {call.images[0].sha256[0]}"


async def test_a_model_that_looks_passes(tmp_path: Path) -> None:
    found = await canary(tmp_path, Server(lambda calls: [seen(c) for c in calls]))
    assert found.status == "passed"


async def test_a_cache_that_ignores_the_image_is_caught(tmp_path: Path) -> None:
    cache: dict[str, str] = {}
    found = await canary(tmp_path, Server(lambda cs: [cache.setdefault(c.messages[0].text, seen(c)) for c in cs]))
    assert found.status == "failed" and "a cache ignores the image" in found.detail


async def test_a_batch_that_swaps_its_answers_is_caught(tmp_path: Path) -> None:
    found = await canary(tmp_path, Server(lambda calls: [seen(c) for c in reversed(calls)], batch=0))
    assert found.status == "failed" and "other one's answer" in found.detail


async def test_a_batch_that_shares_one_image_is_caught(tmp_path: Path) -> None:
    found = await canary(tmp_path, Server(lambda calls: [seen(calls[0])] * len(calls), batch=0))
    assert found.status == "failed" and "same answer" in found.detail


async def test_a_model_that_never_looks_is_inconclusive(tmp_path: Path) -> None:
    found = await canary(tmp_path, Server(lambda calls: ["an image"] * len(calls)))
    assert found.status == "inconclusive"


async def test_answers_that_vary_a_little_still_follow_their_image(tmp_path: Path) -> None:
    count = iter(range(100))
    words = {"1": "a chest radiograph with clear lungs", "2": "an axial slice of the brain, no bleeding"}

    def varied(calls: Sequence[Call]) -> list[str]:
        return [f"{words[c.images[0].sha256[0]]} ({next(count)})" for c in calls]

    assert (await canary(tmp_path, Server(varied))).status == "passed"


async def test_answers_at_random_are_inconclusive(tmp_path: Path) -> None:
    random = Random(3)
    found = await canary(tmp_path, Server(lambda cs: ["".join(random.choices("abcdefgh ", k=60)) for _ in cs]))
    assert found.status == "inconclusive"


async def test_a_model_that_does_not_answer_is_an_error(tmp_path: Path) -> None:
    def refuses(text: str, time: int) -> None:
        raise CallFailed("rejected", "404: no such model", retryable=False)

    with pytest.raises(UserError, match="404: no such model"):
        await canary(tmp_path, Scripted(refuses))
