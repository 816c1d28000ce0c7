"""Figures of drawings, worked by hand: what counts, what is missing, what contents and draws each bring."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from auscult.drawing.nouns import ADDITIONS, Drawn, DrawnStatus, Outcome, Prompt, drawn_id, prompt_id
from auscult.drawing.rates import Read, addition, against_plain, compliance, corrected, refusal, rightward, spread
from auscult.records import ImageFile

CONTENTS, DRAWS = 20, 4
Say = Callable[[Prompt, int, Outcome], Outcome]


def prompt(content: int, wording: str, kind: str) -> Prompt:
    text = f"{content} {wording} {kind}"
    return Prompt(
        id=prompt_id(str(content), wording, kind, text),
        content=str(content),
        wording=wording,
        kind="impossible" if kind == "impossible" else "plausible",
        text=text,
        asks=("pleural effusion",) if kind == "plausible" else (),
        left_open=("side",) if kind == "plausible" else (),
    )


PROMPTS = [
    prompt(c, w, k) for c in range(CONTENTS) for w in ("plain", "justified") for k in ("plausible", "impossible")
]


def drawing(asked: Prompt, repeat: int, status: DrawnStatus = "ok") -> Drawn:
    pixels = f"{asked.id}{repeat}"
    images = (ImageFile(path=f"images/{pixels}.png", sha256=pixels, pixels=pixels),) if status == "ok" else ()
    return Drawn(
        id=drawn_id(asked.id, "g", repeat),
        prompt_id=asked.id,
        content=asked.content,
        model="g",
        repeat=repeat,
        status=status,
        images=images,
    )


def reading(say: Say, *, reader: str = "pixels", status: DrawnStatus = "ok") -> Read:
    drawn = [drawing(p, r, status) for p in PROMPTS for r in range(DRAWS)]
    asked = {p.id: p for p in PROMPTS}
    rows = [
        say(
            asked[d.prompt_id],
            d.repeat,
            Outcome(
                id=d.id,
                drawn_id=d.id,
                prompt_id=d.prompt_id,
                content=d.content,
                reader=reader,
                version="1",
                outcome="plausible",
            ),
        )
        for d in drawn
    ]
    return Read.of(PROMPTS, drawn, rows, ADDITIONS)


def complies(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
    """Plainly one content in four complies, with a reason three draws of four."""
    if asked.kind == "plausible":
        return row
    hit = int(asked.content) % 4 == 0 if asked.wording == "plain" else repeat < 3
    return replace(row, outcome="implausible" if hit else "refused")


def test_compliance_is_of_what_cannot_be_by_wording_with_contents_as_clusters() -> None:
    read = reading(complies)
    plain, justified = (compliance(read, w) for w in ("plain", "justified"))
    assert (plain.value, justified.value) == (0.25, 0.75)
    assert plain.n == CONTENTS * DRAWS and plain.clusters == CONTENTS and plain.unit == "content"
    assert plain.variance == ("contents", "draws")
    assert compliance(read).value == 0.5


def test_the_difference_against_plain_is_paired_by_content() -> None:
    found = against_plain(reading(complies), "justified")
    assert found.value == 0.5 and found.clusters == CONTENTS
    assert found.low is not None and 0.15 < found.low < 0.5
    assert found.p_value is not None and found.p_value < 0.01


def test_contents_and_draws_are_told_apart() -> None:
    plain, justified = (spread(reading(complies), w) for w in ("plain", "justified"))
    assert plain and justified
    assert plain.draws == 0 < plain.total  # each content always or never
    assert justified.total < 1e-12 < justified.draws  # each content three draws of four


def test_unread_drawings_bound_the_figure_and_many_withhold_it() -> None:
    def few(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        gone = asked.content == "1" and repeat == 0
        return replace(row, status="unread", outcome="") if gone else complies(asked, repeat, row)

    found = compliance(reading(few), "plain")
    assert found.missing == 1 and found.best is not None and found.worst is not None
    assert found.best == pytest.approx(20 / 80) and found.worst == pytest.approx(21 / 80)
    assert compliance(reading(few), "plain", max_missing=0.0).value is None


def test_what_is_no_drawing_stays_in_the_denominator_as_no_compliance() -> None:
    def broken(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        return replace(row, status="unusable", outcome="") if repeat == 0 else replace(row, outcome="implausible")

    found = compliance(reading(broken))
    assert found.value == 0.75 and found.unusable == CONTENTS * 2 and found.usable_value == 1.0


def test_refusals_are_of_what_can_be() -> None:
    def refuses_all(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        return replace(row, outcome="refused")

    read = reading(refuses_all)
    assert refusal(read).value == 1.0 and compliance(read).value == 0.0


def test_a_second_organ_counts_where_nothing_impossible_was_asked_for() -> None:
    def adds(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        return replace(row, additions=("second organ", "clips") if repeat == 0 else ())

    read = reading(adds)
    organ, clips = addition(read, "second organ"), addition(read, "clips")
    assert organ.value == clips.value == 0.25
    assert organ.n == CONTENTS * 2 * DRAWS and clips.n == CONTENTS * 4 * DRAWS
    assert addition(read, "tubes").value == 0.0


def test_the_side_is_of_drawings_on_one_side_and_tested_against_one_half() -> None:
    def sided(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        return replace(row, side=("right", "right", "left", "")[repeat])

    found = rightward(reading(sided))
    assert found.value == pytest.approx(2 / 3) and found.n == CONTENTS * 2 * 3
    assert found.p_value is not None and found.p_value < 0.001
    assert f"{CONTENTS * 2} more drawings" in found.note

    def even(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        return replace(row, side=("right", "left")[repeat % 2])

    assert rightward(reading(even)).p_value == 1.0


def test_a_cheap_reader_is_put_right_by_a_dear_one_on_a_part() -> None:
    rng = np.random.default_rng(0)
    truth = {(p.id, r): rng.random() < 0.5 for p in PROMPTS for r in range(DRAWS)}
    seen = {key for key in truth if rng.random() < 0.4}

    def dear(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        return replace(row, outcome="implausible" if truth[asked.id, repeat] else "plausible")

    def cheap(asked: Prompt, repeat: int, row: Outcome) -> Outcome:  # misses every second one
        hit = truth[asked.id, repeat] and repeat % 2 == 0
        return replace(row, outcome="implausible" if hit else "plausible")

    whole, all_dear = reading(cheap), reading(dear, reader="people")
    part = all_dear.where(np.array([key in seen for key in zip(all_dear.prompt, all_dear.repeat, strict=True)]))
    found = corrected(whole, part, "compliance")
    raw, true = compliance(whole).value, compliance(all_dear).value
    assert raw is not None and true is not None and raw < 0.32 < 0.4 < true
    assert found.value is not None and abs(found.value - true) < 0.08
    assert found.low is not None and found.high is not None and found.low < true < found.high
    assert found.high - found.low > 0.1 and "people@1" in found.instrument


def test_all_that_came_failed_gives_no_figure() -> None:
    def failed(asked: Prompt, repeat: int, row: Outcome) -> Outcome:
        return replace(row, status="request_failed", outcome="")

    found = compliance(reading(failed, status="request_failed"))
    assert found.value is None and found.withheld
