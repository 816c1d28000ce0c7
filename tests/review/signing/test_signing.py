"""Files of a sign-off → a new item set: what stays, what changes, what is rejected, and who said so."""

import json
from pathlib import Path

import pytest
from tests.review.signing.made_set import make_set

from auscult.api.building import build
from auscult.construction import REJECTS
from auscult.construction.card import read_card
from auscult.construction.checks import checks, first_refusal
from auscult.construction.generators import Reject
from auscult.construction.use import facts_of
from auscult.corpora import ReadOptions
from auscult.corpora.item_set import read
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.signed import SIGNED, SignedRow
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.reports.items.page import write_items_page
from auscult.review.signing.building import SigningOff, SignOffOptions
from auscult.store.tables import read_rows

WHEN = "2026-03-04T10:20:30.000Z"


@pytest.fixture(scope="module")
def items(tmp_path_factory) -> ItemSet:
    return make_set(tmp_path_factory.mktemp("sets") / "items", hostile=False)


def file(folder: Path, items: ItemSet, reviewer: str, decided: dict[int, dict], change: dict | None = None) -> Path:
    """What a page saves; ``decided``: place of the item → what was decided."""
    ids = [i.id for i in items]
    rows = [{"item": ids[n] if isinstance(n, int) else n, "when": WHEN, **d} for n, d in decided.items()]
    content = {
        "schema": "auscult.sign-off/1",
        "set": items.digest,
        "reviewer": reviewer,
        "saved": WHEN,
        "shown": len(ids),
        "decisions": rows,
        **(change or {}),
    }
    path = folder / f"signed-{reviewer}.json"
    path.write_text(json.dumps(content))
    return path


ACCEPT = {"decision": "accept"}


def refuse(why: str = "the answer is wrong") -> dict[str, str]:
    return {"decision": "refuse", "reason": why}


def mend(**texts: str) -> dict[str, str]:
    return {"decision": "mend", **texts}


def built(items: ItemSet, out: Path, files: list[Path], **how: bool) -> ItemSet:
    signing = SigningOff(items, SignOffOptions(reviewed=tuple(files), **how))
    bundles = signing.bundles(read(items.folder, ReadOptions()))
    write_item_set(bundles, out, source=SourceNote(reader="item-set", path="x"), add=signing.adding)
    return ItemSet(out)


def test_what_is_accepted_stays_what_is_refused_goes_and_what_is_mended_has_a_new_id(items, tmp_path):
    before = list(items)
    decided = {
        0: ACCEPT,
        1: refuse("the image does not show it"),
        2: mend(reference="14"),
        3: mend(premise="A new one."),
    }
    new = built(items, tmp_path / "new", [file(tmp_path, items, "AB", decided)])
    after = {i.source_id: i for i in new}
    assert sorted(after) == ["q1", "q3", "q4", "q5"]
    assert after["q1"] == before[0] and after["q5"] == before[4]
    assert after["q3"].reference == "14" and after["q3"].id != before[2].id
    assert after["q4"].premise == "A new one." and after["q4"].question == before[3].question
    assert {i.split for i in new} == {i.split for i in before}


def test_a_refused_item_becomes_a_reject_with_the_reviewers_reason_beside_the_earlier_ones(items, tmp_path):
    new = built(items, tmp_path / "new", [file(tmp_path, items, "AB", {1: refuse("the image does not show it")})])
    rejects = list(read_rows(new.folder / REJECTS, Reject))
    assert len(rejects) == 4
    last = rejects[-1]
    assert (last.reason, last.check, last.question) == (
        "the image does not show it",
        "sign-off",
        "Which side is the effusion on?",
    )
    assert "AB, 2026-03-04: refuse" in last.said
    assert new.manifest.counts["rejected"]["the image does not show it"] == 1
    assert new.manifest.generators == items.manifest.generators


