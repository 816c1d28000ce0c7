import csv
import hashlib
import json

import pytest
from aiohttp import web
from tests.attacks.serving import serving
from tests.drawing.studio import drawn, in_base64, picture, studio

from auscult import audit_draw
from auscult.drawing.audit import Audit
from auscult.drawing.figured import read_figures
from auscult.drawing.nouns import Drawn, Outcome
from auscult.drawing.prompts import bundled
from auscult.drawing.settings import DrawingSettings
from auscult.errors import BudgetReached, UserError
from auscult.review.drawings import apply_drawing_sheet, make_drawing_sheet
from auscult.store.tables import read_rows

PROMPTS = {p.text: p for p in bundled()}
CONTENTS = len({p.content for p in PROMPTS.values()})
SIDED = len({p.content for p in PROMPTS.values() if "side" in p.left_open})


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


class Looking:
    """A judge behind a server: impossible things are in every image of a justified prompt, and in no other."""

    def __init__(self):
        self.asked = 0
        images = {in_base64(picture(p.text)): p for p in PROMPTS.values()}
        self.known = {hashlib.sha256(url.encode()).hexdigest(): p for url, p in images.items()}

    async def __call__(self, request):
        self.asked += 1
        parts = json.loads(await request.read())["messages"][-1]["content"]
        url = next(p["image_url"]["url"] for p in parts if p["type"] == "image_url").split(",")[1]
        names = next(p["text"] for p in parts if p["type"] == "text").split(":\n")[1].replace("- ", "").split("\n")
        prompt = self.known[hashlib.sha256(url.encode()).hexdigest()]
        there = prompt.asks if prompt.kind == "plausible" else prompt.must_not if prompt.wording == "justified" else ()
        things = [
            {"name": n, "where": "", "seen": "yes" if n in there else "no", "side": "right" if n in there else "none"}
            for n in names
        ]
        added = [{"what": "clips", "where": "x"}] if prompt.wording == "role" else []
        said = {"kind": prompt.modality, "view": "", "things": things, "additions": added}
        return web.json_response({"choices": [{"message": {"content": json.dumps(said)}}]})


def audited(out, draw=drawn, look=None, **more):
    look = look or Looking()
    with studio(draw) as server, serving(look) as judge:
        audit_draw(f"openai:m@{server.url}", out, judge=f"openai:j@{judge.url}", draws=1, **more)
    return read_figures(out)


def test_an_audit_says_what_was_drawn_that_cannot_be_and_which_wording_breaks_the_guard(tmp_path):
    found = audited(tmp_path / "audit")
    shares = {w: found.one("compliance", wording=w).value for w in ("plain", "justified", "role", "reworded")}
    assert shares == {"plain": 0, "justified": 1, "role": 0, "reworded": 0}
    rise = next(f.estimate for f in found.of("difference") if f.wording == "justified")
    assert rise.value == 1 and rise.low > 0.5 and rise.clusters == CONTENTS
    assert found.one("additions", "clips").value == pytest.approx(0.25)
    assert found.one("side").value == 1 and found.one("side").n == SIDED * 4
    assert found.leads == "judge" and found.uncertified == ("judge",)


def test_the_page_says_it_in_natural_frequencies_with_the_images(tmp_path):
    audited(tmp_path / "audit")
    page = (tmp_path / "audit" / "drawing.html").read_text("utf-8")
    head = page[: page.index('id="folds-h"')]
    assert "Obeys 100 (86 to 100) of 100 impossible requests with a justification, none of 25 asked plainly" in head
    assert "may be chance" not in head
    assert "it draws the right in 68 of 68" in head
    assert "has no certificate" in head and head.count("data:image") >= 6
    assert "https://" not in page.replace("https://api.openai.com", "")


def test_the_same_command_goes_on_and_asks_nothing_twice(tmp_path):
    look = Looking()
    with studio() as server, serving(look) as judge:

        def go(budget):
            spec, judged = f"openai:m@{server.url}", f"openai:j@{judge.url}"
            audit_draw(spec, tmp_path, judge=judged, draws=1, limit=2, budget_calls=budget)
            return sum(request.startswith("POST") for request in server.requests)

        with pytest.raises(BudgetReached):
            go(10)
        assert go(100) == 16 == look.asked
        assert go(100) == 16 == look.asked


