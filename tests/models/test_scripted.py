"""A judge whose verdicts are known: for certificates and tests, and for nobody else."""

import asyncio
import json

import pytest

from auscult.errors import UserError
from auscult.models import ModelOptions, create
from auscult.models.scripted import DRAW, ERRORS, HARM, CalibrationOptions
from auscult.records import Call, Item, Message
from auscult.scorers.judges.clinical import Graded


def item(number: int, errors: int, harm: int = 2, draw: str = "") -> Item:
    return Item(
        id=str(number),
        case_id="c",
        source_id="s",
        question="q",
        reference="r",
        answer_type="open",
        tags={ERRORS: str(errors), HARM: str(harm), DRAW: draw},
    )


def said(spec: str, about: Item, schema: str = Graded.form()) -> str:
    model = create(spec, CalibrationOptions())
    return asyncio.run(model.reply([Call(messages=(Message("user", ("?",)),), schema=schema, item=about)]))[0].text


def test_nobody_but_a_certificate_or_a_test_opens_it() -> None:
    with pytest.raises(UserError, match="serves 'auscult calibrate judge' only"):
        create("scripted:1,1", ModelOptions())
    assert create("scripted:1,1", CalibrationOptions()).identity == "scripted:1,1"


@pytest.mark.parametrize("rest", ["1", "a,b", "1,2", "-0.1,1", "1,1,1"])
def test_what_is_no_pair_of_probabilities_is_refused(rest: str) -> None:
    with pytest.raises(UserError, match="scripted:"):
        create(f"scripted:{rest}", CalibrationOptions())


def test_its_rates_are_those_of_its_name() -> None:
    model = create("scripted:0.8,0.95", CalibrationOptions())
    found = [[model.finds(item(n, errors)) for n in range(4000)] for errors in (1, 0)]
    assert sum(found[0]) / 4000 == pytest.approx(0.80, abs=0.02)
    assert sum(found[1]) / 4000 == pytest.approx(0.05, abs=0.01)


def test_answers_that_share_a_draw_are_judged_alike_and_others_are_not() -> None:
    model = create("scripted:0.5,0.5", CalibrationOptions())
    assert all(model.finds(item(n, 1, draw="a")) == model.finds(item(n, 3, draw="a")) for n in range(50))
    assert any(model.finds(item(n, 1, draw="a")) != model.finds(item(n, 1, draw="b")) for n in range(50))


def test_more_errors_and_more_harm_bring_lower_grades() -> None:
    grades = [json.loads(said("scripted:1,1", item(1, n)))["accuracy"] for n in range(4)]
    assert grades == [10, 7, 4, 1]
    assert json.loads(said("scripted:1,1", item(1, 1, harm=2)))["harm"] == 2
    assert json.loads(said("scripted:1,1", item(1, 0)))["evidence"] == []


def test_without_a_schema_it_replies_with_a_line_of_four_grades() -> None:
    assert said("scripted:1,1", item(1, 1), schema="").splitlines()[0] == "7 10 10 2"


def test_an_item_of_which_nobody_says_what_was_planted_cannot_be_judged() -> None:
    with pytest.raises(UserError, match="does not say what was planted"):
        said("scripted:1,1", Item(id="1", case_id="", source_id="", question="", reference="", answer_type="open"))
