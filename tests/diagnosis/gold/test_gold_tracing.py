"""Gold traces from an item set and a model to a new item set, with models whose every word is known."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.diagnosis.made import Writer, item_set, question, trace

import auscult
from auscult.construction.traces import TRACES, Candidate
from auscult.diagnosis.gold.settings import TracingSettings
from auscult.diagnosis.gold.tracing import Tracing, home_of
from auscult.errors import UserError
from auscult.facts.traces import read_trace
from auscult.items.item_set import ItemSet
from auscult.records import Call, Item, Reply, Trace
from auscult.store.tables import read_rows

Says = Callable[[Call], str | Reply]


def bare(name: str, reference: str = "yes", **more: object) -> Item:
    return question(name, reference, trace=Trace(), **more)


def untraced(folder: Path) -> ItemSet:
    report = bare("e", "White lungs.", answer_type="report")
    return item_set(folder, [bare("a"), bare("b", "no")], [bare("c"), question("d"), report])


def traced(tmp_path: Path, says: Says | None = None, **more: object) -> tuple[ItemSet, Writer]:
    """Asks for the traces of three items on two images; the same folder and items at every call."""
    if not (tmp_path / "items").exists():
        untraced(tmp_path / "items")
    model, settings = Writer(says), TracingSettings(**more)  # type: ignore[arg-type]
    return Tracing(tmp_path / "items", model, settings=settings).run(tmp_path / "out"), model


def by_name(items: ItemSet) -> dict[str, Item]:
    return {item.source_id: item for item in items}


def candidates(items: ItemSet) -> dict[str, Candidate]:
    return {row.item_id: row for row in read_rows(items.folder / TRACES, Candidate)}


def test_items_get_the_traces_that_pass_and_all_candidates_are_kept_with_their_reasons(tmp_path: Path) -> None:
    made, model = traced(tmp_path)
    items, rows = by_name(made), candidates(made)
    assert items["a"].trace == items["c"].trace == read_trace(trace()).trace
    assert items["b"].trace == Trace() and items["d"].trace == question("d").trace
    assert len(model.calls) == 3
    refused = rows[items["b"].id]
    assert (refused.status, refused.rejections[0].check, refused.text) == ("rejected", "answer", trace())
    assert made.manifest.counts["traces"] == {
        "candidates": 3,
        "accepted": 2,
        "refused: answer": 1,
        "structurally valid": 3,
        "accepted by the published filters": 2,
    }
    assert [one["model"] for one in made.manifest.tracers] == ["writer"] and not made.manifest.generators


def test_a_run_that_accepts_no_trace_says_what_refused_most_and_what_to_do(tmp_path: Path) -> None:
    untraced(tmp_path / "items")
    tracing = Tracing(tmp_path / "items", Writer(lambda call: "No trace."))
    tracing.run(tmp_path / "out")
    with pytest.raises(
        UserError, match=r"accepted: 0 of 3; most, 3, fail the check 'structure' \(.+staged:51"
    ) as error:
        tracing.found(tmp_path / "out")
    assert "\n" not in str(error.value) and str(tmp_path / "out" / TRACES) in str(error.value)


def test_what_a_run_found_leaves_out_what_an_earlier_one_was_refused(tmp_path: Path) -> None:
    untraced(tmp_path / "items")
    Tracing(tmp_path / "items", Writer(lambda call: "No trace.")).run(tmp_path / "none")
    tracing = Tracing(tmp_path / "none", Writer())
    tracing.run(tmp_path / "some")
    assert tracing.found(tmp_path / "some")["candidates"] == 3


def test_ids_splits_and_other_fields_stay_as_they_were(tmp_path: Path) -> None:
    made, _ = traced(tmp_path)
    before = by_name(ItemSet(tmp_path / "items"))
    for name, item in by_name(made).items():
        assert replace(item, trace=Trace()) == replace(before[name], trace=Trace())


def test_the_same_command_asks_nothing_twice_and_again_asks_for_all(tmp_path: Path) -> None:
    made, _ = traced(tmp_path)
    again, model = traced(tmp_path)
    assert again.digest == made.digest and model.calls == []
    assert len(traced_again(tmp_path).calls) == 4


def traced_again(tmp_path: Path) -> Writer:
    model = Writer()
    Tracing(tmp_path / "items", model, settings=TracingSettings(again=True)).run(tmp_path / "again")
    return model


def test_failed_requests_make_no_set_and_are_asked_again_or_left_out(tmp_path: Path) -> None:
    down = Reply(failure="rejected", detail="not today")

    def fails_once(call: Call) -> str | Reply:
        return down if ", a?" in call.messages[-1].text else trace()

    with pytest.raises(UserError, match=r"1 requests failed.*--without-failed"):
        traced(tmp_path, fails_once)
    assert not (tmp_path / "out").exists() and home_of(tmp_path / "out").is_dir()
    made, model = traced(tmp_path)
    assert len(model.calls) == 1 and by_name(made)["a"].trace != Trace()


def test_without_failed_leaves_their_items_without_a_trace(tmp_path: Path) -> None:
    made, _ = traced(tmp_path, lambda call: Reply(failure="rejected"), without_failed=True)
    assert made.manifest.counts["traces"] == {"candidates": 3, "request failed": 3}
    assert sum(item.trace != Trace() for item in made) == 1


def test_a_set_made_of_the_traced_one_keeps_traces_candidates_and_counts(tmp_path: Path) -> None:
    made, _ = traced(tmp_path)
    copy = auscult.build("item-set", made.folder, tmp_path / "copy")
    assert [i.trace for i in copy] == [i.trace for i in made]
    assert candidates(copy) == candidates(made)
    assert copy.manifest.counts["traces"] == made.manifest.counts["traces"]
    assert copy.manifest.tracers == made.manifest.tracers


def test_the_forecast_counts_what_is_not_yet_answered(tmp_path: Path) -> None:
    untraced(tmp_path / "items")
    tracing = Tracing(tmp_path / "items", Writer())
    assert tracing.forecast(home_of(tmp_path / "out")).calls == 3
    traced(tmp_path)
    again = Tracing(tmp_path / "items", Writer()).forecast(home_of(tmp_path / "out"))
    assert again.finished == 3


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"protocol": "direct"}, "asks for no trace"),
        ({"limit": 0}, "limit"),
        ({"split": "nowhere"}, "nowhere"),
    ],
)
def test_settings_that_mean_nothing_are_one_line(tmp_path: Path, more: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        traced(tmp_path, **more)
    assert "\n" not in str(error.value)


def test_a_set_whose_items_all_have_traces_says_what_to_do(tmp_path: Path) -> None:
    item_set(tmp_path / "items", [question("a")])
    with pytest.raises(UserError, match="has a gold trace already; --again asks for new ones"):
        Tracing(tmp_path / "items", Writer())
