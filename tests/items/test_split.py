from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.errors import UserError
from auscult.items.split import PARTS, SplitLeak, SplitPlan, Splitter
from auscult.records import Case, ImageFile

CASES = st.lists(st.tuples(st.integers(0, 15), st.lists(st.integers(0, 15), max_size=3)), min_size=1, max_size=40)


def case(group, pixels, number=0):
    images = tuple(ImageFile(path="x.png", sha256=f"s{p}", pixels=f"p{p}") for p in pixels)
    return Case(id=str(number), source="s", source_key=str(number), images=images, group=f"patient {group}")


def parts_of(drawn, plan, published=""):
    splitter = Splitter(plan)
    for number, (group, pixels) in enumerate(drawn):
        splitter.add(case(group, pixels, number), published)
    found = splitter.parts()
    return [PARTS[p - 1] for p in found.parts], found.joined


@given(CASES, st.integers(0, 5))
def test_no_patient_and_no_picture_is_ever_in_two_parts(drawn, seed):
    parts, _ = parts_of(drawn, SplitPlan(seed=seed))
    where: dict[tuple[str, int], set[str]] = {}
    for (group, pixels), part in zip(drawn, parts, strict=True):
        for key in [("group", group), *(("pixels", p) for p in pixels)]:
            where.setdefault(key, set()).add(part)
    assert all(len(found) == 1 for found in where.values())


@given(CASES, st.randoms())
def test_the_part_of_a_case_does_not_depend_on_the_order_of_rows(drawn, random):
    shuffled = list(enumerate(drawn))
    random.shuffle(shuffled)
    parts, _ = parts_of(drawn, SplitPlan())
    again, _ = parts_of([c for _, c in shuffled], SplitPlan())
    assert [parts[i] for i, _ in shuffled] == again


def test_a_patient_alone_is_placed_by_name_seed_and_shares():
    parts, joined = parts_of([(g, [100 + g]) for g in range(50)], SplitPlan(seed=3))
    assert [parts_of([(g, [])], SplitPlan(seed=3))[0] for g in range(50)] == [[part] for part in parts]
    assert joined == 0


def test_patients_that_share_a_picture_land_together_and_are_counted():
    parts, joined = parts_of([(1, [7]), (2, [7, 8]), (3, [8]), (4, [9])], SplitPlan())
    assert len(set(parts[:3])) == 1
    assert joined == 3


def test_shares_hold_on_average():
    shares = {"train": 0.6, "validation": 0.1, "test": 0.3}
    counted = Counter(parts_of([(i, []) for i in range(20_000)], SplitPlan(shares=shares))[0])
    assert all(abs(counted[part] / 20_000 - share) < 0.015 for part, share in shares.items())


def test_another_seed_gives_another_split_and_more_cases_do_not_move_the_old_ones():
    few = [(g, []) for g in range(100)]
    assert parts_of(few, SplitPlan(seed=1))[0] != parts_of(few, SplitPlan(seed=2))[0]
    assert parts_of([*few, (200, [])], SplitPlan())[0][:100] == parts_of(few, SplitPlan())[0]


def test_a_place_once_given_stays():
    assert parts_of([(g, []) for g in range(6)], SplitPlan())[0] == [
        "train",
        "train",
        "test",
        "train",
        "test",
        "test",
    ]


def test_a_published_split_stands_unless_it_is_to_be_ignored():
    cases = [(g, [g]) for g in range(30)]
    assert set(parts_of(cases, SplitPlan(), published="validation")[0]) == {"validation"}
    assert "validation" not in parts_of(cases, SplitPlan(published=False), published="validation")[0]


def test_a_published_split_that_leaks_names_the_two_cases():
    splitter = Splitter(SplitPlan())
    splitter.add(case(1, [5]), "train")
    splitter.add(case(9, []), "train")
    splitter.add(case(2, [5]), "test")
    with pytest.raises(SplitLeak) as leak:
        splitter.parts()
    assert (leak.value.one, leak.value.other) == (0, 2)


@pytest.mark.parametrize("shares", [{"train": 0.5}, {"train": 1.5, "test": -0.5}, {}, {"dev": 1.0}])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(UserError, match="split"):
        SplitPlan(shares=shares)


def drawn(*found, published=()):
    """Cases of these groups with an image each, and the pairs of places that are near-duplicates."""
    splitter = Splitter(SplitPlan())
    for number, group in enumerate(found):
        splitter.add(case(group, [number], number), published[number] if published else "")
        splitter._look_case.append(number)
    return splitter


def test_no_near_duplicate_group_is_ever_on_both_sides():
    apart = drawn(*range(60)).parts()
    pairs = [(n, n + 1) for n in range(0, 30, 3)]
    found = drawn(*range(60)).parts(pairs)
    assert any(apart.parts[one] != apart.parts[other] for one, other in pairs)
    assert all(found.parts[one] == found.parts[other] for one, other in pairs)
    assert all(found.alike[one] == found.alike[other] > 0 for one, other in pairs)
    assert found.joined == 20 and not found.leaks
    assert [found.parts[n] for n in range(31, 60)] == [apart.parts[n] for n in range(31, 60)]


def test_near_duplicates_of_near_duplicates_lie_in_one_part():
    found = drawn(*range(9)).parts([(0, 4), (4, 8), (3, 8)])
    assert len({found.parts[n] for n in (0, 3, 4, 8)}) == len({found.alike[n] for n in (0, 3, 4, 8)}) == 1


def test_a_published_split_that_parts_near_duplicates_stands_and_they_are_named():
    found = drawn(0, 1, 2, 3, published=("train", "test", "", "test")).parts([(0, 1), (0, 2), (1, 3)])
    assert [PARTS[p - 1] for p in found.parts] == ["train", "test", "train", "test"]
    assert found.leaks == [(0, 1)]
