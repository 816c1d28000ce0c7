from hypothesis import given
from hypothesis import strategies as st

from auscult.corpora._grouping import GroupedRows


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 99))))
def test_rows_come_back_by_key_in_the_order_in_which_they_came(rows):
    grouped = GroupedRows()
    for key, value in rows:
        grouped.add(key, [key, value])
    expected = {key: [[k, v] for k, v in rows if k == key] for key in dict.fromkeys(k for k, _ in rows)}
    assert list(grouped) == list(expected.values())
    assert all(grouped.take(key) == group for key, group in expected.items())
    assert len(grouped) == len(expected)
    assert grouped.take("unknown") == []
