"""A run's tables are what was written, bit by bit: else they are made again, or refused by name."""

import shutil
from pathlib import Path
from random import Random

import pytest
from tests.cli.conftest import Auscult
from tests.golden.runs import auscult as quietly

from auscult.engine.stage import StageTable
from auscult.errors import UserError
from auscult.records import Answer, Case, Item, Score
from auscult.store.tables import read_rows

TABLES: dict[str, type] = {"cases": Case, "items": Item, "answers": Answer, "scores": Score}
FLIPS = 20
MODEL = "baseline:always-last"


@pytest.fixture(scope="module")
def run(sample_items: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("attacked") / "run"
    quietly("evaluate", sample_items, "--model", MODEL, "--split", "all", "--controls", "0", "--out", out)
    quietly("report", out)
    return out


def turn_a_bit(path: Path, chance: Random) -> None:
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


@pytest.mark.parametrize("name", TABLES)
def test_a_turned_bit_never_gives_other_rows(run: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(run, tmp_path / "run")
    table = tmp_path / "run" / f"{name}.parquet"
    whole, chance = table.read_bytes(), Random(7)
    for _ in range(FLIPS):
        turn_a_bit(table, chance)
        with pytest.raises(UserError, match=rf"{name}.parquet: is not the table that was written"):
            list(read_rows(table, TABLES[name]))
        table.write_bytes(whole)
    assert list(read_rows(table, TABLES[name]))


@pytest.mark.parametrize("name", TABLES)
def test_the_same_command_makes_a_damaged_table_again(
    auscult: Auscult,
    sample_items: Path,
    run: Path,
    tmp_path: Path,
    name: str,
) -> None:
    out = tmp_path / "run"
    shutil.copytree(run, out)
    turn_a_bit(out / f"{name}.parquet", Random(3))
    refused = auscult("report", out)
    assert refused.code == 2 and f"{name}.parquet" in refused.err
    command = ["evaluate", sample_items, "--model", MODEL, "--split", "all", "--controls", "0", "--out", out]
    assert auscult(*command).code == 0
    assert list(read_rows(out / f"{name}.parquet", TABLES[name])) == list(
        read_rows(run / f"{name}.parquet", TABLES[name])
    )
    assert auscult("report", out).code == 0


def test_a_turned_bit_in_a_part_of_a_table_or_in_its_state_is_found(tmp_path: Path) -> None:
    def rows(number: int) -> list[Answer]:
        return [Answer(id=f"{number}-{i}", item_id="i", case_id=str(number), model="m", protocol="p") for i in range(3)]

    table = StageTable(tmp_path / "answers.parquet", Answer)
    for number in range(2):
        table.add(rows(number))
        table.keep()
    again = StageTable(tmp_path / "answers.parquet", Answer)
    assert again.groups_done == 2
    turn_a_bit(tmp_path / "answers.parts" / "000001.parquet", Random(5))
    assert StageTable(tmp_path / "answers.parquet", Answer).groups_done == 1, "the damaged part is made again"
    state = tmp_path / "answers.state.json"
    state.write_bytes(state.read_bytes().replace(b'"groups":1', b'"groups":3', 1))
    with pytest.raises(UserError, match="state.json: damaged"):
        StageTable(tmp_path / "answers.parquet", Answer)
