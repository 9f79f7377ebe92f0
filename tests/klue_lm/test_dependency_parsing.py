"""dp: lines as asked for are read at one look, others one by one, and both say the same."""

from __future__ import annotations

from klue_datasets import read_rows
from klue_lm.dependency_parsing import LM, lines_of


def test_exact_lines_are_read_as_any_others() -> None:
    rows = read_rows("dp", "validation", sample=True, full=True)
    for answer in (answer for row in rows for answer in LM.answers(row, "ko")):
        exact = lines_of(answer)
        assert len(exact) == answer.count("\n") + 1
        # One odd line, and each is looked at by itself.
        assert lines_of(f"{answer}\n(끝)") == exact
        assert lines_of(answer.replace(": ", ". 어절 -> ")) == exact