def test_the_twin_of_a_mended_item_is_the_mended_one_and_of_a_refused_one_none(items, tmp_path):
    mended = built(items, tmp_path / "a", [file(tmp_path, items, "AB", {0: mend(question="Is an effusion seen?")})])
    by_name = {i.source_id: i for i in mended}
    assert by_name["q4"].twin == by_name["q1"].id
    refused = built(items, tmp_path / "b", [file(tmp_path, items, "AB", {0: refuse()})])
    assert {i.source_id: i.twin for i in refused}["q4"] == ""


def test_who_decided_what_and_when_stands_in_the_set_and_on_its_page(items, tmp_path):
    new = built(items, tmp_path / "new", [file(tmp_path, items, "AB", {0: ACCEPT, 2: mend(reference="14")})])
    rows = {r.was: r for r in read_rows(new.folder / SIGNED, SignedRow)}
    mended = next(i for i in new if i.source_id == "q3")
    row = rows[[i.id for i in items][2]]
    assert (row.item_id, row.reviewer, row.outcome, row.reference) == (mended.id, "AB", "mended", "13")
    assert row.when.startswith("2026-03-04T10:20:30")
    (about,) = new.manifest.signed
    assert (
        about["reviewers"] == {"AB": {"accept": 1, "mend": 1}} and (about["from"], about["to"]) == ("2026-03-04",) * 2
    )
    assert about["said"] == "2 of 5 items signed off by AB (2026-03-04): 1 accepted, 1 mended, 0 refused."
    page = write_items_page(new, tmp_path / "page.html").path.read_text("utf-8")
    assert "AB, 2026-03-04</span>: mended. <bdi>answer before: 13" in page and about["said"] in page


def test_a_second_sign_off_keeps_the_first(items, tmp_path):
    first = built(items, tmp_path / "one", [file(tmp_path, items, "AB", {0: ACCEPT, 2: mend(reference="14")})])
    second = built(first, tmp_path / "two", [file(tmp_path, first, "CD", {1: mend(reference="right")})])
    assert [s["signed"] for s in second.manifest.signed] == [2, 1]
    assert [(r.reviewer, bool(r.item_id)) for r in read_rows(second.folder / SIGNED, SignedRow)] == [
        ("AB", True), ("AB", True), ("CD", True)]  # fmt: skip


def test_items_on_which_two_differ_are_not_kept_unless_that_is_said(items, tmp_path):
    files = [
        file(tmp_path, items, "AB", {0: ACCEPT, 1: ACCEPT, 2: mend(reference="14"), 3: ACCEPT}),
        file(tmp_path, items, "CD", {0: ACCEPT, 1: refuse(), 2: mend(reference="15"), 3: mend(premise="Other.")}),
    ]
    strict = built(items, tmp_path / "strict", files)
    assert {i.source_id for i in strict} == {"q1", "q5"}
    reasons = [r.reason for r in read_rows(strict.folder / REJECTS, Reject)]
    assert reasons.count("reviewers disagree") == 3
    kept = {i.source_id: i for i in built(items, tmp_path / "kept", files, accept_disputed=True)}
    assert sorted(kept) == ["q1", "q2", "q4", "q5"]  # mended in two ways: no one knows which
    assert kept["q4"].premise == "Other."


def test_the_agreement_of_two_stands_in_the_manifest(items, tmp_path):
    files = [
        file(tmp_path, items, "AB", {n: ACCEPT for n in range(5)}),
        file(tmp_path, items, "CD", {0: ACCEPT, 1: ACCEPT, 2: ACCEPT, 3: refuse()}),
    ]
    about = built(items, tmp_path / "new", files).manifest.signed[0]
    figures = {f["name"]: f for f in about["agreement"]}
    assert figures["percent agreement"]["value"] == 0.75 and figures["percent agreement"]["n"] == 4
    assert "Gwet's AC1" in figures and "Cohen's kappa" in figures
    assert "1 in dispute (0 of them kept). Agreement: percent agreement 75%" in about["said"]


def test_items_that_nobody_looked_at_stay_unsigned_or_are_left_out_and_counted(items, tmp_path):
    signed = [file(tmp_path, items, "AB", {0: ACCEPT})]
    assert len(built(items, tmp_path / "all", signed)) == 5
    only = built(items, tmp_path / "only", signed, signed_only=True)
    assert len(only) == 1 and only.manifest.left_out == {"not signed off": 4}


