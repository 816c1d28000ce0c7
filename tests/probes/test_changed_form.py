"""A probe that changes the form of the answers measures the reader: of every probe it is said, and bounds are given."""

from collections import defaultdict

import pytest

from auscult.analysis.probed import Collected
from auscult.analysis.quantities.probes import ProbeReading, faults, worst_first
from auscult.analysis.summary import ProbeAsked
from auscult.items.item_set import ItemSet
from auscult.probes import every
from auscult.probes.asking import Probed, question, read
from auscult.protocols import Asking
from auscult.protocols.direct import Direct
from auscult.records import Reply, rank
from auscult.runs.plan import Plan
from auscult.runs.probing import Probing

MUMBLED = "Le poumon est là, mais je ne le vois pas très bien aujourd'hui"
CONDITIONS = frozenset({"with", "without", "wrong"})
READ = [probe for probe in every() if probe.name != "memorised"]
"""An overlap can be counted of any text: of a completion nothing is ever unread."""


@pytest.fixture(scope="module")
def asked(phantom_items):
    """Probe → all that is put for it."""
    plan = Plan(
        items=ItemSet(phantom_items), split="", limit=None, controls=0, conditions=CONDITIONS, seed=0,
    )  # fmt: skip
    probing = Probing(plan, every(), 10_000, CONDITIONS)
    found = defaultdict(list)
    for group in probing.groups():
        for pairing in probing.pairings(group):
            found[pairing.probe.name].append(pairing)
    return found


def figures(probe, pairings, mumbles):
    """What comes of a model that is right, but for the answers of which nobody can tell what they say."""
    direct, collected = Direct(asking=Asking(model="told")), Collected()
    for pairing in pairings:
        item, twin = pairing.twin.item, pairing.twin
        text = f"{'ABCDEFGH'[item.options.index(item.reference)]}" if item.options else item.reference
        if twin.right == "abstain":
            text = "ABCDEFGH"[item.options.index(twin.offer)] if twin.offer else "I cannot determine this."
        said = MUMBLED if mumbles(pairing) else text
        row = read(pairing, direct.asking.answer(question(pairing, 0), Reply(text=said, finish="stop")))
        collected.add({name: getattr(row, name) for name in Probed.__slots__})
    named = ProbeAsked(
        name=probe.name, id=probe.id, title=probe.title, about=probe.about, right=probe.right, against=probe.against,
    )  # fmt: skip
    return {f.metric: f for f in ProbeReading(named, collected.arms(), max_missing=1.0).figures()}


def some(pairing, of):
    return rank("mumble", pairing.subject.item.id) % of == 0


def read_by_rule(pairings, role):
    """Whether some answers of a role are read by a rule that may fail to tell."""
    return [p for p in pairings if p.twin.role == role and some(p, 3) and p.twin.item.answer_type != "open"]


@pytest.mark.parametrize("probe", READ, ids=lambda p: p.name)
@pytest.mark.parametrize("where", ["changed", "before"])
def test_of_every_probe_a_change_of_form_is_said_and_differences_are_bounds(asked, probe, where):
    role = "changed" if where == "changed" else probe.against
    assert read_by_rule(asked[probe.name], role), "nothing would be tested"
    found = figures(probe, asked[probe.name], lambda p: p.twin.role == role and some(p, 3))
    truth = figures(probe, asked[probe.name], lambda p: False)
    differences = [f for m, f in found.items() if m in ("drop", "led", "abstains more")]
    assert differences
    for figure in differences:
        one = figure.with_image
        assert "may have changed their form" in figure.warning, figure.metric
        assert one.value is None and one.unread > 0
        assert one.low <= truth[figure.metric].with_image.value <= one.high and one.high - one.low > 0.02


@pytest.mark.parametrize("probe", READ, ids=lambda p: p.name)
def test_of_no_probe_a_form_that_is_read_alike_is_said_to_have_changed(asked, probe):
    found = figures(probe, asked[probe.name], lambda p: some(p, 7))
    assert not any("changed their form" in f.warning for f in found.values())


@pytest.mark.parametrize("probe", [p for p in READ if p.blamed and not p.control], ids=lambda p: p.name)
def test_of_no_probe_mumbling_alone_makes_a_fault_that_is_sure(asked, probe):
    """Whoever says something in words that nobody can read is not shown to give in."""
    found = figures(probe, asked[probe.name], lambda p: p.twin.role == "changed")
    named = ProbeAsked(
        name=probe.name, id=probe.id, title="", about="", right=probe.right, against=probe.against,
    )  # fmt: skip
    assert not worst_first(faults(named, found.values()))
