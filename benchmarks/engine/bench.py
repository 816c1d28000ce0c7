"""What the engine costs: CPU a call, memory a row, and the time to go on, beside a bare asyncio loop and Inspect AI.

    python -m benchmarks.engine.bench text images http memory resume --out engine.json

``text``    no-op calls: the engine (stage, key, journal, limit, retries, Parquet) against a bare loop (semaphore,
            append to a JSONL file) and, where it is installed, Inspect AI (an instant model, one scorer).
``images``  the same with a 100 kB image and 11 questions an image; the request body is built, nothing is sent.
``http``    text calls to a server in a process of its own on the same machine.
``memory``  resident memory between 100,000 and 1,000,000 rows.
``resume``  a run of 1,000,000 questions stopped after its last but 1,000th call: seconds until it asks again.
"""

import argparse
import asyncio
import base64
import contextlib
import gc
import hashlib
import importlib.util
import json
import os
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import psutil

from auscult.engine.ask import Ask, JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions
from auscult.engine.stage import StageTable, run_stage
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions, create
from auscult.protocols import Asking, Question
from auscult.protocols.direct import Direct
from auscult.records import Answer, Call, Condition, ImageFile, Item, Reply
from auscult.store.tables import RowWriter, read_rows

QUESTIONS = 11
AT_ONCE = 64


class Noop:
    """Answers at once; ``body`` is what a transport would have to build."""

    identity, host, batch, knows_items, blind = "no-op", "", 1, False, False
    conditions: frozenset[Condition] = frozenset({"with"})

    def __init__(self, body: Callable[[Call], object] | None = None) -> None:
        self.body, self.first = body, 0.0

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        self.first = self.first or time.perf_counter()
        if self.body:
            self.body(calls[0])
        await asyncio.sleep(0)
        return [Reply(text="yes", finish="stop", tokens_in=20, tokens_out=1)]

    async def close(self) -> None: ...


def item(n: int, case: str) -> Item:
    question = f"Is there a pleural effusion on the left side in study number {n}?"
    return Item(id=f"{n:024x}", case_id=case, source_id=str(n), question=question, reference="no", answer_type="yes_no")


def stage_of(model: str, load: Callable[[object], tuple[object, ...]] = lambda group: ()) -> object:
    protocol = Direct(asking=Asking(model=model, protocol="direct@1"))

    async def stage(group: tuple[object, list[Item]], ask: Ask) -> Sequence[Answer]:
        images = load(group[0])
        return await protocol.answers([Question(item=i, images=images) for i in group[1]], ask)  # type: ignore[arg-type]

    return stage


async def engine(folder: Path, groups: Iterable[object], model: object, stage: object) -> JournalledAsk:
    journal = Journal(folder / "journal")
    ask = JournalledAsk(model, journal, AskOptions(concurrency=AT_ONCE))  # type: ignore[arg-type]
    table = StageTable(folder / "answers.parquet", Answer)
    try:
        await run_stage(stage, groups, ask, table, at_once=AT_ONCE)  # type: ignore[arg-type]
    finally:
        journal.close()
    return ask


async def bare(folder: Path, groups: Iterable[tuple[object, list[Item]]], read: Callable[[object], bytes]) -> None:
    """What one would write by hand: a semaphore, a JSON body with the image in base64, a line a reply."""
    semaphore, tasks = asyncio.Semaphore(AT_ONCE), set()
    with open(folder / "bare.jsonl", "w") as out:

        async def one(case: object, question: Item) -> None:
            data = read(case)
            body = {"id": question.id, "prompt": question.question, "image": base64.b64encode(data).decode()}
            json.dumps(body)
            await asyncio.sleep(0)
            out.write(json.dumps({"id": question.id, "text": "yes"}) + "\n")
            semaphore.release()

        for case, questions in groups:
            for question in questions:
                await semaphore.acquire()
                task = asyncio.create_task(one(case, question))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)


def measured(calls: int, work: Callable[[], object]) -> dict[str, float]:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"calls/s": round(calls / wall), "CPU us/call": round(1e6 * cpu / calls, 1)}


def text(calls: int = 100_000) -> dict[str, object]:
    def groups(size: int) -> Iterator[tuple[str, list[Item]]]:
        for n in range(0, calls, size):
            yield str(n), [item(m, str(n)) for m in range(n, min(n + size, calls))]

    found: dict[str, object] = {}
    for size, name in ((1, "one question a group"), (QUESTIONS, f"{QUESTIONS} questions a group")):
        with tempfile.TemporaryDirectory() as folder:
            run = engine(Path(folder), groups(size), Noop(), stage_of("no-op"))
            found[f"engine, {name}"] = measured(calls, lambda run=run: asyncio.run(run))
        with tempfile.TemporaryDirectory() as folder:
            run = bare(Path(folder), groups(size), lambda case: b"")
            found[f"bare loop, {name}"] = measured(calls, lambda run=run: asyncio.run(run))
    found["Inspect AI"] = inspect_ai(1_000)
    return found


