"""A set that a model drafted, end to end: a real server on loopback, scripted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.construction.drafting.batch_server import Asked, batch_server
from tests.construction.drafting.scripted import FINDINGS, make, right

from auscult.api import export
from auscult.construction.drafting.checking import Verdict
from auscult.construction.generators import Reject
from auscult.construction.generators.drafted import VERDICTS
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.store.tables import read_rows


def test_a_batch_becomes_items_with_what_the_plan_asked_and_the_words_they_rest_on(
    captions: Path, tmp_path: Path
) -> None:
    with batch_server(right) as server:
        made = make(server.url, captions, tmp_path / "set")
    items = list(made)
    assert len(server.asked) == len(FINDINGS)
    assert {item.kind for item in items} == {"hallucination", "non-hallucination"}
    annotations = {case.id: case.annotation for case in made.cases()}
    assert all(item.evidence in annotations[item.case_id] for item in items)
    assert all(item.style and item.difficulty for item in items)


def test_the_manifest_says_who_generated_what_it_saw_and_who_checked(captions: Path, tmp_path: Path) -> None:
    with batch_server(right) as server:
        made = make(server.url, captions, tmp_path / "set", checkers=(f"openai:c@{server.url}",)).manifest
    assert made.generators[0]["model"] == f"openai:g@{server.url}"
    assert made.generators[0]["saw"] == "annotation alone"
    assert made.generators[0]["prompt"] == "batch-1"
    assert [checker["model"] for checker in made.checkers] == [f"openai:c@{server.url}"]


@pytest.mark.parametrize(
    ("text_only", "images", "saw"), [(False, 1, "image and annotation"), (True, 0, "annotation alone")]
)
def test_the_images_go_out_unless_the_annotation_alone_is_wanted_and_the_card_says_which(
    captions: Path, tmp_path: Path, text_only: bool, images: int, saw: str
) -> None:
    with batch_server(right) as server:
        made = make(server.url, captions, tmp_path / "set", text_only=text_only, checkers=(f"openai:c@{server.url}",))
    assert [asked.images for asked in server.asked if not asked.checks] == [images] * len(FINDINGS)
    assert {asked.images for asked in server.asked if asked.checks} == {0}
    assert all(("you do not see the image" in a.texts[0]) == text_only for a in server.asked if not a.checks)
    export(made, "medhalltune", tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text()
    assert f"Drafted by the model `openai:g@{server.url}` from {saw};" in card


def test_what_the_annotation_s_words_cannot_show_is_refused_where_the_build_is_strict(
    captions: Path, tmp_path: Path
) -> None:
    def says(asked: Asked) -> str:
        reply = right(asked)
        return reply if asked.checks else reply.replace("is enlarged in this image", "is enlarged by old disease")

    def unshown(name: str) -> tuple[int, int]:
        rejects = list(read_rows(tmp_path / name / "rejects.parquet", Reject))
        items = (item.reference for item in ItemSet(tmp_path / name).all())
        return sum("old disease" in text for text in items), sum(
            r.reason == "the annotation does not say it" for r in rejects
        )

    with batch_server(says) as server:
        make(server.url, captions, tmp_path / "alone", strict=True)
        make(server.url, captions, tmp_path / "checked", checkers=(f"openai:c@{server.url}",))
    assert unshown("alone")[0] == 0 < unshown("alone")[1]
    assert unshown("checked")[0] > 0 == unshown("checked")[1]


def test_every_slot_is_an_item_or_a_reject(captions: Path, tmp_path: Path) -> None:
    with batch_server(right) as server:
        made = make(server.url, captions, tmp_path / "set")
    rejects = list(read_rows(tmp_path / "set" / "rejects.parquet", Reject))
    assert len(list(made)) + len(rejects) == 6 * len(FINDINGS)
    assert {r.reason for r in rejects if r.check == "reply"} == {"the reply has no pair for this slot"}


def test_what_the_checker_finds_wrong_is_kept_apart_with_its_reason(captions: Path, tmp_path: Path) -> None:
    def says(asked: Asked) -> str:
        if asked.checks and asked.section("answer").startswith("No"):
            return json.dumps({"quote": "", "stands": "not mentioned", "reason": "Not there.", "verdict": "wrong"})
        return right(asked)

    with batch_server(says) as server:
        made = make(server.url, captions, tmp_path / "set", checkers=(f"openai:c@{server.url}",))
    assert not any(item.reference.startswith("No") for item in made)
    wrong = [r for r in read_rows(tmp_path / "set" / "rejects.parquet", Reject) if r.check == "checkers"]
    assert wrong
    assert all("Not there." in r.said and r.question and r.item_id for r in wrong)
    verdicts = list(read_rows(tmp_path / "set" / VERDICTS, Verdict))
    assert {v.verdict for v in verdicts} == {"right", "wrong"}


def test_the_same_build_asks_nothing_twice(captions: Path, tmp_path: Path) -> None:
    with batch_server(right) as server:
        first = make(server.url, captions, tmp_path / "set").digest
        asked = len(server.asked)
        assert make(server.url, captions, tmp_path / "set").digest == first
        assert len(server.asked) == asked


@pytest.mark.parametrize("lost", ["generator", "checker"])
def test_a_failed_request_leaves_the_set_unmade_and_is_asked_again(captions: Path, tmp_path: Path, lost: str) -> None:
    broken = [True]

    def says(asked: Asked) -> str:
        failing = asked.checks == (lost == "checker") and "fracture" in asked.texts[-1]
        return "!400" if failing and broken[0] else right(asked)

    with batch_server(says) as server, batch_server(right) as whole:
        checker = {"checkers": (f"openai:c@{server.url}",)}
        with pytest.raises(UserError, match="requests failed .* the same command asks the failed ones again"):
            make(server.url, captions, tmp_path / "set", **checker)
        assert not (tmp_path / "set").exists()
        answered, broken[0] = len(server.asked), False
        made = make(server.url, captions, tmp_path / "set", **checker)
        assert len(server.asked) - answered < answered
        other = make(whole.url, captions, tmp_path / "other", checkers=(f"openai:c@{whole.url}",))
        assert made.digest == other.digest


def test_without_failed_makes_the_set_without_them(captions: Path, tmp_path: Path) -> None:
    says: Callable[[Asked], str] = lambda asked: "!400" if "fracture" in asked.texts[-1] else right(asked)  # noqa: E731
    with batch_server(says) as server:
        made = make(server.url, captions, tmp_path / "set", without_failed=True)
    assert len({item.case_id for item in made}) == len(FINDINGS) - 1
    assert made.manifest.counts["rejected"]["reply: the request failed"] == 1
