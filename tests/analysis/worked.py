"""Runs small enough to be worked out by hand, written as an evaluation writes them and scored by the real scorers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from auscult.analysis import summarise
from auscult.analysis.summary import Summary
from auscult.corpora._bundles import seal
from auscult.protocols import Asking, Question
from auscult.records import Answer, Case, Condition, Item, Reply, Score
from auscult.runs.folder import SCHEMA
from auscult.runs.instruments import as_plain
from auscult.runs.scores import Scoring
from auscult.scorers import rules_for
from auscult.store.tables import write_rows

CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")
CUT = " [cut]"
Said = str | Sequence[str] | None


@dataclass(frozen=True)
class Asked:
    """A question and what was said under each image condition.

    A tuple holds several samples, ``!timeout`` is a request that failed so, None was not asked; what ends in ``CUT``
    was cut off there by the limit on tokens.
    """

    item: Item
    said: tuple[Said, ...]


def study(name: str, patient: str = "", **fields: Any) -> Case:
    """A case without images, of a patient if there is one."""
    return Case(id="", source="worked", source_key=name, group=patient, group_kind="patient", **fields)


def ask(question: str, reference: str, *said: Said, **fields: Any) -> Asked:
    """A yes/no question unless ``answer_type`` says otherwise, and the answers with, without, with the wrong image."""
    about = {"answer_type": "yes_no", **fields}
    return Asked(Item(id="", case_id="", source_id=question, question=question, reference=reference, **about), said)


@dataclass(frozen=True)
class Run:
    """A run folder with its four tables."""

    folder: Path
    instruments: list[dict[str, Any]]

    def summary(self, max_missing: float = 0.5, **manifest: Any) -> Summary:
        """What ``summarise`` makes of it."""
        self.note(max_missing, **manifest)
        return summarise(self.folder)

    def note(self, max_missing: float = 0.5, **manifest: Any) -> None:
        """Writes the manifest; ``instruments`` come beside the rules."""
        others = manifest.pop("instruments", [])
        about = {
            "schema": SCHEMA,
            "model": {"spec": "replay:worked", "recorded": True},
            "items": {"source": {"reader": "by hand"}},
            "canary": {"status": "inconclusive", "detail": "two alike"},
            "max_missing": max_missing,
            "instruments": [*self.instruments, *others],
            **manifest,
        }
        (self.folder / "manifest.json").write_bytes(orjson.dumps(about))


def write_run(folder: Path, studies: Iterable[tuple[Case, Sequence[Asked]]]) -> Run:
    """Writes cases, items and answers in the order of a real run, and scores them."""
    cases, items, answers = [], [], []
    for case, questions in studies:
        sealed = seal(case, [q.item for q in questions])
        cases.append(replace(sealed.case, group=case.group))
        items += sealed.items
        for n, condition in enumerate(CONDITIONS):
            for item, question in zip(sealed.items, questions, strict=True):
                answers += _answers(item, condition, question.said[n] if n < len(question.said) else None)
    write_rows(folder / "cases.parquet", Case, cases)
    write_rows(folder / "items.parquet", Item, items)
    write_rows(folder / "answers.parquet", Answer, answers)
    scoring = Scoring(rules_for())
    write_rows(folder / "scores.parquet", Score, scoring.rows(folder / "items.parquet", folder / "answers.parquet"))
    run = Run(folder, as_plain([s.instrument for s in scoring.used]))
    path = folder / "manifest.json"
    if path.exists():
        path.write_bytes(orjson.dumps({**orjson.loads(path.read_bytes()), "instruments": run.instruments}))
    else:
        run.note()
    return run


def _answers(item: Item, condition: Condition, said: Said) -> list[Answer]:
    texts = [] if said is None else [said] if isinstance(said, str) else said
    asking = Asking(model="worked", protocol="direct@1")
    put = (Question(item=item, condition=condition, repeat=repeat) for repeat in range(len(texts)))
    return [asking.answer(question, _reply(text)) for question, text in zip(put, texts, strict=True)]


def _reply(text: str) -> Reply:
    if text.startswith("!"):
        return Reply(failure=text[1:])
    return Reply(text=text.removesuffix(CUT), finish="length" if text.endswith(CUT) else "", seconds=0.5)


EFFUSION = {"target": "effusion", "paraphrase_group": "first"}
AIR = {"target": "pneumothorax", "paraphrase_group": "first"}
BONE = {"target": "fracture", "paraphrase_group": "second"}
NUMBER = {"answer_type": "number", "unit": "mm", "tolerance": 1.0}
OPEN, FALSE = {"answer_type": "open"}, {"answer_type": "open", "kind": "hallucination"}
ORGANS, SIDES = ("heart", "liver", "spleen", "kidney"), ("left", "right")

# Right (1), wrong (0), unusable and so wrong (u) or missing (m), with | without | with the wrong image.
WORKED: list[tuple[Case, list[Asked]]] = [
    (
        study("a1", "Ann", tags={"modality": "X-ray"}),
        [
            ask("Is there a pleural effusion?", "yes", "Yes.", "No.", "No.", **EFFUSION),  # 1 | 0 | 0
            ask("Does this film show a pleural effusion?", "yes", "No.", "Yes.", "No.", **EFFUSION),  # 0 | 1 | 0
            ask("Is there a fracture?", "no", "No.", "No.", "Yes.", **BONE),  # 1 | 1 | 0
            ask("Does it show a broken bone?", "no", "No.", "No.", "No.", **BONE),  # 1 | 1 | 1
            ask(
                "Which organ is large?", "heart", "Heart", "Liver", "Heart", answer_type="choice", options=ORGANS
            ),  # 1 | 0 | 1
            ask("What does the catheter touch?", "no catheter", "I'm sorry.", "Bone", "Bone", **FALSE),  # u | 0 | 0
        ],
    ),
    (
        study("a2", "Ann", tags={"modality": "CT"}),
        [
            ask("Is there a pleural effusion?", "no", "Yes.", "", "No.", **EFFUSION),  # 0 | u | 1
            ask(
                "Does this film show a pleural effusion?", "no", "Yes.", "No.", "!rate_limited", **EFFUSION
            ),  # 0 | 1 | m
            ask("How wide is the nodule in mm?", "12", "13 mm", "20 mm", "12 mm", **NUMBER),  # 1 | 0 | 1, 1 mm off
        ],
    ),
    (
        study("b1", "Bob", tags={"modality": "CT"}),
        [
            ask("Is there a pneumothorax?", "yes", "!timeout", "Yes.", "No.", **AIR),  # m | 1 | 0
            ask("Does it show a pneumothorax?", "yes", "Yes.", "No.", "No.", **AIR),  # 1 | 0 | 0
            ask("Is a fracture seen?", "no", "I cannot determine this.", "No.", "No.", target="fracture"),  # u | 1 | 1
            ask(
                "Which side is ill?", "left", "Right", "Right", "Left", answer_type="choice", options=SIDES
            ),  # 0 | 0 | 1
            ask("What is the main finding?", "left pleural effusion", "Pleural effusion", "Normal", "Left", **OPEN),
            ask("How many nodules?", "3", "two", "3", "5", answer_type="number"),  # 0 | 1 | 0, 1 off
        ],
    ),
    (
        study("c1", "Cal", tags={"modality": "MRI"}),  # not in the control subsample
        [
            ask("Is there an effusion?", "yes", "It may be present or absent.", **EFFUSION),  # h: a hedge, and so wrong
            ask("Can an effusion be seen here?", "yes", "Yes, and no fracture is seen.", **EFFUSION),  # 1
            ask("Is there edema?", "yes", "", target="edema"),  # u
            ask("How wide is the mass in mm?", "30", "2.5 cm", **NUMBER),  # 0, 5 mm off
            ask("How wide is the cyst in mm?", "10", "", **NUMBER),  # u
            ask("What is it?", "brain glioma", "Brain glioma.", **OPEN),  # recall 1
        ],
    ),
]


def many_patients(count: int = 15) -> list[tuple[Case, list[Asked]]]:
    """One image a patient. The image buys all, something, nothing or less than nothing, by question and control.

    Yes/no: right | wrong | wrong for three patients only. Choice: right | right | wrong. Number: wrong | right | right.
    """
    return [
        (
            study(f"case {n}", f"patient {n}", tags={"site": f"site {max(n, 1)}", "device": "one"}),
            [
                ask("Is it ill?", "yes", "Yes", "No", "No" if n < 3 else "Yes", category="even" if n % 2 else "odd"),
                ask("Which side?", "left", "Left", "Left", "Right", answer_type="choice", options=SIDES),
                ask("How wide in mm?", "5", "9 mm", "5 mm", "5 mm", **NUMBER),
            ],
        )
        for n in range(count)
    ]
