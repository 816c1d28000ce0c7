"""A made-up judged file in MedHallTune's form, some of its grades unreadable; no line of the released one is in it."""

import json
from pathlib import Path

UNREADABLE = {4: "8 7 6", 17: "Scores: 8, 7, 6, 9", 23: "0 11 5 5", 31: ""}
"""Row → a first line that is not four grades from 1 to 10."""


def write_judged(folder: Path, most: int = 120) -> None:
    folder.mkdir()
    for sign, count in (("negative", most), ("postive", most - 5)):  # spelt as in the release
        rows = (_row(sign, k) for k in range(count))
        (folder / f"made-up-prediction-{sign}-eval.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _row(sign: str, k: int) -> dict[str, object]:
    shift = len(sign)
    grades = (k % 10 + 1, (shift * k) % 9 + 1, (k * k + shift) % 10 + 1, (3 * k + shift) % 7 + 4)
    said = UNREADABLE.get(k, " ".join(map(str, grades)))
    row: dict[str, object] = {"question_id": k, "image": f"pmc_{k // 4}_0.jpg", "text": f"Question {k}?\n<image>"}
    row |= {"gpt4_answer": f"No, it is {k}.", "fig_caption": f"Figure {k}.", "question": f"Question {k}?"}
    return row | {"answer": "" if k % 37 == 5 else f"Yes, number {k}.", "result": f"{said}\n\nBecause."}
