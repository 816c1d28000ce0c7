"""Phrases that mean something else together: found before a sentence is cut into clauses.

"Not seen on the earlier film" is no denial but says that a finding is new; "more ... than before" that it grew; a
"large liver lesion" is no large liver.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auscult.facts._clauses import Hit
from auscult.facts.lexicon import Lexicon, Roles
from auscult.facts.tokens import listed

_EARLIER = listed("prior previous earlier last before previously comparison past old preceding yesterday")
_TO_EARLIER = listed("on in at during from the a an his her their any it was that")
_MORE = {"more": "increased", "greater": "increased", "less": "decreased", "fewer": "decreased"}
_REACH = 8  # tokens between "more" and "than"
_PREFERRED = listed(
    "rather likely like probable plausible consistent compatible suggestive typical keeping characteristic"
)
_DENIES = Roles(triggers=frozenset({"deny_before"}))


def phrases(norms: list[str], lexicon: Lexicon) -> list[Hit]:
    """Phrases of the lexicon in a text; where "large liver" and "liver lesion" overlap, the second is meant."""
    found: list[Hit] = []
    for start, end, roles in lexicon.trie.find(norms):
        if found and start < found[-1].end:
            continue
        if roles.ends_in_organ:
            longer = next(lexicon.trie.find(norms, end - 1), None)
            if longer and longer[0] == end - 1 and longer[1] > end and longer[2].finding:
                found += [Hit(*h) for h in lexicon.trie.find(norms, start, end - 1)]
                found.append(Hit(*longer))
                continue
        found.append(Hit(start, end, roles))
    return found


def in_sentences(hits: Sequence[Hit], spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, list[Hit]]]:
    """Token ranges of sentences, each with the phrases that lie in it."""
    at = 0
    for first, end in spans:
        while at < len(hits) and hits[at].start < first:
            at += 1
        own = []
        while at < len(hits) and hits[at].end <= end:
            own.append(hits[at])
            at += 1
        yield first, end, own


def recast(hits: list[Hit], norms: Sequence[str], end: int) -> list[Hit]:
    """The hits of a sentence with what it says of an earlier image read as a comparison.

    Args:
        hits: of one sentence.
        norms: tokens of the text.
        end: token after the sentence.
    """
    low = hits[0].start
    if "than" in norms[low:end]:
        hits = _rather_than(hits, norms, end)
    if _EARLIER.isdisjoint(norms[low:end]):
        return hits
    found: list[Hit] = []
    named = False
    for hit in hits:
        if found and hit.start < found[-1].end:
            continue
        denies = hit.roles.triggers & {"deny_before", "deny_after"} and not hit.roles.comparison
        past = _earlier(norms, hit.end, end) if named and denies else 0
        if past:
            while found and found[-1].end == hit.start and "verb" in found[-1].roles.triggers:
                hit = replace(hit, start=found.pop().start)
            found.append(Hit(hit.start, past, Roles(comparison="new")))
            continue
        named = named or hit.roles.speaks
        found.append(hit)
    return _more_than(found, norms, low, end)


def _rather_than(hits: list[Hit], norms: Sequence[str], end: int) -> list[Hit]:
    """With the "than" of "more likely a vessel than a nodule" as a denial of what follows it."""
    low = hits[0].start
    than = next(n for n in range(low, end) if norms[n] == "than")
    before = norms[max(low - 3, 0) : than]
    if _PREFERRED.isdisjoint(before) or not ({"more", "rather"} & set(before)) or "less" in before:
        return hits
    if any(h.start <= than < h.end for h in hits) or norms[than - 1 : than] == ["other"]:
        return hits
    return sorted([*hits, Hit(than, than + 1, _DENIES)], key=lambda h: h.start)


def _earlier(norms: Sequence[str], start: int, end: int) -> int:
    """The token after "on the earlier", where that stands here; else 0."""
    while start < end and norms[start] in _TO_EARLIER:
        start += 1
    return start + 1 if start < end and norms[start] in _EARLIER else 0


def _more_than(hits: list[Hit], norms: Sequence[str], low: int, end: int) -> list[Hit]:
    """With "more ... than before" as a comparison."""
    than = next((n for n in range(low, end) if norms[n] == "than" and _earlier(norms, n + 1, end)), 0)
    for n in range(than - 1, max(-1, than - _REACH - 1), -1):
        if norms[n] in _MORE and not any(h.start <= n < h.end for h in hits):
            course, start = _MORE[norms[n]], n
            if hits and norms[n - 1] == "no":
                course, start = "unchanged", n - 1
            hits = [h for h in hits if h.end <= start or h.start > n]
            hits.append(Hit(start, n + 1, Roles(comparison=course)))
            hits.sort(key=lambda h: h.start)
            break
    return hits
