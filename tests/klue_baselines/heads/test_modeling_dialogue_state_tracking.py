"""The block-wise tracker against TRADE written out slot by slot and step by step."""

from pathlib import Path

import pytest
import torch
from transformers import AutoModel, BertConfig

from klue_baselines.heads.modeling_dialogue_state_tracking import (
    IGNORED,
    DialogueStateTracker,
    DialogueStateTrackerConfig,
)

END = 3
DIALOGUE = torch.tensor([[2, 5, 6, 7, 3]])
MASK = torch.ones(1, 5, dtype=torch.long)


@pytest.fixture
def tracker() -> DialogueStateTracker:
    torch.manual_seed(0)
    encoder = BertConfig(
        vocab_size=20,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    config = DialogueStateTrackerConfig(
        encoder, slots=["a-b", "a-c"], slot_pieces=[[5, 8], [6]], end_id=END, steps=4, teacher=1.0
    )
    return DialogueStateTracker(config).eval()


def distributions(tracker: DialogueStateTracker, slot: int, fed: list[int]) -> list[torch.Tensor]:
    """The final distribution over the vocabulary at each step, as the paper defines it."""
    table = tracker.get_input_embeddings().weight
    memory = tracker.remember(DIALOGUE, MASK, None)
    vector = table[tracker.config.slot_pieces[slot]].sum(0)
    state = memory.summary[0]
    found = []
    for token in [*fed, None]:
        _, state = tracker.gru(vector[None, None], state[None, None])
        state = state[0, 0]
        weights = (memory.states[0] @ state).softmax(-1)
        context = weights @ memory.states[0]
        generate = tracker.generate_or_copy(torch.cat([vector, state, context])).sigmoid()
        copied = torch.zeros(20).index_add(0, DIALOGUE[0], weights)
        found.append(generate * (table @ state).softmax(-1) + (1 - generate) * copied)
        if token is not None:
            vector = table[token]
    return found


def test_loss_is_that_of_the_written_out_model(tracker: DialogueStateTracker) -> None:
    values = torch.tensor([[[9, 10, END], [11, END, IGNORED]]])
    gates = torch.tensor([[2, 0]])
    with torch.no_grad():
        out = tracker(DIALOGUE, MASK, gates=gates, values=values)
        picked = [
            step[token].log()
            for slot, value in enumerate([[9, 10, END], [11, END]])
            for step, token in zip(distributions(tracker, slot, value[:-1]), value, strict=True)
        ]
    gate_loss = torch.nn.functional.cross_entropy(out.gates[0], gates[0])
    assert torch.allclose(out.loss, -torch.stack(picked).mean() + gate_loss, atol=1e-5)


def test_generation_is_greedy(tracker: DialogueStateTracker) -> None:
    wanted = torch.ones(1, 2, 4, dtype=torch.bool)
    with torch.no_grad():
        values, sure = tracker.generate_scored(tracker.remember(DIALOGUE, MASK, None), wanted)
        for slot in range(2):
            fed: list[int] = []
            probability = 1.0
            for step in range(4):
                shares = distributions(tracker, slot, fed)[-1]
                best = int(shares.argmax())
                probability *= float(shares[best])
                assert values[0, slot, step] == best
                if best == END:
                    break
                fed.append(best)
            assert sure[0, slot] == pytest.approx(probability, rel=1e-4)


def test_blocks_have_gradients_like_one_tensor(tracker: DialogueStateTracker) -> None:
    hidden = torch.randn(600, 16, requires_grad=True)
    targets = torch.randint(20, (600,))
    tracker.target_probability(hidden, targets).log().sum().backward()
    blocked = hidden.grad.clone()
    hidden.grad = None
    table = tracker.get_input_embeddings().weight
    (hidden @ table.T).log_softmax(-1).gather(1, targets[:, None]).sum().backward()
    assert torch.allclose(blocked, hidden.grad, atol=1e-5)


def test_saved_and_loaded_it_says_the_same(tracker: DialogueStateTracker, tmp_path: Path) -> None:
    tracker.save_pretrained(tmp_path)
    loaded = AutoModel.from_pretrained(tmp_path).eval()
    assert loaded.config.slots == ["a-b", "a-c"]
    assert torch.allclose(tracker(DIALOGUE, MASK).gates, loaded(DIALOGUE, MASK).gates)


def test_normalised_queries_have_unit_variance(tracker: DialogueStateTracker) -> None:
    sums = tracker.queries().detach()
    tracker.config.normalise_queries = True
    normalised = tracker.queries().detach()
    assert normalised.var(-1, unbiased=False).tolist() == pytest.approx([1, 1], abs=0.1)
    # The direction stays: the sum without its mean.
    centred = sums - sums.mean(-1, keepdim=True)
    assert torch.cosine_similarity(normalised, centred).tolist() == pytest.approx([1, 1])