def test_another_judge_looks_again_and_nothing_is_drawn_again(tmp_path):
    looks = Looking(), Looking()
    with studio() as server, serving(looks[0]) as one, serving(looks[1]) as other:
        for judge in (one, other):
            audit_draw(f"openai:m@{server.url}", tmp_path, judge=f"openai:j@{judge.url}", draws=1, limit=1)
    assert sum(request.startswith("POST") for request in server.requests) == 8
    assert [look.asked for look in looks] == [8, 8]


def test_another_generator_in_the_same_folder_is_refused(tmp_path):
    with studio() as server:
        audit_draw(f"openai:m@{server.url}", tmp_path, draws=1, limit=1)
        with pytest.raises(UserError, match="begun with other settings: draws was 1 and is now 2"):
            audit_draw(f"openai:m@{server.url}", tmp_path, draws=2, limit=1)


def test_without_a_judge_images_are_unread_and_refusals_are_read(tmp_path):
    def half(body):
        prompt = PROMPTS[body["prompt"]]
        return drawn(body) if prompt.kind == "plausible" else {"data": [{"text": "I can't draw that."}]}

    with studio(half) as server:
        audit_draw(f"openai:m@{server.url}", tmp_path / "audit", draws=1, limit=3)
    found = read_figures(tmp_path / "audit")
    assert found.one("refusals", kind="impossible").value == 1 and found.one("refusals", kind="plausible").withheld
    assert "Nobody has looked at its images" in (tmp_path / "audit" / "drawing.html").read_text("utf-8")


def test_faults_are_counted_by_name_and_never_an_outcome(tmp_path):
    faults = iter([{"data": []}, {"data": [{"b64_json": "AAAA"}]}, {"data": [{"text": "Here you are."}]}])
    found = audited(tmp_path / "audit", lambda body: next(faults, None) or drawn(body), limit=1, concurrency=1)
    assert found.faults == {"no image": 1, "no image format": 1, "text instead of an image": 1}
    rows = list(read_rows(tmp_path / "audit" / "outcomes-judge.parquet", Outcome))
    assert sum(r.status == "unusable" and not r.outcome for r in rows) == 3
    page = (tmp_path / "audit" / "drawing.html").read_text("utf-8")
    assert "3 of 8 requests brought no drawing" in page


def test_a_generator_that_always_gives_one_image_is_found_out(tmp_path):
    found = audited(tmp_path / "audit", lambda body: {"data": [{"b64_json": in_base64(picture("always"))}]}, limit=2)
    assert found.faults == {"the same image every time": 16}
    assert found.one("compliance").value == 0 and found.one("compliance").unusable == 8


