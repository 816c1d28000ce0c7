"""``painter:...`` as a generator: named by its preset and rates, and the same again for the same prompt."""

import asyncio

import pytest

from auscult.drawing.generators import GeneratorOptions, painter
from auscult.drawing.nouns import Prompt
from auscult.errors import UserError

PROMPT = Prompt(id="p", content="effusion", wording="plain", kind="plausible", text="A chest x-ray with an effusion")


def test_it_draws_a_png_and_the_same_one_for_the_same_repeat() -> None:
    made = painter.create("faultless", GeneratorOptions(seed=1))
    first, again, other = (asyncio.run(made.draw(PROMPT, repeat)) for repeat in (0, 0, 1))
    assert first.images[0].startswith(b"\x89PNG") and first == again != other


def test_a_rate_that_is_given_by_name_changes_the_identity_and_so_does_the_seed() -> None:
    names = {
        painter.create("default", GeneratorOptions()).identity,
        painter.create("default,clips=0.5", GeneratorOptions()).identity,
        painter.create("default", GeneratorOptions(seed=2)).identity,
    }
    assert len(names) == 3


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("defualt", "did you mean 'default'"),
        ("default,clip=1", "did you mean 'clips'"),
        ("default,clips=often", "not NAME=RATE"),
        ("default,clips=2", "clips=2 is not from 0 to 1"),
    ],
)
def test_what_it_cannot_be_is_refused_in_one_line(rest: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        painter.create(rest, GeneratorOptions())


def test_an_unknown_painter_is_told_how_rates_are_set():
    with pytest.raises(UserError, match="rates follow a comma, as painter:default,clips=0.2"):
        painter.create("nonsense=3", GeneratorOptions())
