"""What the licences of a set's cases forbid, as far as their names say it: commercial use, and altered texts."""

import re
from collections.abc import Mapping

_FORBIDDEN = {
    "no commercial use": re.compile(r"\bnc\b|non-?commercial", re.IGNORECASE),
    "no sharing altered texts": re.compile(r"\bnd\b|no[n -]?deriv", re.IGNORECASE),
}
"""What is forbidden → what the names of such licences hold (Creative Commons: NC, ND)."""
_NAME = re.compile(r"cc[ -]by[-a-z]*[ -]?[\d.]*\d", re.IGNORECASE)


def restricted(licences: Mapping[str, int]) -> str:
    """Licences that forbid something, and what; as in: CC BY-NC-ND 4.0: no commercial use, no sharing altered texts.

    Args:
        licences: cases by licence.

    Returns:
        A few words; empty where nothing is forbidden by name.
    """
    found = {name: [what for what, holds in _FORBIDDEN.items() if holds.search(name)] for name in licences}
    found = {name: forbidden for name, forbidden in found.items() if forbidden}
    if not found:
        return ""
    first, *others = sorted(found, key=lambda name: (-licences[name], name))
    named = (match.group() if (match := _NAME.search(first)) else first) + (" and others" if others else "")
    forbidden = [what for what in _FORBIDDEN if any(what in each for each in found.values())]
    return f"{named}: {', '.join(forbidden)}"