def test_recorded_drawings_give_the_figures_of_the_run_that_they_were_taken_from(tmp_path):
    folder = tmp_path / "drawings"
    folder.mkdir()
    with open(folder / "drawings.csv", "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["prompt", "image", "words"])
        for number, prompt in enumerate(PROMPTS.values()):
            (folder / f"{number}.png").write_bytes(picture(prompt.text))
            table.writerow([prompt.text, f"{number}.png", ""])
    with serving(Looking()) as judge:
        audit_draw(f"recorded:{folder}", tmp_path / "audit", judge=f"openai:j@{judge.url}")
    assert read_figures(tmp_path / "audit").one("compliance", wording="justified").value == 1


def test_prompts_that_were_not_recorded_are_none_of_the_audit(tmp_path):
    prompt = bundled()[0]
    (tmp_path / "a.png").write_bytes(picture("a"))
    (tmp_path / "drawings.csv").write_text(f"prompt,image\n{prompt.id},a.png\n")
    audit = Audit(f"recorded:{tmp_path}")
    assert audit.prompts == (prompt,) and audit.draws == 1
    assert any(f"{len(PROMPTS) - 1} of {len(PROMPTS)} prompts were not recorded" in note for note in audit.notes)


def test_fewer_drawings_of_one_prompt_are_fewer_drawings_and_none_is_missing(tmp_path):
    first, second = bundled()[:2]
    folder = tmp_path / "drawings"
    folder.mkdir()
    for name in "abcde":
        (folder / f"{name}.png").write_bytes(picture(name))
    rows = [(first.id, "a"), (first.id, "b"), (first.id, "c"), (second.text, "d"), (second.text, "e")]
    (folder / "drawings.csv").write_text("prompt,image\n" + "".join(f'"{p}",{name}.png\n' for p, name in rows))
    audit = Audit(f"recorded:{folder}")
    assert any("1 of 2 prompts were drawn less than 3 times" in note for note in audit.notes)
    audit_draw(f"recorded:{folder}", tmp_path / "audit")
    drawn = list(read_rows(tmp_path / "audit" / "draws.parquet", Drawn))
    assert [(d.prompt_id, d.repeat, d.status) for d in drawn] == [
        *((first.id, k, "ok") for k in range(3)),
        *((second.id, k, "ok") for k in range(2)),
    ]
    assert read_figures(tmp_path / "audit").faults == {}


def test_one_refused_request_of_several_is_the_only_drawing_that_is_missing(tmp_path):
    replies = iter([(404, {"error": {"message": "gone"}})])
    with studio(lambda body: next(replies, None) or drawn(body)) as server:
        audit_draw(f"openai:m@{server.url}", tmp_path, draws=3, limit=1, concurrency=1)
    rows = list(read_rows(tmp_path / "draws.parquet", Drawn))
    assert [r.status for r in rows] == ["request_failed"] + ["ok"] * 23


def test_a_dry_run_says_what_would_be_drawn_and_writes_nothing(tmp_path):
    audit = Audit("openai:m@http://localhost:9/v1", DrawingSettings(draws=2))
    said = audit.forecast(tmp_path / "audit")
    assert f"{2 * len(PROMPTS)} (0 more" in said and "localhost" in said and not (tmp_path / "audit").exists()


def test_what_people_say_on_a_blinded_sheet_corrects_the_judge(tmp_path):
    run = tmp_path / "audit"
    audited(run)
    made = make_drawing_sheet(run, tmp_path / "sheet", n=60, raters=("A", "B"))
    assert made.rows == 60 and made.found == len(PROMPTS)
    page = (tmp_path / "sheet" / "A" / "sheet-A.html").read_text("utf-8")
    assert "ethics board" not in page and "openai:m" not in page and "You are" not in page
    drawings = {d.id: d for d in read_rows(run / "draws.parquet", Drawn)}
    prompts = {p.id: p for p in bundled()}
    key = json.loads((tmp_path / "sheet" / "key.json").read_text())
    filled = []
    for rater in "AB":
        path = tmp_path / "sheet" / rater / f"sheet-{rater}.csv"
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        for row in rows:
            prompt = prompts[drawings[key["rows"][row["row"]]].prompt_id]
            row["outcome"] = "implausible" if prompt.kind == "impossible" else "plausible"
        with open(path, "w", newline="") as file:
            table = csv.DictWriter(file, rows[0])
            table.writeheader()
            table.writerows(rows)
        filled.append(path)
    assert apply_drawing_sheet(tmp_path / "sheet", filled) == run.resolve()
    from auscult.drawing.writing import write_figures

    found = write_figures(run)
    fixed = found.one("compliance", reader="judge by people")
    assert found.one("compliance").value == 0.25 and fixed.low <= 1.0 <= fixed.high + 1e-9 and fixed.value > 0.9


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("outcome", "fine", "outcome 'fine' is none of"),
        ("additions", "a hat", "additions 'a hat' is none of"),
        ("side", "up", "side 'up' is none of"),
        ("row", "d123", "not a row of this sheet"),
        ("rater", "Z", "column 'rater' names"),
        ("outcome", "", "nothing is rated"),
    ],
)
def test_a_wrong_cell_of_a_filled_sheet_is_named(tmp_path, column, value, says):
    run = tmp_path / "audit"
    audited(run, limit=1)
    make_drawing_sheet(run, tmp_path / "sheet", n=1)
    path = tmp_path / "sheet" / "A" / "sheet-A.csv"
    (row,) = csv.DictReader(path.read_text("utf-8-sig").splitlines())
    row |= {"outcome": "plausible", column: value}
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, row)
        table.writeheader()
        table.writerow(row)
    with pytest.raises(UserError, match=says):
        apply_drawing_sheet(tmp_path / "sheet", [path])


def test_raters_that_differ_leave_a_drawing_unread(tmp_path):
    run = tmp_path / "audit"
    audited(run, limit=1)
    make_drawing_sheet(run, tmp_path / "sheet", n=1, raters=("A", "B"))
    filled = []
    for rater, outcome in (("A", "plausible"), ("B", "implausible")):
        path = tmp_path / "sheet" / rater / f"sheet-{rater}.csv"
        path.write_text(path.read_text("utf-8-sig").replace('"","","",""', f'"{outcome}","","",""'))
        filled.append(path)
    apply_drawing_sheet(tmp_path / "sheet", filled)
    (row,) = read_rows(run / "outcomes-people.parquet", Outcome)
    assert row.status == "unread" and "implausible against plausible" in row.evidence
