"""Clinical text → facts (finding, present / absent / uncertain, side, place, size), and facts against facts."""
