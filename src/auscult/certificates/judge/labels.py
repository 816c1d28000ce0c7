"""What people have labelled, as answers to judge: texts with an error, entailment, risk grades, stages, kinds.

The published files are read as they are. Nothing was tuned on any of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auscult.certificates import human_labels as human
from auscult.certificates.judge.planting import Put, scripted, subject
from auscult.certificates.planting.nouns import item_of
from auscult.corpora import med_hallmark
from auscult.errors import UserError
from auscult.records import Case, case_id, digest

MEDEC, ENTAILMENT, MEDVAL, FLAWS = "medec", "radfact-entailment", "medval-bench", "hidden-flaws-gpt-4v"
HALLMARK = "med-hallmark"
NONE = "(none is given)"
STAGES = {
    "image": "image_comprehension",
    "recall": "recall_of_mediacl_knowledge",
    "reason": "step_by_step_reasoning",
}
"""Stage → the column of its text; the middle one is spelt so where it was published."""
_ASKED = {
    "image": "Describe what the picture of this case shows.",
    "recall": "Give the medical knowledge that this case calls for.",
    "reason": "Reason step by step to the answer.",
}
_TASKS = {
    "dialogue2note": "Write the medical note of this conversation.",
    "medication2answer": "Answer the question on this medication.",
    "query2question": "Put this patient's message as a short question.",
    "report2impression": "Write the impression of this radiology report.",
    "report2simplified": "Say this radiology report in plain words for the patient.",
    "impression2simplified": "Say this impression in plain words for the patient.",
    "bhc2spanish": "Translate this hospital course into Spanish.",
}
"""MedVAL-Bench's tasks, asked in our words; another task is asked by its name."""


def _put(
    name: str,
    key: str,
    *,
    known: str,
    question: str,
    reference: str,
    text: str,
    degree: int,
    kind: str = "",
    cluster: str = "",
    wrong: Sequence[str] = (),
) -> Put:
    """One labelled answer."""
    case = Case(id=case_id([], name, key), source=name, source_key=key, annotation=known, group=cluster or key)
    tags = scripted(degree, 4 if degree else 10, text)
    item = item_of(case.id, question, reference, key=key, tags=tags)
    return Put(
        part=name,
        kind=kind,
        degree=degree,
        cluster=cluster or key,
        wrong=tuple(wrong),
        subject=subject(case, item, text),
    )


def medec(path: Path) -> list[Put]:
    """MEDEC: a clinical text with one medical error or none, judged without a reference.

    Source: Ben Abacha et al. 2025, Findings of ACL.
    """
    rows = human.published(path, ("Text ID", "Text", "Error Flag", "Error Sentence"))
    return [
        _put(
            MEDEC,
            row["Text ID"],
            known="",
            question="Tell the course of this patient's illness and how it was dealt with.",
            reference=NONE,
            text=row["Text"].strip(),
            degree=int(row["Error Flag"] == "1"),
            wrong=[row["Error Sentence"].strip()] if row["Error Flag"] == "1" else [],
        )
        for row in rows
        if row["Error Flag"].strip() in ("0", "1")
    ]


def entailment(path: Path) -> list[Put]:
    """Sentences of chest reports that a radiologist related to another report of the same study."""
    return [
        _put(
            ENTAILMENT,
            f"{claim.cluster} {number}",
            known=claim.known,
            question="What does this study show?",
            reference=claim.known,
            text=claim.sentence,
            degree=int(claim.status != "entailment"),
            kind=claim.status,
            cluster=claim.cluster,
        )
        for number, claim in enumerate(human.claims(path.parent))
    ]


