"""BERTScore's matching. In torch, whose threads the caller governs: beside other work, numpy's wait for each other."""

import torch

from auscult.scorers.text._embeddings import Embedding

Units = tuple[torch.Tensor, torch.Tensor]


def unit_rows(embedding: Embedding) -> Units:
    """Rows of length 1, and which of them count."""
    rows = torch.tensor(embedding.rows).float()
    return torch.nn.functional.normalize(rows, dim=1), torch.tensor(embedding.counts)


def match(candidate: Units, reference: Units) -> tuple[float, float]:
    """Precision and recall: the mean over counted tokens of the highest cosine with any token of the other text."""
    if not candidate[1].any() or not reference[1].any():
        return 0.0, 0.0
    cosines = candidate[0] @ reference[0].T
    return cosines.amax(1)[candidate[1]].mean().item(), cosines.amax(0)[reference[1]].mean().item()
