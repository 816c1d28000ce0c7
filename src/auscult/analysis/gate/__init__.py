"""The gate: criteria that were fixed before the answers, and what a finished run says to them."""
