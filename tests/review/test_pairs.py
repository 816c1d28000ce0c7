"""Pairs of an item set on a blinded sheet, and the audit that comes of it."""

import csv
import io
import json
import shutil
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from tests.reports.browser import Browser, chromium
from typer.testing import CliRunner

from auscult.api.building import build
from auscult.cli import app
from auscult.construction.audited import HEADING, read_audit, sentence
from auscult.corpora.vqa_rad import sample_path
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import Item
from auscult.review.auditing import audit
from auscult.review.pairs import Pool, _drawn, audit_folder, beside, make_audit
from auscult.review.planting import planted

FIELDS = ("rater", "row", "at_first", "verdict", "problems", "comment")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A set with made pairs, and its sheet as the build wrote it."""
    out = tmp_path_factory.mktemp("sets") / "items"
    build("vqa-rad", sample_path(), out, generate=["premises"])
    return out


@pytest.fixture(scope="module")
def sheet(built):
    return audit_folder(built)


def key_of(sheet):
    return json.loads((sheet / "key.json").read_text())


def filled(sheet, rater, out, says, upto=None):
    """A filled sheet; ``says`` is given the key's row."""
    key = key_of(sheet)
    path = out / f"filled-{rater}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        for name in key["orders"][rater][:upto]:
            verdict = says(key["rows"][name])
            problems = "other" if verdict in ("wrong", "partly") else ""
            writer.writerow({"rater": rater, "row": name, "verdict": verdict, "problems": problems})
    return path


def honest(row):
    return "wrong" if row["model"] == "planted" else "correct"


def test_a_build_that_made_pairs_writes_a_sheet_for_two_readers(built, sheet):
    rows = Counter(row["model"] for row in key_of(sheet)["rows"].values())
    assert rows["planted"] == 48 and rows["accepted"] + rows["rejected"] == 192 and rows["accepted"] >= 149
    assert {p.name for p in sheet.iterdir()} == {"A", "B", "key.json"}
    assert (sheet / "A" / "sheet-A.html").is_file() and (sheet / "B" / "sheet-B.csv").is_file()


def test_a_set_without_made_pairs_gets_none(tmp_path):
    build("vqa-rad", sample_path(), tmp_path / "plain", limit=3)
    assert not audit_folder(tmp_path / "plain").exists()


def test_nothing_on_a_sheet_tells_accepted_from_rejected_and_planted(sheet):
    for path in (sheet / "A").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not any(word in data for word in (b"accepted", b"planted", b"stratum"))
    table = (sheet / "A" / "sheet-A.csv").read_text("utf-8-sig")
    assert next(csv.reader(io.StringIO(table)))[-4:] == ["at_first", "verdict", "problems", "comment"]


def test_a_planted_pair_has_another_answer_than_the_set_and_does_not_stand_beside_its_own(built, sheet):
    items = {i.id: i for i in ItemSet(built).all()}
    rows = list(key_of(sheet)["rows"].values())
    wrong = [r for r in rows if r["model"] == "planted"]
    assert all(r["text"] != items[r["item"]].reference and r["question"] == items[r["item"]].question for r in wrong)
    assert not {r["item"] for r in wrong} & {r["item"] for r in rows if r["model"] == "accepted"}


def test_the_same_set_and_seed_give_the_same_sheet(built, sheet, tmp_path):
    make_audit(built, tmp_path / "again")
    make_audit(built, tmp_path / "other", seed=1)
    assert key_of(tmp_path / "again")["rows"] == key_of(sheet)["rows"] != key_of(tmp_path / "other")["rows"]


def test_each_pair_of_a_kind_is_as_likely_as_any_other_whatever_its_category():
    strata = {
        "few": Pool(4, tuple((f"f{k}", "c") for k in range(4))),
        "many": Pool(36, tuple((f"m{k}", "c") for k in range(36))),
    }
    few = [sum(s == "few" for s in _drawn(strata, (), 10, seed)[1].values()) for seed in range(400)]
    assert sum(few) / len(few) == pytest.approx(1.0, abs=0.05) and {
        len(_drawn(strata, (), 10, s)[1]) for s in range(20)
    } == {10}


def test_the_audit_says_how_many_of_a_hundred_are_wrong_with_n_and_limits(built, sheet, tmp_path):
    files = [filled(sheet, rater, tmp_path, honest) for rater in "AB"]
    folder, found = audit(sheet, files)
    assert folder == built.resolve() and found == read_audit(built, ItemSet(built).digest)
    assert found.rate.value == 0 and found.sensitivity.value == 1 and found.rate.high > found.said.high
    assert sentence(found).startswith("Of 100 accepted pairs none was found wrong; at most")
    assert sentence(found).endswith(f"read by two readers, n = {found.read}.")
    card = (built / "card.md").read_text()
    assert card.count(HEADING) == 1 and sentence(found) in card
    audit(sheet, files)
    assert (built / "card.md").read_text() == card


