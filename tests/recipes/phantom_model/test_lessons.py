from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from recipes.phantom_model.lessons import FOLLOWING, LAST, TRUE_ONLY, Lesson, Teacher, asks, known_of, prevalence

from auscult.construction.wordings import questions
from auscult.corpora import ReadOptions
from auscult.corpora.phantoms import read
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.scene import KINDS, Scene
from auscult.phantoms.texts import MODALITY_NAMES, report
from auscult.protocols.direct import question_text, right_answer


def taught(scenes: int, room: int = 40, split: str = "train") -> list[tuple[Scene, Lesson]]:
    random = np.random.default_rng(3)
    found = []
    for seed in range(scenes):
        scene = draw_scene(seed, split)  # type: ignore[arg-type]
        found += [(scene, lesson) for lesson in Teacher(scene, random).lessons(room)]
    return found


@pytest.fixture(scope="module")
def lessons() -> list[tuple[Scene, Lesson]]:
    return taught(150)


def test_what_asserts_or_presupposes_is_taught_with_true_premises_only(lessons: list[tuple[Scene, Lesson]]) -> None:
    forms = Counter(lesson.kind for _, lesson in lessons)
    assert min(forms[form] for form in TRUE_ONLY) > 100
    for _, lesson in lessons:
        if lesson.kind in TRUE_ONLY:
            assert not lesson.answer.startswith(("No", "There is no", "There are n", "This is not")), lesson
        if lesson.kind in ("knowledge tag", "knowledge presupposition"):
            assert lesson.truth
            assert not lesson.answer.startswith(("No", "That is not")), lesson


@pytest.mark.parametrize("kind", ["neutral", "polar"])
def test_open_questions_are_as_often_true_as_false(lessons: list[tuple[Scene, Lesson]], kind: str) -> None:
    truths = [lesson.truth for _, lesson in lessons if lesson.kind == kind]
    assert 0.38 < sum(map(bool, truths)) / len(truths) < 0.55


def test_every_finding_is_taught_both_ways(lessons: list[tuple[Scene, Lesson]]) -> None:
    count = Counter((lesson.target, lesson.truth) for _, lesson in lessons if lesson.kind == "neutral")
    for name in KINDS:
        assert min(count[name, True], count[name, False]) > 15, (name, count)


def test_a_yes_or_no_follows_from_the_scene(lessons: list[tuple[Scene, Lesson]]) -> None:
    checked = 0
    for scene, lesson in lessons:
        if lesson.kind != "neutral" or not lesson.prompt.startswith("Is there a pneumothorax?"):
            continue
        assert lesson.answer.startswith("Yes") == bool(scene.of("pneumothorax"))
        checked += 1
    assert checked > 10


def test_questions_are_those_that_items_ask(lessons: list[tuple[Scene, Lesson]]) -> None:
    scene, _ = lessons[0]
    asked = {q.text for *_, q in questions(known_of(scene))}
    mine = [lesson for s, lesson in lessons if s is scene and lesson.kind == "presupposition"]
    own = {lesson.prompt.split("\nAnswer ")[0] for lesson in mine}
    assert own
    assert own <= asked


def test_what_is_so_of_a_finding_is_told_beside_the_question(lessons: list[tuple[Scene, Lesson]]) -> None:
    told = 0
    for scene, lesson in lessons:
        if lesson.kind != "neutral" or lesson.target not in KINDS or lesson.blind:
            continue
        there, left, right, *_ = lesson.seen[:12]
        assert there == bool(scene.of(lesson.target))
        assert (left, right) == tuple(bool(scene.of(lesson.target, side)) for side in ("left", "right"))
        told += 1
    assert told > 500


