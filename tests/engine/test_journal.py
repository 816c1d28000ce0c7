import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest

from auscult.engine import journal as journal_module
from auscult.engine.journal import Journal
from auscult.errors import UserError
from auscult.records import Reply


def key(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}"


def test_what_was_appended_is_found_by_this_and_the_next_process(tmp_path: Path) -> None:
    first = Journal(tmp_path)
    for n in range(100):
        first.append(key(n), Reply(text=f"réponse\n{n}", tokens_in=3, tokens_out=n))
    assert first.find(key(7)) == Reply(text="réponse\n7", tokens_in=3, tokens_out=7)
    assert first.find(key(100)) is None
    first.close()
    second = Journal(tmp_path)
    assert [second.find(key(n)).tokens_out for n in range(100)] == list(range(100))  # type: ignore[union-attr]
    assert (second.totals.calls, second.totals.tokens_in, second.totals.tokens_out) == (100, 300, 4950)


def test_tokens_from_a_cache_are_counted_and_a_line_without_that_count_still_holds(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for n in range(3):
        journal.append(key(n), Reply(text=str(n), tokens_in=9, tokens_cached=5))
    journal.close()
    counted, path = Journal(tmp_path), tmp_path / "000001.jsonl"
    assert (counted.totals.tokens_in, counted.totals.tokens_cached) == (27, 15)
    first, *others = path.read_bytes().splitlines(keepends=True)
    counts, _, reply = first[42:-1].partition(b"{")
    older = counts.rpartition(b" 5 ")[0] + b" {" + reply.replace(b',"tokens_cached":5', b"")
    path.write_bytes(b"%b %08x %b\n" % (first[:32], zlib.crc32(older), older) + b"".join(others))
    reread = Journal(tmp_path)
    assert (reread.totals.calls, reread.totals.tokens_in, reread.totals.tokens_cached) == (3, 27, 10)
    assert reread.find(key(0)) == Reply(text="0", tokens_in=9)


def test_a_margin_is_kept_and_a_line_without_one_still_holds(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(key(0), Reply(text="Yes", yes_margin=-0.25))
    journal.append(key(1), Reply(text="No"))
    journal.close()
    path = tmp_path / "000001.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    older = second[42:-1].replace(b',"yes_margin":null', b"")
    assert older != second[42:-1]
    path.write_bytes(first + b"%b %08x %b\n" % (second[:32], zlib.crc32(older), older))
    reread = Journal(tmp_path)
    assert [reread.find(key(n)) for n in range(2)] == [Reply(text="Yes", yes_margin=-0.25), Reply(text="No")]


def test_each_process_writes_a_file_of_its_own(tmp_path: Path) -> None:
    for n in range(3):
        journal = Journal(tmp_path)
        journal.append(key(n), Reply(text=str(n)))
        journal.close()
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["000001.jsonl", "000002.jsonl", "000003.jsonl"]
    assert len(Journal(tmp_path)) == 3


def test_a_torn_or_damaged_line_is_passed_over_and_the_others_stay(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for n in range(4):
        journal.append(key(n), Reply(text="word " * n))
    journal.close()
    lines = (tmp_path / "000001.jsonl").read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace(b"word", b"lord")
    (tmp_path / "000001.jsonl").write_bytes(b"".join(lines)[:-5])
    again = Journal(tmp_path)
    assert [again.find(key(n)) is not None for n in range(4)] == [True, False, True, False]


def test_a_long_reply_is_read_whole(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(key(1), Reply(text="x" * 50_000))
    journal.append(key(2), Reply(text="y"))
    found = journal.find(key(1))
    assert found and len(found.text) == 50_000


def test_keys_that_share_their_first_half_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append("a" * 32, Reply(text="one"))
    assert journal.find("a" * 16 + "b" * 16) is None


def test_the_index_moves_to_arrays_and_still_finds_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "_RECENT", 10)
    journal = Journal(tmp_path)
    for n in range(137):
        journal.append(key(n), Reply(text=str(n)))
    assert [journal.find(key(n)).text for n in range(137)] == [str(n) for n in range(137)]  # type: ignore[union-attr]
    assert len(journal) == 137


FULL = """
import resource, signal, sys
from pathlib import Path
from auscult.engine.journal import Journal
from auscult.errors import UserError
from auscult.records import Reply
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
journal = Journal(Path(sys.argv[1]))
try:
    for n in range(1000):
        journal.append(f"{n:016x}{n:016x}", Reply(text="finding " * 10))
except UserError as error:
    print(n, error)
"""


def test_a_disk_that_is_full_stops_in_one_line_and_loses_nothing(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    finished = int(ran.stdout.split()[0])
    assert "make room and run the same command again" in ran.stdout and ran.stdout.count("\n") == 1
    assert finished > 5 and len(Journal(tmp_path)) == finished
    assert (tmp_path / "000001.jsonl").read_bytes().endswith(b"\n")


def test_a_folder_that_cannot_be_written_is_a_user_error(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    (tmp_path / "j").rmdir()
    with pytest.raises(UserError, match="cannot be written"):
        journal.append(key(1), Reply())


def test_what_was_written_is_synced_soon_and_an_error_in_that_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = threading.Event()

    def fails(file: int) -> None:
        synced.set()
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(journal_module, "SYNC_EVERY", 0.01)
    monkeypatch.setattr(journal_module.os, "fsync", fails)
    journal = Journal(tmp_path)
    journal.append(key(1), Reply(text="a"))
    assert synced.wait(5)
    time.sleep(0.05)
    with pytest.raises(UserError, match="Input/output error"):
        journal.append(key(2), Reply(text="b"))
    journal.close()
