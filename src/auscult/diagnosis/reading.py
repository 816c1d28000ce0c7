"""From the folder of a diagnosis to its arms in arrays: each of its tables is read once.

Answers, traces and explanations are dropped as they stream by; what stays are keys, codes and numbers.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from auscult.analysis.joined import OK, STATUS, UNUSABLE
from auscult.analysis.keys import Keys
from auscult.diagnosis.adoption import Adopted
from auscult.diagnosis.arms import arm_named
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.errors import UserError
from auscult.records import AT_MOST, STAGES, Answer, Case, Item, Score
from auscult.runs.folder import DIAGNOSIS, read_manifest
from auscult.statistics.clusters import Mask
from auscult.statistics.interval import Floats
from auscult.store.tables import read_batches, read_rows, values_of

ENDS: Final = {"vision": STAGES[0], "knowledge": STAGES[1], "reasoning": STAGES[2]}
"""End of the name of an instrument that judges a stage → the stage."""
TAGS: Final = ("modality", "anatomy")
"""Tags of cases and items by which figures are split, beside the set and the type of question and answer."""
NO_OWN: Final = "no own "
"""Beginning of why an arm could not be put: the model's baseline lacks a stage."""


class _Filling:
    """Arrays of one arm, as rows come in."""

    def __init__(self, items: int, draws: int) -> None:
        self.right, self.most = np.full((2, items, draws), np.nan)
        self.status = np.zeros((items, draws), np.int8)
        self.valid = np.zeros((items, draws), bool)
        self.wrong: dict[str, Floats] = {}
        self.wrong_most: dict[str, Floats] = {}
        self.absent: dict[str, Mask] = {}
        self.illegible: dict[str, Mask] = {}
        self.quality: dict[str, dict[str, Floats]] = {}
        self.adopts: dict[bool, Floats] = {}
        self.adopts_most: dict[bool, Floats] = {}
        self.degree: list[str] = []

    def verdicts(self, stage: str) -> tuple[Floats, Floats, Mask]:
        """The arrays of a stage: least, most and absent."""
        items = len(self.right)
        if stage not in self.wrong:
            self.wrong[stage], self.wrong_most[stage] = np.full((2, items), np.nan)
            self.absent[stage], self.illegible[stage] = np.zeros((2, items), bool)
        return self.wrong[stage], self.wrong_most[stage], self.absent[stage]

    def adopted(self, own: bool) -> tuple[Floats, Floats]:
        """The arrays of adoption, with the planted error or with the model's own stage: least and most."""
        if own not in self.adopts:
            shape = self.right.shape if not own else (len(self.right), 1)
            self.adopts[own], self.adopts_most[own] = np.full((2, *shape), np.nan)
            self.degree = self.degree or [""] * len(self.right)
        return self.adopts[own], self.adopts_most[own]

    def table(self) -> ArmTable:
        """The arm as it is."""
        own, own_most = self.adopts.get(True), self.adopts_most.get(True)
        return ArmTable(
            right=self.right,
            right_most=self.most,
            status=self.status,
            valid=self.valid,
            wrong=self.wrong,
            wrong_most=self.wrong_most,
            absent=self.absent,
            illegible=self.illegible,
            quality=self.quality,
            adopts=self.adopts.get(False),
            adopts_own=None if own is None else own[:, 0],
            adopts_most=self.adopts_most.get(False),
            adopts_own_most=None if own_most is None else own_most[:, 0],
            degree=tuple(self.degree),
        )


def read(folder: Path) -> Diagnosed:
    """The arms of a diagnosis.

    Raises:
        UserError: the folder holds no diagnosis, or a table is not whole.
    """
    manifest = read_manifest(folder, DIAGNOSIS)
    ids, clusters, unit, tags = _items(folder)
    draws = {arm["name"]: arm["draws"] or 1 for arm in manifest["arms"]}
    arms = {name: _Filling(len(ids), count) for name, count in draws.items()}
    answers = _answers(folder / "answers.parquet", ids, arms)
    _scores(folder / "scores.parquet", answers, arms)
    _verdicts(folder / "verdicts.parquet", answers, arms)
    if (folder / "adopted.parquet").exists():
        _adopted(folder / "adopted.parquet", ids, arms)
    return Diagnosed(
        items=tuple(ids),
        clusters=clusters,
        arms={name: arm.table() for name, arm in arms.items()},
        unit=unit,
        tags=tags,
        left_out=manifest.get("left_out", {}),
        max_missing=manifest["max_missing"],
    )


def _items(folder: Path) -> tuple[Keys, NDArray[np.int64], str, dict[str, tuple[str, ...]]]:
    """Ids, clusters, what a cluster is, and tags of the items."""
    ids, clusters, groups, units = Keys(), array("q"), dict[str, int](), set[str]()
    columns: dict[str, list[str]] = {name: [] for name in ("set", *TAGS, "question type", "answer type")}
    cases = read_rows(folder / "cases.parquet", Case)
    case = next(cases, None)
    for item in read_rows(folder / "items.parquet", Item):
        while case is not None and case.id != item.case_id:
            case = next(cases, None)
        if case is None:
            raise UserError(f"{folder}: an item is of no case of cases.parquet; diagnose again")
        ids.append(item.id)
        clusters.append(groups.setdefault(case.group or case.id, len(groups)))
        units.add(case.group_kind)
        known = {**case.tags, **item.tags}
        fixed = {"set": case.source, "question type": item.category, "answer type": item.answer_type}
        for name, values in columns.items():
            values.append(fixed[name] if name in fixed else str(known.get(name, "")))
    unit = units.pop() if len(units) == 1 else "group"
    tags = {name: tuple(values) for name, values in columns.items() if any(values)}
    return ids, np.array(clusters, np.int64), unit, tags