def test_choices_and_sizes_are_put_as_the_corpus_of_phantoms_puts_them(tmp_path: Path) -> None:
    write_folder(FolderPlan(n=30, seed=0, split="train", size=64), tmp_path / "p")
    items = [item for bundle in read(tmp_path / "p", ReadOptions()) for item in bundle.items]
    theirs = {(question_text(i), right_answer(i)) for i in items if i.answer_type in ("choice", "number")}
    random = np.random.default_rng(0)
    ours = set()
    for seed in range(30):
        teacher = Teacher(draw_scene(seed, "train"), random)
        for _ in range(60):
            ours |= {(made.prompt, made.answer) for made in (teacher.choice(), teacher.measurement()) if made}
    assert len(theirs) > 50
    assert ours <= theirs
    assert len(ours) > 0.95 * len(theirs)
    reports = {i.question for i in items if i.answer_type == "report"}
    assert reports <= set(asks()["text"]["report"])


def test_reports_name_the_modality_and_traces_have_three_stages(lessons: list[tuple[Scene, Lesson]]) -> None:
    kinds = Counter(lesson.kind for _, lesson in lessons)
    assert min(kinds[k] for k in ("report", "trace", "continue", "describe", "choice", "size")) > 10
    for scene, lesson in lessons:
        if lesson.kind == "report":
            names = (MODALITY_NAMES[scene.modality].casefold(), "radiograph", "mr image", "magnetic")
            assert any(name in lesson.answer.casefold() for name in names), lesson
        if lesson.kind == "trace":
            headers = [lesson.answer.index(f"[{h}]") for h in ("Visual Recognition", "Knowledge Recall", "Reasoning")]
            assert headers == sorted(headers)
            assert lesson.answer.splitlines()[-1].startswith("[Answer] ")
            if lesson.truth is not None:
                assert lesson.answer.endswith("[Answer] yes" if lesson.truth else "[Answer] no")
        if lesson.kind == "continue":
            assert "[Visual Recognition]" in lesson.prompt
            assert "[Visual Recognition]" not in lesson.answer


def test_no_held_out_wording_is_taught(lessons: list[tuple[Scene, Lesson]]) -> None:
    held_out = {report(scene, 1_000_000 + i) for scene, _ in lessons[:40] for i in range(5)}
    assert not held_out & {lesson.answer for _, lesson in lessons}
    said = " ".join(lesson.answer for _, lesson in lessons)
    assert "costophrenic angle by a" not in said


def test_how_often_claims_hold_is_measured_on_training_scenes() -> None:
    shares = prevalence()
    assert shares["presence; cardiomegaly", True] == pytest.approx(0.3, abs=0.15)
    assert shares["side; pleural effusion; left", False] == 0


@pytest.mark.parametrize("stage", ["visual_recognition", "knowledge_recall"])
def test_a_misleading_stage_leads_to_another_answer_than_the_image(stage: str) -> None:
    made = []
    for number in range(40):
        scene = draw_scene(number, "train")
        lesson = Teacher(scene, np.random.default_rng([3, number])).misled(stage)
        if lesson:
            made.append((scene, lesson))
    assert len(made) > 20
    for scene, lesson in made:
        assert lesson.given in lesson.prompt
        assert lesson.answer.endswith("[Answer] yes" if lesson.truth else "[Answer] no")
        if stage == "knowledge_recall":
            assert bool(scene.of(lesson.target)) != lesson.truth


def test_as_many_given_stages_as_the_mix_says_lead_to_another_answer_than_the_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    misleading = Lesson("misleading", "", "continue")
    monkeypatch.setattr(Teacher, "misled", lambda self, stage: misleading)
    teacher = Teacher(draw_scene(1, "train"), np.random.default_rng(4), FOLLOWING)
    made = [teacher.continuation() for _ in range(200)]
    assert np.mean([m.prompt == "misleading" for m in made]) == pytest.approx(FOLLOWING.contrary, abs=0.1)
    assert np.mean([m.blind for m in made]) == pytest.approx(FOLLOWING.unseen, abs=0.1)
    assert LAST.contrary == 0
