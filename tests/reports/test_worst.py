import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.golden.judged import write_judged
from tests.golden.runs import auscult
from tests.reports.synthetic import build, summary, tables

from auscult import scorers as scoring
from auscult.analysis.summary import read_summary
from auscult.records import Answer, Case, Item, Score
from auscult.reports.gallery import gallery
from auscult.reports.marking import pieces
from auscult.reports.page import write_report
from auscult.reports.selection import gravest, judged_worst
from auscult.reports.sorts import LABELS, Candidate, Sort, picked, sort_of
from auscult.reports.worst import Worst, asked_briefly, judged, shows, worst
from auscult.store.tables import read_rows, write_rows


def made(run: Path, n: int = 3) -> Worst:
    folder = run.parent / "items"
    return worst(gallery(run, summary(run.parent), folder, 96), folder, n)


def test_the_heading_says_what_it_counts_and_what_is_shown_of_it(run: Path) -> None:
    found = made(run)
    wrong = gallery(run, summary(run.parent), run, 1).selection.found["wrong", "with"]
    assert found.heading == f"{wrong} of 48 answers are wrong; these 3 were picked as worst"
    assert [e.badge for e in found.examples] == ["wrong"] * 3


def test_each_stands_on_another_image(run: Path) -> None:
    assert len({e.alt for e in made(run, 6).examples}) == 6


def test_an_image_that_two_cases_share_is_shown_once(run: Path) -> None:
    found = gallery(run, summary(run.parent), run, 96)
    one = found.cards[0].case.images
    cards = tuple(replace(card, case=replace(card.case, images=one)) for card in found.cards)
    assert len(worst(replace(found, cards=cards), run).examples) == 1


def test_answers_to_text_alone_stand_without_a_frame_and_more_of_them_are_shown(tmp_path: Path) -> None:
    run = build(tmp_path)
    cases = [replace(case, images=()) for case in read_rows(run / "cases.parquet", Case)]
    write_rows(run / "cases.parquet", Case, cases)
    shown = worst(gallery(run, summary(run.parent), run, 96), run)
    assert len(shown.examples) == 5 and not any(e.picture.uri or e.picture.reason for e in shown.examples)
    page = write_report(run).read_text("utf-8")
    assert page.count('class="example problem imageless"') == 5 and "The image is not" not in page


def test_inventions_come_first(tmp_path: Path) -> None:
    run = build(tmp_path)
    items = list(read_rows(run / "items.parquet", Item))
    asked = [replace(i, target="mass") if i.source_id == "3-0" else i for i in items]
    write_rows(run / "items.parquet", Item, asked)
    wanted = next(i for i in asked if i.target)
    assert wanted.reference == "no" and made(run).examples[0].question == wanted.question


def test_where_nothing_is_wrong_it_says_so_and_shows_what_gave_no_answer(tmp_path: Path) -> None:
    run = build(tmp_path)
    found = gallery(run, summary(tmp_path), run, 96)
    chosen = {k: 0 if k[0] in ("wrong", "partly") else n for k, n in found.selection.found.items()}
    cards = tuple(
        replace(c, entries=tuple(e for e in c.entries if e.outcome not in ("wrong", "partly"))) for c in found.cards
    )
    shown = worst(replace(found, cards=cards, selection=replace(found.selection, found=chosen)), run)
    assert shown.heading.startswith("None of ") and shown.examples
    assert all(e.badge == "gave no answer" for e in shown.examples)


def item(**more: object) -> Item:
    given = {"question": "Is there a mass?", "reference": "no", "answer_type": "yes_no", **more}
    return Item(id="i", case_id="c", source_id="s", **given)  # type: ignore[arg-type]


def marked(one: Item, text: str, parsed: str = "") -> list[str]:
    return [words for words, wrong in pieces(one, text, parsed, 280) if wrong]


