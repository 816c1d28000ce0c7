"""A run of a stage with several dependent calls a group, as a program of its own, so that it can be killed.

``python -m tests.engine.kill_driver FOLDER BASE_URL`` prints ``asking`` before its first call and ``done`` at the end.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.engine.fakes import answer

from auscult.engine import stage as stage_module
from auscult.engine.ask import Ask, JournalledAsk
from auscult.engine.journal import Journal
from auscult.engine.limits import AskOptions
from auscult.engine.stage import StageTable, run_stage
from auscult.models import ModelOptions, create
from auscult.records import Answer, Call, Decoding, Message
from auscult.runs.folder import run_folder

GROUPS, AT_ONCE = 120, 8


def question(group: int, text: str) -> Call:
    return Call(messages=(Message("user", (f"Study {group}. {text}",)),), decoding=Decoding(max_tokens=16))


async def staged(group: int, ask: Ask) -> Sequence[Answer]:
    """Three questions side by side, then one that depends on their replies, then one that depends on that."""
    first = await ask.all([question(group, f"Question {n}?") for n in range(3)])
    second = await ask(question(group, f"Given {[r.text for r in first]}, what follows?"))
    third = await ask(question(group, f"Is it so that {second.text}?"))
    return [answer(f"{group}.{n}", r) for n, r in enumerate([*first, second, third])]


async def main(folder: Path, base_url: str) -> None:
    stage_module.PART_ROWS = 50
    model = create(f"openai:scripted@{base_url}", ModelOptions())
    with run_folder(folder, {"stage": "staged"}) as run:
        journal = Journal(run.journal)
        ask = JournalledAsk(model, journal, AskOptions(concurrency=AT_ONCE, timeout=20))
        body = model._body  # type: ignore[attr-defined]

        def sent(call: Call, limit: str) -> bytes:
            made: bytes = body(call, limit)
            name = hashlib.blake2b(made, digest_size=16).hexdigest()
            with open(folder / "bodies.jsonl", "a") as file:
                file.write(json.dumps([call.key(model.identity), name]) + "\n")
            return made

        model._body = sent  # type: ignore[attr-defined]
        table = StageTable(run.table("answers"), Answer)
        print("asking", flush=True)
        await run_stage(staged, range(GROUPS), ask, table, at_once=AT_ONCE)
        journal.close()
        await model.close()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
