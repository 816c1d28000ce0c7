"""What the first screen of an audit of a generator says: few contents, missing values, and nothing that can be read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.drawing.studio import picture
from tests.reports.drawing import made

from auscult.drawing.audit import Audit
from auscult.drawing.figured import Figures, read_figures
from auscult.drawing.prompts import bundled
from auscult.drawing.settings import DrawingSettings
from auscult.drawing.writing import write_figures
from auscult.records import Estimate
from auscult.reports.drawing.face import About, drawing_face
from auscult.reports.drawing.telling import points
from auscult.reports.drawing.words import fault
from auscult.reports.face import Face, Verdict


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return read_figures(made.build(tmp_path_factory.mktemp("audit"), limit=6))


def face(found: Figures) -> Face:
    return drawing_face(found, About(model="m", command="auscult audit draw m --out a"))


def verdict(found: Figures, key: str) -> Verdict:
    return next(v for v in face(found).verdicts if v.key == key)


def rate(
    value: float | None, n: int = 6, low: float | None = None, high: float | None = None, **more: object
) -> Estimate:
    return Estimate(name="x", value=value, low=low, high=high, n=n, clusters=min(n, 6), unit="content", **more)  # type: ignore[arg-type]


def put(found: Figures, section: str, estimate: Estimate, **where: str) -> Figures:
    def same(f: object) -> bool:
        return all(getattr(f, k) == v for k, v in {"section": section, **where}.items())

    return replace(found, figures=tuple(replace(f, estimate=estimate) if same(f) else f for f in found.figures))


def test_the_headline_names_the_worst_wording_even_where_its_difference_is_not_sure(few: Figures) -> None:
    plain_none = put(few, "compliance", rate(0.0, low=0.0, high=0.46), wording="plain")
    obeyed = put(plain_none, "compliance", rate(1.0, low=0.54, high=1.0), wording="justified")
    unsure = put(obeyed, "difference", rate(1.0, low=-0.17, high=1.0))
    line = face(unsure).line
    assert line.startswith("Obeys 6 of 6 impossible requests with a justification, none of 6 asked plainly")
    assert "which may be chance" in line, "as the verdict on wordings says"


def test_a_wording_whose_range_reaches_far_is_not_known_and_one_wording_is_not_asked(few: Figures) -> None:
    unsure = put(few, "difference", rate(1.0, low=-0.17, high=1.0))
    assert (verdict(unsure, "wording").word, verdict(unsure, "wording").said) == ("not known", "not known")
    alone = replace(few, figures=tuple(f for f in few.figures if f.section != "difference"))
    assert verdict(alone, "wording").said == "not asked"
    assert verdict(put(few, "compliance", rate(None, 0)), "wording").said == "not asked"
    assert verdict(put(few, "compliance", rate(None, 0)), "impossible").said == "not asked"


def test_none_shown_is_said_where_enough_contents_leave_little_room(few: Figures) -> None:
    close = replace(put(few, "difference", rate(0.0, 40, low=-0.1, high=0.1)), contents=40)
    assert verdict(close, "wording").said == "none shown"


def test_few_contents_are_told_as_counts_in_sentences_and_bars(few: Figures) -> None:
    every = put(few, "additions", rate(0.425, 40, 0.25, 0.62), what="all")
    every = put(every, "additions", rate(0.275, 40, 0.14, 0.47), what="text")
    found = verdict(put(every, "additions", rate(0.0, 40, 0.0, 0.4), what="clips"), "additions")
    assert found.sentence == "17 of 40 images hold something that nobody asked for: burned-in text in 11."
    assert [b.counts for b in found.bars] == ["17 of 40"]
    assert " of 100" not in verdict(few, "wording").sentence


def test_many_contents_are_told_of_a_hundred(few: Figures) -> None:
    many = replace(rate(0.25, 400, 0.2, 0.3), clusters=100)
    every = put(few, "additions", many)
    assert "burned-in text in 25 of 100" in verdict(every, "additions").sentence
    assert points(replace(many, low=-0.1)) == "25 of 100 more (\u221210 to +30)"


@pytest.mark.parametrize("ends", [(None, None), (0.0, 1.0), (0.001, 0.999)])
def test_no_sentence_is_made_of_a_missing_value(few: Figures, ends: tuple[float | None, float | None]) -> None:
    gone = rate(None, 2, *ends, missing=4, withheld="too many missing")
    lost = few
    for section in ("compliance", "additions", "refusals", "difference", "side"):
        lost = put(lost, section, gone)
    shown = face(lost)
    said = "\n".join([shown.line, *(f"{v.sentence}\n{v.short}" for v in shown.verdicts)]).lower()
    assert "not known" not in said and "0 to 100" not in said and "<1 to >99" not in said
    assert "cannot be told" in verdict(lost, "side").sentence and "cannot be told" in verdict(lost, "refusals").sentence
    assert verdict(lost, "impossible").word == verdict(lost, "additions").word == "not known"


@pytest.mark.parametrize("section", ["compliance", "additions", "refusals"])
def test_never_seen_in_one_or_two_clears_nothing_and_one_is_no_plural(few: Figures, section: str) -> None:
    key = {"compliance": "impossible"}.get(section, section)
    found = verdict(put(few, section, rate(0.0, 1, 0.0, 0.975)), key)
    assert found.word == "not known" and not re.search(r"of 1 \w+s\b", found.sentence)
    assert verdict(put(few, section, rate(0.0, 60, 0.0, 0.06)), key).word == "clear"
    assert verdict(put(few, section, rate(0.0, 60, 0.0, 0.06, unusable=40)), key).word == "not known"


def drawings(folder: Path, rows: list[str]) -> Figures:
    recorded = folder / "recorded"
    recorded.mkdir()
    (recorded / "a.png").write_bytes(picture("a"))
    (recorded / "broken.png").write_bytes(b"no picture at all")
    prompts = bundled()[:4]
    table = "".join(f"{p.id},{row}\n" for p, row in zip(prompts, rows, strict=True))
    (recorded / "drawings.csv").write_text("prompt,image,words\n" + table, "utf-8")
    out = folder / "audit"
    Audit(f"recorded:{recorded}", DrawingSettings(draws=1, pixels=False)).run(out)
    return write_figures(out)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (",Here is your picture.", "text instead of an image 4"),
        ("broken.png,", "no image format 4"),
        ("a.png,", "the same image every time 4"),
    ],
)
def test_a_generator_that_draws_nothing_usable_is_a_problem_and_nothing_fails_next(
    tmp_path: Path, row: str, name: str
) -> None:
    shown = face(drawings(tmp_path, [row] * 4))
    first = shown.verdicts[0]
    assert first.word == "problem" and "4 of 4 requests" in first.sentence and name in first.sentence
    assert not shown.steps and all(v.word != "clear" for v in shown.verdicts)
    assert shown.line == "It drew nothing that can be read."


@pytest.mark.parametrize("section", ["compliance", "additions", "refusals"])
def test_two_contents_are_never_a_problem_however_often_they_are_drawn(few: Figures, section: str) -> None:
    two = replace(rate(0.67, 6, 0.2, 0.95), clusters=2)
    key = {"compliance": "impossible"}.get(section, section)
    assert verdict(put(few, section, two), key).word == "not known"
    assert verdict(put(few, section, replace(two, clusters=6)), key).word == "problem"


def test_one_more_kind_is_no_plural(few: Figures) -> None:
    said = "\n".join(face(replace(few, faults=dict.fromkeys("abcde", 1))).cautions)
    assert "and 1 more kind." in said


def test_refusing_everything_is_no_fault_of_the_drawings(tmp_path: Path) -> None:
    shown = face(drawings(tmp_path, [",I cannot draw that."] * 4))
    assert shown.verdicts[0].key != "drawn"


@pytest.mark.parametrize(
    "code",
    ["timeout", "rate_limited", "server_error", "bad_reply", "no_connection", "rejected", "not_recorded", "not_asked"],
)
def test_failures_are_said_in_words(few: Figures, code: str) -> None:
    said = "\n".join(face(replace(few, faults={code: 3})).cautions)
    assert "_" not in fault(code) and fault(code) not in (code, code.replace("_", " "))
    assert f"3 of 48 requests brought no drawing: {fault(code)} 3." in said
