"""A small diagnosis folder of real records, with stage errors drawn by chance, and texts meant to do harm."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import orjson
from tests.reports.synthetic import BREAKOUT, FORMULA, SCRIPT, TURNED, draw

from auscult.diagnosis.arms import ARMS, BASELINE, GROUPS, Arm
from auscult.records import (
    STAGES,
    Answer,
    Case,
    ImageFile,
    Item,
    Score,
    Trace,
    answer_id,
    case_id,
    item_id,
    score_id,
)
from auscult.store.tables import write_rows

MODEL = "made model"
JUDGES = dict(zip(STAGES, ("stage-vision", "stage-knowledge", "stage-reasoning"), strict=True))
CHOSEN = (*GROUPS["default"], "gold_vr_own_kr")
KNOWN = "A nodule is round and under 30 mm; a mass is larger."


@dataclass(frozen=True)
class Errors:
    """How often each stage of the made model is wrong, of one."""

    eyes: float = 0.4
    knowledge: float = 0.12
    reasoning: float = 0.08


def build(
    folder: Path, images: int = 40, *, errors: Errors | None = None, arms: Sequence[str] = CHOSEN, seed: int = 0
) -> Path:
    """Writes a folder as the command does, and the images beside it; returns the folder.

    Every third question is of one image. A few answers never came, are no trace, or carry markup; one image is gone.
    """
    out, chance = folder / "out", Random(seed)
    out.mkdir(parents=True)
    cases = [_case(folder / "items", k) for k in range(images)]
    items = [_item(case, k, n) for k, case in enumerate(cases) for n in range(3)]
    own = {item.id: _own(item, errors or Errors(), chance, n) for n, item in enumerate(items)}
    answers, scores, verdicts = [], [], []
    for case in cases:
        of_case = [item for item in items if item.case_id == case.id]
        for arm in (ARMS[name] for name in arms):
            for item in of_case:
                answer = _answer(item, arm, own[item.id])
                answers.append(answer)
                scores.append(_score(item, answer))
                verdicts += _verdicts(item, answer, arm, own[item.id])
    write_rows(out / "cases.parquet", Case, cases)
    write_rows(out / "items.parquet", Item, items)
    write_rows(out / "answers.parquet", Answer, answers)
    write_rows(out / "scores.parquet", Score, scores)
    write_rows(out / "verdicts.parquet", Score, verdicts)
    (out / "manifest.json").write_bytes(orjson.dumps(_manifest(folder, arms)))
    return out


def _case(folder: Path, k: int) -> Case:
    data, name = draw(k), f"images/case{k}.png"
    (folder / "images").mkdir(parents=True, exist_ok=True)
    if k != 3:
        (folder / name).write_bytes(data)
    sha = hashlib.sha256(data).hexdigest()
    return Case(
        id=case_id([sha], "drawn", f"case-{k}"),
        source="drawn",
        source_key=f"case-{k}",
        group=f"p{k}",
        images=(ImageFile(path=name, sha256=sha),),
        tags={"modality": ("CT", "X-ray")[k % 2], "anatomy": ("chest", f"head {SCRIPT}")[k % 5 == 4]},
    )


def _about(k: int) -> tuple[int, str, str]:
    size, side = 12 + 5 * (k % 9), ("right", "left")[k % 2]
    return size, side, "nodule" if size < 30 else "mass"


def _item(case: Case, k: int, n: int) -> Item:
    size, side, name = _about(k)
    question, reference, kind = (
        (f"Is there a {name} on the {side}?", "yes", "yes_no"),
        ("How large is the opacity?", str(size), "number"),
        (f"What is the opacity on the {side}?", name, "choice"),
    )[n]
    options = ("nodule", "mass") if kind == "choice" else ()
    return Item(
        id=item_id(case.id, question, options, reference, f"{k}-{n}"),
        case_id=case.id,
        source_id=f"{k}-{n}",
        question=question + (f" {SCRIPT}" if (k, n) == (1, 1) else ""),
        reference=reference,
        answer_type=kind,  # type: ignore[arg-type]
        options=options,
        unit="mm" if kind == "number" else "",
        category=("presence", "size", "kind")[n],
        trace=Trace(
            visual_recognition=f"Frontal film: {size} mm white disc in the {side} lower zone.",
            knowledge_recall=KNOWN,
            reasoning=f"The {side} disc of {size} mm is a {name}.",
            answer=reference,
        ),
    )


@dataclass(frozen=True)
class Own:
    """What the model says by itself of an item, which of its stages are wrong, and how its answer is wrong."""

    stages: Mapping[str, str]
    wrong: Mapping[str, bool]
    wrong_answer: str
    lost: bool = False
    broken: bool = False


def _own(item: Item, errors: Errors, chance: Random, n: int) -> Own:
    wrong = {
        s: chance.random() < p for s, p in zip(STAGES, (errors.eyes, errors.knowledge, errors.reasoning), strict=True)
    }
    texts = {stage: getattr(item.trace, stage) for stage in STAGES}
    swapped = {"right": "left", "left": "right"}
    if wrong["visual_recognition"]:
        texts["visual_recognition"] = " ".join(swapped.get(w, w) for w in texts["visual_recognition"].split())
        texts["visual_recognition"] += ("", f" {BREAKOUT}", f" {TURNED}")[n % 3]
    if wrong["knowledge_recall"]:
        texts["knowledge_recall"] = f"A nodule is round and over 60 mm. {FORMULA}"
    if wrong["reasoning"]:
        texts["reasoning"] = "The image shows nothing, so that it is normal."
    answer = {"yes": "no", "nodule": "mass", "mass": "nodule"}.get(item.reference) or "99"
    return Own(texts, wrong, answer, lost=n == 17, broken=n % 29 == 11)


def _answer(item: Item, arm: Arm, own: Own) -> Answer:
    protocol = "staged@1" if arm.name == BASELINE else f"staged@1/{arm.name}"
    made = Answer(
        id=answer_id(item.id, MODEL, protocol, "with", {}, 0),
        item_id=item.id,
        case_id=item.case_id,
        model=MODEL,
        protocol=protocol,
        attempts=1,
    )
    if own.lost:
        return replace(made, status="request_failed", failure="timeout", detail="no reply within 120 s")
    if own.broken:
        lacks = bool(arm.own)
        said = "no own visual recognition" if lacks else "no knowledge recall"
        return replace(made, status="unusable", detail=said, attempts=0 if lacks else 1, text="" if lacks else "yes")
    given = {stage: source for stage, source in arm.given.items() if source in ("own", "gold")}
    right = not any(own.wrong[stage] and given.get(stage) != "gold" for stage in STAGES)
    text = item.reference if right else own.wrong_answer
    stages = {s: getattr(item.trace, s) if given.get(s) == "gold" else own.stages[s] for s in STAGES}
    return replace(made, text=text, trace=Trace(**stages, answer=text).text, stages={s: stages[s] for s in given})


def _score(item: Item, answer: Answer) -> Score:
    made = _row(answer, "closed", answer.status)
    if answer.status != "ok":
        return made
    return replace(made, parsed=answer.text, values={"correct": float(answer.text == item.reference)})


def _verdicts(item: Item, answer: Answer, arm: Arm, own: Own) -> Iterator[Score]:
    for stage in arm.written if arm.judged and answer.status == "ok" else ():
        made, wrong = _row(answer, JUDGES[stage], "ok"), own.wrong[stage]
        said = "says “right” or “left”, where it is the other" if wrong and stage == STAGES[0] else "as the reference"
        yield replace(made, values={"hallucinated": float(wrong)}, explanation=said)


def _row(answer: Answer, scorer: str, status: str) -> Score:
    return Score(
        id=score_id(answer.id, scorer, "1", 0),
        answer_id=answer.id,
        item_id=answer.item_id,
        case_id=answer.case_id,
        scorer=scorer,
        version="1",
        status=status,  # type: ignore[arg-type]
    )


def _manifest(folder: Path, arms: Sequence[str]) -> dict[str, object]:
    return {
        "schema": "auscult.diagnosis/1",
        "created": "2025-05-01T12:00:00Z",
        "command": "auscult diagnose items --model replay:answers.jsonl",
        "settings": {"model": MODEL},
        "model": {"spec": "replay:answers.jsonl", "name": MODEL, "identity": f"replay {SCRIPT}"},
        "items": {"path": str(folder / "items"), "source": {"reader": "drawn"}},
        "protocol": "staged@1",
        "arms": [{"name": name, "draws": 0, "given": dict(ARMS[name].given)} for name in arms],
        "judge": {"spec": "facts"},
        "left_out": {"no gold trace": 2},
        "max_missing": 0.05,
    }