@pytest.mark.parametrize(
    ("one", "text", "parsed", "wrong"),
    [
        (item(), "Yes, there is a large mass in the left upper lobe of the lung.", "yes", ["Yes"]),
        (item(answer_type="choice", reference="left"), "It lies on the right side of that image.", "right", ["right"]),
        (item(answer_type="number", reference="73"), "The height that I measure is some 60 mm in all.", "60", ["60"]),
        (item(answer_type="open", reference="No pleural effusion. There is a nodule."),
         "There is a pleural effusion on this radiograph.", "", ["pleural effusion"]),
        (item(answer_type="open", reference="Hypointense"), "vertebral artery", "", ["vertebral artery"]),
        (item(answer_type="open", reference="Hypointense"), "It is not possible to say what is meant by this.", "", []),
    ],
)  # fmt: skip
def test_the_wrong_words_are_marked(one: Item, text: str, parsed: str, wrong: list[str]) -> None:
    assert marked(one, text, parsed) == wrong
    assert "".join(words for words, _ in pieces(one, text, parsed, 280)) == text


def test_a_long_answer_is_shown_where_it_is_wrong_and_says_how_much_is_left_out() -> None:
    text = "The lungs are clear here. " * 40 + "No pneumothorax. There is a mass. " + "All is said. " * 100
    said = pieces(item(answer_type="open", reference="There is no mass."), text, "", 280)
    assert ("mass", True) in said and said[0][0] == "… " and "more characters" in said[-1][0]
    assert sum(len(words) for words, _ in said) < 340


def test_a_long_question_is_shown_with_its_beginning_and_its_end() -> None:
    said = asked_briefly("Given a history of cough. " + "It is long. " * 60 + "Is there a mass in the left lung?")
    assert said.startswith("Given a history") and said.endswith("Is there a mass in the left lung?")
    assert "more characters" in said and len(said) < 300


def test_an_answer_that_never_came_is_not_among_the_worst(run: Path) -> None:
    failed = {a.id for a in read_rows(run / "answers.parquet", Answer) if a.status == "request_failed"}
    assert failed and all("timeout" not in words for e in made(run, 40).examples for words, _ in e.reply)


def test_of_judged_answers_those_with_the_lowest_marks_are_the_worst(tmp_path: Path) -> None:
    write_judged(tmp_path / "files", 40)
    auscult("check", tmp_path / "files", "--out", tmp_path / "run")
    of = read_summary(tmp_path / "run" / "summary.json")
    chosen = judged_worst(tmp_path / "run", of, 24)
    assert chosen
    scores = read_rows(tmp_path / "run" / "scores.parquet", Score)
    marks = {s.answer_id: s.values["accuracy"] for s in scores if s.status == "ok" and "risk" in s.values}
    assert {marks[c.answer] for c in chosen.chosen} == set(sorted(marks.values())[:24])
    shown = judged(gallery(tmp_path / "run", of, tmp_path, 24, chosen), tmp_path)
    assert shown.heading == f"The 5 that the judge marked lowest of {len(marks)} usable answers"
    assert [e.badge for e in shown.examples] == ["accuracy 1 of 10"] * 4 + ["accuracy 3 of 10"]
    assert shown.heading in write_report(tmp_path / "run").read_text("utf-8")


def test_a_question_of_textbook_knowledge_and_one_of_grade_come_after_findings() -> None:
    asked = [
        item(answer_type="open", kind="hallucination", category="distorted knowledge", target="mass"),
        item(category="grade", premise_form="neutral", target="mass"),
        item(answer_type="open", kind="hallucination", category="nonexistent object", target="mass"),
        item(target="mass", reference="yes"),
        item(target="mass"),
    ]
    assert [LABELS[sort] for sort in sorted(map(sort_of, asked))] == [
        "invented finding",
        "missed finding",
        "agreed to a false finding",
        "wrong",
        "wrong about textbook knowledge",
    ]


