"""Which items a plan's ``where`` and ``leave_out`` name; what no item has is refused before anything is tuned."""

from collections.abc import Collection, Iterable, Mapping

from auscult.ablation.plan import Where
from auscult.analysis.joining import FIELDS
from auscult.errors import UserError, known_names
from auscult.records import Case, Item


def values_of(wanted: str | tuple[str, ...]) -> tuple[str, ...]:
    """The values that a field or tag may have."""
    return (wanted,) if isinstance(wanted, str) else wanted


def value_of(name: str, case: Case, item: Item) -> str:
    """The value of a field or tag of an item or its case; empty where it has none."""
    given = case.source if name == "source" else getattr(item, name, None)
    return given if isinstance(given, str) else item.tags.get(name, case.tags.get(name, ""))


def matches(where: Where, case: Case, item: Item) -> bool:
    """Whether an item has the values that are asked for, in a field or tag of its own or of its case."""
    return all(value_of(name, case, item) in values_of(wanted) for name, wanted in where.items())


class Seen:
    """The fields and tags of items, and of those that a plan names their values.

    Args:
        wheres: all that the plan asks of these items.
        asked: whether they are asked, and no more is kept of them than an analysis reads: no question, no id.
    """

    def __init__(self, wheres: Iterable[Where], *, asked: bool = False) -> None:
        self.values: dict[str, set[str]] = {name: set() for where in wheres for name in where}
        self.names, self._asked = {*FIELDS, "source"}, asked

    def add(self, case: Case, item: Item) -> None:
        """One item more."""
        self.names.update(item.tags, case.tags)
        for name, values in self.values.items():
            values.add(value_of(name, case, item))
            if not self._asked and isinstance(getattr(item, name, None), str):
                self.names.add(name)

    def refuse(self, said: str, where: Where, items: object) -> None:
        """Refuses a field, tag or value that no item has.

        Args:
            said: who asks: ``arm 'without tag': leave_out``.
            where: what is asked for.
            items: the item set, as it is named.

        Raises:
            UserError: which it is, and what is known.
        """
        refuse_unknown(said, where, {name: self.values.get(name, ()) for name in self.names}, f"of {items} ")


def refuse_unknown(said: str, where: Where, known: Mapping[str, Collection[str]], of: str = "") -> None:
    """Refuses a field or tag that no item has, or a value of it; ``known``: of each its values.

    Raises:
        UserError: which it is, and what is known.
    """
    for name, wanted in where.items():
        if name not in known:
            raise UserError(f"{said}: no item {of}has a field or tag '{name}'; {known_names(name, known)}")
        for value in values_of(wanted):
            if value not in known[name]:
                there = [one for one in known[name] if one]
                raise UserError(f"{said}: no item {of}has {name} = '{value}'; {known_names(value, there)}")
