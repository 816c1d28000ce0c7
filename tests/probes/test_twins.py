import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image as Pixels

from auscult.facts import read_facts
from auscult.probes import Subject, chosen, every
from auscult.probes._names import is_known, made_up
from auscult.probes.flipped import other_side
from auscult.probes.pictures import blank, mirrored, noised, signal
from auscult.probes.wordings import wrong_answer
from auscult.records import Case, Fact, Image, Item


def png(pixels):
    out = io.BytesIO()
    Pixels.fromarray(np.asarray(pixels, np.uint8)).save(out, "PNG")
    return Image(out.getvalue(), "image/png", "a" * 64, "a.png")


IMAGE = png(np.tile(np.arange(0, 250, 5), (40, 1)))
CASE = Case(id="c", source="s", source_key="k")


def item(answer_type="yes_no", question="Is there a left pleural effusion?", reference="yes", **more):
    return Item(
        id="i", case_id="c", source_id="1", question=question, reference=reference, answer_type=answer_type, **more
    )


CHOICE = item("choice", "Where is it?", "liver", options=("lung", "liver", "brain"))


def twins(probe, subject):
    return chosen([probe])[0].put(subject)


def of(one, case=CASE, images=(IMAGE,)):
    return Subject(item=one, case=case, images=images, another=lambda kind: (IMAGE,))


@pytest.mark.parametrize("probe", every(), ids=lambda p: p.name)
@pytest.mark.parametrize(
    "one", [item(), item(reference="no"), CHOICE, item("number", "How long, in mm?", "40", unit="mm")]
)
def test_a_twin_has_an_id_of_its_own_unless_only_the_picture_differs(probe, one):
    made = probe.put(of(one))
    if isinstance(made, str):
        return
    for twin in made:
        same = (twin.item.question, twin.item.options, twin.item.reference) == (
            one.question,
            one.options,
            one.reference,
        )
        assert (twin.item.id == one.id) or not same
        assert twin.item.source_id == one.source_id and twin.item.case_id == one.case_id
        assert twin.proposed != twin.item.reference
        assert not twin.offer or twin.offer in twin.item.options
    assert made == probe.put(of(one)), "the same item gets the same twin"


def test_a_wrong_answer_is_wrong_and_of_the_form_of_the_right_one():
    assert wrong_answer(item()) == "no"
    assert wrong_answer(CHOICE) in {"lung", "brain"}
    assert float(wrong_answer(item("number", "?", "40", tolerance=2.0))) in (20, 80)
    assert wrong_answer(item("number", "?", "0", tolerance=1.0)) == ""
    assert wrong_answer(item("open", "?", "a mass")) == ""


def test_none_of_the_above_takes_the_place_of_the_option_that_goes():
    (removed,), (kept,) = twins("none-of-the-above", of(CHOICE)), twins("none-of-the-above-kept", of(CHOICE))
    assert removed.item.options == ("lung", "None of the above", "brain")
    assert removed.item.reference == "None of the above"
    assert kept.item.reference == "liver" and "liver" in kept.item.options
    assert kept.proposed == "None of the above" and kept.proposed in kept.item.options


def test_none_of_the_above_needs_three_options_that_do_not_refer_to_each_other():
    assert isinstance(twins("none-of-the-above", of(replace(CHOICE, options=("liver", "lung")))), str)
    referring = replace(CHOICE, options=("liver", "lung", "both A and B"))
    assert isinstance(twins("none-of-the-above", of(referring)), str)


def test_leave_to_abstain_is_the_same_for_both_twins_and_not_always_the_last():
    places = set()
    for n in range(30):
        own, changed = twins("blank-image", of(replace(item(), id=f"i{n}")))
        assert own.item == changed.item and own.images == (IMAGE,) != changed.images
        assert set(own.item.options) == {"yes", "no", own.offer}
        places.add(own.item.options.index(own.offer))
    assert places == {0, 1, 2}


def test_a_mirrored_side_is_asked_where_the_other_side_is_known():
    sides = item("choice", "On which side is it?", "left", options=("left", "right"))
    (twin,) = twins("flipped", of(sides))
    assert (twin.item.reference, twin.proposed) == ("right", "left")
    assert isinstance(twins("flipped", of(item())), str), "of this image not everything is known"
    known = replace(CASE, exhaustive=True, facts=(Fact(finding="pleural effusion", presence="present", side="left"),))
    (twin,) = twins("flipped", of(item(), known))
    assert (twin.item.reference, twin.proposed) == ("no", "yes")
    both = replace(
        CASE, exhaustive=True, facts=(Fact(finding="pleural effusion", presence="present", side="bilateral"),)
    )
    (twin,) = twins("flipped", of(item(), both))
    assert (twin.item.reference, twin.proposed) == ("yes", "")


def test_sides_are_exchanged_in_words():
    assert other_side("Left upper lobe, not the right one") == "Right upper lobe, not the left one"


def test_a_made_up_finding_takes_the_place_of_the_one_that_is_asked_about():
    asked = item(question="Is there an effusion?", reference="no", target="effusion")
    (twin,) = twins("made-up", of(asked))
    assert twin.item.question == f"Is there a {twin.item.target}?" and twin.proposed == "yes"
    assert not read_facts(f"There is {twin.item.target}.")
    for question in ("Is this a normal image?", "Is the heart enlarged?", "Is this a CT scan?"):
        assert isinstance(twins("made-up", of(item(question=question, reference="no"))), str)


def test_made_up_names_are_many_and_none_is_a_term():
    names = {made_up(replace(item(), id=f"i{n}")) for n in range(200)}
    assert len(names) > 150 and not any(map(is_known, names))
    assert is_known("pneumothorax") and is_known("effusion") and is_known("mesothelioma")


def test_pictures_are_changed_as_they_say():
    grey = lambda image: np.asarray(Pixels.open(io.BytesIO(image.data)).convert("L"), float)  # noqa: E731
    own = grey(IMAGE)
    assert np.array_equal(grey(mirrored(IMAGE)), own[:, ::-1])
    assert grey(blank(IMAGE)).std() == 0 and abs(grey(blank(IMAGE)).mean() - own.mean()) < 1
    alike = [np.corrcoef(grey(noised(IMAGE, step)).ravel(), own.ravel())[0, 1] for step in (250, 500, 750)]
    assert alike[0] > 0.9 > alike[1] > alike[2] > 0.1
    assert [round(signal(step), 2) for step in (250, 500, 750, 1000)] == [0.98, 0.75, 0.28, 0.08]


def test_a_probe_that_shows_nothing_needs_an_image_to_take_away():
    assert isinstance(twins("no-image", of(item(), images=())), str)
