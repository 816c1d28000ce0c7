"""``auscult score``: a finished run anew, judged files to the published table, what is refused."""

import json
import shutil
from pathlib import Path

import orjson
import PIL.Image
import pytest
from tests.cli.conftest import Auscult
from tests.corpora.test_medhalltune_golden import READ
from tests.corpora.test_medhalltune_golden import folder as judged_folder
from tests.scorers.judges.judge_server import graded, judge_server

from auscult.analysis.summary import read_summary

judged = judged_folder
KINDS = {"N": "hallucination", "P": "non-hallucination"}


def means(run: Path) -> dict[str, tuple[float, ...]]:
    """Kind → n, and the four means to four decimals."""
    found = [f for f in read_summary(run / "summary.json").of("quality") if f.group.startswith("medhalltune")]
    made = {}
    for sign, kind in KINDS.items():
        lines = {f.metric: f.with_image for f in found if f.kind == kind}
        values = [lines[name] for name in ("accuracy", "relevance", "detail", "risk")]
        made[sign] = (lines["accuracy"].n, *(round(e.value, 4) for e in values))  # type: ignore[union-attr, arg-type]
    return made


@pytest.mark.parametrize("policy", ["strict", "published"])
def test_a_judged_file_becomes_the_published_table(auscult: Auscult, judged: Path, tmp_path: Path, policy: str) -> None:
    words = ["check", judged, "--out", tmp_path / "run", "--parse-policy", policy, "--max-missing", 0.2, "-v"]
    ran = auscult(*words)
    assert ran.code == 0, ran.err
    assert means(tmp_path / "run") == {sign: READ[sign, policy] for sign in KINDS}
    said = " ".join(ran.out.split())
    assert "Recorded judgements" in said and f"{sum(READ[sign, policy][0] for sign in KINDS)} of 78 answers" in said


def test_more_unreadable_lines_than_allowed_withhold_the_figures_and_say_so(
    auscult: Auscult, judged: Path, tmp_path: Path
) -> None:
    ran = auscult("check", judged, "--out", tmp_path / "run")
    assert ran.code == 4 and "too many verdicts are missing" in ran.err
    assert "asking again brings none of them" in ran.err and "asks failed requests again" not in ran.err
    assert (tmp_path / "run" / "summary.json").exists()


def test_answers_are_judged_anew_and_a_finished_run_scored_again(
    auscult: Auscult, judged: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    with judge_server(lambda text, _: graded(7, 7, 7, 7, 9)) as server:
        ran = auscult("check", judged, "--judge", server.spec, "--scorers", "default", "--out", run)
        assert ran.code == 0 and len(server.asked) == 78, ran.err
        forecast = auscult("score", run, "--judge", server.spec, "--dry-run")
        assert "calls to ask:      0 (78 more are finished" in forecast.out
        again = auscult("score", run, "--scorers", "rouge")
        assert again.code == 0 and len(server.asked) == 78
    found = {name.partition("@")[0]: f for name, f in read_summary(run / "summary.json").groups("quality").items()}
    assert set(found) == {"clinical", "rouge"}
    assert {round(f.with_image.value or 0, 9) for f in found["clinical"] if f.with_image} == {7.0, 9.0}


def test_published_marks_beyond_the_scale_and_of_empty_answers_count_as_published(
    auscult: Auscult, tmp_path: Path
) -> None:
    folder = tmp_path / "judged"
    folder.mkdir()
    for sign in ("negative", "positive"):
        rows = [
            {
                "question_id": k,
                "image": f"{sign}{k}.jpg",
                "text": f"Q{k}?",
                "gpt4_answer": "No.",
                "fig_caption": "A figure.",
                "answer": "" if k < 4 else "Yes.",
                "result": "0 11 1000 3\n\nx" if k == 9 else "8 8 8 8\n\nx",
            }
            for k in range(12)
        ]
        (folder / f"{sign}.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    ran = auscult("check", folder, "--out", tmp_path / "run", "--parse-policy", "published")
    assert ran.code == 0, ran.err
    assert means(tmp_path / "run")["P"] == (12, round(88 / 12, 4), 8.25, round(1088 / 12, 4), round(91 / 12, 4))
    sound = auscult("check", folder, "--out", tmp_path / "sound", "--max-missing", 0.5)
    assert sound.code == 0, sound.err
    assert means(tmp_path / "sound")["P"][:2] == (11, round((7 * 8 + 4 * 1) / 11, 4))


def test_answers_to_another_split_are_refused_in_one_line(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    from auscult.records import Item
    from auscult.store.tables import read_rows

    train = [i for i in read_rows(sample_items / "items.parquet", Item) if i.split == "train"][:20]
    answers = tmp_path / "a.csv"
    answers.write_text("id,text\n" + "".join(f"{i.source_id},Yes\n" for i in train))
    words = ["check", answers, "--items", sample_items, "--out", tmp_path / "run"]
    refused = auscult(*words)
    assert refused.code == 2 and "no answer is to a question of the split 'test'" in refused.err
    assert auscult(*words, "--split", "train", "--max-missing", 1).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "nowhere: no run folder"),
        (["pyproject.toml"], "a file and no finished run; answers are read with: auscult check pyproject.toml"),
        (["nowhere", "--judge", "recorded"], "is of files of judged answers (auscult check)"),
        (["nowhere", "--parse-policy", "strict", "--judge-certificate", "x.json"], "judge options without a judge"),
    ],
)
def test_what_cannot_be_scored_is_one_line(auscult: Auscult, words: list[str], said: str) -> None:
    ran = auscult("score", *words)
    assert ran.code == 2 and said in ran.err and "Traceback" not in ran.err


