import random
import sqlite3
import sys
from pathlib import Path

import pytest
from tests.scorers.text.texts import EDGES, pairs

from auscult.errors import MissingExtra, UserError
from auscult.scorers import ScorerOptions, create
from auscult.scorers.text import _embeddings as embeddings
from auscult.scorers.text import bertscore as module

PLAIN = (
    "No pleural effusion.",
    "There is a large left pleural effusion.",
    "The heart is normal.",
    "A big effusion is seen.",
)


def package(folder: Path, layer: int, some: list[tuple[str, str]], batch_size: int = 1) -> list[dict[str, float]]:
    """What bert_score says of each pair alone: in a batch, padding counts as a token of cosine 0.

    With transformers 5 it needs help to put the space before a text that it asks for.
    """
    from bert_score import BERTScorer
    from transformers import AutoTokenizer

    scorer = BERTScorer(model_type=str(folder), num_layers=layer, device="cpu")
    scorer._tokenizer = AutoTokenizer.from_pretrained(folder, add_prefix_space=True)
    p, r, f = scorer.score([c for c, _ in some], [r for _, r in some], batch_size=batch_size)
    return [{"precision": a, "recall": b, "f1": c} for a, b, c in zip(p.tolist(), r.tolist(), f.tolist(), strict=True)]


def not_empty(some: list[tuple[str, str]], most: int) -> list[tuple[str, str]]:
    """Pairs without empty texts, at which the package stops with transformers 5, and without very long ones."""
    return [(c, r) for c, r in some if c.strip() and r.strip() and max(len(c), len(r)) < most]


def largest_difference(ours: list[dict[str, float]], theirs: list[dict[str, float]]) -> float:
    return max(abs(a[k] - b[k]) for a, b in zip(ours, theirs, strict=True) for k in b)


def test_it_equals_the_package_on_a_real_encoder(minilm: Path) -> None:
    draw, distinct = random.Random(0), [t for pair in not_empty(pairs(90), 90) for t in pair][:40]
    some = [(draw.choice(distinct), draw.choice(distinct)) for _ in range(200)]
    assert largest_difference(create(f"bertscore:{minilm}@6").score(some), package(minilm, 6, some)) < 1e-4


def test_the_package_scores_a_pair_by_its_batch_and_auscult_does_not(minilm: Path) -> None:
    pair, longer = ("There is a large right pleural effusion.", "Yes"), ("Yes " * 20, "No " * 20)
    alone, together = (package(minilm, 6, some, batch_size=2)[0] for some in ([pair], [pair, longer]))
    assert together["precision"] - alone["precision"] > 1e-3
    metric = create(f"bertscore:{minilm}@6")
    assert largest_difference([metric.score([pair, longer])[0]], [alone]) < 1e-5


def test_it_equals_the_package_on_a_lower_layer_of_a_roberta(tiny_roberta: Path) -> None:
    some = not_empty(pairs(260), 4_000)[:200] + [("opacity " * 300, "clear " * 200)]
    assert len(some) == 201
    assert largest_difference(create(f"bertscore:{tiny_roberta}@2").score(some), package(tiny_roberta, 2, some)) < 1e-4


@pytest.mark.slow
def test_it_equals_the_package_on_2000_pairs(minilm: Path, tiny_roberta: Path) -> None:
    some = not_empty(pairs(2_600, seed=1), 4_000)[:2_000]
    assert len(some) == 2_000
    for folder, layer in ((minilm, 6), (tiny_roberta, 3)):
        assert (
            largest_difference(create(f"bertscore:{folder}@{layer}").score(some), package(folder, layer, some)) < 1e-4
        )


def test_a_small_encoder_takes_a_denial_for_the_finding(minilm: Path) -> None:
    large = "There is a large left pleural effusion."
    rows = create(f"bertscore:{minilm}@6").score(
        [
            ("A big effusion is seen on the left.", large),
            ("No pleural effusion.", large),
            ("The heart is normal.", large),
        ]
    )
    assert [round(row["f1"], 3) for row in rows] == [0.726, 0.766, 0.315]


def test_empty_texts_have_0_and_odd_ones_a_number(tiny_roberta: Path) -> None:
    rows = create(f"bertscore:{tiny_roberta}@2").score([("", ""), (" ", "a"), ("a", ""), ("\ud800", "a")])
    assert rows[:3] == [{"f1": 0, "precision": 0, "recall": 0}] * 3
    for row in create(f"bertscore:{tiny_roberta}@2").score([(e, "No effusion.") for e in EDGES if e.strip()]):
        assert all(-1 <= value <= 1.0001 for value in row.values())


