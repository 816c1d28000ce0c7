"""Recorded answers put to three readers: a good one passes, one broken on purpose does not, and no text is kept."""

import json
from pathlib import Path

import orjson
import pytest
from tests.certificates.closed.test_certificate import reader
from tests.certificates.premise.test_certificate import scorer as premise_scorer
from tests.scorers.items import made_up

from auscult.certificates.closed import ClosedOptions
from auscult.certificates.closed.certificate import certify
from auscult.certificates.recorded import closed, facts, premise
from auscult.certificates.recorded.own_words import own_meaning
from auscult.certificates.recorded.reading import Recorded, read_answers
from auscult.facts import read_facts
from auscult.records import Fact
from auscult.scorers import Scorer, Verdict


def recorded(n: int = 330) -> list[Recorded]:
    """Answers of three families that label themselves."""
    found = []
    for k in range(n):
        about = {"image": str(k), "model": f"m{k % 3}", "family": f"f{k % 3}", "source": "who/what"}
        for said, rest in (("Yes", f"kink {k} is there"), ("No", f"there is no kink {k}")):
            row = {"question": f"Is there a kink {k}?", "answer": f"{said}, {rest}.", "answer_type": "yes_no"}
            found.append(Recorded(**row, **about))
        row = {"question": "Which?", "options": ("loop", "coil"), "answer": f"After look {k}: the answer is B"}
        found.append(Recorded(**row, answer_type="choice", **about))
    return found


def own(item, text) -> str:
    row = Recorded(question=item.question, answer=text, answer_type=item.answer_type, options=item.options)
    found = own_meaning(row)
    return found.value if found else ""


ORACLE = reader(own)


def rule_of(verdict) -> Scorer:
    return made_up(verdict, "yes_no", "choice")


def test_a_reader_that_reads_as_meant_passes():
    found = closed.closed_part(ORACLE, recorded())
    assert found.passed is True and [r["value"] for r in found.rows[:3]] == [1.0, 1.0, 1.0]


def test_a_reader_that_is_deaf_to_denials_fails():
    found = closed.closed_part(reader(lambda item, text: own(item, text).replace("no", "yes")), recorded())
    assert found.passed is False and found.rows[1]["misread"] == 330
    (bias,) = [r for r in found.rows if r["what"] == "specificity of 0.90"]
    assert bias["value"] == pytest.approx(-0.9)


def test_a_reader_that_does_not_read_long_denials_fails_by_the_difference_too():
    lost = Verdict(status="unread", parsed="unread")
    deaf = rule_of(lambda item, text: lost if own(item, text) == "no" else ORACLE.rule(item, text))
    found = closed.closed_part(deaf, recorded())
    missed = {(r["what"], r["measure"]) for r in found.rows if r.get("verdict") == "missed"}
    assert missed == {("meant no", "unread at most 5%"), ("meant yes minus no", "unread within ±3%")}


def test_to_call_a_plain_answer_no_position_is_to_misread_it():
    refused = rule_of(lambda item, text: Verdict(values={"correct": 0.0}, status="unusable", parsed="refused"))
    row = closed.closed_part(refused, recorded()).rows[0]
    assert (row["misread"], row["unread"]) == (330, 0)


def test_labels_count_where_an_answer_does_not_say_itself_what_it_means():
    hedge = {"question": "Is it?", "answer": "It could be.", "answer_type": "yes_no"}
    unclear = Recorded(**hedge, labels=(("unclear",), ("unclear", "yes")), labelled_by="two people")
    torn = Recorded(**hedge, labels=(("yes",), ("no",)))
    assert closed.grade(reader(lambda item, text: "unclear"), unclear).outcome == "right"
    assert closed.grade(reader(lambda item, text: "yes"), unclear).outcome == "right"
    assert closed.grade(reader(lambda item, text: "no"), unclear).outcome == "misread"
    assert closed.grade(ORACLE, Recorded(**hedge)) is None
    assert closed.grade(ORACLE, torn).disputed == ("yes", "no")


def test_a_sample_that_was_checked_by_hand_corrects_the_labels_and_is_counted_once(tmp_path):
    rows = recorded(40)
    checked = closed.sample(rows, 10, seed=1)
    assert len(checked) == 30 and checked == closed.sample(rows, 10, seed=1)
    checked[0]["meant"] = "unclear"
    path = tmp_path / "checked.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in checked))
    both = closed.with_labels([*rows, *read_answers([path])])
    assert len(both) == len(rows) and sum(bool(r.labels) for r in both) == 30
    found = closed.closed_part(ORACLE, both)
    agreed = {r["what"]: r["hits"] for r in found.rows if "checked by hand" in r["part"]}
    assert agreed == {"yes": 9, "no": 10, "an option": 10}


