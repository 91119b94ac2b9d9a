"""From the runs of all rounds to the figures, as a table for people and as one JSON object."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.cer import cer, word_f1
from tests.bench.ocr.documents import Leaf
from tests.bench.ocr.sides import Run

ALLOWED_GROWTH, ALLOWED_PAGE_BYTES = 1.02, 12_000
Texts = Sequence[tuple[Leaf, str]]


@dataclass
class Round:
    """One round: the same document read by every side."""

    leaves: Sequence[Leaf]
    source_bytes: int
    runs: dict[str, Run] = field(default_factory=dict)

    def per_minute(self, side: str) -> float:
        """Pages."""
        return 60 * len(self.leaves) / self.runs[side].seconds

    def cpu(self, side: str) -> float:
        """Seconds a page."""
        return self.runs[side].cpu_s / len(self.leaves)


def figures(rounds: Sequence[Round], peers: Sequence[str]) -> dict[str, Any]:
    """What the rounds say; ratios are ours over theirs, medians over rounds. `peers`: OCRmyPDF's sides, if any."""

    def median(of: Callable[[Round], float]) -> float:
        return round(statistics.median(of(one) for one in rounds), 3)

    def ratio(of: str, side: str, other: str) -> float:
        return median(lambda one: getattr(one, of)(side) / getattr(one, of)(other))

    found: dict[str, Any] = {"pages": len(rounds[0].leaves), "rounds": len(rounds)}
    if peers:
        usual, same = peers[0], peers[-1]
        found |= {
            "pages_per_minute_ratio": ratio("per_minute", "ours", usual),
            "pages_per_minute_ratio_same_engine": ratio("per_minute", "ours", same),
            "cpu_ratio": ratio("cpu", "ours", usual),
            "cpu_ratio_same_engine": ratio("cpu", "ours", same),
            "size_ratio": median(lambda one: one.runs["ours"].pdf_bytes / one.runs[usual].pdf_bytes),
            "peer_cer": errors(_texts(rounds, usual)),
            "peer_cer_same_engine": errors(_texts(rounds, same)),
            "peer_peak_mb": max(one.runs[usual].peak_mb for one in rounds),
        }
    gain = median(lambda one: one.runs["ours, one process"].seconds / one.runs["ours"].seconds)
    most = median(lambda one: one.runs["recognition alone"].seconds / one.runs["alone, two processes"].seconds)
    return found | {
        "cpu_over_limit": ratio("cpu", "ours", "recognition alone"),
        "servers_cpu_s_per_page": median(lambda one: one.runs["ours"].servers_cpu_s / len(one.leaves)),
        "gain_1_to_2": gain,
        "gain_1_to_2_alone": most,
        "scaling_1_to_2": round(gain / most, 3),
        "cer": errors(_texts(rounds, "ours")),
        "word_f1": {kind: round(word_f1(*both), 4) for kind, both in _joined(_texts(rounds, "ours"))},
        "size_over_allowed": median(_over_allowed),
        "peak_mb": max(one.runs[side].peak_mb for one in rounds for side in ("ours", "ours, one process")),
    }


def errors(texts: Texts) -> dict[str, float]:
    """Errors a character, for each set whose text is known."""
    return {kind: round(cer(truth, read), 4) for kind, (truth, read) in _joined(texts)}


def table(rounds: Sequence[Round]) -> Iterator[str]:
    """A line for each side: medians over rounds, and errors a character in each set."""
    kinds = [kind for kind, _ in _joined(_texts(rounds, "ours"))]
    yield f"{'':24}{'pages/min':>10}{'CPU s/page':>12}{'peak MB':>9}" + "".join(f"{kind:>9}" for kind in kinds)
    for side in rounds[0].runs:
        minute = statistics.median(one.per_minute(side) for one in rounds)
        cpu = statistics.median(one.cpu(side) for one in rounds)
        peak = max(one.runs[side].peak_mb for one in rounds)
        wrong: Mapping[str, float] = errors(_texts(rounds, side))
        shown = "".join(f"{wrong[kind]:9.4f}" for kind in kinds)
        yield f"{side:24}{minute:10.1f}{cpu:12.2f}{peak:9.0f}{shown}"


def _over_allowed(one: Round) -> float:
    allowed = ALLOWED_GROWTH * one.source_bytes + ALLOWED_PAGE_BYTES * len(one.leaves)
    return one.runs["ours"].pdf_bytes / allowed


def _texts(rounds: Sequence[Round], side: str) -> Texts:
    return [pair for one in rounds for pair in zip(one.leaves, one.runs[side].texts, strict=True)]


def _joined(texts: Texts) -> Iterator[tuple[str, tuple[str, str]]]:
    """For each set, what its pages say and what was read; pages of unknown text are left out."""
    for kind in dict.fromkeys(leaf.kind for leaf, _ in texts):
        pairs = [(leaf.truth, read) for leaf, read in texts if leaf.kind == kind and leaf.truth is not None]
        if pairs:
            yield kind, ("\n".join(truth for truth, _ in pairs), "\n".join(read for _, read in pairs))
