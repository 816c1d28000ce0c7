import pytest

torch = pytest.importorskip("torch")

from transformers import TemperatureLogitsWarper, TopPLogitsWarper  # noqa: E402

from auscult.models._sampling import Sampler  # noqa: E402
from auscult.records import Decoding  # noqa: E402

DRAWS = 4_000


@pytest.mark.parametrize(("temperature", "top_p"), [(0.7, 0.9), (1.0, 1.0), (2.0, 0.5)])
def test_tokens_are_drawn_as_transformers_draws_them(temperature: float, top_p: float) -> None:
    logits = torch.randn(1, 12, generator=torch.Generator().manual_seed(3)) * 2
    warped = TopPLogitsWarper(top_p)(None, TemperatureLogitsWarper(temperature)(None, logits.clone()))
    expected = warped.softmax(-1)[0]
    draw = Sampler(Decoding(temperature=temperature, top_p=top_p), [5], torch.device("cpu"))
    found = torch.zeros(12)
    for _ in range(DRAWS):
        found[draw([0], logits)[0]] += 1
    assert not found[expected == 0].any()
    assert float((found / DRAWS - expected).abs().max()) < 0.03


def test_rows_draw_from_numbers_of_their_own() -> None:
    logits, how = torch.zeros(2, 50), Decoding(temperature=1.0)
    both = Sampler(how, [1, 2], torch.device("cpu"))
    alone = Sampler(how, [1, 2], torch.device("cpu"))
    drawn = [both([0, 1], logits)[1] for _ in range(6)]
    assert [alone([1], logits[1:])[0] for _ in range(6)] == drawn
