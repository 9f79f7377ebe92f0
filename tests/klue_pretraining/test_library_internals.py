"""What this room uses of its libraries beyond what they promise is still where it was."""

from __future__ import annotations

import pytest

from klue_pretraining.library_internals import term_weights


def test_a_terms_weight_is_its_score_in_bm25s() -> None:
    bm25s = pytest.importorskip("bm25s")
    said = f"the scores have moved in bm25s {bm25s.__version__}: see library_internals.py"
    index = bm25s.BM25(k1=1.5, b=0, method="lucene")
    index.index(([[0, 1], [1, 2], [2]], {"a": 0, "b": 1, "c": 2}), show_progress=False)
    assert hasattr(index, "scores") and {"indptr", "data"} <= index.scores.keys(), said
    expected = [float(index.get_scores_from_ids([term]).max()) for term in range(3)]
    assert term_weights(index) == pytest.approx(expected), said
