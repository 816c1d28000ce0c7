import sys
from array import array

from hypothesis import given
from hypothesis import strategies as st

from auscult.analysis.keys import Codes, Keys, first_seen
from auscult.records import digest


@given(st.lists(st.text(), unique=True), st.lists(st.text()))
def test_each_id_is_found_in_its_row_and_no_other_is(names: list[str], others: list[str]) -> None:
    keys = Keys(names)
    assert list(keys) == names and len(keys) == len(names)
    assert keys.rows(names).tolist() == list(range(len(names)))
    wanted = [names.index(name) if name in names else -1 for name in others]
    assert keys.rows(others).tolist() == wanted


def test_an_id_added_after_a_look_up_is_found() -> None:
    keys = Keys(["a"])
    assert keys.rows(["b"]).tolist() == [-1]
    keys.append("b")
    assert keys.rows(["b", "a"]).tolist() == [1, 0]
    assert keys[-1] == "b"


@given(st.lists(st.integers(-3, 3)))
def test_keys_are_numbered_in_order_of_first_appearance(found: list[int]) -> None:
    codes = Codes()
    assert first_seen(array("q", found)).tolist() == [codes.code(str(n) if n else "") for n in found]


def test_ids_take_fewer_bytes_than_their_texts() -> None:
    names = [digest(n) for n in range(10_000)]
    keys = Keys(names)
    keys.rows(names[:1])
    held = sum(sys.getsizeof(part) for part in vars(keys).values())
    assert held < 50 * len(names) < sum(map(sys.getsizeof, names))
