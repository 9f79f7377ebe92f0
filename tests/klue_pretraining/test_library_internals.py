"""What this room uses of its libraries beyond what they promise is still where it was."""

from __future__ import annotations

import pytest

from klue_pretraining.library_internals import quiet_datatrove, term_weights


def test_a_terms_weight_is_its_score_in_bm25s() -> None:
    bm25s = pytest.importorskip("bm25s")
    said = f"the scores have moved in bm25s {bm25s.__version__}: see library_internals.py"
    index = bm25s.BM25(k1=1.5, b=0, method="lucene")
    index.index(([[0, 1], [1, 2], [2]], {"a": 0, "b": 1, "c": 2}), show_progress=False)
    assert hasattr(index, "scores") and {"indptr", "data"} <= index.scores.keys(), said
    expected = [float(index.get_scores_from_ids([term]).max()) for term in range(3)]
    assert term_weights(index) == pytest.approx(expected), said


def test_datatrove_keeps_still(capfd: pytest.CaptureFixture[str]) -> None:
    from datatrove.pipeline.dedup import exact_dedup
    from datatrove.utils import logging

    said = "the log or the bars of datatrove have moved: see library_internals.py"
    quiet_datatrove()
    logging.setup_default_logger()
    logging.logger.error("a word")
    assert list(exact_dedup.tqdm([1], total=1, desc="a bar")) == [1]
    assert capfd.readouterr() == ("", ""), said
