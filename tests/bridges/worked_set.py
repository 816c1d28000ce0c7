"""An item set of six small pictures, with answers that are right, wrong, unusable or missing."""

import json
from dataclasses import replace
from pathlib import Path

from PIL import Image
from tests.bridges.table_model import EMPTY, FAILS, WITHHELD

from auscult.build.writer import SourceNote, build_item_set
from auscult.corpora import Bundle
from auscult.corpora._bundles import seal
from auscult.corpora.item_set import ItemSet
from auscult.protocols.direct import question_text
from auscult.records import Case, Item, ImageFile