def test_cannot_tell_counts_as_wrong_and_not_as_a_planted_error_found(built, sheet, tmp_path):
    rng = Random(3)
    says = lambda row: "cannot tell" if rng.random() < 0.2 else honest(row)  # noqa: E731
    _, found = audit(sheet, [filled(sheet, "A", tmp_path, says)])
    assert found.rate.value == pytest.approx(0.2, abs=0.08) and found.sensitivity.value < 1


def test_two_readers_count_by_their_share_and_their_agreement_is_given(built, sheet, tmp_path):
    one = filled(sheet, "A", tmp_path, honest)
    other = filled(sheet, "B", tmp_path, lambda row: "wrong")
    _, found = audit(sheet, [one, other])
    assert found.rate.value == pytest.approx(0.5)
    agree = {e.instrument or e.name: e.value for e in found.agreement}
    assert 0.0 in agree.values() and len(agree) == 3


def test_who_stops_early_read_a_smaller_draw(built, sheet, tmp_path):
    _, found = audit(sheet, [filled(sheet, "A", tmp_path, honest, upto=100)])
    assert found.readers == {"A": 100} and found.read < 100 and not found.rate.missing


def test_an_audit_of_another_set_is_refused(built, sheet, tmp_path):
    copy = shutil.copytree(built, tmp_path / "items")
    key = key_of(sheet) | {"item_set": str(copy), "digest": "0" * 32}
    other = shutil.copytree(sheet, tmp_path / "sheet")
    (other / "key.json").write_text(json.dumps(key))
    with pytest.raises(UserError, match="another item set than the sheet was drawn from"):
        audit(other, [filled(sheet, "A", tmp_path, honest)])


def test_filled_sheets_beside_a_set_are_not_lost_to_a_new_build(built, tmp_path):
    items = shutil.copytree(built, tmp_path / "items")
    mine = audit_folder(items)
    mine.mkdir()
    (mine / "filled-A.csv").write_text("work of hours")
    said = []
    assert beside(items, said.append) is None
    assert (mine / "filled-A.csv").is_file() and "left as it is" in said[0]


def test_the_commands_make_and_apply_take_a_set(built, tmp_path):
    run = CliRunner().invoke(app, ["rate", "make", str(built), "--out", str(tmp_path / "sheet"), "--n", "60"])
    assert run.exit_code == 0, run.output
    path = filled(tmp_path / "sheet", "A", tmp_path, honest)
    run = CliRunner().invoke(app, ["rate", "apply", str(tmp_path / "sheet"), str(path)])
    assert run.exit_code == 0 and "read by one reader" in run.output


ITEM = Item(id="i", case_id="c", source_id="", question="?", reference="", answer_type="open")


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"reference": "yes", "answer_type": "yes_no"}, {"no"}),
        ({"reference": "left", "answer_type": "choice", "options": ("left", "right")}, {"right"}),
        ({"reference": "2", "answer_type": "number"}, {"4", "6"}),
        (
            {"reference": "No, the lungs are clear.", "kind": "hallucination", "premise": "There is an effusion."},
            {"Yes, there is an effusion.", "No, the lungs are opacified."},
        ),
        (
            {
                "reference": "Yes, the tube is in place.",
                "kind": "non-hallucination",
                "premise": "The tube is in place.",
            },
            {"No, the tube is not in place."},
        ),
        ({"reference": "In the left lower lobe."}, {"In the right lower lobe.", "In the left upper lobe."}),
        ({"reference": "It measures 12 mm."}, {"It measures 36 mm."}),
        ({"reference": "There is no pneumothorax."}, {"There is pneumothorax."}),
    ],
)
def test_an_answer_is_made_wrong_in_its_own_words(more, wrong):
    made = {planted(replace(ITEM, **more), Random(k)).reference for k in range(30)}
    assert made <= wrong and made


def test_an_answer_that_cannot_be_made_wrong_is_not_planted():
    assert planted(replace(ITEM, reference="Pneumonia"), Random(1)) is None


@pytest.mark.skipif(chromium() is None, reason="no browser: install Debian's chromium")
async def test_on_the_page_the_answer_waits_for_the_question_and_the_verdict_is_kept(sheet):
    def key(name, code=""):
        about = json.dumps({"key": name, "code": code, "bubbles": True, "cancelable": True})
        return f"document.body.dispatchEvent(new KeyboardEvent('keydown', {about}))"

    answer = "document.querySelector('.row:not([hidden]) .stage').hidden"
    async with Browser() as browser:
        await browser.open(sheet / "A" / "sheet-A.html", 1280)
        await browser.value(key("1", "Digit1"))
        assert await browser.value(answer)  # no verdict before the answer was shown
        await browser.value(key("a"))
        assert not await browser.value(answer)
        await browser.value(key("3", "Digit3"))
        await browser.value(key("i"))
        assert "1 rated" in await browser.value("document.getElementById('where').textContent")
        assert not browser.complaints
