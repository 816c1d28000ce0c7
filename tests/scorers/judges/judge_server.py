"""A judge behind real HTTP on loopback whose every reply a test chooses, in a thread of the test's process."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from auscult.engine.ask import JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions
from auscult.models import ModelOptions, create
from auscult.records import Answer, Case, Item, Score
from auscult.scorers.judges import Anchor, Judge, Subject

Says = Callable[[str, int], str | int]
"""All texts of a request, and how often the same texts came before → the reply's text, or an HTTP status."""


@dataclass
class JudgeServer:
    """What was asked, and where."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    sleep: float = 0.0

    @property
    def spec(self) -> str:
        return f"openai:judge@{self.url}"

    @property
    def texts(self) -> list[str]:
        return [text_of(body) for body in self.asked]


def text_of(body: dict[str, Any]) -> str:
    return "\n".join(m["content"] for m in body["messages"])


@contextlib.contextmanager
def judge_server(says: Says, sleep: float = 0.0, finish: str = "stop") -> Iterator[JudgeServer]:
    """Starts the judge; ``says`` decides each reply."""
    server, started, loop = JudgeServer(sleep=sleep), threading.Event(), asyncio.new_event_loop()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/models"):
            return web.json_response({"data": []})
        body = orjson.loads(await request.read())
        text = text_of(body)
        before = sum(t == text for t in server.texts)
        server.asked.append(body)
        await asyncio.sleep(server.sleep)
        said = says(text, before)
        if isinstance(said, int):
            return web.json_response({"error": {"message": "planned"}}, status=said)
        choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": finish}
        usage = {"prompt_tokens": len(text) // 4, "completion_tokens": len(said) // 4 or 1}
        return web.json_response({"choices": [choice], "usage": usage})

    runners: list[web.ServerRunner] = []

    async def serve() -> None:
        runner = web.ServerRunner(web.Server(handle, access_log=None))
        runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        server.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/v1"
        started.set()

    def live() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runners[0].cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.005)


def graded(*grades: int, evidence: tuple[tuple[str, str, str], ...] = ()) -> str:
    """A reply of the clinical judge as it should be."""
    found = [dict(zip(("statement", "against", "error"), e, strict=True)) for e in evidence]
    names = ("accuracy", "relevance", "detail", "risk", "harm")
    return orjson.dumps({"evidence": found, **dict(zip(names, grades, strict=True))}).decode()


def subject(
    text: str,
    *,
    caption: str = "A left effusion.",
    question: str = "What is seen?",
    reference: str = "An effusion on the left.",
    name: str = "1",
    status: str = "ok",
    anchor: Anchor | None = None,
    other: str | None = None,
) -> Subject:
    """An answer to a question of a case."""
    case = Case(id=f"case-{caption}", source="test", source_key="1", annotation=caption)
    item = Item(
        id=f"item-{name}", case_id=case.id, source_id=name, question=question, reference=reference, answer_type="open"
    )
    return Subject(item=item, case=case, answer=_answer(item, text, status), anchor=anchor, other=_other(item, other))


def _answer(item: Item, text: str, status: str = "ok") -> Answer:
    return Answer(
        id=f"answer-{item.id}-{text[:20]}",
        item_id=item.id,
        case_id=item.case_id,
        model="m",
        protocol="direct@1",
        status=status,
        text=text,
        failure="timeout" if status == "request_failed" else "",
    )


def _other(item: Item, text: str | None) -> Answer | None:
    return None if text is None else _answer(item, text, "ok" if text else "unusable")


def anchor(item_id: str = "item-1", judgement: str = "5 5 5 5\nMiddling.", **fields: Any) -> Anchor:
    """A baseline's scored answer."""
    about = {
        "source_id": "1",
        "answer": "Something in the chest.",
        "scores": dict.fromkeys(("accuracy", "relevance", "detail", "risk"), 5.0),
        "system": "openai:llava-med@http://x/v1",
        "judge": "openai:judge@http://x/v1",
        "protocol": "medhalltune/1",
    }
    return Anchor(item_id=item_id, judgement=judgement, **{**about, **fields})


ASKING = AskOptions(concurrency=8, retries=1, pause=0.01, timeout=10)


async def ask_judge(judge: Judge, server: JudgeServer, subjects: list[Subject], folder: Path) -> list[Score]:
    """Asks over real HTTP, through a journal."""
    model = create(server.spec, ModelOptions())
    journal = Journal(folder)
    try:
        ask = JournalledAsk(model, journal, ASKING)
        return await judge.scores(subjects, ask)
    finally:
        journal.close()
        await model.close()
