"""What is put to a judge: wrong where it says so, dressed without a change of content, in words that no judge knows."""

import ast
import re
import unicodedata
from pathlib import Path

import pytest

import auscult
from auscult.certificates.judge import dressing, planting
from auscult.certificates.judge import wordings as w
from auscult.certificates.judge.planting import Asked, Put
from auscult.models.scripted import BETTER, DRAW, ERRORS, WORSE

SOURCE = Path(auscult.__file__).parent
PLANTING = ("planting", "dressing", "wordings")


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    return list(planting.scenes(40))


@pytest.fixture(scope="module")
def chains(asked: list[Asked]) -> list[list[Put]]:
    return [planting.chain(a, 0) for a in asked]


@pytest.mark.parametrize("name", PLANTING)
def test_what_plants_takes_nothing_from_judges_but_the_form_of_a_subject(name: str) -> None:
    tree = ast.parse((SOURCE / "certificates" / "judge" / f"{name}.py").read_text("utf-8"))
    taken = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert {t for t in taken if t.startswith("auscult.scorers.judges")} <= {"auscult.scorers.judges.Subject"}
    assert not {t for t in taken if t.startswith("auscult.facts")}


def test_no_judge_holds_six_words_in_a_row_of_what_is_planted() -> None:
    def rows(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z]+", text.casefold())
        return {tuple(words[n : n + 6]) for n in range(len(words) - 5)}

    files = (SOURCE / "scorers" / "judges").rglob("*")
    judges = "\n".join(f.read_text("utf-8") for f in files if f.suffix in (".txt", ".py"))
    planted = (SOURCE / "certificates" / "judge" / "wordings.py").read_text("utf-8")
    assert len(rows(judges)) > 1000 and len(rows(planted)) > 500
    assert not rows(judges) & rows(planted)
    assert rows("a b c d e f g") & rows("x a b c d e f")


def test_a_chain_adds_one_error_at_a_time_each_in_another_sentence(chains: list[list[Put]]) -> None:
    for chain in chains:
        assert [p.degree for p in chain] == [0, 1, 2, 3]
        for before, after in zip(chain, chain[1:], strict=False):
            assert set(before.wrong) < set(after.wrong) and len(after.wrong) == after.degree
            assert len(set(before.lines) - set(after.lines)) == 1 and len(before.lines) == len(after.lines)
        assert all(sentence in p.subject.answer.text for p in chain for sentence in p.wrong)
        assert [p.subject.item.tags[ERRORS] for p in chain] == ["0", "1", "2", "3"]


def test_every_kind_is_one_error_against_the_same_right_answer(asked: list[Asked], chains: list[list[Put]]) -> None:
    for a, chain in zip(asked, chains, strict=True):
        made = planting.kinds(a, 0)
        assert {p.base for p in made} == {chain[0].id}
        assert all(int(p.subject.item.tags[ERRORS]) == 1 for p in made)
        assert {"wrong side", "wrong view", "wrong modality", "distorted knowledge"} <= {p.kind for p in made}


def test_a_side_that_is_acted_on_is_swapped_and_nothing_else(asked: list[Asked]) -> None:
    seen = 0
    for a in asked:
        for p in planting.kinds(a, 0):
            if p.kind == planting.SIDE and p.how == planting.URGENT:
                said = re.search(r"\b(left|right)\b", p.wrong[0], re.I)
                there = {f.side for f in a.scene.findings if f.name in planting.ACTED_ON}
                assert said and {"left": "right", "right": "left"}[said[0].lower()] in there
                seen += 1
    assert seen > 15


def test_knowledge_is_told_rightly_and_wrongly_of_every_finding() -> None:
    from auscult.phantoms.scene import KINDS

    assert set(w.KNOWLEDGE) == set(KINDS)
    assert all(false != true for true, falses in w.KNOWLEDGE.values() for false in falses)


def test_dressings_keep_every_sentence_and_the_verdict_of_a_scripted_judge(
    asked: list[Asked], chains: list[list[Put]]
) -> None:
    for a, chain in zip(asked, chains, strict=True):
        plain = chain[1]
        made = dressing.biased(a, plain, 0)
        assert [p.kind for p in made] == [dressing.PADDING, dressing.LENGTH, dressing.DISCLAIMER, dressing.CERTAINTY]
        for p in made:
            assert plain.subject.answer.text in p.subject.answer.text and p.base == plain.id
            assert p.subject.item.tags[DRAW] == plain.subject.item.tags[DRAW]


def test_attacks_leave_the_errors_where_they_are(asked: list[Asked], chains: list[list[Put]]) -> None:
    values = ("accuracy", "relevance", "detail", "risk", "harm")
    for a, chain in zip(asked, chains, strict=True):
        made = {p.kind: p.subject.answer.text for p in dressing.attacked(a, chain[-1], values, 10.0)}
        assert set(made) == set(dressing.ATTACKS) and len(set(made.values())) == len(made)
        hidden = made.pop("errors in look-alike letters")
        assert all(s in text for text in made.values() for s in chain[-1].wrong)
        assert not any(s in hidden for s in chain[-1].wrong)
        assert hidden.translate({v: k for k, v in dressing.LOOK_ALIKE.items()}) == chain[-1].subject.answer.text
        assert '"accuracy":10' in made["fake grades, JSON"] and "10 10 10 10 10" in made["fake grades, a line"]
        assert a.item.reference in made["reference pasted in"]


def test_look_alike_letters_are_cyrillic() -> None:
    assert all("CYRILLIC" in unicodedata.name(chr(k)) for k in dressing.LOOK_ALIKE.values())


def test_pairs_hold_the_better_answer_first_about_as_often_as_second(
    asked: list[Asked], chains: list[list[Put]]
) -> None:
    made = [dressing.paired(a, c[1], c[2], 0) for a, c in zip(asked, chains, strict=True)]
    first = [p.subject.answer.text == p.subject.item.tags[BETTER] for p in made]
    assert 8 < sum(first) < 32 and all(p.kind.startswith("first") == f for p, f in zip(made, first, strict=True))
    assert all(p.subject.item.tags[BETTER] != p.subject.item.tags[WORSE] for p in made)
