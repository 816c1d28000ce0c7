"""The items of a set, and what was rejected, as a page: to be looked at, or to be signed off by a clinician."""