def test_a_certificate_keeps_counts_and_where_they_come_from_and_no_text(tmp_path):
    rows = [
        {"model": "m", "question": f"Is kink {k} there?", "answer": f"No, kink {k} is not there.", "source": "a/b"}
        for k in range(120)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "sources.toml").write_text('["a/b"]\ncommit = "c0ffee"\nlicence = "none stated"\n')
    found = certify(ClosedOptions(answers=(tmp_path,)), scorer=ORACLE)
    text = orjson.dumps(found).decode()
    assert "kink" not in text and found.passed is None
    (counts,) = [r for r in found.figures if r["part"].endswith("counts by source")]
    assert (counts["n"], counts["right"], counts["commit"], counts["licence"]) == (120, 120, "c0ffee", "none stated")
    assert found.figures[0]["part"] == "answers of real models" and "planted" in found.summary


def finding(question: str, answer: str, **more) -> Recorded:
    return Recorded(question=question, answer=answer, answer_type="yes_no", **more)


def test_findings_are_present_or_absent_as_the_first_word_says():
    rows = [
        finding("Is there a pleural effusion?", "Yes, a pleural effusion is seen."),
        finding("Is there a pleural effusion?", "No, there is no pleural effusion."),
        finding("Is there a left pleural effusion?", "No, the pleural effusion is on the right."),
        finding("Is there a pleural effusion?", "No, the film is clear."),
    ]
    graded = [g for row in rows for g in facts.grade(read_facts, row)]
    assert [(g.meant, g.outcome) for g in graded] == [("present", "right"), ("absent", "right")]


def test_a_reader_of_facts_that_ignores_denials_misreads_what_is_absent():
    row = finding("Is there a pneumothorax?", "No, there is no pneumothorax.")
    (g,) = facts.grade(lambda text: [Fact(finding="pneumothorax", presence="present")], row)
    (silent,) = facts.grade(lambda text: [], row)
    assert (g.meant, g.read, g.outcome) == ("absent", "present", "misread") and silent.outcome == "unread"


def test_labelled_findings_are_read_in_the_whole_text():
    row = finding("Describe.", "A pneumothorax cannot be excluded.", findings=(("pneumothorax", "uncertain"),))
    (g,) = facts.grade(read_facts, row)
    assert (g.meant, g.outcome) == ("uncertain", "right")


def test_the_first_word_is_not_shown_to_the_reader_of_facts():
    seen: list[str] = []
    row = finding("Is there a pneumothorax?", "No, there is no pneumothorax.")
    list(facts.grade(lambda text: seen.append(text) or [], row))
    assert seen == ["There is no pneumothorax."]


def bearing(answer: str, *labels: tuple[str, ...]) -> Recorded:
    premise = {"premise": "There is a coil.", "premise_form": "tag", "premise_true": False}
    return Recorded(
        question="There is a coil, isn't there?", answer=answer, answer_type="open", labels=labels, **premise
    )


@pytest.mark.parametrize(
    ("labels", "read", "outcome"),
    [
        ((("accepted",), ("accepted",)), "accepted", "right"),
        ((("denied",), ("denied",)), "accepted", "misread"),
        ((("evaded",), ("evaded",)), "accepted", "misread"),
        ((("unclear",), ("unclear",)), "evaded", "right"),
        ((("accepted", "evaded"), ("accepted",)), "evaded", "right"),
    ],
)
def test_answers_to_premises_are_held_against_both_labels(labels, read, outcome):
    assert premise.grade(premise_scorer(lambda item, text: read), bearing("x", *labels)).outcome == outcome


def test_without_labels_or_premise_nothing_is_claimed():
    never = premise_scorer(lambda item, text: "accepted")
    assert premise.grade(never, bearing("x")) is None
    assert premise.grade(never, Recorded(question="?", answer="x", answer_type="open", labels=(("accepted",),))) is None


def test_agreement_of_two_labellers_stands_beside_and_disputes_are_a_range():
    rows = [bearing(f"a {k}", ("accepted",), ("accepted" if k % 4 else "denied",)) for k in range(40)]
    found = premise.premise_part(premise_scorer(lambda item, text: "accepted"), rows)
    agreement = {r["measure"]: r["value"] for r in found.rows if "agreement" in r["part"]}
    assert agreement["percent agreement"] == 0.75 and found.rows[0]["n"] == 30
    assert found.rows[0]["disputed"] == 10 and found.rows[0]["if_disputed_are"] == "1.000 to 1.000"


def test_the_shared_sets_are_read_where_they_are(shared_data: Path):
    rows = read_answers([shared_data / "model-answers", shared_data / "closed-answers"])
    assert len(rows) == 247 and sum(r.written for r in rows) == 120
    assert sum(premise.grade(premise_scorer(lambda i, t: "accepted"), r) is not None for r in rows) == 73
