"""Traces that a language model writes about reports: ``python -m recipes.report_traces --help``.

The model sees no image. The report stands in its place, and the trace is asked for in the words of the protocol
``staged``. The file is what ``auscult calibrate stage --traces FILE`` takes; whoever reads the traces against their
reports adds to a row ``"wrong": {"visual_recognition": true, ...}``. Reports of Indiana University may not be
published in altered form, and so neither may what is written about them: the file stays with who made it.
"""

import argparse
import asyncio
from pathlib import Path
from random import Random

import orjson

from auscult import models
from auscult.certificates import human_labels as human
from auscult.models import CallFailed, ModelOptions
from auscult.protocols.stages import stages_text
from auscult.records import Call, Decoding, Item, Message

ROLE = "You are a radiologist. You see a chest radiograph; this is what it shows: {report}"
WORDS = (25, 90)
"""Fewest and most words of a report that is written about."""


def chosen(folder: Path, count: int) -> list[tuple[str, str, str, bool]]:
    """Report number, its text, a finding to ask for, and whether the gold table marks it; every second one does.

    Only reports with an even number, the half kept for certificates, and none whose words were removed.
    """
    gold, random, found = human.gold(folder), Random(0), []
    reports = [r for r in human.held_out_reports(folder) if "XXXX" not in r.text]
    random.shuffle(reports)
    for wanted in (True, False):
        fit = [r for r in reports if WORDS[0] <= len(r.text.split()) <= WORDS[1] and bool(gold[r.uid]) == wanted]
        for report in fit[: count // 2]:
            names = sorted(gold[report.uid]) or ["Effusion", "Pneumothorax", "Cardiomegaly", "Nodule", "Consolidation"]
            name = random.choice(names)
            found.append((report.uid, report.text, human.GOLD_TERMS[name][0], wanted))
    return found


async def write(spec: str, folder: Path, out: Path, count: int, together: int) -> None:
    """Asks for a trace a report, some at a time, and appends it; those that the file holds are not asked again."""
    model = models.create(spec, ModelOptions())
    rows = [orjson.loads(line) for line in out.read_bytes().splitlines()] if out.exists() else []
    done, room = {row["report"] for row in rows}, asyncio.Semaphore(together)

    async def one(number: int, uid: str, text: str, finding: str, there: bool) -> None:
        question, reference = f"Is there {finding}?", "yes" if there else "no"
        item = Item(id=uid, case_id=uid, source_id=uid, question=question, reference=reference, answer_type="yes_no")
        turns = (Message("system", (ROLE.format(report=text),)), Message("user", (stages_text(item),)))
        decoding = Decoding(temperature=0.7, top_p=0.9, max_tokens=400, seed=number)
        async with room:
            try:
                reply = (await model.reply([Call(messages=turns, decoding=decoding)]))[0]
            except CallFailed as error:
                print(uid, error)
                return
        row = {"report": uid, "question": question, "reference": reference, "trace": reply.text}
        with open(out, "ab") as file:
            file.write(orjson.dumps(row | {"model": model.identity}, option=orjson.OPT_APPEND_NEWLINE))

    asked = [(number, *row) for number, row in enumerate(chosen(folder, count)) if row[0] not in done]
    await asyncio.gather(*(one(*row) for row in asked))
    await model.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, required=True, help="folder of iu-reports")
    parser.add_argument("--model", required=True, help="openai:NAME@URL")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--together", type=int, default=4, help="requests at a time")
    given = parser.parse_args()
    asyncio.run(write(given.model, given.reports, given.out, given.count, given.together))
