"""An item set that is built from another one says of its items what the other one said."""

import json
from pathlib import Path

import pytest
from tests.construction.drafting.batch_server import Asked, batch_server
from tests.construction.drafting.scripted import make, right
from tests.review.signing.made_set import make_set

from auscult.api.building import build
from auscult.construction import REJECTS
from auscult.construction.card import read_card
from auscult.construction.drafting.checking import Verdict
from auscult.construction.generators import Reject
from auscult.construction.generators.drafted import VERDICTS
from auscult.items.item_set import ItemSet
from auscult.items.signed import SIGNED, SignedRow
from auscult.items.split import SplitPlan
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.review.signing.building import SignOffOptions
from auscult.store.tables import read_rows


def half_wrong(asked: Asked) -> str:
    if asked.checks and asked.section("answer").startswith("No"):
        return json.dumps({"quote": "", "stands": "not mentioned", "reason": "Not there.", "verdict": "wrong"})
    return right(asked)


@pytest.fixture
def drafted(captions: Path, tmp_path: Path) -> ItemSet:
    with batch_server(half_wrong) as server:
        return make(server.url, captions, tmp_path / "old", checkers=(f"openai:c@{server.url}",))


def test_generators_checkers_checks_rejects_and_verdicts_go_on(drafted: ItemSet, tmp_path: Path) -> None:
    new = build("item-set", drafted.folder, tmp_path / "new")
    old = drafted.manifest
    assert new.digest == drafted.digest and old.generators and old.checkers and old.checks
    assert (new.manifest.generators, new.manifest.checkers) == (old.generators, old.checkers)
    assert (new.manifest.checks, new.manifest.counts) == (old.checks, old.counts)
    for name, cls in ((REJECTS, Reject), (VERDICTS, Verdict)):
        assert list(read_rows(new.folder / name, cls)) == list(read_rows(drafted.folder / name, cls)) != []


def test_what_is_said_of_cases_that_are_left_out_is_left_out(drafted: ItemSet, tmp_path: Path) -> None:
    new = build("item-set", drafted.folder, tmp_path / "new", limit=2)
    cases = {case.id for case in new.cases()}
    rejects = list(read_rows(new.folder / REJECTS, Reject))
    verdicts = list(read_rows(new.folder / VERDICTS, Verdict))
    assert {r.case_id for r in rejects} <= cases and 0 < len(rejects) == sum(new.manifest.counts["rejected"].values())
    assert {v.item_id for v in verdicts} <= {i.id for i in new} | {r.item_id for r in rejects}
    assert verdicts and "drafted" not in new.manifest.counts


def test_rejects_lie_in_the_part_in_which_their_case_lies_now(drafted: ItemSet, tmp_path: Path) -> None:
    split = SplitPlan(shares={"train": 0.5, "test": 0.5}, published=False, seed=1)
    new = build("item-set", drafted.folder, tmp_path / "new", split=split)
    parts = {item.case_id: item.split for item in new}
    assert len(set(parts.values())) == 2
    assert all(r.split == parts.get(r.case_id, r.split) for r in read_rows(new.folder / REJECTS, Reject))


def test_a_generator_that_is_added_stands_after_those_that_were_there(tmp_path: Path) -> None:
    write_folder(FolderPlan(n=20, seed=7, size=64), tmp_path / "P")
    old = build("phantoms", tmp_path / "P", tmp_path / "old")
    new = build("item-set", old.folder, tmp_path / "new", generate=["graded"])
    assert [one["name"] for one in new.manifest.generators] == ["premises", "graded"]
    before = list(read_rows(old.folder / REJECTS, Reject))
    after = list(read_rows(new.folder / REJECTS, Reject))
    assert after[: len(before)] == before
    card, was = read_card(new.folder), read_card(old.folder)
    assert sum(row["n"] for row in card["items"]) - sum(row["n"] for row in was["items"]) == len(new) - len(old) > 0
    assert card["rejected"] == len(after) and card["candidates"] == was["candidates"]
    assert {row["items"] for row in was["leak"]["readers"]} < {row["items"] for row in card["leak"]["readers"]}


def test_a_sign_off_goes_on(tmp_path: Path) -> None:
    items = make_set(tmp_path / "items", hostile=False)
    when, ids = "2026-03-04T10:20:30.000Z", [item.id for item in items]
    decisions = [
        {"item": ids[0], "when": when, "decision": "accept"},
        {"item": ids[1], "when": when, "decision": "refuse", "reason": "wrong"},
    ]
    content = {"schema": "auscult.sign-off/1", "set": items.digest, "reviewer": "AB", "saved": when, "shown": len(ids)}
    (file := tmp_path / "signed.json").write_text(json.dumps(content | {"decisions": decisions}))
    signed = build("item-set", items.folder, tmp_path / "signed", sign_off=SignOffOptions(reviewed=(file,)))
    again = build("item-set", signed.folder, tmp_path / "again")
    assert again.manifest.signed == signed.manifest.signed != []
    rows = list(read_rows(again.folder / SIGNED, SignedRow))
    assert rows == list(read_rows(signed.folder / SIGNED, SignedRow)) and [r.item_id for r in rows] == [ids[0], ""]
