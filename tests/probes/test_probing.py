import re
from dataclasses import replace

import pytest
from tests.probes.asked import Told, probed, rightly

from auscult.api import summed_up
from auscult.errors import UserError
from auscult.probes import Probe, Subject, chosen, every
from auscult.records import Answer, Reply
from auscult.runs.evaluation import Evaluation
from auscult.runs.settings import Settings
from auscult.store.tables import read_rows


def figures(run, probe):
    return {f.metric: f for f in summed_up(run).of("probe", probe)}


def test_every_probe_has_a_name_of_its_own_and_says_what_is_right():
    assert len({p.name for p in every()}) == len(every())
    assert all(p.title and p.about.endswith(".") for p in every())


def test_an_unknown_probe_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match="unknown probe 'colleage'; did you mean 'colleague'"):
        chosen(["colleage"])


def test_who_is_right_whatever_is_said_drops_nothing(phantom_items, tmp_path):
    def firm(call):
        return rightly(call)

    probed(phantom_items, firm, tmp_path / "run", "colleague")
    found = figures(tmp_path / "run", "colleague")
    assert found["accuracy before"].with_image.value == found["right"].with_image.value == 1
    assert found["drop"].with_image.value == found["goes along"].with_image.value == 0


def test_who_follows_a_colleague_drops_by_what_it_follows_and_knows_better(phantom_items, tmp_path):
    rows = probed(phantom_items, following, tmp_path / "run", "colleague")
    assert {r.role for r in rows} == {"base", "changed"}
    found = figures(tmp_path / "run", "colleague")
    assert found["drop"].with_image.value == found["led"].with_image.value == 1
    assert found["goes along although it knows"].with_image.value == 1
    assert found["says the wrong answer before"].with_image.value == 0


def following(call):
    """Whatever stands in quotation marks, else the truth."""
    quoted = call.item.question.split('"')
    if len(quoted) < 2:
        return rightly(call)
    wrong = quoted[1]
    return rightly(replace(call, item=replace(call.item, reference=wrong))) if call.item.options else wrong


def test_who_gives_the_wrong_answer_anyway_is_not_led(phantom_items, tmp_path):
    from auscult.probes.wordings import wrong_answer

    def ignorant(call):
        wrong = wrong_answer(call.item) if '"' not in call.item.question else call.item.question.split('"')[1]
        return rightly(replace(call, item=replace(call.item, reference=wrong))) if call.item.options else wrong

    probed(phantom_items, ignorant, tmp_path / "run", "colleague", limit=4)
    found = figures(tmp_path / "run", "colleague")
    assert found["goes along"].with_image.value > 0.9
    assert abs(found["led"].with_image.value) < 0.1
    assert "goes along although it knows" not in found


def abstains(call):
    """The option that abstains, where there is one."""
    offered = next((option for option in call.item.options if "answer" in option.lower()), "")
    if offered:
        return rightly(replace(call, item=replace(call.item, reference=offered)))
    return "I cannot determine this."


def seeing(call):
    """The truth where an image is shown; else it abstains."""
    return rightly(call) if call.messages[-1].images else abstains(call)


def test_who_says_that_nothing_is_shown_is_right_without_the_image(phantom_items, tmp_path):
    rows = probed(phantom_items, seeing, tmp_path / "run", "no-image")
    assert {r.condition for r in rows if r.role == "changed"} == {"without"}
    found = figures(tmp_path / "run", "no-image")
    assert found["right"].with_image.value == 1
    assert found["over-abstains"].with_image.value == found["accuracy after"].with_image.value == 0
    assert found["points after"].with_image.value == found["points before"].with_image.value == 1


def test_who_always_abstains_is_right_without_the_image_and_over_abstains_with_it(phantom_items, tmp_path):
    probed(phantom_items, abstains, tmp_path / "run", "no-image")
    found = figures(tmp_path / "run", "no-image")
    assert found["right"].with_image.value == found["over-abstains"].with_image.value == 1
    assert found["abstains more"].with_image.value == 0


def test_a_difference_in_what_can_be_read_is_said_and_the_drop_given_by_its_bounds(phantom_items, tmp_path):
    def mumbling(call):
        quoted = '"' in call.item.question
        return "Le poumon est là, mais je ne le vois pas très bien aujourd'hui" if quoted else rightly(call)

    probed(phantom_items, mumbling, tmp_path / "run", "colleague")
    drop = figures(tmp_path / "run", "colleague")["drop"]
    assert "may have changed their form" in drop.warning
    assert drop.with_image.value is None


def test_failed_requests_are_missing_and_asked_again(phantom_items, tmp_path):
    def failing(call):
        return Reply(failure="server_error", detail="down") if '"' in call.item.question else rightly(call)

    rows = probed(phantom_items, failing, tmp_path / "run", "colleague")
    assert {r.status for r in rows if r.role == "changed"} == {"request_failed"}
    assert figures(tmp_path / "run", "colleague")["right"].with_image.missing == len(rows) / 2
    rows = probed(phantom_items, rightly, tmp_path / "run", "colleague")
    assert {r.status for r in rows} == {"ok"}


