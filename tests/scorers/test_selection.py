"""Which scorers a run is read by: from names, those of other packages too."""

from types import SimpleNamespace

import pytest
from tests.scorers.items import made_up

from auscult import registry
from auscult.errors import UserError
from auscult.records import Value
from auscult.scorers import ScorerOptions, TextMetric, Verdict, create, select
from auscult.scorers.text import text_instrument


def names(*asked: str) -> list[str]:
    return [s.instrument.name for s in select(asked)]


def installed(monkeypatch: pytest.MonkeyPatch, **parts: object) -> None:
    """Other packages that add parts under these names."""
    names = {n.replace("_", "-"): part for n, part in parts.items()}
    entries = {
        n: SimpleNamespace(load=lambda part=part: part, name=n, value="example", group="auscult.scorers")
        for n, part in names.items()
    }
    monkeypatch.setattr(registry, "_outside", lambda group: entries if group == "auscult.scorers" else {})


def outsider(**about: object) -> SimpleNamespace:
    scorer = made_up(lambda item, text: Verdict(values={"correct": 1.0}), "yes_no", **about)  # type: ignore[arg-type]
    return SimpleNamespace(SCORER=scorer)


def test_without_names_all_rules_are_used_and_no_text_metric_sound_ones_first() -> None:
    found = select()
    assert [s.instrument.name for s in found][:3] == ["closed", "exact-match", "facts"]
    assert not any(isinstance(s, TextMetric) for s in found)
    published = [bool(s.instrument.published) for s in found]
    assert published == sorted(published) and sum(published) == 9
    assert names("default") == names()


def test_names_stand_for_themselves_and_nothing_else() -> None:
    assert names("rouge", "pope", "closed") == ["closed", "pope", "rouge"]
    assert names("default", "bleu") == [*names(), "bleu"]
    assert names("none") == []


def test_a_scorer_named_twice_is_used_once() -> None:
    assert names("closed", "closed", "default") == names()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("meteo",), r"unknown scorer 'meteo'; did you mean 'meteor'. known: bertscore, .*closed, .* and \d+ more"),
        (("rouge:2",), "rouge takes nothing after its name; write rouge"),
        (("closed:x",), "closed takes nothing after its name; write closed"),
        (("none", "closed"), "'none' stands alone"),
    ],
)
def test_what_cannot_be_meant_is_one_line(asked: tuple[str, ...], said: str) -> None:
    with pytest.raises(UserError, match=said) as error:
        select(asked)
    assert "\n" not in str(error.value)


def test_a_rule_of_another_package_is_used_off_the_headline_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, made_up=outsider())
    by_default = {s.instrument.name: s.instrument.headline for s in select()}
    assert by_default["made-up"] is False and by_default["closed"] is True and by_default["pope"] is False
    for asked in (("made-up",), ("default", "made-up"), ("made-up", "default")):
        assert {s.instrument.name: s.instrument.headline for s in select(asked)}["made-up"] is True


def test_a_rule_of_another_package_may_say_where_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, made_up=outsider(on_headline=True), other=outsider(name="other", on_headline=False))
    assert {s.instrument.name: s.instrument.headline for s in select()}["made-up"] is True
    assert select(("other",))[0].instrument.headline is False


def test_a_metric_of_another_package_runs_only_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(rest: str, options: ScorerOptions) -> TextMetric:
        about = text_instrument("length", Value(name=rest, share=False), source="", about="")
        return TextMetric(instrument=about, score=lambda pairs: [{rest: float(len(c))} for c, _ in pairs])

    installed(monkeypatch, length=SimpleNamespace(create=make))
    assert "length" not in names()
    metric = create("length:letters")
    assert isinstance(metric, TextMetric) and metric.score([("abc", "")]) == [{"letters": 3.0}]


def test_one_that_takes_the_name_of_a_rule_of_ours_is_refused_and_never_used_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(monkeypatch, closed=outsider(name="closed"))
    with pytest.raises(UserError, match="comes with auscult"):
        select()
