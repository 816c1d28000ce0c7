"""What came of the stages of a cell: the arms of a diagnosis that show each stage's error unaided, in bytes by item.

Whether a stage is false is said by ``diagnosis``, judge and all; here it is kept beside the cell's other outcomes.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auscult import protocols
from auscult.analysis.joined import STATUS
from auscult.diagnosis.published import records
from auscult.diagnosis.reading import read
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.diagnosis.table import ArmTable
from auscult.protocols.stages import InStages
from auscult.runs.folder import DIAGNOSIS
from auscult.store.given import read_json

Bytes = NDArray[np.int8]
RIGHT, FALSE, OPEN, ABSENT, UNHEARD = 1, 2, 3, 4, 5
"""Codes of a stage: judged, left open by its judge, not written, without a verdict; 0 is not asked."""
VALID, INVALID, LOST = 1, 2, 5
"""Codes of a trace; a request that failed is lost."""
TRACE = "trace"
STAGES_ASKED: Mapping[str, tuple[str, str]] = {
    "eyes": ("baseline", "visual_recognition"),
    "knowledge": ("baseline", "knowledge_recall"),
    "knowledge after right eyes": ("replace_vr", "knowledge_recall"),
    "reasoning": ("replace_vr_kr", "reasoning"),
}
"""Name of what is kept → arm and stage, see ``diagnosis.rates.UNAIDED`` and ``diagnosis.published.STEPS``."""
ARMS = ",".join(dict.fromkeys(arm for arm, _ in STAGES_ASKED.values()))


def in_stages(protocol: str) -> bool:
    """Whether a protocol asks for traces.

    Raises:
        UserError: there is no such protocol.
    """
    return isinstance(protocols.create(protocol), InStages)


def settings_of(protocol: str, judged: str, split: str) -> DiagnosisSettings:
    """How a cell is asked in stages; these are judged without a model."""
    return DiagnosisSettings(arms=ARMS, protocol=protocol, judge_protocol=judged, split=split or "all")


def is_staged(folder: Path) -> bool:
    """Whether a folder of a cell holds answers in stages."""
    return bool(read_json(folder / "manifest.json", "remove the folder, and run the cell again")["schema"] == DIAGNOSIS)


def staged_outcomes(folder: Path) -> tuple[Bytes, NDArray[np.float32], dict[str, Bytes]]:
    """Status and rightness of the answers of a cell's own traces, and what became of traces and stages."""
    table = read(folder)
    own = table.arms["baseline"]
    known = own.right[:, 0] == own.right_most[:, 0]
    right = np.where(known & ~own.missing[:, 0], own.right[:, 0], np.nan).astype(np.float32)
    stages = {name: stage_codes(table.arms[arm], stage) for name, (arm, stage) in STAGES_ASKED.items()}
    status = own.status[:, 0]
    came = [status == 0, status == STATUS["request_failed"], own.valid[:, 0]]
    valid = np.select(came, [0, LOST, VALID], INVALID).astype(np.int8)
    return status, right, {TRACE: valid, **stages}


def stage_codes(arm: ArmTable, stage: str) -> Bytes:
    """What became of a stage in an arm, by item."""
    least, most = arm.wrong[stage], arm.wrong_most[stage]
    of = [~records(arm, stage), arm.absent[stage], least == 1, most == 0, np.isnan(least)]
    return np.select(of, [0, ABSENT, FALSE, RIGHT, UNHEARD], OPEN).astype(np.int8)
