"""The phantom model is damaged in one stage: its eyes see a blur, or it is taught to take one sign for another."""

import asyncio
import io

import numpy as np
import pytest
from PIL import Image as Pixels

from auscult.certificates.diagnosis.damage import BlurredEyes, Course, taught
from auscult.certificates.diagnosis.damaged import conclusion, models
from auscult.models import Model, ModelOptions, create
from auscult.phantoms import draw, draw_scene
from auscult.records import Call, Image, Message, Reply


class Seer(Model):
    identity = "seer"

    async def reply(self, calls):
        self.seen = [call.images[0] for call in calls]
        return [Reply(text=call.messages[-1].text) for call in calls]


def test_blurred_eyes_see_the_same_image_without_its_edges():
    file = io.BytesIO()
    Pixels.fromarray(draw(draw_scene(3), 128)).save(file, "PNG")
    image, model = Image(file.getvalue(), "image/png", "0"), Seer()
    call = Call(messages=(Message("user", (image, "what is this?")),))
    assert asyncio.run(BlurredEyes(model, 3.0).reply([call]))[0].text == "what is this?"
    sharp, blurred = (np.asarray(Pixels.open(io.BytesIO(i.data)), float) for i in (image, model.seen[0]))
    assert blurred.shape == sharp.shape and blurred.mean() == pytest.approx(sharp.mean(), abs=2)
    assert np.abs(np.diff(blurred)).mean() < 0.5 * np.abs(np.diff(sharp)).mean()
    assert model.seen[0].sha256 != image.sha256


def test_of_a_trace_with_wrong_knowledge_that_stage_alone_is_learnt():
    course = Course(seed=4, steps=20)
    lessons = [lesson for step in course.lessons() for lesson in step]
    wrong = [x for x in lessons if x.trace.answer != x.item.reference]
    assert len(wrong) > len(lessons) / 5
    for lesson in wrong:
        sign = lesson.scene.of(course.taken[lesson.item.target])
        assert lesson.trace.answer == ("yes" if sign else "no")
        assert lesson.prompt.count(lesson.trace.visual_recognition) == (lesson.given > 0)
        if lesson.given < 2:
            assert lesson.answer.split() == f"[Knowledge Recall] {lesson.trace.knowledge_recall}".split()
            assert bool(lesson.said) == (lesson.given == 0)
        else:
            assert lesson.answer.endswith(f"[Answer] {lesson.trace.answer}") and not lesson.said


def test_right_knowledge_that_is_given_is_still_followed():
    lessons = [lesson for step in Course(seed=4, steps=20).lessons() for lesson in step]
    given = [x for x in lessons if x.given == 2 and x.item.target in Course(seed=4).taken]
    right = [x for x in given if x.trace.answer == x.item.reference]
    assert len(right) > len(given) / 3


def test_a_course_is_repeatable_and_another_one_takes_other_signs():
    one, again, other = (next(Course(seed=s).lessons())[0] for s in (1, 1, 2))
    assert one == again != other
    assert Course(seed=1).taken != Course(seed=2).taken
    assert all(finding != taken for finding, taken in Course(seed=1).taken.items())


@pytest.mark.slow
def test_a_taught_model_opens_like_any_other_and_is_not_taught_twice(tmp_path):
    folder = taught(Course(steps=2, batch=2), tmp_path / "model")
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert taught(Course(steps=2, batch=2), tmp_path / "model") == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == made
    assert create(f"local:{folder}", ModelOptions()).identity != create("phantom", ModelOptions()).identity.split()[-1]


def test_each_damaged_model_is_damaged_in_one_stage_by_another_degree():
    made = list(models(5, 0))
    assert [m.stage for m in made] == ["eyes", "knowledge"] * 5
    assert len({m.name for m in made}) == 10
    assert all(bool(m.blur) != bool(m.course) and not m.right.wrong for m in made)


def test_a_course_of_right_knowledge_teaches_right_traces_only():
    lessons = [lesson for step in Course(wrong=False, steps=5).lessons() for lesson in step]
    assert all(lesson.trace.answer == lesson.item.reference for lesson in lessons)
    assert {lesson.given for lesson in lessons} == {0, 1, 2}


def test_nine_in_ten_must_name_the_damaged_stage():
    def found(named: int):
        row = {"stage": "eyes", "label": "another stage named first"}
        return [row | ({"label": "named first"} if n < named else {}) for n in range(30)] + [{"stage": "", "label": ""}]

    assert conclusion(found(27))[0] and not conclusion(found(26))[0]