def test_a_set_counts_as_signed_off_where_every_item_of_it_is(items, tmp_path):
    signed = [file(tmp_path, items, "AB", {0: ACCEPT, 1: mend(reference="right"), 2: refuse()})]
    part, only = built(items, tmp_path / "part", signed), built(items, tmp_path / "only", signed, signed_only=True)
    assert not facts_of(part.manifest, {}, {}).signed and facts_of(only.manifest, {}, {}).signed


def test_the_card_of_a_signed_set_counts_the_items_that_are_left(tmp_path):
    write_folder(FolderPlan(n=30, seed=7, size=64), tmp_path / "P")
    whole = build("phantoms", tmp_path / "P", tmp_path / "whole")
    premise = next(k for k, i in enumerate(whole) if i.premise_form == "polar")
    new = built(whole, tmp_path / "new", [file(tmp_path, whole, "AB", {premise: refuse()})])
    before, after = read_card(whole.folder), read_card(new.folder)
    assert sum(r["n"] for r in after["items"]) == sum(r["n"] for r in before["items"]) - 1
    assert after["candidates"] == before["candidates"] and after["leak"]["readers"]
    assert new.manifest.checks == whole.manifest.checks


@pytest.fixture(scope="module")
def premises(tmp_path_factory) -> ItemSet:
    folder = tmp_path_factory.mktemp("premises")
    write_folder(FolderPlan(n=30, seed=7, size=64), folder / "P")
    return build("phantoms", folder / "P", folder / "items")


def place(items: ItemSet, form: str, kind: str) -> int:
    return next(k for k, i in enumerate(items) if i.premise_form == form and i.kind == kind and "fact" in i.tags)


@pytest.mark.parametrize(
    ("mended", "check", "reason"),
    [
        ({"reference": "A matter of taste, about the false premise."}, "facts", "the answer does not say"),
        ({"question": "Is it {what}, in John Miller, born 03/04/1951?"}, "patient data", "it may hold patient data"),
    ],
)
def test_a_mend_passes_the_checks_of_every_item_or_is_refused_and_counted_so(premises, tmp_path, mended, check, reason):
    number = place(premises, "polar", "hallucination")
    was = list(premises)[number]
    texts = {f: t.replace("{what}", was.target) for f, t in mended.items()}
    if "reference" in texts:
        texts["reference"] = f"Maybe {was.premise}"
    new = built(premises, tmp_path / "new", [file(tmp_path, premises, "AB", {number: mend(**texts)})])
    (about,) = new.manifest.signed
    assert (about["mended"], about["unfit"]) == (0, 1) and was.source_id not in {i.source_id for i in new}
    assert f"0 mended, 0 refused, 1 mended to what is refused like any such item ({reason}" in about["said"]
    last = list(read_rows(new.folder / REJECTS, Reject))[-1]
    assert last.check == check and last.reason.startswith(reason) and last.question == was.question
    for table in (REJECTS, SIGNED, "manifest.json", "card.md"):
        assert b"Miller" not in (new.folder / table).read_bytes()
    (row,) = read_rows(new.folder / SIGNED, SignedRow)
    assert (row.outcome, row.item_id) == ("unfit", "")


def test_a_mend_is_not_held_to_a_check_that_the_item_failed_before(items, tmp_path):
    """The data set's own words are not put to checks; a mend of what they would refuse stays."""
    mended = mend(reference="The heart is enlarged.")
    new = built(items, tmp_path / "new", [file(tmp_path, items, "AB", {4: mended})])
    case, (item,) = next((c, i) for c, i in new.groups() if c.source_key == "two")
    assert item.reference == "The heart is enlarged." and new.manifest.signed[0]["mended"] == 1
    assert first_refusal(checks(), case, item, []), "its evidence stands nowhere"


