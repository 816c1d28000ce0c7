from dataclasses import replace

import pytest
from tests.analysis.worked import ask, study, write_run

from auscult.analysis.joining import join
from auscult.analysis.quantities import Board
from auscult.analysis.quantities.guessing import last_option
from auscult.protocols.shuffled import shuffled
from auscult.records import Answer, Item
from auscult.store.tables import read_rows, write_rows

OPTIONS = ("Effusion", "Fracture", "Mass", "None of the above")


def written(folder, count=200, options=OPTIONS, seed=None, free=0):
    """A run whose right option is the last in three of four choices; ``free`` are more of the usual options."""
    studies = [
        (study(f"s{n}"), [ask(f"Which {n}?", shown[3 if n % 4 else 0], "A", answer_type="choice", options=shown)])
        for n, shown in enumerate([*[options] * count, *[OPTIONS] * free])
    ]
    write_run(folder, [*studies, (study("yes"), [ask("Is it?", "yes", "yes")])])
    if seed is not None:
        orders = {i.id: shuffled(i, seed).options for i in read_rows(folder / "items.parquet", Item)}
        answers = [replace(a, options=orders[a.item_id]) for a in read_rows(folder / "answers.parquet", Answer)]
        write_rows(folder / "answers.parquet", Answer, answers)
    return last_option(Board(join(folder), 0.05))


def shuffled_items(folder, seed):
    return [shuffled(i, seed) for i in read_rows(folder / "items.parquet", Item) if i.answer_type == "choice"]


def test_the_published_order_tells_what_its_places_give_away(tmp_path):
    (line,) = written(tmp_path)
    assert (line.label, line.answer_type) == ("always the last option, as published", "choice")
    assert (line.with_image.value, line.with_image.n, line.with_image.clusters) == (0.75, 200, 200)
    assert line.with_image.low < 0.75 < line.with_image.high


def test_a_shuffled_run_shows_both_orders(tmp_path):
    published, shown = written(tmp_path, seed=4)
    expected = sum(i.options[-1] == i.reference for i in shuffled_items(tmp_path, 4)) / 200
    assert (published.with_image.value, shown.with_image.value) == pytest.approx((0.75, expected))
    assert shown.label == "always the last option, as shown" and shown.warning == ""
    assert abs(expected - 0.25) < 4 * (0.25 * 0.75 / 200) ** 0.5


def test_choices_that_keep_their_order_are_counted(tmp_path):
    _, shown = written(tmp_path, 8, (*OPTIONS[:3], "Both A and B"), seed=4, free=12)
    last = [s.options[-1] == s.reference for s in shuffled_items(tmp_path, 4)]
    assert sum(last[:8]) == 6 and shown.with_image.value == pytest.approx(sum(last) / 20)
    assert shown.warning == "8 choices name options by letter and keep their order"


def test_a_run_without_choices_has_no_line(tmp_path):
    assert written(tmp_path, 0) == []
