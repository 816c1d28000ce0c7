from pathlib import Path

import orjson
import pytest
from tests.scorers.judges.judge_server import anchor

from auscult.errors import UserError
from auscult.scorers.judges.anchors import AnchorFile, write_anchors

JUDGE, FOUR = "openai:judge@http://x/v1", ("accuracy", "relevance", "detail", "risk")


def opened(path: Path) -> AnchorFile:
    return AnchorFile(path, JUDGE, "medhalltune/1", FOUR)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "anchors.jsonl"
    write_anchors(path, [anchor("a", "5 5 5 5\nPleuräl."), anchor("b"), anchor("c", source_id="")])
    return path


def test_rows_are_found_by_item(file: Path) -> None:
    with opened(file) as anchors:
        assert len(anchors) == 3
        assert anchors.get("a") == anchor("a", "5 5 5 5\nPleuräl.")
        assert anchors.get("c") == anchor("c", source_id="")
        assert anchors.get("d") is None
        assert anchors.system == "openai:llava-med@http://x/v1"


def test_another_judges_file_is_refused_in_one_line(file: Path) -> None:
    with pytest.raises(
        UserError, match=r"anchors.jsonl: row 1: was judged by openai:judge@http://x/v1, not by other"
    ) as e:
        AnchorFile(file, "other", "medhalltune/1", FOUR)
    assert "\n" not in str(e.value)


def test_another_protocols_file_is_refused(file: Path) -> None:
    with pytest.raises(UserError, match="row 1: is of judge protocol medhalltune/1, not medhalltune/2"):
        AnchorFile(file, JUDGE, "medhalltune/2", FOUR)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda row: b"{", "is not JSON"),
        (lambda row: b"[]", "is not an object"),
        (lambda row: b"", "is not JSON"),
        (lambda row: orjson.dumps({k: v for k, v in row.items() if k != "judge"}), "is not an object with"),
        (lambda row: orjson.dumps({**row, "extra": 1}), "is not an object with"),
        (lambda row: orjson.dumps({**row, "answer": ""}), "answer is empty or no text"),
        (lambda row: orjson.dumps({**row, "item_id": 7}), "item_id is empty or no text"),
        (lambda row: orjson.dumps({**row, "scores": [5, 5, 5, 5]}), "scores is not an object"),
        (lambda row: orjson.dumps({**row, "scores": {**row["scores"], "risk": "5"}}), "scores holds what is no number"),
        (
            lambda row: orjson.dumps({**row, "scores": {**row["scores"], "risk": True}}),
            "scores holds what is no number",
        ),
        (lambda row: orjson.dumps({**row, "scores": {"accuracy": 5}}), "scores are not accuracy, detail"),
        (lambda row: orjson.dumps({**row, "judge": "other"}), "was judged by other"),
        (lambda row: orjson.dumps({**row, "system": "other"}), "is of system other"),
        (lambda row: orjson.dumps({**row, "item_id": "a"}), "item a has an anchor already"),
    ],
)
def test_a_malformed_row_is_refused_by_its_number(change: object, wrong: str, file: Path) -> None:
    lines = file.read_bytes().splitlines()
    lines[1] = change(orjson.loads(lines[1]))  # type: ignore[operator]
    file.write_bytes(b"\n".join(lines) + b"\n")
    with pytest.raises(UserError, match=f"anchors.jsonl: row 2: {wrong}"):
        opened(file)


def test_a_file_that_is_gone_or_empty_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        opened(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(UserError, match="holds no anchor"):
        opened(tmp_path / "empty.jsonl")


def test_nothing_is_half_written(tmp_path: Path) -> None:
    def rows():  # noqa: ANN202
        yield anchor("a")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_anchors(tmp_path / "anchors.jsonl", rows())
    assert not list(tmp_path.iterdir())


def test_another_file_has_another_digest(file: Path, tmp_path: Path) -> None:
    write_anchors(tmp_path / "other.jsonl", [anchor("a")])
    with opened(file) as one, opened(tmp_path / "other.jsonl") as other:
        assert one.digest != other.digest