def test_probes_leave_the_run_itself_as_it_is(phantom_items, tmp_path):
    probed(phantom_items, following, tmp_path / "probed", "all")
    Evaluation(phantom_items, Told(following), Settings(canary=False, controls=0)).run(tmp_path / "plain")
    both = [list(read_rows(tmp_path / name / "answers.parquet", Answer)) for name in ("probed", "plain")]
    assert [a.id for a in both[0]] == [a.id for a in both[1]]
    assert [a.text for a in both[0]] == [a.text for a in both[1]]


def test_a_probe_is_added_to_a_run_that_is_there_and_only_it_is_asked(phantom_items, tmp_path):
    settings = Settings(canary=False, controls=0)
    Evaluation(phantom_items, Told(rightly), settings).run(tmp_path / "run")
    model = Told(rightly)
    Evaluation(phantom_items, model, replace(settings, probe=("colleague",))).run(tmp_path / "run")
    assert model.calls and all('"' in call.item.question for call in model.calls)


def test_the_forecast_counts_what_probes_ask(phantom_items, tmp_path):
    settings = Settings(canary=False, controls=0, probe=("colleague",))
    forecast = Evaluation(phantom_items, Told(rightly), settings).forecast()
    model = Told(rightly)
    Evaluation(phantom_items, model, settings).run(tmp_path / "run")
    assert forecast.calls == len(model.calls)
    assert any("probe colleague: put to" in note for note in forecast.notes)


def test_the_forecast_says_what_each_probe_takes_and_counts_what_several_share_once(phantom_items, tmp_path):
    plain = Settings(canary=False, controls=0)
    more = replace(plain, probe=("no-image", "blank-image", "doubt"))
    found = Evaluation(phantom_items, Told(rightly), more).forecast()
    calls = [int(n) for note in found.notes for n in re.findall(r"items, (\d+) calls", note.replace(",0", "0"))]
    added = found.calls - Evaluation(phantom_items, Told(rightly), plain).forecast().calls
    assert len(calls) == 3 and added <= sum(calls) < 1.1 * added, "equal questions are asked once"
    assert any(f"take at most {sum(calls)} of the calls" in note for note in found.notes)
    assert "time: " in found.describe()


def test_the_own_image_with_leave_to_abstain_is_asked_once_for_all_probes(phantom_items, tmp_path):
    model = Told(rightly)
    Evaluation(phantom_items, model, Settings(canary=False, controls=0, probe=("no-image",))).run(tmp_path / "run")
    keys = [call.key("told", False) for call in model.calls]
    assert len(keys) == len(set(keys))


def test_recorded_answers_are_not_probed(phantom_items, tmp_path):
    (tmp_path / "a.csv").write_text("id,answer\nx,yes\n")
    with pytest.raises(UserError, match="recorded answers cannot be probed"):
        Evaluation(phantom_items, f"replay:{tmp_path / 'a.csv'}", Settings(probe=("all",)))


def test_only_whole_cases_are_probed_up_to_the_number_that_was_asked_for(phantom_items, tmp_path):
    few = probed(phantom_items, rightly, tmp_path / "few", "no-image", probe_items=1)
    assert len({row.case_id for row in few}) == 1


def test_a_control_that_is_answered_too_well_stands_among_the_warnings(phantom_items, tmp_path, monkeypatch):
    def put(subject: Subject):
        twins = chosen(["colleague"])[0].put(subject)
        return twins if isinstance(twins, str) else tuple(replace(t, images=(), condition="without") for t in twins)

    control = Probe(
        name="blindly", version="1", title="without looking", about="A guess.", right="same", put=put, control=True,
        conditions=frozenset({"without"}),
    )  # fmt: skip
    monkeypatch.setattr("auscult.runs.evaluation.chosen", lambda names: (control,))
    probed(phantom_items, rightly, tmp_path / "run", "blindly")
    assert any("no evidence of looking" in line for line in summed_up(tmp_path / "run").warnings)


def test_answers_to_a_probe_that_cannot_be_read_are_named_apart_and_worst_is_the_worse_for_the_model(
    phantom_items, tmp_path
):
    mumbled = []

    def mumbling(call):
        if '"' in call.item.question and call.item.answer_type == "yes_no" and len(mumbled) < 3:
            mumbled.append(call.item.id)
            return "It is what it is."
        return following(call)

    rows = probed(phantom_items, mumbling, tmp_path / "run", "colleague")
    summary = summed_up(tmp_path / "run")
    (lost,) = (f for f in summary.failures if f.condition == "probe")
    changed = {r.answer_id for r in rows if r.role == "changed"}
    assert (lost.asked, lost.unread, lost.usable) == (len(changed), 3, len(changed) - 3)
    assert f"3 of {len(changed)} answers could not be read" in "".join(w for w in summary.warnings if "of probes" in w)
    for figure in summary.of("probe", "colleague"):
        one = figure.with_image
        if one.worst is not None and one.worst != one.best:
            assert (one.worst < one.best) == figure.higher_is_better, figure.metric
    found = figures(tmp_path / "run", "colleague")
    assert found["goes along"].with_image.worst > found["goes along"].with_image.best
    assert found["led"].with_image.worst > found["led"].with_image.best