def test_a_judge_without_open_questions_is_refused_before_anything_is_asked(auscult: Auscult, tmp_path: Path) -> None:
    from auscult.corpora._bundles import seal
    from auscult.items.split import SplitPlan
    from auscult.items.writer import SourceNote, write_item_set
    from auscult.records import Case, Item

    item = Item(id="", case_id="", source_id="q", question="Is it?", reference="yes", answer_type="yes_no")
    bundle = seal(Case(id="", source="by hand", source_key="c"), [item])
    write_item_set([bundle], tmp_path / "items", source=SourceNote(reader="by hand", path=""), split=SplitPlan())
    words = ["evaluate", tmp_path / "items", "--model", "baseline:always-last", "--judge", "facts"]
    ran = auscult(*words, "--out", tmp_path / "run")
    assert ran.code == 2 and "holds no open questions and no reports" in ran.err and not (tmp_path / "run").exists()


def test_labels_of_some_answers_correct_the_figures_of_a_finished_run(auscult: Auscult, tmp_path: Path) -> None:
    items = [{"id": f"q{n}", "image": f"i{n}.png", "answer": "yes" if n % 2 else "no"} for n in range(20)]
    for n in range(20):
        PIL.Image.new("L", (8, 8), 10 * n).save(tmp_path / f"i{n}.png")
    rows = [f"{i['id']},{i['image']},Is it?,{i['answer']},test\n" for i in items]
    (tmp_path / "q.csv").write_text("id,image,question,answer,split\n" + "".join(rows))
    (tmp_path / "a.csv").write_text("id,text\n" + "".join(f"q{n},{'Yes.' if n % 2 else 'No.'}\n" for n in range(20)))
    built = auscult("build", "--from", "image-folder", tmp_path / "q.csv", "--out", tmp_path / "items")
    assert built.code == 0, built.err
    run = tmp_path / "run"
    made = auscult("check", tmp_path / "a.csv", "--items", tmp_path / "items", "--out", run)
    assert made.code == 0, made.err
    labels = tmp_path / "labels.csv"
    labels.write_text("item,annotator,label\n" + "".join(f"q{n},A,{'yes' if n % 2 else 'no'}\n" for n in range(6)))
    few = auscult("score", run, "--labels", labels)
    assert few.code == 2 and "3 labelled answers mean 'yes'; a correction needs 5 of each" in few.err
    labels.write_text("item,annotator,label\n" + "".join(f"q{n},A,{'yes' if n % 2 else 'no'}\n" for n in range(12)))
    ran = auscult("score", run, "--labels", labels, "-v")
    assert ran.code == 0 and "Corrected for misreading" in ran.out and "by 12 labelled answers" in ran.out, ran.err
    again = auscult("score", run, "-v")
    assert "by 12 labelled answers" in again.out  # the run keeps its labels
    page = auscult("report", run, "--out", tmp_path / "page.html")
    assert page.code == 0 and "as meant, by 12 labelled answers" in (tmp_path / "page.html").read_text()


def test_an_unknown_scorer_names_the_nearest_and_not_all(auscult: Auscult, sample_items: Path, tmp_path: Path) -> None:
    words = ["evaluate", sample_items, "--model", "baseline:majority", "--out", tmp_path / "run"]
    ran = auscult(*words, "--scorers", "metoer")
    assert ran.code == 2 and "did you mean 'meteor'?" in ran.err and len(ran.err) < 400, ran


@pytest.mark.parametrize("given", [",", "closed,,facts"])
def test_an_empty_name_is_refused(auscult: Auscult, tmp_path: Path, given: str) -> None:
    assert "--scorers: a name is empty" in auscult("score", tmp_path / "run", "--scorers", given).err


def test_recorded_verdicts_of_one_judge_line_up_by_its_name(auscult: Auscult, judged: Path, tmp_path: Path) -> None:
    words = ["--parse-policy", "published", "--max-missing", 0.2]
    for name in ("a", "b"):
        copy = shutil.copytree(judged, tmp_path / f"judged-{name}")
        (first,) = copy.glob("*negative*")
        first.write_text(first.read_text().replace('"Yes."', f'"Yes, {name}."', 1))
        ran = auscult("check", copy, "--judge-name", "gpt-4o", "--out", tmp_path / name, *words)
        assert ran.code == 0, ran.err
    found = json.loads(auscult("compare", tmp_path / "a", tmp_path / "b", "--html", tmp_path / "c.html", "--json").out)
    judges = {m["judge"] for m in found["comparison"]["measures"] if m["judge"]}
    assert judges == {"recorded:gpt-4o"} and len(found["comparison"]["differences"]) > 0


def test_a_judge_that_is_asked_says_itself_who_it_is(auscult: Auscult, judged: Path, tmp_path: Path) -> None:
    with judge_server(lambda text, _: graded(7, 7, 7, 7, 9)) as server:
        ran = auscult("check", judged, "--judge", server.spec, "--judge-name", "x", "--out", tmp_path / "run")
    assert ran.code == 2 and "--judge-name names the judge of recorded verdicts" in ran.err
