from auscult.reports.items.drawing import MOST_SORTS, draw


def drawn(rows, n, seed=0):
    return draw(rows, n, seed, sort=lambda r: (r[0],), image=lambda r: r[1], name=lambda r: str(r))


def test_all_rows_are_there_in_their_order_where_there_are_no_more():
    rows = [("b", "1"), ("a", "1"), ("a", "2")]
    assert drawn(rows, 3).rows == rows
    assert drawn(rows, 3).found == 3


def test_a_rare_sort_is_shown_beside_a_frequent_one():
    rows = [("often", str(k)) for k in range(1_000)] + [("rare", "x")]
    found = drawn(iter(rows), 10)
    assert found.found == 1_001 and len(found.rows) == 10
    assert ("rare", "x") in found.rows


def test_images_are_shown_once_before_one_is_shown_twice():
    rows = [("a", str(k % 5), k) for k in range(50)]
    assert len({image for _, image, _ in drawn(rows, 5).rows}) == 5


def test_another_seed_draws_other_rows_and_the_same_one_the_same():
    rows = [("a", str(k)) for k in range(200)]
    assert drawn(rows, 10).rows == drawn(rows, 10).rows != drawn(rows, 10, seed=1).rows


def test_as_many_sorts_as_rows_hold_no_more_than_so_many_sorts():
    found = drawn(((f"reason of row {k}", str(k)) for k in range(MOST_SORTS * 20)), 3)
    assert len(found.rows) == 3 and found.found == MOST_SORTS * 20


def test_few_rows_show_every_kind_and_then_every_category():
    sorts = [(kind, category) for kind in "abc" for category in ("1", "2", "3", "4")]
    rows = [(*sort, str(k)) for sort in sorts for k in range(9)]
    found = draw(rows, 6, 0, sort=lambda r: r[:2], image=lambda r: r[2], name=str).rows
    assert sorted(r[0] for r in found) == ["a", "a", "b", "b", "c", "c"]
    assert len({r[:2] for r in found}) == 6
