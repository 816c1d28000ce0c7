"""An item set run by Inspect: the same prompts, the same scores, the same figures as ``auscult evaluate``."""

import hashlib
import importlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from inspect_ai import Task, eval, score
from inspect_ai._util.error import PrerequisiteError
from inspect_ai._util.registry import registry_lookup
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import GenerateConfig, ModelOutput, get_model
from inspect_ai.scorer import SampleScore, Score
from PIL import Image
from tests.bridges.table_model import EMPTY, FAILS, WITHHELD, Put
from tests.bridges.worked_set import ROWS, quiet, table_of, write_answers, write_items
from tests.conftest import REPO

from auscult.analysis.summary import Summary
from auscult.api import evaluate
from auscult.bridges.inspect_registry import SCORERS, figures, items
from auscult.corpora import ReadOptions, image_folder
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.protocols import Question, create
from auscult.protocols.direct import Direct
from auscult.runs.settings import Settings

BY_QUESTION = {row[2]: row for row in ROWS}


@dataclass
class Ran:
    items: Path
    log: EvalLog
    seen: list[tuple[Put, GenerateConfig]]
    ours: Summary


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_items(tmp_path_factory.mktemp("set"))


@pytest.fixture(scope="module")
def ran(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The same answers to the same items, through Inspect and through our own loop."""
    folder = tmp_path_factory.mktemp("ran")
    seen: list[tuple[Put, GenerateConfig]] = []
    log = run(items(str(built)), folder, table_of(built), seen)
    recorded = write_answers(folder / "said.csv")
    settings = Settings(controls=0, canary=False, max_missing=0.5)
    ours = evaluate(built, f"replay:{recorded}", folder / "run", settings, show=quiet).summary
    return Ran(built, log, seen, ours)


def run(task: Task, folder: Path, said: dict[str, str], seen: list[tuple[Put, GenerateConfig]]) -> EvalLog:
    model = get_model("table/x", said=said, seen=seen, memoize=False)
    return eval(task, model=model, log_dir=str(folder / "logs"), display="none", log_realtime=False)[0]


def metrics(log: EvalLog, scorer: str) -> dict[str, float]:
    assert log.results
    return {k: v.value for s in log.results.scores if s.name == scorer for k, v in s.metrics.items()}


def test_the_model_is_put_the_same_images_and_words(ran: Ran) -> None:
    opened, put, protocol = ItemSet(ran.items), [], create("direct")
    assert isinstance(protocol, Direct)
    for case, asked in opened.groups("test"):
        images = [opened.load_image(i) for i in case.images]
        for item in asked:
            sent = protocol.call(Question(item=item, images=tuple(images))).messages[-1].parts
            put.append(
                tuple(p if isinstance(p, str) else (f"data:{p.mime}", hashlib.sha256(p.data).hexdigest()) for p in sent)
            )
    assert sorted(p for p, _ in ran.seen) == sorted(put) and len(put) == len(ROWS)


def test_answers_are_decoded_as_ours_are(ran: Ran) -> None:
    ours = Settings().decoding
    assert {(c.temperature, c.max_tokens) for _, c in ran.seen} == {(ours.temperature, ours.max_tokens)}


def test_the_same_answers_give_the_same_figures_as_evaluate(ran: Ran) -> None:
    several = {"closed": {"yes_no", "choice"}}
    compared = set()
    for figure in ran.ours.of("headline"):
        scorer, found = figure.scorer.split("@")[0], figure.with_image
        theirs = metrics(ran.log, scorer)
        name = f"{figure.answer_type} {figure.metric}" if scorer in several else figure.metric
        if name in theirs and found is not None:
            assert theirs[name] == pytest.approx(found.value, abs=1e-12)
            assert theirs.get(f"{name} low") == found.low and theirs.get(f"{name} high") == found.high
            compared.add(name)
    lower = {f"{what} (lower is better)" for what in ("hallucinated", "omitted")}
    assert compared == {
        "yes_no accuracy",
        "choice accuracy",
        "recall",
        "F1",
        "F1 counted",
        "exact match",
        "fact F1",
        *lower,
    }


def test_the_worked_accuracy(ran: Ran) -> None:
    closed = metrics(ran.log, "closed")
    assert closed["yes_no accuracy"] == pytest.approx(2 / 5)  # the failed request is not among the five
    assert closed["choice accuracy"] == pytest.approx(1 / 2)
    assert closed["yes_no unusable"] == pytest.approx(2 / 5)


def test_an_unusable_answer_is_wrong_and_a_failed_request_is_missing(ran: Ran) -> None:
    assert ran.log.samples and ran.log.results
    told = {}
    for sample in ran.log.samples:
        found = (sample.scores or {}).get("closed")
        if found is not None:
            told[sample.metadata["item"]["question"]] = (found.value, found.reason, sample.error is not None)
    assert told["Is a mass seen?"] == (0.0, "refusal", False)
    assert told["Is the heart large?"] == (0.0, "no_response", False)
    assert told["Is there a fracture?"] == (0.0, None, False)
    value, reason, failed = told["Is there edema?"]
    assert value != value and reason == "request_failed" and failed
    line = next(s for s in ran.log.results.scores if s.name == "closed")
    assert (line.scored_samples, line.unscored_samples) == (7, 1)
    assert (ran.log.results.total_samples, ran.log.results.completed_samples) == (10, 9)


def test_a_log_with_too_many_failed_requests_is_a_failed_one(ran: Ran) -> None:
    assert ran.log.status == "error"  # one in ten, over 5 %


def test_samples_say_what_they_are_about(ran: Ran) -> None:
    assert ran.log.samples
    asked = {i.id: (c, i) for c, group in ItemSet(ran.items).groups("test") for i in group}
    for sample in ran.log.samples:
        case, item = asked[str(sample.id)]
        about = sample.metadata
        assert (about["case_id"], about["group"], about["group_kind"]) == (case.id, case.group, "patient")
        assert sample.target == item.reference


def test_a_log_can_be_scored_again_without_the_item_set(ran: Ran, tmp_path: Path) -> None:
    write_eval_log(ran.log, tmp_path / "run.eval")
    again = score(read_eval_log(tmp_path / "run.eval"), SCORERS["closed"](), action="overwrite", display="none")
    assert metrics(again, "closed") == metrics(ran.log, "closed")


async def test_what_a_content_filter_withheld_is_unusable_and_not_missing(built: Path) -> None:
    outputs = {WITHHELD: ModelOutput.from_content("m", "Yes.", stop_reason="content_filter"), FAILS: ModelOutput()}
    outputs[EMPTY] = ModelOutput.from_content("m", " ")
    found = {name: await read_one(built, output) for name, output in outputs.items()}
    assert (found[WITHHELD].value, found[WITHHELD].explanation) == (0.0, "withheld by a content filter")
    assert found[EMPTY].value == 0.0 and found[EMPTY].reason == "no_response"
    assert found[FAILS].value != found[FAILS].value


async def read_one(built: Path, output: ModelOutput) -> Score:
    from inspect_ai.model import ModelName
    from inspect_ai.scorer import Target
    from inspect_ai.solver import TaskState

    sample = next(s for s in items(str(built)).dataset if (s.metadata or {})["answer_type"] == "yes_no")
    state = TaskState(ModelName("table/x"), "1", 1, [], [], metadata=sample.metadata or {})
    state.output = output
    read = await SCORERS["closed"]()(state, Target(sample.target))
    assert read is not None
    return read


def test_the_interval_is_by_patient_and_not_by_question() -> None:
    about = {"kind": "question", "answer_type": "yes_no"}

    def scored(group_of: int) -> dict[str, float]:
        rows = [
            SampleScore(
                score=Score(value=float(n < 60), metadata={"status": "ok", "values": {"correct": float(n < 60)}}),
                sample_metadata={**about, "group": f"g{n // group_of}"},
            )
            for n in range(120)
        ]
        found = figures("closed")(rows)  # type: ignore[arg-type]
        assert isinstance(found, dict)
        return found  # type: ignore[return-value]

    alone, together = scored(1), scored(4)
    assert alone["accuracy"] == together["accuracy"] == 0.5
    width = [f["accuracy high"] - f["accuracy low"] for f in (alone, together)]
    assert width[1] > 1.8 * width[0]


def test_options_can_be_put_in_another_order_and_are_read_in_it(built: Path) -> None:
    orders = set()
    for seed in range(6):
        for sample in items(str(built), protocol=f"shuffled:{seed}").dataset:
            item = (sample.metadata or {})["item"]
            if item["question"] == "Which organ is large?":
                assert not isinstance(sample.input, str)
                shown = [line for line in sample.input[0].text.splitlines() if line[1:2] == "."]
                assert [line[3:] for line in shown] == list(item["options"])
                orders.add(tuple(item["options"]))
    assert len(orders) > 1


def test_examples_are_put_before_a_question_each_in_a_turn_of_its_own(tmp_path: Path) -> None:
    rows = [("a", "left", "train"), ("b", "right", "train"), ("c", "left", "test")]
    with open(tmp_path / "table.csv", "w") as file:
        print("image,patient,id,answer_type,question,options,answer,split", file=file)
        for name, right, split in rows:
            Image.new("L", (9, 7), 40 * (ord(name) - 96)).save(tmp_path / f"{name}.png")
            print(f"{name}.png,{name},{name},choice,Which side is ill?,left|right,{right},{split}", file=file)
    bundles = image_folder.read(tmp_path / "table.csv", ReadOptions())
    write_item_set(bundles, tmp_path / "items", source=SourceNote(reader="image-folder", path="table.csv"))
    task = items(str(tmp_path / "items"), protocol="few-shot:1")
    (sample,) = task.dataset
    assert not isinstance(sample.input, str)
    assert [m.role for m in sample.input] == ["user", "assistant"] * 2 + ["user"]
    assert [m.text for m in sample.input[1::2]] == ["A. left", "B. right"]
    assert (task.metadata or {})["protocol"] == "few-shot:1@1+direct@1"


def test_a_protocol_that_cannot_be_put_is_one_line(built: Path) -> None:
    with pytest.raises(PrerequisiteError, match="few-shot needs a training split with yes/no items"):
        items(str(built), protocol="few-shot:1")
    with pytest.raises(PrerequisiteError, match="unknown protocol 'nope'"):
        items(str(built), protocol="nope")


def test_the_split_is_that_of_evaluate_unless_named(built: Path) -> None:
    sizes = {split: len(items(str(built), split=split).dataset) for split in ("", "test", "train", "all")}
    assert sizes == {"": 10, "test": 10, "train": 1, "all": 11}
    with pytest.raises(PrerequisiteError, match="no split 'validation'; there is: "):
        items(str(built), split="validation")


def test_an_altered_image_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    built = write_items(tmp_path)
    image = next((built / "images").rglob("*.png"))
    image.write_bytes(image.read_bytes() + b"x")
    with pytest.raises(PrerequisiteError, match="altered since the item set was built"):
        items(str(built), split="all")


def test_inspect_finds_the_task_and_the_scorers_of_the_entry_point() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    importlib.import_module(project["entry-points"]["inspect_ai"]["auscult"])
    assert registry_lookup("task", "auscult/items") is not None
    assert all(registry_lookup("scorer", f"auscult/{name}") is not None for name in SCORERS)
    assert {"closed", "number", "token-f1", "facts", "premise"} <= set(SCORERS)
    assert not {name for name in SCORERS if name.startswith(("llava", "pope", "medvh"))}