@pytest.mark.parametrize("form", ["polar", "tag"])
def test_a_mend_to_neither_yes_nor_no_is_one_line(premises, tmp_path, form):
    for kind in ("hallucination", "non-hallucination"):
        decided = {place(premises, form, kind): mend(reference="maybe so")}
        with pytest.raises(UserError, match=r"decision 1 .*'maybe so' says neither yes nor no") as error:
            SigningOff(premises, SignOffOptions(reviewed=(file(tmp_path, premises, "AB", decided),)))
        assert "\n" not in str(error.value)


def test_premises_that_are_out_of_balance_after_a_sign_off_are_counted(premises, tmp_path):
    kinds = premises.manifest.counts["kind"]
    true, false = kinds["non-hallucination"], kinds["hallucination"]
    refused = {place(premises, "polar", "hallucination"): refuse()}
    new = built(premises, tmp_path / "new", [file(tmp_path, premises, "AB", refused)])
    assert new.manifest.signed[0]["premises"] == {"true": true, "false": false - 1}
    assert f"{true} true and {false - 1} false premises are left." in new.manifest.signed[0]["said"]
    same = built(premises, tmp_path / "same", [file(tmp_path, premises, "AB", {0: ACCEPT})])
    assert "premises are left" not in same.manifest.signed[0]["said"]


def test_an_item_that_is_mended_into_another_one_is_marked_as_its_repeat(items, tmp_path, monkeypatch):
    monkeypatch.setattr("auscult.review.signing.building.checks", list)
    same = mend(question="How wide is it in mm?", reference="13")
    new = {i.source_id: i for i in built(items, tmp_path / "new", [file(tmp_path, items, "AB", {3: same})])}
    assert new["q4"].duplicate_of == new["q3"].id and not new["q3"].duplicate_of


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"set": "0" * 32}, "signs off another item set"),
        ({"schema": "auscult.rating/2"}, "not a file of a sign-off page"),
        ({"reviewer": "  "}, "damaged at reviewer"),
        ({"decisions": "none"}, "damaged at decisions"),
        ({"decisions": []}, "nothing is decided"),
        ({"saved": "yesterday"}, "damaged at saved"),
        ({"more": 1}, "damaged at more"),
    ],
)
def test_a_file_that_is_another_or_damaged_is_one_line(items, tmp_path, change, said):
    path = file(tmp_path, items, "AB", {0: ACCEPT}, change)
    with pytest.raises(UserError, match=said) as error:
        SigningOff(items, SignOffOptions(reviewed=tuple([path])))
    assert str(path) in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        ({"0" * 24: ACCEPT}, "is not in"),
        ({2: mend(question=" ")}, "leaves no question"),
        ({2: mend(reference="13")}, "changes nothing"),
        ({2: mend()}, "changes nothing"),
        ({2: mend(reference="about 13")}, "is no number"),
        ({0: mend(reference="maybe")}, "is none of yes, no"),
        ({0: mend(reference="maybe so")}, "is none of yes, no"),
        ({1: mend(reference="up")}, "is none of left, right"),
        ({1: refuse(" ")}, "without a reason"),
        ({1: {"decision": "burn"}}, "damaged at decisions.0.decision"),
    ],
)
def test_a_decision_that_cannot_be_followed_is_one_line(items, tmp_path, decided, said):
    with pytest.raises(UserError, match=said) as error:
        SigningOff(items, SignOffOptions(reviewed=tuple([file(tmp_path, items, "AB", decided)])))
    assert "\n" not in str(error.value)


def test_a_reviewer_who_decides_twice_on_an_item_is_one_line(items, tmp_path):
    (tmp_path / "more").mkdir()
    files = [file(tmp_path, items, "AB", {0: ACCEPT}), file(tmp_path / "more", items, "AB", {0: refuse()})]
    with pytest.raises(UserError, match="a second time"):
        SigningOff(items, SignOffOptions(reviewed=tuple(files)))


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'{"schema": "auscult.sign-off/1"}', b"\xff\xfe{}", b"[" * 100_000])
def test_a_broken_file_is_one_line(items, tmp_path, raw):
    (path := tmp_path / "broken.json").write_bytes(raw)
    with pytest.raises(UserError) as error:
        SigningOff(items, SignOffOptions(reviewed=tuple([path])))
    assert "broken.json" in str(error.value) and "\n" not in str(error.value)
