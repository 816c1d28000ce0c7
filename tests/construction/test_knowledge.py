import pytest

from auscult.construction.knowledge import KNOWLEDGE_FORMS, ask_knowledge, statements
from auscult.phantoms.scene import KINDS


def test_there_are_enough_pairs_for_each_region_and_each_finding_of_the_phantoms():
    assert len(statements()) >= 40
    assert all(len(statements(region)) >= 10 for region in ("chest", "brain", "abdomen"))
    assert set(KINDS) <= {s.topic for s in statements()}


@pytest.mark.parametrize("pair", statements(), ids=lambda s: s.true[:40])
def test_both_halves_of_a_pair_have_one_style(pair):
    true, false = pair.true.split(), pair.false.split()
    assert abs(len(true) - len(false)) <= 2
    assert len(set(true) ^ set(false)) <= 11, "the halves share most of their words"
    assert pair.true != pair.false
    assert not {"never", "always"} & {*true, *false}, "no word of style gives it away"


def test_words_of_denial_stand_in_true_halves_as_in_false_ones():
    denials = {half: sum(" not " in f" {getattr(s, half)} " for s in statements()) for half in ("true", "false")}
    assert abs(denials["true"] - denials["false"]) <= 1


@pytest.mark.parametrize("form", KNOWLEDGE_FORMS)
def test_false_halves_are_corrected_and_true_ones_confirmed(form):
    pair = statements()[0]
    true, false = (ask_knowledge(pair, t, form, 1) for t in (True, False))
    assert pair.true in false.answer
    assert false.answer.startswith("That is not so" if form == "presupposition" else "No, ")
    assert true.answer.startswith("This is because" if form == "presupposition" else "Yes, ")
    assert true.text != false.text
