import tracemalloc
from collections import Counter, defaultdict
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from auscult.construction.balance import LIMITS, OF_ONE_STATEMENT, Balance
from auscult.construction.claims import NONEXISTENT, Claim
from auscult.store.spilled import Spilled

FINDINGS = ["pleural effusion", "pneumothorax", "lung nodule", "consolidation", "ascites"]
CLAIMS = [Claim("presence", f) for f in FINDINGS]
CLAIMS += [Claim("side", f, side) for f in FINDINGS[:3] for side in ("left", "right")]
CLAIMS += [Claim("view", "", v) for v in ("posteroanterior", "anteroposterior")]
cases = st.lists(st.dictionaries(st.sampled_from(CLAIMS), st.booleans(), max_size=9), min_size=2, max_size=30)


def chosen(made, parts=None, seed=0):
    balance = Balance(seed)
    for number, claims in enumerate(made):
        balance.add(f"case {number}", list(claims.items()))
    balance.choose(parts or [1] * len(made))
    return balance, [balance.of(n) for n in range(len(made))]


@settings(max_examples=33, deadline=None)
@given(cases, st.integers(0, 3))
def test_each_wording_is_true_as_often_as_false_within_each_part(made, seed):
    parts = [1 + (n % 2) for n in range(len(made))]
    balance, found = chosen(made, parts, seed)
    counts: dict[tuple, Counter] = defaultdict(Counter)
    for number, (claims, asked) in enumerate(zip(made, found, strict=True)):
        for one in asked:
            claim = balance.claims[one.claim]
            assert claims[claim] == one.truth, "what is asked is what is known"
            counts[parts[number], claim, one.phrasing][one.truth] += 1
        assert len({one.claim for one in asked}) == len(asked), "nothing is asked twice"
        used = Counter(balance.claims[one.claim].category for one in asked)
        assert all(n <= LIMITS[category] for category, n in used.items())
        of_one = Counter(balance.claims[one.claim].statement for one in asked)
        assert all(n <= OF_ONE_STATEMENT for n in of_one.values())
    assert all(n[True] == n[False] for n in counts.values())


def test_counterparts_make_every_image_even():
    one, other = CLAIMS[:2]
    made = [{one: n % 2 == 0, other: n % 2 == 1} for n in range(40)]
    _, found = chosen(made)
    assert all(Counter(c.truth for c in asked) == {True: 1, False: 1} for asked in found)


def test_normal_images_are_asked_about_objects_beside_a_view_that_is_right():
    view, other = Claim("view", "", "posteroanterior"), Claim("view", "", "anteroposterior")
    effusion = CLAIMS[0]
    normal = {view: True, other: False, effusion: False}
    ill = {view: False, other: True, effusion: True}
    balance, found = chosen([normal, ill])
    asked = {(balance.claims[c.claim], c.truth) for c in found[0]}
    assert (effusion, False) in asked
    assert Counter(truth for _, truth in asked) == {True: 1, False: 1}


def test_what_has_no_counterpart_is_not_asked():
    _, found = chosen([{CLAIMS[0]: True}, {CLAIMS[0]: True}, {CLAIMS[1]: False}])
    assert found == [[], [], []]


def test_single_claims_are_taken_where_pairs_are_not_to_be_had():
    balance, found = chosen([{CLAIMS[0]: True}, {CLAIMS[0]: False}, {CLAIMS[0]: False}])
    assert [len(asked) for asked in found][0] == 1
    assert sum(len(asked) for asked in found) == 2
    assert balance.claims[found[0][0].claim].category == NONEXISTENT


def test_single_claims_even_out_an_image_where_they_can():
    one, other = CLAIMS[:2]
    for seed in range(12):
        _, found = chosen([{one: True, other: False}, {one: False}, {other: True}, {other: False}], seed=seed)
        assert Counter(c.truth for c in found[0]) == {True: 1, False: 1}
        assert not found[3]


def test_the_choice_depends_on_names_and_seed_alone():
    made = [{c: (n * 7 + i) % 3 == 0 for i, c in enumerate(CLAIMS)} for n in range(60)]
    assert chosen(made)[1] == chosen(made)[1]
    assert chosen(made)[1] != chosen(made, seed=1)[1]


def test_phrasings_are_spread_and_know_nothing_of_truth():
    made = [{CLAIMS[0]: n % 2 == 0, CLAIMS[1]: n % 2 == 1} for n in range(600)]
    _, found = chosen(made)
    phrasings = Counter((one.phrasing, one.truth) for asked in found for one in asked)
    assert all(phrasings[n, True] == phrasings[n, False] > 120 for n in range(3))


def test_claims_on_disk_are_chosen_as_those_in_memory_are(monkeypatch):
    made = [{c: (n * 7 + i) % 3 == 0 for i, c in enumerate(CLAIMS)} for n in range(60)]
    parts = [1 + n % 3 for n in range(60)]
    _, held = chosen(made, parts)
    monkeypatch.setattr("auscult.construction.balance.Spilled", partial(Spilled, run=50))
    assert chosen(made, parts)[1] == held


def test_memory_does_not_grow_with_the_claims_of_cases(monkeypatch):
    monkeypatch.setattr("auscult.construction.balance.Spilled", partial(Spilled, run=1_000))
    made = {c: i % 3 == 0 for i, c in enumerate(CLAIMS)}
    balance = Balance()
    tracemalloc.start()
    for n in range(500):
        balance.add(f"{n}", list(made.items()))
    first = tracemalloc.get_traced_memory()[0]
    for n in range(500, 1_500):
        balance.add(f"{n}", list(made.items()))
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown / 1_000 < 60, "where in each run the keys begin; a case has 35 rows of 20 bytes"