def inspect_ai(calls: int) -> object:
    """Inspect AI with an instant model of its own, as in its documentation: eval, one generate, one scorer."""
    if not importlib.util.find_spec("inspect_ai"):
        return "not installed"
    from inspect_ai import Task, eval  # type: ignore[import-not-found]
    from inspect_ai.dataset import Sample  # type: ignore[import-not-found]
    from inspect_ai.model import ModelAPI, ModelOutput, modelapi  # type: ignore[import-not-found]
    from inspect_ai.scorer import includes  # type: ignore[import-not-found]
    from inspect_ai.solver import generate  # type: ignore[import-not-found]

    @modelapi(name="instant")
    def instant() -> type:
        class Instant(ModelAPI):  # type: ignore[misc]
            async def generate(self, *args: object, **options: object) -> object:
                return ModelOutput.from_content("instant", "yes")

        return Instant

    samples = [Sample(input=item(n, "").question, target="yes") for n in range(calls)]
    with tempfile.TemporaryDirectory() as folder:
        options = {"max_connections": AT_ONCE, "max_samples": AT_ONCE, "log_dir": folder, "display": "none"}
        task = Task(dataset=samples, solver=generate(), scorer=includes())
        return measured(calls, lambda: eval(task, model="instant/x", log_realtime=False, **options))


def images(count: int = 1_000) -> dict[str, object]:
    calls = count * QUESTIONS
    with tempfile.TemporaryDirectory() as name:
        folder, files = Path(name), []
        for n in range(count):
            data = os.urandom(100_000)
            (folder / f"{n}.png").write_bytes(data)
            files.append(ImageFile(path=f"{n}.png", sha256=hashlib.sha256(data).hexdigest()))
        reader = ItemSet.__new__(ItemSet)
        reader.folder = folder
        server = create("openai:any@http://127.0.0.1:9/v1", ModelOptions())

        def groups() -> Iterator[tuple[ImageFile, list[Item]]]:
            for n, file in enumerate(files):
                yield file, [item(n * QUESTIONS + m, str(n)) for m in range(QUESTIONS)]

        stage = stage_of("no-op", lambda file: (reader.load_image(file),))  # type: ignore[arg-type]
        body = lambda call: server._body(call, server._dialect)  # type: ignore[attr-defined] # noqa: E731
        run = engine(folder, groups(), Noop(body), stage)
        found: dict[str, object] = {"engine": measured(calls, lambda: asyncio.run(run))}
        by_hand = bare(folder, groups(), lambda file: (folder / file.path).read_bytes())  # type: ignore[attr-defined]
        found["bare loop, image read and encoded a call"] = measured(calls, lambda: asyncio.run(by_hand))
    return found


def http(calls: int = 10_000) -> dict[str, object]:
    from tests.models.servers import scripted_server

    async def ask_all(folder: Path, url: str) -> None:
        model = create(f"openai:scripted@{url}", ModelOptions())
        groups = ((str(n), [item(n, str(n))]) for n in range(calls))
        await engine(folder, groups, model, stage_of(model.identity))
        await model.close()

    with scripted_server() as server, tempfile.TemporaryDirectory() as folder:
        return {"engine": measured(calls, lambda: asyncio.run(ask_all(Path(folder), server.base_url)))}


def memory(rows: int = 1_000_000, first: int = 100_000) -> dict[str, object]:
    process, seen = psutil.Process(), {}

    def groups() -> Iterator[tuple[str, list[Item]]]:
        for n in range(rows + 1):
            if n in (first, rows):
                gc.collect()
                seen[n] = process.memory_info().rss
            if n < rows:
                yield str(n), [item(n, str(n))]

    with tempfile.TemporaryDirectory() as folder:
        took = measured(rows, lambda: asyncio.run(engine(Path(folder), groups(), Noop(), stage_of("no-op"))))
    grown = seen[rows] - seen[first]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {**took, "bytes/row": round(grown / (rows - first), 1), "peak MB": round(peak / 1e6)}


def resume(rows: int = 1_000_000, left: int = 1_000) -> dict[str, object]:
    class Stopped(Exception):
        pass

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with RowWriter(folder / "items.parquet", Item) as writer:
            for n in range(rows):
                writer.write(item(n, str(n // QUESTIONS)))

        def groups(stop: bool) -> Iterator[tuple[str, list[Item]]]:
            found = groupby(read_rows(folder / "items.parquet", Item), key=lambda i: i.case_id)
            for n, (case, items) in enumerate(found):
                if stop and n * QUESTIONS >= rows - left:
                    raise Stopped
                yield case, list(items)

        with contextlib.suppress(Stopped):
            asyncio.run(engine(folder, groups(True), Noop(), stage_of("no-op")))
        found: dict[str, object] = {"finished calls": rows - left}
        for name, forget in (("parts kept", False), ("parts lost, journal only", True)):
            copy = folder / name.replace(" ", "-")
            copy.mkdir()
            shutil.copytree(folder / "journal", copy / "journal")
            if not forget:
                shutil.copytree(folder / "answers.parts", copy / "answers.parts")
                shutil.copy(folder / "answers.state.json", copy)
            model, began = Noop(), time.perf_counter()
            asyncio.run(engine(copy, groups(False), model, stage_of("no-op")))
            found[f"seconds to first new call, {name}"] = round(model.first - began, 1)
        return found


def main() -> None:
    parts = {"text": text, "images": images, "http": http, "memory": memory, "resume": resume}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=list(parts), default=list(parts))
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    found: dict[str, object] = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    for name in args.parts:
        found[name] = parts[name]()
        print(name, json.dumps(found[name], indent=2), flush=True)
    if args.out:
        args.out.write_text(json.dumps(found, indent=2) + "\n")
        print(args.out)


if __name__ == "__main__":
    main()
