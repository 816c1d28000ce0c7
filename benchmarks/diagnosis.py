"""What a diagnosis of ClinHallu's size costs: calls a second, memory, and whether one that is killed goes on exactly.

    python -m benchmarks.diagnosis speed memory resume [--items 7031] [--out FILE]

7,031 items on 2,000 images, the four published runs, and a judge of every stage, against a server in a process of its
own on this machine that answers at once (model and judge in one). ``speed``: calls a second over the whole command,
build and figures aside. ``memory``: peak of the command at a seventh of the items and at all. ``resume``: killed
(SIGKILL) at chosen times and begun again until it ends, against one that was left alone.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image

from auscult.corpora import Bundle
from auscult.corpora._bundles import seal
from auscult.items.images import take_image
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Answer, Case, Item, Score, Trace
from auscult.store.tables import read_rows

ITEMS, IMAGES = 7_031, 2_000
FINDINGS = ("effusion", "pneumothorax", "mass", "nodule", "fracture", "edema", "consolidation", "cardiomegaly")
TABLES = (("answers", Answer), ("scores", Score), ("verdicts", Score))
SEEN = "A white round patch of some 20 mm lies in the left upper zone; the right side is clear."
KNOWN = "On a film a {0} is seen as a patch that is brighter than the lung around it."
FOLLOWS = "A patch is seen where a {0} would be, so that the answer is {1}."


def bundles(items: int) -> Iterator[Bundle]:
    """Yes/no questions with gold traces, three or four on each image of 64 x 64 pixels."""
    draw, images = random.Random(1), max(1, items * IMAGES // ITEMS)
    for n in range(images):
        out = BytesIO()
        Image.frombytes("L", (64, 64), draw.randbytes(4096)).save(out, "PNG")
        asked = [question(f"{n}-{m}", draw) for m in range(items // images + (n < items % images))]
        case = Case(id="", source="made", source_key=str(n), group=f"p{n}", group_kind="patient")
        yield seal(case, asked, [take_image(out.getvalue(), f"{n}.png", f"image {n}")])


def question(name: str, draw: random.Random) -> Item:
    finding, answer = draw.choice(FINDINGS), draw.choice(("yes", "no"))
    gold = Trace(
        visual_recognition=SEEN,
        knowledge_recall=KNOWN.format(finding),
        reasoning=FOLLOWS.format(finding, answer),
        answer=answer,
    )
    text = f"Is there a {finding}, number {name}?"
    return Item(id="", case_id="", source_id=name, question=text, reference=answer, answer_type="yes_no", trace=gold)


def written(prompt: str) -> str:
    """The stages that are still wanted, with an answer that hangs on the prompt alone."""
    drawn = hashlib.blake2b(prompt.encode(), digest_size=1).digest()[0]
    made = Trace(
        visual_recognition="A grey patch is seen in the left lung, and nothing else.",
        knowledge_recall="Such a patch can be many things.",
        reasoning="It is taken for what is asked about.",
        answer="yes" if drawn % 2 else "no",
    ).text
    given = "Two stages are finished" if "Two stages are finished" in prompt else "first stage is finished"
    start = {"Two stages are finished": "[Reasoning]", "first stage is finished": "[Knowledge Recall]"}[given]
    return made[made.index(start) :] if given in prompt else made


def judged(prompt: str) -> str:
    """A verdict in the form of the judge protocol ``stage``."""
    stands = "contradicted" if hashlib.blake2b(prompt.encode(), digest_size=1).digest()[0] % 3 == 0 else "supported"
    found = {"statement": "A patch is seen.", "against": "the reference", "why": "It was read.", "stands": stands}
    return json.dumps({"evidence": [found], "verdict": stands})


def serve(port: "multiprocessing.Queue[int]") -> None:
    """The server: ``/count`` says how many questions came."""
    from aiohttp import web

    came = 0

    async def chat(request: web.Request) -> web.Response:
        nonlocal came
        came += 1
        body = await request.json()
        texts = [
            part if isinstance(part, str) else part.get("text", "")
            for message in body["messages"]
            for part in (message["content"] if isinstance(message["content"], list) else [message["content"]])
        ]
        prompt = "\n".join(texts)
        said = judged(prompt) if body["model"] == "judge" else written(prompt)
        choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        usage = {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(said) // 4}
        return web.json_response({"choices": [choice], "usage": usage, "model": body["model"]})

    async def count(request: web.Request) -> web.Response:
        return web.json_response(came)

    async def models(request: web.Request) -> web.Response:
        return web.json_response({"data": []})

    async def run() -> None:
        app = web.Application(client_max_size=2**24)
        app.add_routes(
            [web.post("/v1/chat/completions", chat), web.get("/v1/models", models), web.get("/count", count)]
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port.put(runner.addresses[0][1])
        await asyncio.Event().wait()

    asyncio.run(run())


@contextmanager
def server() -> Iterator[str]:
    """Its address."""
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{port.get(timeout=60)}"
    finally:
        process.terminate()


def came(url: str) -> int:
    with urllib.request.urlopen(f"{url}/count") as reply:
        return int(json.load(reply))


def command(items: Path, url: str, out: Path) -> list[str]:
    words = ["diagnose", items, "--model", f"openai:model@{url}/v1", "--judge", f"openai:judge@{url}/v1", "--out", out]
    words += ["--arms", "published", "--split", "all", "--concurrency", 64, "--judge-concurrency", 64]
    return [sys.executable, "-m", "auscult", *map(str, words)]


def run(words: list[str]) -> tuple[float, float, float]:
    """Wall and CPU seconds, and peak megabytes, of a command that must end well."""
    begin = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def made(folder: Path, items: int) -> Path:
    write_item_set(bundles(items), folder / f"items-{items}", source=SourceNote(reader="made", path="benchmark"))
    return folder / f"items-{items}"


def same_rows(one: Path, other: Path) -> bool:
    """Whether two diagnoses hold the same rows, times aside."""

    def rows(out: Path) -> Iterator[tuple[object, ...]]:
        for name, cls in TABLES:
            for row in read_rows(out / f"{name}.parquet", cls):
                yield tuple(getattr(row, f) for f in row.__slots__ if f not in ("seconds", "attempts"))

    return all(a == b for a, b in zip(rows(one), rows(other), strict=True))


def speed(folder: Path, items: int) -> dict[str, object]:
    source = made(folder, items)
    with server() as url:
        wall, cpu, peak = run(command(source, url, folder / "speed"))
        calls = came(url)
    return {
        "calls": calls,
        "wall s": round(wall, 1),
        "calls/s": round(calls / wall),
        "CPU s": round(cpu, 1),
        "MB": round(peak),
    }


def memory(folder: Path, items: int) -> dict[str, object]:
    found: dict[str, object] = {}
    for n in (items // 7, items):
        with server() as url:
            found[f"{n} items, peak MB"] = round(run(command(made(folder, n), url, folder / f"memory-{n}"))[2])
    return found


def resume(folder: Path, items: int, kills: int = 6) -> dict[str, object]:
    source, draw = made(folder, items), random.Random(3)
    with server() as url:
        wall, *_ = run(command(source, url, folder / "whole"))
        alone = came(url)
        killed = 0
        for _ in range(kills):
            child = subprocess.Popen(
                command(source, url, folder / "killed"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                child.wait(draw.uniform(0.2, 0.6) * wall)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                child.wait()
                killed += 1
        run(command(source, url, folder / "killed"))
        again = came(url) - 2 * alone
    return {
        "killed": killed,
        "calls of one left alone": alone,
        "calls asked twice": again,
        "most in flight at the kills": killed * 64,
        "same rows": same_rows(folder / "whole", folder / "killed"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", choices=["speed", "memory", "resume"])
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    found: dict[str, object] = {"machine": f"{platform.machine()}, {os.cpu_count()} cores"}
    for what in asked.what:
        folder = Path(tempfile.mkdtemp())
        try:
            found[what] = {"speed": speed, "memory": memory, "resume": resume}[what](folder, asked.items)
            print(what, json.dumps(found[what]), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
