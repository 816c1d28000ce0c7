"""A second reader's certificate rests on labelled answers that the rules leave unread, and on nothing else."""

from pathlib import Path

import orjson
import pytest
from tests.certificates.judge.judge_servers import quiet
from tests.scorers.judges.judge_server import judge_server

from auscult.certificates.reader import ReaderTrial
from auscult.certificates.reader.certificate import Calibration
from auscult.certificates.recorded.grading import INSUFFICIENT, PART
from auscult.errors import FiguresWithheld, UserError

FRENCH = {
    "yes": "L'image montre un épanchement pleural du côté gauche.",
    "no": "L'image montre un poumon clair du côté gauche.",
}


def recorded(folder: Path, each: int = 6, english: bool = True) -> Path:
    """Answers labelled yes and no, in French; beside each one that the rules read, and one that nobody labelled."""
    folder.mkdir()
    rows = []
    for n in range(each):
        for meant, text in FRENCH.items():
            about = {"model": f"m{n % 3}", "question": "Is there an effusion?", "image": str(n)}
            about["answer_type"] = "yes_no"
            rows.append({**about, "answer": f"{text} Cas {n}.", "meant": meant})
            if english:
                rows.append({**about, "answer": f"{meant.title()}, case {n}.", "meant": meant})
                rows.append({**about, "answer": f"{text} Encore {n}."})
    (folder / "a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return folder


def says(text: str, before: int) -> str:
    """Reads a clear lung as no, all else as yes, and of case 2 nothing that can be read."""
    if "Cas 2." in text:
        return "I cannot."
    return orjson.dumps({"quote": "", "reading": "no" if "poumon clair" in text else "yes"}).decode()


def test_only_labelled_answers_that_rules_leave_unread_are_put_and_graded_by_meaning(tmp_path: Path) -> None:
    answers = recorded(tmp_path / "answers")
    with judge_server(says) as server:
        calibration = Calibration(ReaderTrial(reader=server.spec, answers=(answers,)))
        forecast = calibration.forecast(tmp_path / "work")
        assert forecast.calls == 12 and "12 of 24 labelled answers are unread" in forecast.describe()
        made = calibration.run(tmp_path / "work", quiet)
        asked = len(server.asked)
        assert calibration.run(tmp_path / "work", quiet).figures == made.figures and len(server.asked) == asked
    assert len(set(server.texts)) == 12 and all("L'image" in text and "Encore" not in text for text in server.texts)
    assert made.instrument == f"reader@1+{server.spec}"
    for meant in ("yes", "no"):
        (row,) = [r for r in made.figures if r["part"] == PART and r["what"] == f"meant {meant}"]
        assert (row["n"], row["hits"], row["unread"], row["misread"]) == (6, 5, 1, 0)
        assert row["label"] == INSUFFICIENT
    assert made.passed is None and "leaves 12 unread" in made.summary


def test_failed_requests_withhold_it_and_the_same_call_goes_on(tmp_path: Path) -> None:
    answers = recorded(tmp_path / "answers", 2, english=False)
    with judge_server(lambda text, before: 400) as broken, pytest.raises(FiguresWithheld, match="4 of 4"):
        Calibration(ReaderTrial(reader=broken.spec, answers=(answers,))).run(tmp_path / "work", quiet)


def test_with_nothing_unread_there_is_nothing_to_certify(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        orjson.dumps({"model": "m", "question": "Is it?", "answer": "Yes.", "answer_type": "yes_no", "meant": "yes"})
    )
    with pytest.raises(UserError, match="of 1 labelled answers .* none unread"):
        Calibration(ReaderTrial(reader="openai:m@http://127.0.0.1:9/v1", answers=(tmp_path / "a.jsonl",)))