def medval(path: Path) -> list[Put]:
    """MedVAL-Bench: a model's output with the risk grade, 1 (none) to 4 (high), that a physician gave it.

    Rows without a physician's grade or without an output are left out. ``degree`` is the grade less 1.

    Source: Aali et al. 2025, arXiv 2507.03152.
    """
    columns = ("id", "task", "input", "reference_output", "output", "physician_risk_grade")
    found = []
    for number, row in enumerate(human.published(path, columns), 2):
        grade = row["physician_risk_grade"].strip()
        if not grade or not row["output"].strip():
            continue
        level = grade.removeprefix("Level ").split(" ")[0].removesuffix(".0")
        if level not in ("1", "2", "3", "4"):
            raise UserError(f"{path}: row {number}: physician_risk_grade is '{grade}', not 1 to 4")
        task = row["task"].strip()
        found.append(
            _put(
                MEDVAL,
                f"{task} {row['id']} {number}",
                known=row["input"],
                question=_TASKS.get(task, f"Do the task '{task}' with the text that is given."),
                reference=row["reference_output"].strip() or NONE,
                text=row["output"],
                degree=int(level) - 1,
                kind=task,
                cluster=digest(task, row["input"]),
            )
        )
    return found


def flaws(path: Path) -> list[Put]:
    """Hidden-Flaws-GPT-4V: three stages of a rationale, each with a physician's verdict; 1 is right, less is not.

    A stage without a verdict or without a text is left out. The picture is not read. The reference is the final answer
    where that was right, and missing elsewhere, since the set does not hold the right choice.

    Source: Jin et al. 2024, npj Digital Medicine 7, 190.
    """
    columns = ("idx", "question", "choices", "final_answer", "final_correctness", *STAGES.values())
    rows = human.published(path, (*columns, *(f"{stage}_correctness" for stage in STAGES)))
    return [put for row in rows for put in _stages(row)]


def _stages(row: Mapping[str, Any]) -> Iterator[Put]:
    right = row["final_correctness"] == 1
    for stage, column in STAGES.items():
        verdict, text = row[f"{stage}_correctness"], (row[column] or "").strip()
        if verdict is None or verdict != verdict or not text:
            continue
        yield _put(
            FLAWS,
            f"{row['idx']} {stage}",
            known="",
            question=f"{row['question']}\n{row['choices']}\n{_ASKED[stage]}",
            reference=f"The answer is: {row['final_answer']}" if right and row["final_answer"] else NONE,
            text=text,
            degree=int(verdict < 1),
            kind=stage,
            cluster=str(row["idx"]),
        )


def hallmark(path: Path) -> list[Put]:
    """Med-HallMark: a model's answer to a question about an image, and the kind of its hallucination.

    The picture is not read. ``degree`` is how far the label lies from that of a correct answer; where the truth is not
    told, there is no reference.

    Source: Chen et al. 2024, arXiv 2406.10185.
    """
    files = [path.parent / name for name in med_hallmark.LABELLED]
    return [
        _put(
            HALLMARK,
            f"{file.stem} {number}",
            known="",
            question=row.question,
            reference=row.truth or NONE,
            text=row.answer,
            degree=len(med_hallmark.CLASSES) - 1 - med_hallmark.CLASSES.index(row.label),
            kind=row.label,
            cluster=row.image,
        )
        for file in files
        if file.is_file()
        for number, row in enumerate(med_hallmark.labelled(file), 1)
    ]


SETS: dict[str, tuple[str, Callable[[Path], list[Put]]]] = {
    MEDEC: ("medec_ms_validation.csv", medec),
    ENTAILMENT: ("entailment_radiologist_labelled.json", entailment),
    MEDVAL: ("test.csv", medval),
    FLAWS: ("**/train-*.parquet", flaws),
    HALLMARK: ("Conventional..json", hallmark),
}
"""Folder of a data set → the file that must be there, which may be a pattern, and how it is read."""


def labelled(data: Path | None) -> dict[str, list[Put]]:
    """The sets that are there, each in its answers.

    Raises:
        UserError: a set is there and cannot be read.
    """
    found = {name: sorted((data / name).glob(file)) for name, (file, _) in SETS.items()} if data else {}
    return {name: SETS[name][1](files[0]) for name, files in found.items() if files}
