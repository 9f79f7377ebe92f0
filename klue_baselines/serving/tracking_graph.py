"""The dialogue state tracker as an ONNX graph, the loop over a value's tokens laid out in it.

The vocabulary is scored only for the slots whose gate says that they have a value, as torch does,
whose loop also ends with the longest value: here it takes all its steps.
"""

from __future__ import annotations

import torch
from torch import nn

from ..heads.modeling_dialogue_state_tracking import POINTER, DialogueStateTracker, Memory


class TrackerGraph(nn.Module):
    """A tracker that generates values greedily."""

    def __init__(self, model: DialogueStateTracker) -> None:
        super().__init__()
        self.model = model
        gru = model.gru
        self.cell = nn.GRUCell(gru.input_size, gru.hidden_size)
        self.cell.load_state_dict(
            {name.removesuffix("_l0"): weights for name, weights in gru.state_dict().items()}
        )

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return gates, values and value scores as `DialogueStateTrackerOutput` has them."""
        model = self.model
        memory = model.remember(input_ids, attention_mask, token_type_ids)
        queries = model.queries()
        slots = queries.shape[0]
        inputs = queries[None].expand(input_ids.shape[0], -1, -1)
        state = self.step(inputs, model.start(memory, slots))
        weights, context = model.attend(memory, state)
        gates = model.gate(context)
        # These alone can have tokens; the others keep the end.
        turns, places = gates.argmax(-1).eq(POINTER).nonzero().unbind(1)
        alive, sure = torch.ones_like(turns, dtype=torch.bool), torch.ones_like(turns).float()
        tokens = []
        for at in range(model.config.steps):
            if at:
                state = self.step(inputs, state)
                weights, context = model.attend(memory, state)
            best, scores = self.best(memory, inputs, state, weights, context, turns, places)
            best = torch.where(alive, best, model.config.end_id)
            sure = sure * torch.where(alive, scores, torch.ones_like(scores))
            alive = alive & best.ne(model.config.end_id)
            tokens.append(self.placed(best, gates, turns, places))
            inputs = model.get_input_embeddings()(tokens[-1])
        shares = torch.ones_like(gates[..., 0]).index_put((turns, places), sure)
        return gates, torch.stack(tokens, -1), shares

    def step(self, inputs: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
        """Run the GRU's cell on inputs (b, slots, e) and states (b, slots, h)."""
        turns = inputs.shape[0]
        return self.cell(inputs.flatten(0, 1), state.flatten(0, 1)).unflatten(0, (turns, -1))

    def best(
        self,
        memory: Memory,
        inputs: torch.Tensor,
        state: torch.Tensor,
        weights: torch.Tensor,
        context: torch.Tensor,
        turns: torch.Tensor,
        places: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the most probable token of each slot that has a value, and its probability."""
        model = self.model
        own = (turns, places)
        share = model.share(inputs[own], state[own], context[own])
        table = model.get_input_embeddings().weight
        scores = (model.to_pieces(state[own]) @ table.T).softmax(-1) * share[:, None]
        copied = (1 - share)[:, None] * weights[own]
        scores = scores.scatter_add(1, memory.tokens[turns], copied)
        sure, best = scores.max(-1)
        return best, sure

    def placed(
        self, best: torch.Tensor, gates: torch.Tensor, turns: torch.Tensor, places: torch.Tensor
    ) -> torch.Tensor:
        """Return tokens (b, slots), those of slots without a value being the end."""
        ends = torch.full_like(gates[..., 0], self.model.config.end_id, dtype=torch.long)
        return ends.index_put((turns, places), best)