class _Places:
    """Where each answer stands: its arm, its item and its draw."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.ids = Keys()
        self.arm, self.row, self.draw = array("h"), array("i"), array("h")

    def of(self, path: Path, ids: Sequence[str]) -> Iterator[tuple[int, str, int, int]]:
        """Place in the batch, arm, row and draw of some answers.

        Raises:
            UserError: one is not there.
        """
        places = self.ids.rows(ids)
        if len(places) and places.min() < 0:
            raise UserError(f"{path}: a row is of no answer of answers.parquet; diagnose again")
        for n, place in enumerate(places.tolist()):
            yield n, self.names[self.arm[place]], self.row[place], self.draw[place]


def _answers(path: Path, ids: Keys, arms: Mapping[str, _Filling]) -> _Places:
    places = _Places(tuple(arms))
    codes = {name: n for n, name in enumerate(places.names)}
    for batch in read_batches(path, Answer, ("id", "item_id", "protocol", "repeat", "status", "detail")):
        columns = {name: values_of(batch.column(name)) for name in batch.schema.names}
        rows = ids.rows(columns["item_id"])
        for name, row, protocol, draw, status, detail in zip(
            columns["id"],
            rows.tolist(),
            columns["protocol"],
            columns["repeat"],
            columns["status"],
            columns["detail"],
            strict=True,
        ):
            arm = arm_named(protocol)
            places.ids.append(name)
            places.arm.append(codes[arm])
            places.row.append(row)
            places.draw.append(draw)
            if not (status == "unusable" and detail.startswith(NO_OWN)):
                arms[arm].status[row, draw] = STATUS[status]
                arms[arm].valid[row, draw] = status == "ok"
    return places


def _scores(path: Path, answers: _Places, arms: Mapping[str, _Filling]) -> None:
    for batch in read_batches(path, Score, ("answer_id", "status", "values")):
        statuses, values = batch.column("status").to_pylist(), batch.column("values").to_pylist()
        for n, arm, row, draw in answers.of(path, batch.column("answer_id").to_pylist()):
            of, code = arms[arm], STATUS[statuses[n]]
            if of.status[row, draw] not in (OK, UNUSABLE):
                continue
            of.status[row, draw] = code
            if code in (OK, UNUSABLE):
                found = dict(values[n])
                of.right[row, draw] = found["correct"] if code == OK else 0.0
                of.most[row, draw] = found.get(f"correct{AT_MOST}", of.right[row, draw])


def _verdicts(path: Path, answers: _Places, arms: Mapping[str, _Filling]) -> None:
    """Verdicts on the stages of first draws; one that is not ``ok`` says either that there is no stage, or nothing."""
    for batch in read_batches(path, Score, ("answer_id", "scorer", "status", "values")):
        columns: dict[str, list[Any]] = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        for n, arm, row, draw in answers.of(path, columns["answer_id"]):
            stage = ENDS.get(columns["scorer"][n].rpartition("-")[2])
            if draw or stage is None:
                continue
            least, most, absent = arms[arm].verdicts(stage)
            if columns["status"][n] == "ok":
                found = dict(columns["values"][n])
                least[row] = found.pop("hallucinated")
                most[row] = found.pop(f"hallucinated{AT_MOST}", least[row])
                for name, value in found.items():
                    of = arms[arm].quality.setdefault(stage, {})
                    of.setdefault(name, np.full(len(least), np.nan))[row] = value
            absent[row] = columns["status"][n] == "unusable"
            arms[arm].illegible[stage][row] = columns["status"][n] == "unread"


def _adopted(path: Path, ids: Keys, arms: Mapping[str, _Filling]) -> None:
    fields = ("item_id", "arm", "own", "repeat", "degree", "adopts", "adopts_most")
    for batch in read_batches(path, Adopted, fields):
        columns: dict[str, list[Any]] = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        columns["item_id"] = ids.rows(columns["item_id"]).tolist()
        for row, arm, own, draw, degree, least, most in zip(*columns.values(), strict=True):
            if own and draw:
                continue
            found = arms[arm].adopted(own)
            arms[arm].degree[row] = degree
            if least is not None:
                found[0][row, draw], found[1][row, draw] = least, most


def instruments(folder: Path) -> tuple[dict[str, str], str]:
    """Stage → what judged it, and what decided whether answers are right: names with versions."""
    made = [(i["name"], f"{i['name']}@{i['version']}") for i in read_manifest(folder, DIAGNOSIS).get("instruments", ())]
    stages = {ENDS[end]: name for short, name in made if (end := short.rpartition("-")[2]) in ENDS}
    return stages, ", ".join(name for _, name in made if name not in stages.values())
