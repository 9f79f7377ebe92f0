import torch
from hypothesis import given
from hypothesis import strategies as st

from klue_baselines.encoding.collator import Collator, pad


@given(st.lists(st.lists(st.integers(0, 99), min_size=1), min_size=1))
def test_padding_keeps_values_and_marks_the_rest(rows: list[list[int]]) -> None:
    padded = pad(rows, -1)
    assert padded.shape == (len(rows), max(map(len, rows)))
    for row, values in zip(padded.tolist(), rows, strict=True):
        assert row == values + [-1] * (len(row) - len(values))


def test_two_ragged_axes() -> None:
    padded = pad([[[1, 2]], [[3, 4], [5, 6]]], 0)
    assert padded.tolist() == [[[1, 2], [0, 0]], [[3, 4], [5, 6]]]


def test_attention_follows_the_tokens_and_not_their_values() -> None:
    collate = Collator(pad_token_id=7, padding={"labels": -100})
    batch = collate([{"input_ids": [7, 7, 7], "labels": 1}, {"input_ids": [1], "labels": 2}])
    assert batch["input_ids"].tolist() == [[7, 7, 7], [1, 7, 7]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["labels"].dtype == torch.int64


def test_columns_that_are_no_inputs_stay_behind() -> None:
    collate = Collator(pad_token_id=0, padding={})
    assert set(collate([{"input_ids": [1], "guid": "x"}])) == {"input_ids", "attention_mask"}