def test_texts_that_lose_their_end_are_said_with_the_scores(tiny_roberta: Path) -> None:
    metric = module.load(f"{tiny_roberta}@2", ScorerOptions())
    metric.score([("opacity " * 100, "No effusion."), ("a", "b")])
    assert metric.notes() == ("1 texts are longer than the encoder reads, and were scored without their end.",)


def test_a_score_does_not_depend_on_what_else_is_scored(tiny_roberta: Path) -> None:
    for kind, near in (("bertscore", 1e-4), ("bertscore-int8", 0)):
        together = create(f"{kind}:{tiny_roberta}@2").score(not_empty(pairs(60), 4_000))
        for pair, row in list(zip(not_empty(pairs(60), 4_000), together, strict=True))[:2]:
            assert create(f"{kind}:{tiny_roberta}@2").score([pair])[0] == pytest.approx(row, abs=near)


def test_int8_has_its_own_version_and_its_shift_is_measured(tiny_roberta: Path) -> None:
    exact, rough = create(f"bertscore:{tiny_roberta}@2"), create(f"bertscore-int8:{tiny_roberta}@2")
    assert rough.instrument.id == exact.instrument.id + "-int8"
    some = not_empty(pairs(60), 400)
    shifts = [abs(a["f1"] - b["f1"]) for a, b in zip(exact.score(some), rough.score(some), strict=True)]
    assert 0 < max(shifts) < 0.05


def test_bfloat16_has_its_own_version(tiny_roberta: Path) -> None:
    metric = create(f"bertscore:{tiny_roberta}@2", ScorerOptions(dtype="bfloat16"))
    assert metric.instrument.version.endswith("-L2-bfloat16")
    assert metric.score([(PLAIN[0], PLAIN[0])])[0]["f1"] == pytest.approx(1, abs=1e-3)


