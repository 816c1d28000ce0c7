"""Whether tuning cures, or teaches to say no: the sets and the plan of the proof in ``docs/concepts/cure.md``."""