def test_sorts_take_turns_and_neither_an_image_nor_a_finding_is_shown_twice() -> None:
    found = [
        (Candidate(sort, finding, image), f"{sort.name} {finding} {image}")
        for sort in (Sort.TEXTBOOK, Sort.ALONG, Sort.MISSED, Sort.INVENTED)
        for finding, image in (("mass", "1"), ("cyst", "1"), ("cyst", "2"), ("ascites", "3"))
    ]
    assert picked(found, 3) == ["INVENTED mass 1", "MISSED cyst 2", "ALONG ascites 3"]
    assert len(picked(found, 9)) == 3
    one_finding = [(Candidate(Sort.INVENTED, "mass", str(n)), n) for n in range(4)]
    assert picked(one_finding, 3) == [0, 1, 2]


def test_what_an_image_shows_is_what_was_written_of_it_or_which_findings_it_has(tmp_path: Path) -> None:
    (case, *_) = tables(tmp_path)[0]
    written = replace(case, annotation="Chest radiograph. There is a nodule on the left. " + "It is all well. " * 40)
    assert shows(written).startswith("Chest radiograph. There is a nodule") and len(shows(written)) <= 130
    assert shows(written).endswith(".")
    late = replace(case, annotation="Chest radiograph. " + "It is all well. " * 20 + "A small pleural effusion.")
    assert shows(late, "pleural effusion").endswith("A small pleural effusion.")
    assert shows(replace(case, findings={"mass": "absent", "cyst": "present"})) == "Present: cyst. Absent: mass."
    assert shows(case) == ""


def test_the_gravest_are_found_among_any_number_of_other_wrong_answers(tmp_path: Path) -> None:
    run = build(tmp_path)
    items = list(read_rows(run / "items.parquet", Item))
    missed = next(i for i in items if i.reference == "yes" and i.source_id == "4-0")
    write_rows(run / "items.parquet", Item, [replace(i, target="mass") if i.id == missed.id else i for i in items])
    for outcome in ("wrong", "right"):
        answers = [
            replace(a, text="No." if outcome == "wrong" else "Yes.") if a.item_id == missed.id else a
            for a in read_rows(run / "answers.parquet", Answer)
        ]
        write_rows(run / "answers.parquet", Answer, answers)
        by_id = {i.id: i for i in read_rows(run / "items.parquet", Item)}
        scorer = scoring.rules_for({"yes_no"})[0]
        write_rows(run / "scores.parquet", Score, [scoring.score(scorer, by_id[a.item_id], a) for a in answers])
        first = gravest(run, summary(tmp_path), 1).chosen[0]
        assert (first.item == missed.id) is (outcome == "wrong")


def test_an_answer_that_takes_no_side_is_no_invention_and_stands_behind_every_wrong_one(tmp_path: Path) -> None:
    run = build(tmp_path)
    items = [replace(i, target="mass") for i in read_rows(run / "items.parquet", Item)]
    write_rows(run / "items.parquet", Item, items)
    scores = list(read_rows(run / "scores.parquet", Score))
    wrong = [n for n, s in enumerate(scores) if s.scorer == "closed" and s.values.get("correct") == 0]
    wrong = [n for n in wrong if scores[n].condition == "with" and scores[n].repeat == 0]
    hedged = [replace(scores[n], parsed="unclear", values={"correct": 0.0, "unclear": 1.0}) for n in wrong]

    def shown(but: int) -> Worst:
        kept = dict(zip(wrong[: len(wrong) - but], hedged, strict=False))
        write_rows(run / "scores.parquet", Score, [kept.get(n, s) for n, s in enumerate(scores)])
        selection = gravest(run, summary(tmp_path), 96)
        return worst(gallery(run, summary(tmp_path), run, 96, selection), run)

    some, none = shown(6), shown(0)
    assert re.match(r"\d of 48 answers are wrong, 1\d took no side; these \d were picked as worst", some.heading)
    assert len(some.examples) > 1 and {e.badge for e in some.examples} <= {"invented finding", "missed finding"}
    assert none.heading.startswith("None of 48 answers was read as wrong") and none.examples
    assert {e.badge for e in none.examples} == {"took no side"}