def test_scores_are_rescaled_as_the_package_does(tiny_roberta: Path, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.csv"
    baseline.write_text("LAYER,P,R,F\n0,.1,.1,.1\n1,.2,.2,.2\n2,.3,.31,.32\n3,.4,.4,.4\n")
    from bert_score import BERTScorer

    scorer = BERTScorer(
        model_type=str(tiny_roberta),
        num_layers=2,
        device="cpu",
        lang="en",
        rescale_with_baseline=True,
        baseline_path=str(baseline),
    )
    from transformers import AutoTokenizer

    scorer._tokenizer = AutoTokenizer.from_pretrained(tiny_roberta, add_prefix_space=True)
    theirs = [t.item() for t in scorer.score([PLAIN[0]], [PLAIN[1]])]
    metric = create(f"bertscore:{tiny_roberta}@2", ScorerOptions(baseline=baseline))
    row = metric.score([(PLAIN[0], PLAIN[1])])[0]
    assert [row["precision"], row["recall"], row["f1"]] == pytest.approx(theirs, abs=1e-4)
    assert metric.instrument.version.endswith("-L2-rescaled")
    baseline.write_text("LAYER,P,R,F\n1,.2,.2,.2\n")
    with pytest.raises(UserError, match="no baseline for layer 2"):
        create(f"bertscore:{tiny_roberta}@2", ScorerOptions(baseline=baseline))


def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that an encoder embeds from now on."""
    from auscult.scorers.text import _encoder

    seen: list[str] = []
    before = _encoder.Encoder.encode

    def encode(self: _encoder.Encoder, some: list[str]) -> object:
        seen.extend(some)
        return before(self, some)

    monkeypatch.setattr(_encoder.Encoder, "encode", encode)
    return seen


def test_references_are_embedded_once_for_all_models(tiny_roberta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metric, seen = create(f"bertscore:{tiny_roberta}@2"), encoded(monkeypatch)
    for model in range(3):
        metric.score([(f"answer {model}", r) for r in PLAIN for _ in range(2)])
    assert sorted(seen) == sorted([*PLAIN, "answer 0", "answer 1", "answer 2"])


def test_a_second_run_embeds_nothing(tiny_roberta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some, options = not_empty(pairs(40), 400), ScorerOptions(store=tmp_path / "kept")
    first = create(f"bertscore:{tiny_roberta}@2", options).score(some)
    seen = encoded(monkeypatch)
    assert create(f"bertscore:{tiny_roberta}@2", options).score(some) == first
    assert seen == []
    create(f"bertscore:{tiny_roberta}@1", options).score(some[:1])
    assert len(seen) == 2, "another layer has embeddings of its own"


def test_what_was_embedded_before_a_crash_is_not_embedded_again(
    tiny_roberta: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auscult.scorers.text import _encoder

    monkeypatch.setitem(_encoder.TOKENS_AT_ONCE, "cpu", 1)
    metric = module.load(f"{tiny_roberta}@2", ScorerOptions(store=tmp_path))
    whole, batches = metric._encoder._batch, []

    def stops(tokens: list[list[int]]) -> object:
        batches.append(tokens)
        if len(batches) == 3:
            raise KeyboardInterrupt
        return whole(tokens)

    monkeypatch.setattr(metric._encoder, "_batch", stops)
    with pytest.raises(KeyboardInterrupt):
        metric.score([(PLAIN[0], PLAIN[1]), (PLAIN[2], PLAIN[3])])
    again, seen = create(f"bertscore:{tiny_roberta}@2", ScorerOptions(store=tmp_path)), encoded(monkeypatch)
    again.score([(PLAIN[0], PLAIN[1]), (PLAIN[2], PLAIN[3])])
    assert len(seen) == 2


def test_memory_holds_no_more_embeddings_than_it_may(tiny_roberta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = not_empty(pairs(200), 400)
    expected = create(f"bertscore:{tiny_roberta}@2").score(some)
    monkeypatch.setattr(embeddings, "RESIDENT", 20_000)
    metric = module.load(f"{tiny_roberta}@2", ScorerOptions())
    for row, other in zip(metric.score(some), expected, strict=True):
        assert row == pytest.approx(other, abs=1e-4)
    held = sum(e.rows.nbytes for e in metric._kept._memory.values())
    assert held == metric._kept._bytes <= 20_000


def test_a_damaged_store_is_named_with_the_remedy(tiny_roberta: Path, tmp_path: Path) -> None:
    options = ScorerOptions(store=tmp_path)
    create(f"bertscore:{tiny_roberta}@2", options).score([("a", "b")])
    (file,) = tmp_path.glob("*.sqlite")
    with sqlite3.connect(file) as base:
        base.execute("UPDATE embedding SET tokens = substr(tokens, 1, 70)")
    with pytest.raises(UserError, match="wrong size; delete the file"):
        create(f"bertscore:{tiny_roberta}@2", options).score([("a", "b")])
    for other in tmp_path.iterdir():
        other.unlink()
    file.write_bytes(b"no data base" * 1_000)
    with pytest.raises(UserError, match="delete the file"):
        create(f"bertscore:{tiny_roberta}@2", options)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("bertscore:{folder}", "which layer"),
        ("bertscore:{folder}@9", "there is no layer 9"),
        ("bertscore:{folder}/nothing@2", "no encoder folder"),
        ("bertscore:nobody/has-this@2", "the local hub cache"),
    ],
)
def test_a_wrong_encoder_is_one_line(tiny_roberta: Path, spec: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        create(spec.format(folder=tiny_roberta), ScorerOptions(offline=True))


def test_roberta_large_and_its_layer_are_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="'roberta-large'"):
        create("bertscore", ScorerOptions(offline=True))
    from bert_score.utils import model2layers

    known = {name.rpartition("/")[2]: layer for name, layer in model2layers.items()}
    assert {name: known[name] for name in module.LAYERS} == module.LAYERS


def test_weights_that_lack_a_layer_are_refused(tiny_roberta: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    for path in tiny_roberta.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = load_file(tmp_path / "model.safetensors")
    kept = {k: v for k, v in weights.items() if "layer.1.output.dense" not in k}
    save_file(kept, tmp_path / "model.safetensors", metadata={"format": "pt"})
    create(f"bertscore:{tmp_path}@1")
    with pytest.raises(UserError, match="lack 2 tensors"):
        create(f"bertscore:{tmp_path}@2")


def test_without_torch_the_pip_line_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "auscult.scorers.text._encoder", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match=r"pip install 'auscult\[local\]'"):
        create("bertscore:anything@2")
