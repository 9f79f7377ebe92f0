"""The vectorised parser against the definitions written out word by word."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModel, BertConfig

from klue_baselines.heads.modeling_dependency_parsing import (
    Biaffine,
    DependencyParser,
    DependencyParserConfig,
)


@pytest.fixture
def parser() -> DependencyParser:
    torch.manual_seed(0)
    encoder = BertConfig(
        vocab_size=20,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    config = DependencyParserConfig(
        encoder, pos=["A", "B"], pos_size=4, lstm_size=8, arc_size=8, deprel_size=8, num_labels=3
    )
    return DependencyParser(config).eval()


def one_sentence() -> dict[str, torch.Tensor]:
    return {
        "input_ids": torch.tensor([[2, 5, 6, 7, 3]]),
        "attention_mask": torch.ones(1, 5, dtype=torch.long),
        "word_first": torch.tensor([[1, 3]]),
        "word_last": torch.tensor([[2, 3]]),
        "pos": torch.tensor([[1, 2]]),
    }


def test_pairs_are_the_bilinear_form() -> None:
    torch.manual_seed(0)
    biaffine = Biaffine(4, 3)
    dependents, heads = torch.randn(2, 5, 4), torch.randn(2, 5, 4)
    scores = biaffine.pairs(dependents, heads)
    for relation in range(3):
        for row in range(2):
            for word in range(5):
                d, h = dependents[row, word], heads[row, word]
                expected = d @ biaffine.bilinear[relation] @ h
                expected = expected + biaffine.dependent(d)[relation] + biaffine.head(h)[relation]
                assert torch.allclose(scores[row, word, relation], expected, atol=1e-5)


def test_all_pairs_are_the_pairs() -> None:
    torch.manual_seed(0)
    biaffine = Biaffine(4, 1)
    dependents, heads = torch.randn(2, 3, 4), torch.randn(2, 5, 4)
    table = biaffine.all_pairs(dependents, heads)
    for head in range(5):
        pairs = biaffine.pairs(dependents, heads[:, head : head + 1].expand(-1, 3, -1))
        assert torch.allclose(table[..., head], pairs[..., 0], atol=1e-5)


def test_padding_changes_nothing(parser: DependencyParser) -> None:
    alone = one_sentence()
    padded = {name: torch.nn.functional.pad(tensor, (0, 3)) for name, tensor in alone.items()}
    longer = {
        "input_ids": torch.tensor([[2, 5, 6, 7, 8, 9, 4, 3]]),
        "attention_mask": torch.ones(1, 8, dtype=torch.long),
        "word_first": torch.tensor([[1, 2, 3, 4, 5]]),
        "word_last": torch.tensor([[1, 2, 3, 4, 6]]),
        "pos": torch.tensor([[1, 2, 1, 2, 1]]),
    }
    batch = {name: torch.cat([padded[name], longer[name]]) for name in longer}
    with torch.no_grad():
        small, large = parser(**alone), parser(**batch)
    assert torch.allclose(small.arcs[0], large.arcs[0, :2, :3], atol=1e-5)
    assert torch.allclose(small.deprels[0], large.deprels[0, :2], atol=1e-5)
    assert (large.arcs[0, :2, 3:] == torch.finfo(torch.float32).min).all()


def test_loss_is_the_two_mean_cross_entropies(parser: DependencyParser) -> None:
    heads, labels = torch.tensor([[2, 0]]), torch.tensor([[1, 2]])
    out = parser(**one_sentence(), heads=heads, labels=labels)
    arcs = out.arcs.log_softmax(-1)[0]
    deprels = out.deprels.log_softmax(-1)[0]
    expected = -(arcs[0, 2] + arcs[1, 0]) / 2 - (deprels[0, 1] + deprels[1, 2]) / 2
    assert torch.allclose(out.loss, expected)


def test_saved_and_loaded_it_says_the_same(parser: DependencyParser, tmp_path: Path) -> None:
    parser.save_pretrained(tmp_path)
    loaded = AutoModel.from_pretrained(tmp_path).eval()
    assert torch.allclose(parser(**one_sentence()).arcs, loaded(**one_sentence()).arcs)
    assert loaded.config.pos == ["A", "B"]
