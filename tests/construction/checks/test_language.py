import pytest
from tests.construction.checks.test_checks import CASE, item

from auscult.construction.checks import checks
from auscult.records import Case

(LANGUAGE,) = checks(["language"])


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("¿Hay un derrame pleural en esta imagen?", "Spanish"),
        ("Ist auf diesem Bild ein Pleuraerguss zu sehen?", "German"),
        ("Y a-t-il un épanchement pleural sur cette image ?", "French"),
        ("这张图片中有胸腔积液吗?", "Chinese"),
        ("Есть ли на снимке плевральный выпот?", "Russian"),
    ],
)
def test_another_language_is_refused_by_its_name(question, name):
    assert LANGUAGE.refuse(CASE, item(question), []) == f"the question is in {name}"


def test_an_annotation_in_another_language_refuses_what_is_made_of_it():
    case = Case(id="c", source="made", source_key="1", annotation="Kein Pleuraerguss. Das Herz ist normal groß.")
    assert LANGUAGE.refuse(case, item(), []) == "the annotation is in German"


@pytest.mark.parametrize("text", ["left", "No pneumothorax.", "T1, 5 mm", "Bibasilar atelectasis; ETT in situ.", "yes"])
def test_terse_clinical_english_passes(text):
    assert not LANGUAGE.refuse(CASE, item(reference=text), [])


def test_symbols_and_loops_are_no_language():
    assert LANGUAGE.refuse(CASE, item(reference="xq zzv kkpq wrrt bcdf ghjk"), [])
