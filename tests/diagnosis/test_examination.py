"""A diagnosis from an item set to its folder, with models whose every word is known."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from tests.diagnosis.made import Writer, item_set, question, rest, trace, two_by_two

from auscult.diagnosis.adoption import Adopted
from auscult.diagnosis.arms import ARMS, GROUPS, arm_of
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.gold.tracing import Tracing
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.errors import UserError
from auscult.records import STAGES, Answer, Call, Item, Reply, Score
from auscult.reports.diagnosis.face import about_of
from auscult.store.tables import read_rows

VISION, KNOWLEDGE, REASONING = STAGES
Says = Callable[[Call], str | Reply]


def judge(call: Call, verdict: str = "supported") -> str:
    """Finds nothing wrong with any stage, or all of it."""
    stood = {"statement": "It is so.", "against": "the reference", "why": "It was read there.", "stands": verdict}
    return orjson.dumps({"evidence": [stood], "verdict": verdict}).decode()


def examine(tmp_path: Path, says: Says | None = None, arms: str = "default", **more: object) -> tuple[Path, Writer]:
    """Diagnoses four questions on two images; the same folder and items at every call."""
    if not (tmp_path / "items").exists():
        two_by_two(tmp_path / "items")
    model, out = Writer(says), tmp_path / "out"
    settings = DiagnosisSettings(arms=arms, **more)  # type: ignore[arg-type]
    Examination(tmp_path / "items", model, Writer(judge, name="judge"), settings).run(out)
    return out, model


def answers(out: Path) -> list[Answer]:
    return list(read_rows(out / "answers.parquet", Answer))


def by_arm(out: Path) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in answers(out):
        found.setdefault(arm_of(answer), []).append(answer)
    return found


def scores(out: Path, table: str = "scores") -> list[Score]:
    return list(read_rows(out / f"{table}.parquet", Score))


def test_every_item_has_one_answer_in_every_arm_and_one_score(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    assert {arm: len(rows) for arm, rows in by_arm(out).items()} == dict.fromkeys(GROUPS["default"], 4)
    assert [s.answer_id for s in scores(out)] == [a.id for a in answers(out)]
    assert len({a.id for a in answers(out)}) == 24


def test_answers_of_a_case_stand_together_arm_by_arm_in_the_order_of_the_items(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    items = [item.id for item in read_rows(out / "items.parquet", Item)]
    first = answers(out)[:12]
    assert [arm_of(a) for a in first] == [arm for arm in GROUPS["default"] for _ in range(2)]
    assert [a.item_id for a in first] == items[:2] * 6


def test_each_arm_puts_the_stages_that_it_names(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    item = next(read_rows(out / "items.parquet", Item))
    own, right = ("I see a patch.", "A nodule is round."), (item.trace.visual_recognition, item.trace.knowledge_recall)
    put = {arm: tuple(rows[0].stages.values()) for arm, rows in by_arm(out).items()}
    assert put == {
        "baseline": (),
        "replace_vr": right[:1],
        "replace_kr": (own[0], right[1]),
        "replace_vr_kr": right,
        "self_vr": own[:1],
        "self_vr_kr": own,
    }


def test_the_whole_trace_is_kept_with_what_was_given_and_the_answer_stands_alone(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    answer = by_arm(out)["self_vr_kr"][0]
    assert answer.text == "yes" and answer.trace == (
        "[Visual Recognition]\nI see a patch.\n[Knowledge Recall]\nA nodule is round.\n\n"
        "[Reasoning]\nSo it is said.\n[Answer] yes"
    )


def test_a_model_that_follows_gold_stages_is_right_where_they_are_given_and_nowhere_else(tmp_path: Path) -> None:
    def says(call: Call) -> str:
        text = call.messages[-1].text
        assert call.item is not None
        right = call.item.reference
        wrong = {"yes": "no", "no": "yes"}[right]
        return rest(text, right if "upper zone" in text else wrong)

    out, _ = examine(tmp_path, says)
    right: Counter[str] = Counter()
    for answer, score in zip(answers(out), scores(out), strict=True):
        right[arm_of(answer)] += int(score.values["correct"])
    assert right == {"replace_vr": 4, "replace_vr_kr": 4, "baseline": 0, "replace_kr": 0, "self_vr": 0, "self_vr_kr": 0}


def test_stages_that_the_model_wrote_are_judged_and_no_others(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    arm = {a.id: arm_of(a) for a in answers(out)}
    judged = Counter((arm[v.answer_id], v.scorer) for v in scores(out, "verdicts"))
    scorers = {VISION: "stage-vision", KNOWLEDGE: "stage-knowledge", REASONING: "stage-reasoning"}
    assert judged == {(name, scorers[stage]): 4 for name in GROUPS["default"] for stage in ARMS[name].written}


def test_the_same_command_asks_nothing_again(tmp_path: Path) -> None:
    examine(tmp_path)
    assert examine(tmp_path)[1].calls == []


def test_more_arms_ask_only_what_is_new(tmp_path: Path) -> None:
    examine(tmp_path, arms="published")
    out, model = examine(tmp_path, arms="default")
    assert len(model.calls) == 8 and set(by_arm(out)) == set(GROUPS["default"])


def test_a_drawn_arm_has_five_answers_at_the_published_temperature(tmp_path: Path) -> None:
    out, model = examine(tmp_path, arms="resample_self_vr")
    drawn = by_arm(out)["resample_self_vr"]
    assert [a.repeat for a in drawn[:5]] == [0, 1, 2, 3, 4] and len(drawn) == 20
    assert {(c.decoding.temperature, c.decoding.top_p) for c in model.calls if c.repeat} == {(0.7, 0.9)}
    assert {c.decoding.temperature for c in model.calls if not c.messages[0].text.count("finished")} == {0.0}


def test_other_stages_are_of_the_kind_of_another_patient_and_of_another_answer(tmp_path: Path) -> None:
    out, _ = examine(tmp_path, arms="other")
    items = {item.id: item for item in read_rows(out / "items.parquet", Item)}
    for answer in by_arm(out)["other_vr"]:
        own = items[answer.item_id]
        given = answer.stages[VISION]
        assert given != own.trace.visual_recognition
        assert ("white" in given) == ("dark" in own.trace.visual_recognition)


def test_an_irrelevant_stage_is_about_as_long_as_the_gold_one_and_shares_no_word_of_it(tmp_path: Path) -> None:
    out, _ = examine(tmp_path, arms="irrelevant")
    items = {item.id: item for item in read_rows(out / "items.parquet", Item)}
    for answer in by_arm(out)["irrelevant_vr"]:
        given, gold = answer.stages[VISION], items[answer.item_id].trace.visual_recognition
        assert 0.5 < len(given) / len(gold) < 2
        assert not {"patch", "round", "left", "zone"} & set(given.lower().replace(".", "").split())


def test_images_are_swapped_noised_and_removed(tmp_path: Path) -> None:
    out, _ = examine(tmp_path, arms="image")
    shown = {arm: {a.item_id: (a.condition, a.shown) for a in rows} for arm, rows in by_arm(out).items()}
    for item, (_, own) in shown["baseline"].items():
        assert shown["wrong_image"][item][0] == "wrong" and shown["wrong_image"][item][1] != own
        assert shown["noised_image"][item][0] == "with" and shown["noised_image"][item][1] != own
        assert shown["without_image"][item] == ("without", ())


def test_what_the_question_and_a_gold_stage_give_away_is_asked_of_another_model_without_the_image(
    tmp_path: Path,
) -> None:
    two_by_two(tmp_path / "items")
    model, text = Writer(), Writer(lambda call: "yes", name="text")
    settings = DiagnosisSettings(arms="text")
    Examination(tmp_path / "items", model, Writer(judge), settings, text_model=text).run(tmp_path / "out")
    assert len(model.calls) == 4 and len(text.calls) == 12 and not any(call.images for call in text.calls)
    behind = [c.messages[0].text for c in text.calls if "A nodule is round and" in c.messages[0].text]
    assert len(behind) == 4 and all("upper zone" not in text for text in behind)
    found = by_arm(tmp_path / "out")
    assert {a.model for a in found["text_gold_kr"]} == {"text"} and {a.model for a in found["baseline"]} == {"writer"}


def test_items_without_a_gold_trace_are_counted_and_not_asked(tmp_path: Path) -> None:
    item_set(tmp_path / "items", [question("a"), question("b", trace=question("x").trace.__class__())])
    model = Writer()
    Examination(tmp_path / "items", model, Writer(judge)).run(tmp_path / "out")
    manifest = orjson.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["left_out"] == {"no gold trace": 1} and len(answers(tmp_path / "out")) == 6


def test_images_that_the_model_was_tuned_on_are_named_and_not_asked(tmp_path: Path) -> None:
    items = two_by_two(tmp_path / "items")
    (case, _), *_ = items.groups()
    model = Writer()
    model.tuned_on = frozenset({case.images[0].pixels})
    Examination(tmp_path / "items", model, Writer(judge)).run(tmp_path / "out")
    manifest = orjson.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["tuned_on"] == [case.source_key] and len(answers(tmp_path / "out")) == 12
    assert any("the model was tuned on their images" in note for note in manifest["notes"])


def test_a_set_without_any_gold_trace_is_one_line(tmp_path: Path) -> None:
    item_set(tmp_path / "items", [question("a", trace=question("x").trace.__class__())])
    with pytest.raises(UserError, match="has a gold trace, which a diagnosis compares with"):
        Examination(tmp_path / "items", Writer())


def test_a_set_whose_written_traces_were_all_refused_says_where_the_reasons_stand(tmp_path: Path) -> None:
    item_set(tmp_path / "items", [question("a", trace=question("x").trace.__class__())])
    Tracing(tmp_path / "items", Writer(lambda call: "No trace.")).run(tmp_path / "traced")
    with pytest.raises(UserError, match=r"none that was written for them passed every check; traces\.parquet"):
        Examination(tmp_path / "traced", Writer())


def test_the_forecast_counts_calls_an_arm_and_writes_nothing(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    examination = Examination(tmp_path / "items", Writer(), settings=DiagnosisSettings(arms="default,text,resample"))
    foreseen = examination.forecast(tmp_path / "out")
    assert foreseen.calls["self_vr"] == 4 and foreseen.calls["text_gold_vr"] == 4
    assert foreseen.calls["resample_self_vr_kr"] == 20
    assert foreseen.asked["writer"].calls == sum(foreseen.calls.values()) == 24 + 12 + 120
    assert not (tmp_path / "out").exists()


def test_the_forecast_takes_the_time_of_traces_and_says_what_is_not_in_it(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    writer = Writer()
    writer.usual_seconds, writer.usual_trace_seconds = 1.0, 10.0
    said = Examination(tmp_path / "items", writer).forecast().describe()
    assert "about 10 s on one quiet core" in said  # all at once
    assert "stages are read and figures made, which takes no call and is not in the time" in said


def test_what_is_journalled_is_not_foreseen_again(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    settings = DiagnosisSettings(arms="default,gold_vr_own_kr")
    foreseen = Examination(tmp_path / "items", Writer(), settings=settings).forecast(out)
    assert foreseen.calls == {**dict.fromkeys(GROUPS["default"], 0), "gold_vr_own_kr": 4}


def test_another_model_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    other = Examination(tmp_path / "items", Writer(name="another"))
    with pytest.raises(UserError, match="was begun with other settings: model was 'writer' and is now 'another'"):
        other.run(out)


def test_another_judge_judges_the_same_answers_and_the_model_is_not_asked(tmp_path: Path) -> None:
    out, _ = examine(tmp_path)
    model, strict = Writer(), Writer(lambda call: judge(call, "contradicted"), name="strict")
    Examination(tmp_path / "items", model, strict).run(out)
    assert not model.calls and {v.values["hallucinated"] for v in scores(out, "verdicts")} == {1.0}


def test_all_questions_of_an_image_go_to_a_model_in_this_process_in_two_batches(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    model = Writer(batch=0)
    Examination(tmp_path / "items", model, Writer(judge)).run(tmp_path / "out")
    assert model.requests == {6: 4}


def test_a_trace_that_a_model_writes_twice_is_taken_as_the_published_program_takes_it(tmp_path: Path) -> None:
    out, _ = examine(tmp_path, lambda call: trace("no") + "\n\n" + trace("yes", "Then a dark patch lies there."))
    assert {a.text for a in answers(out)} == {"yes"}


def nodules(tmp_path: Path) -> None:
    """Two questions whose gold stages say outright what they ask about."""
    seen = {"yes": "There is a lung nodule in the left upper zone.", "no": "There is no lung nodule."}

    def asked(name: str, reference: str) -> Item:
        gold = replace(question(name, reference).trace, visual_recognition=seen[reference])
        return question(name, reference, question="Is there a lung nodule?", trace=gold)

    item_set(tmp_path / "items", [asked("a", "yes")], [asked("b", "no")])


def test_a_model_that_believes_what_it_is_given_adopts_the_planted_error_and_without_it_does_not(
    tmp_path: Path,
) -> None:
    nodules(tmp_path)

    def believes(call: Call) -> str:
        text = call.messages[-1].text
        assert call.item is not None
        said = call.item.reference
        if "finished" in text and "I see" not in text:
            said = "no" if "There is no lung nodule." in text else "yes"
        return rest(text, said)

    out, _ = examine(tmp_path, believes, arms="default,planted")
    rows = list(read_rows(out / "adopted.parquet", Adopted))
    assert [(r.arm, r.own, r.adopts) for r in rows if r.arm == "planted_vr"] == [
        ("planted_vr", True, 0.0),
        ("planted_vr", False, 1.0),
    ] * 2
    assert {r.entails for r in rows} == {"yes", "no"} and all(r.wrong in r.text for r in rows)


def test_an_item_in_which_nothing_can_be_planted_has_no_answer_in_that_arm_and_is_counted(tmp_path: Path) -> None:
    nodules(tmp_path)
    out, _ = examine(tmp_path, arms="planted")
    manifest = orjson.loads((out / "manifest.json").read_bytes())
    assert manifest["unput"] == {"planted_kr": {"no error that could be planted": 2}}
    assert "planted_kr" not in by_arm(out) and len(by_arm(out)["planted_vr"]) == 2


def test_recorded_traces_are_diagnosed_without_a_model_and_what_is_not_recorded_is_missing(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    kinds = {"baseline": trace("no"), "replace_vr": trace("yes"), "planted_vr": trace("yes")}
    rows = [{"id": name, "arm": arm, "text": text} for arm, text in kinds.items() for name in ("a", "b", "c")]
    file = tmp_path / "traces.jsonl"
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    out = tmp_path / "out"
    Examination(tmp_path / "items", file, Writer(judge)).run(out)
    found = by_arm(out)
    assert {arm: [a.status for a in rows] for arm, rows in found.items()} == {
        arm: ["ok", "ok", "ok", "request_failed"] for arm in ("baseline", "replace_vr")
    }
    assert found["baseline"][0].text == "no" and found["replace_vr"][0].trace == trace("yes")
    assert "planted_vr" in orjson.loads((out / "manifest.json").read_bytes())["notes"][0]


def test_recorded_traces_without_a_baseline_are_one_line(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    file = tmp_path / "traces.csv"
    file.write_text("id,arm,text\na,replace_vr,some text\n")
    with pytest.raises(UserError, match="holds no trace of the arm 'baseline'"):
        Examination(tmp_path / "items", file)


def test_an_unknown_recorded_arm_is_an_error_that_names_its_row_and_the_nearest_arm(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    file = tmp_path / "traces.csv"
    file.write_text("id,arm,text\na,baseline,some text\na,replce_vr,some text\n")
    with pytest.raises(UserError, match=r"traces\.csv, row 2: unknown arm 'replce_vr'; did you mean 'replace_vr'\?"):
        Examination(tmp_path / "items", file)


@pytest.mark.parametrize(("models", "name"), [(("", ""), "traces.jsonl"), (("M", "org/N"), "M, org/N")])
def test_recorded_traces_are_called_by_their_models_else_by_their_file(
    tmp_path: Path, models: tuple[str, ...], name: str
) -> None:
    two_by_two(tmp_path / "items")
    file = tmp_path / "traces.jsonl"
    rows = [{"id": i, "arm": "baseline", "text": trace(), "model": m} for i, m in zip("ab", models, strict=True)]
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    Examination(tmp_path / "items", file, Writer(judge)).run(tmp_path / "out")
    manifest = orjson.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert about_of(manifest, set()).model == name


@pytest.mark.parametrize("arms", ["", " ", "default,"])
def test_an_empty_name_of_an_arm_is_one_line(arms: str) -> None:
    with pytest.raises(UserError, match="--arms: a name is empty"):
        DiagnosisSettings(arms=arms).check()


def test_judged_as_published_the_model_has_all_answers_and_sees_the_image_of_the_preserved_stage(
    tmp_path: Path,
) -> None:
    two_by_two(tmp_path / "items")

    def published(call: Call) -> str:
        both = {"hallucinated": 1, "answer_correct": 0, "reason": "It is not there."}
        return orjson.dumps(both).decode()

    model, strict, out = Writer(), Writer(published, name="strict"), tmp_path / "out"
    settings = DiagnosisSettings(protocol="clinhallu", judge_protocol="clinhallu-stage", arms="published")
    Examination(tmp_path / "items", model, strict, settings).run(out)
    assert {s.values["correct"] for s in scores(out)} == {0.0} and len(scores(out)) == 16
    arm = {a.id: arm_of(a) for a in answers(out)}
    judged = Counter((arm[v.answer_id], v.scorer.removeprefix("clinhallu-stage-")) for v in scores(out, "verdicts"))
    assert judged == {
        **{("baseline", stage): 4 for stage in ("vision", "knowledge", "reasoning")},
        **{("replace_vr", stage): 4 for stage in ("knowledge", "reasoning")},
        **{("replace_kr", stage): 4 for stage in ("vision", "reasoning")},
        ("replace_vr_kr", "reasoning"): 4,
    }
    assert sum(bool(call.images) for call in strict.calls) == 4, "the preserved stage is the baseline's: one call"


def test_the_published_judge_is_no_fact_checker(tmp_path: Path) -> None:
    two_by_two(tmp_path / "items")
    with pytest.raises(UserError, match="judge protocol 'clinhallu-stage' asks a model"):
        Examination(tmp_path / "items", Writer(), settings=DiagnosisSettings(judge_protocol="clinhallu-stage"))
