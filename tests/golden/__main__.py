"""``python -m tests.golden [NAME ...]`` makes the golden tables anew and says how much of each changed."""

import sys
import tempfile
from pathlib import Path

from tests.golden.runs import HERE, TABLES, Golden
from tests.golden.tables import changes, read_table, write_table

with tempfile.TemporaryDirectory() as folder:
    golden = Golden(Path(folder))
    for name in sys.argv[1:] or TABLES:
        path, table = HERE / f"{name}.tsv", TABLES[name](golden)
        changed = list(changes(read_table(path), table)) if path.exists() else [f"{n}: new" for n in table]
        write_table(path, table)
        print(f"{path.name}: {len(table)} values, {len(changed)} changed")
