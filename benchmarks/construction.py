"""Building items at scale, beside ``datasets.map`` with the same generator functions.

Run: python -m benchmarks.construction rules map --scenes phantoms --out construction.json

``rules``   items of scenes without pixels: generation, schema check, Parquet. Scenes: auscult phantoms --no-images.
``chain``   the same with every usual check, and images where the scenes have them.
``map``     ``datasets.map`` in two processes over the same rows, written to Parquet: no balance, no check, no rejects.
``drafts``  a server in a process of its own answers each image's call at once with a valid batch. Every caption is
            another one, the words of the pairs are few; the pixels are not read for burned-in text.

Each part runs in a process of its own. Seconds of wall and of CPU, children included; the greatest memory of all
processes together, looked at every half second. The shares of the steps are CPU time of the building process.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psutil

FORMS_A_SCENE = 5
"""Claims of a scene that ``map`` asks in all four forms: as many items as the builder makes of it."""


def timed(
    took: dict[str, float], owner: Any, name: str, step: str, clock: Callable[[], float] = time.thread_time
) -> None:
    """Adds the time of a function to its step, by default its CPU time."""
    inner = getattr(owner, name)

    def outer(*args: Any, **options: Any) -> Any:
        began = clock()
        try:
            return inner(*args, **options)
        finally:
            took[step] += clock() - began

    setattr(owner, name, outer)


def stepped(took: dict[str, float], rows: Iterator[Any], step: str) -> Iterator[Any]:
    """Adds the CPU time of each row to its step."""
    while True:
        began = time.thread_time()
        row = next(rows, None)
        took[step] += time.thread_time() - began
        if row is None:
            return
        yield row


def built(scenes: Path, limit: int | None, names: tuple[str, ...] | None) -> dict[str, Any]:
    """Builds an item set of scenes by rules; ``names`` of checks, None: the usual ones."""
    from auscult import construction
    from auscult.construction import card, generating
    from auscult.construction.checks import USUAL
    from auscult.construction.generators.premises import Premises
    from auscult.corpora import ReadOptions, read, shares_of
    from auscult.items import writer
    from auscult.items.split import SplitPlan
    from auscult.store.tables import RowWriter

    names, took = USUAL if names is None else names, defaultdict[str, float](float)
    timed(took, writer, "_store_images", "images copied")
    timed(took, RowWriter, "_pack", "Parquet")
    timed(took, RowWriter, "_flush", "Parquet")
    timed(took, Premises, "look", "claims of each case")
    timed(took, Premises, "choose", "balance")
    timed(took, card, "find_leaks", "readers of questions alone")
    timed(took, construction, "first_refusal", "checks")
    usual = construction.checks  # type: ignore[attr-defined]
    construction.checks = lambda *_: usual(names)  # type: ignore[attr-defined]
    made = Premises.make
    Premises.make = lambda *args: stepped(took, made(*args), "items made")  # type: ignore[method-assign]
    rows = stepped(took, read("phantoms", scenes, ReadOptions()), "rows read")
    with tempfile.TemporaryDirectory(dir=scenes.parent) as folder:
        manifest = writer.write_item_set(
            islice(rows, limit),
            Path(folder) / "items",
            source=writer.SourceNote(reader="phantoms", path=str(scenes)),
            split=SplitPlan(shares=shares_of("phantoms")),
            add=generating(["premises"]),
        )
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    found = {name: round(seconds, 1) for name, seconds in sorted(took.items())}
    return {
        "checks": names,
        "cases": manifest.cases,
        "images": manifest.images,
        "items": manifest.items,
        "rejects": sum(manifest.counts["rejected"].values()),
        "digest": manifest.digest,
        "MB on disk": round(disk / 1e6),
        "CPU seconds of steps": found,
    }


def rules(scenes: Path, limit: int | None) -> dict[str, Any]:
    return built(scenes, limit, ("schema",))


def chain(scenes: Path, limit: int | None) -> dict[str, Any]:
    return built(scenes, limit, None)


def items_of(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What a user would write: a batch of rows to columns of items, with the functions that the builder uses."""
    from auscult.construction.claims import known_of_facts, stated
    from auscult.construction.wordings import FORMS, PHRASINGS, ask, premise, truth_sentence
    from auscult.records import Fact, item_id, rank

    made: dict[str, list[Any]] = {}
    for key, facts in zip(rows["key"], rows["facts"], strict=True):
        known = known_of_facts(Fact(**f) for f in json.loads(facts))
        asked = 0
        for one in sorted(stated(known, key), key=lambda s: rank(key, s.claim.name)):
            if one.truth is None or one.unfit or asked == FORMS_A_SCENE:
                continue
            phrasing = rank(key, one.claim.name, "phrasing") % PHRASINGS
            questions = [ask(one.claim, form, phrasing, known, true=one.truth) for form in FORMS]
            if not all(questions):
                continue
            asked += 1
            for form, question in zip(FORMS, questions, strict=True):
                assert question is not None
                neutral = form == "neutral"
                reference = ("yes" if one.truth else "no") if neutral else question.answer
                source = f"{key}:premise:{one.claim.name}:{form}"
                row = {
                    "id": item_id(key, question.text, (), reference, source),
                    "case_id": key,
                    "source_id": source,
                    "question": question.text,
                    "reference": reference,
                    "answer_type": "yes_no" if neutral else "open",
                    "kind": "question" if neutral else "non-hallucination" if one.truth else "hallucination",
                    "category": one.claim.statement if neutral else one.claim.category,
                    "premise": premise(one.claim),
                    "premise_form": form,
                    "target": one.claim.finding,
                    "truth": truth_sentence(one.claim, known, true=one.truth),
                }
                for name, value in row.items():
                    made.setdefault(name, []).append(value)
    return made


