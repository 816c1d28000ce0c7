from auscult.construction import generating
from auscult.construction.checks import ROOM, USUAL, Refusal, checks, first_refusal
from auscult.construction.generators import Generator, Reject
from auscult.corpora._bundles import seal
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case, Item
from auscult.store.tables import read_rows

CASE = Case(id="c", source="made", source_key="1", annotation="There is a small left pleural effusion.")


def item(question="Is there a pleural effusion?", reference="yes", answer_type="yes_no", **fields):
    fields = {"id": "i", "case_id": "c", "source_id": "s"} | fields
    return Item(question=question, reference=reference, answer_type=answer_type, **fields)


def test_every_usual_check_has_a_file_of_its_own():
    assert set(USUAL) <= set(ROOM.names())
    assert [check.name for check in checks()] == list(USUAL)


def test_the_first_check_that_refuses_an_item_names_it_and_says_why():
    assert first_refusal(checks(), CASE, item(), []) is None
    found = first_refusal(checks(), CASE, item(reference="perhaps"), [])
    assert found == Refusal("schema", "the reference of a yes/no question is neither yes nor no", "perhaps")


def test_what_a_check_refuses_is_in_no_set_and_stands_among_the_rejects(tmp_path, monkeypatch):
    class Careless(Generator):
        version = "1"

        def make(self, number, case, items, split):
            yield item(id="", case_id=case.id, source_id="good")
            yield item("Effusion.", "yes", id="", case_id=case.id, source_id="bad", target="pleural effusion")

    monkeypatch.setattr("auscult.construction.create", lambda spec, seed: Careless(seed=seed))
    case = Case(id="", source="made", source_key="1", annotation=CASE.annotation)
    write_item_set(
        [seal(case, (), [])], tmp_path / "set", source=SourceNote(reader="made", path="-"), add=generating(["careless"])
    )
    (_, kept), *_ = ItemSet(tmp_path / "set").groups()
    (refused,) = read_rows(tmp_path / "set" / "rejects.parquet", Reject)
    assert [i.source_id for i in kept] == ["good"]
    assert (refused.check, refused.question, refused.finding) == ("schema", "Effusion.", "pleural effusion")
