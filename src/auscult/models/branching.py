"""No model kind: whether several texts can branch off one prefix, and be read as if each stood alone behind it."""

from typing import Any

LENGTH_FREE = frozenset({"default", "linear", "llama3"})
"""Rotary embeddings whose frequencies do not depend on the length of the text."""

BLOCKS = "auscult_blocks"
"""Attention that is told the blocks of a sequence instead of a mask; else ``sdpa``."""


def unbranchable(config: Any) -> str:
    """Why a text model cannot be branched, in the words of a sentence; empty where it can.

    Args:
        config: of an image-text-to-text model of ``transformers``, its attention chosen.
    """
    text = config.get_text_config()
    rope = getattr(text, "rope_parameters", None) or {}
    kinds = {r.get("rope_type", "default") for r in (rope, *rope.values()) if isinstance(r, dict)}
    if strange := sorted(kinds - LENGTH_FREE):
        return f"its positions ({strange[0]}) depend on the length of the text"
    if text._attn_implementation not in ("eager", "sdpa", BLOCKS):
        return f"its attention ({text._attn_implementation}) takes no mask of blocks; eager and sdpa do"
    return ""


def slides(config: Any) -> bool:
    """Whether its text model, or some layer of it, looks back through a window."""
    text = config.get_text_config()
    layers = getattr(text, "layer_types", None)
    window = getattr(text, "sliding_window", None) is not None
    return "sliding_attention" in layers if layers else window