def by_map(scenes: Path, limit: int | None) -> dict[str, Any]:
    import datasets
    import orjson

    def rows() -> Iterator[dict[str, str]]:
        with open(scenes / "phantoms.jsonl", "rb") as file:
            for line in islice(file, limit):
                row = orjson.loads(line)
                yield {"key": row["key"], "facts": json.dumps(row["facts"])}

    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory(dir=scenes.parent) as folder:
        data = datasets.Dataset.from_generator(rows, cache_dir=folder)
        items = data.map(items_of, batched=True, remove_columns=data.column_names, num_proc=2)
        items.to_parquet(f"{folder}/items.parquet")
        return {"cases": len(data), "items": len(items)}


def drafts(scenes: Path, limit: int | None) -> dict[str, Any]:
    from tests.models.servers import scripted_server

    from auscult.api.building import build
    from auscult.construction.drafting import DraftingOptions
    from auscult.construction.generators.drafted import Drafts
    from auscult.corpora import ReadOptions
    from auscult.items.patient_data.screening import PatientData

    asking = defaultdict[str, float](float)
    timed(asking, Drafts, "choose", "CPU", time.process_time)
    timed(asking, Drafts, "choose", "clock", time.perf_counter)
    table = scenes.parent / "captions.csv"
    denied = ("effusion", "pneumothorax", "consolidation", "edema", "fracture")
    images = sorted((scenes / "images").iterdir())[:limit]
    lines = (f"{i},Study {n}. The heart is enlarged. There is no {denied[n % 5]}." for n, i in enumerate(images))
    table.write_text("\n".join(["image,caption", *lines]) + "\n")
    with scripted_server(drafts=True) as server, tempfile.TemporaryDirectory(dir=scenes.parent) as folder:
        began, own = time.perf_counter(), time.process_time()
        made = build(
            "captions",
            table,
            Path(folder) / "items",
            options=ReadOptions(images=scenes / "images"),
            generator=f"openai:g@{server.base_url}",
            drafting=DraftingOptions(),
            patient_data=PatientData(burned_in=False),
        ).manifest
        seconds, spent = time.perf_counter() - began, time.process_time() - own
        asked = sum(server.counts()["asked"].values())
    return {
        "cases": made.cases,
        "items": made.items,
        "rejected": made.counts.get("rejected", {}),
        "calls": asked,
        "image calls a second, while asking": round(asked / asking["clock"]),
        "image calls a second, the whole build": round(asked / seconds),
        "CPU ms an image of the building process, while asking": round(1000 * asking["CPU"] / asked, 2),
        "CPU ms an image of the building process": round(1000 * spent / asked, 2),
    }


PARTS: dict[str, Callable[[Path, int | None], dict[str, Any]]] = {
    "rules": rules,
    "chain": chain,
    "map": by_map,
    "drafts": drafts,
}


def watched(pid: int, most: list[int], over: threading.Event) -> None:
    """The greatest memory of a process and its children together; shared pages of forks count once a process."""
    while not over.wait(0.5):
        found = 0
        try:
            for process in (one := psutil.Process(pid), *one.children(recursive=True)):
                found += process.memory_info().rss
        except psutil.NoSuchProcess:
            pass
        most[0] = max(most[0], found)


def in_a_process(name: str, scenes: Path, limit: int | None, told: Any) -> None:
    began, cpu = time.perf_counter(), os.times()
    found = PARTS[name](scenes, limit)
    after = os.times()
    spent = sum(after[:4]) - sum(cpu[:4])
    told.send({**found, "seconds": round(time.perf_counter() - began, 1), "CPU seconds": round(spent, 1)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=list(PARTS))
    parser.add_argument("--scenes", type=Path, required=True, help="a folder of auscult phantoms")
    parser.add_argument("--limit", type=int, help="most scenes")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    found: dict[str, Any] = {"machine": {"cores": os.cpu_count(), "python": platform.python_version()}}
    for name in args.parts:
        told, ours = multiprocessing.get_context("spawn").Pipe()
        work = multiprocessing.get_context("spawn").Process(
            target=in_a_process, args=(name, args.scenes.absolute(), args.limit, ours)
        )
        most, over = [0], threading.Event()
        work.start()
        watcher = threading.Thread(target=watched, args=(work.pid, most, over))
        watcher.start()
        ours.close()
        try:
            result = told.recv()
        except EOFError:
            sys.exit(f"{name}: stopped, see above")
        finally:
            over.set()
            watcher.join()
        work.join()
        found[name] = {**result, "peak MB, all processes": round(most[0] / 1e6)}
        print(name, json.dumps(found[name], indent=2), flush=True)
    if args.out:
        args.out.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
