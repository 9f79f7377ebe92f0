"""The dependency parser as an ONNX graph.

torch packs sentences of different lengths for its LSTM, which no graph can hold; ONNX's own LSTM
takes the lengths instead. Relations are scored for every pair of words, since which heads are
chosen is found outside the graph.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import elu

from ..heads.modeling_dependency_parsing import Biaffine, DependencyParser, Parse

LSTM_VERSION = 14  # of ONNX's operators


def every_parse(arcs: torch.Tensor, deprels: torch.Tensor) -> Parse:
    """Return what the graph says, as a parser of torch says it.

    Args:
        arcs: (sentences, words, words + 1).
        deprels: (sentences, words, words + 1, relations), of each word with each head.

    Example:
        >>> parse = every_parse(torch.zeros(1, 1, 2), torch.tensor([[[[1, 2], [3, 4]]]]))
        >>> parse.deprels_of(torch.tensor([[1]]))
        tensor([[[3, 4]]])
    """

    def deprels_of(heads: torch.Tensor) -> torch.Tensor:
        index = heads[..., None, None].expand(-1, -1, 1, deprels.shape[-1])
        return deprels.gather(2, index).squeeze(2)

    return Parse(arcs, deprels_of)


class OnnxLSTM(nn.Module):
    """One layer of torch's LSTM as ONNX's operator; a text's end is where its length says."""

    inputs: torch.Tensor
    states: torch.Tensor
    biases: torch.Tensor

    def __init__(self, lstm: nn.LSTM) -> None:
        super().__init__()
        self.size = lstm.hidden_size
        ends = ("", "_reverse") if lstm.bidirectional else ("",)

        def stacked(name: str) -> torch.Tensor:
            return torch.stack([reordered(getattr(lstm, f"{name}_l0{end}")) for end in ends])

        self.register_buffer("inputs", stacked("weight_ih"))
        self.register_buffer("states", stacked("weight_hh"))
        self.register_buffer("biases", torch.cat([stacked("bias_ih"), stacked("bias_hh")], 1))
        self.directions = len(ends)

    def forward(
        self, rows: torch.Tensor, lengths: torch.Tensor, *first: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return states (b, n, directions * size), 0 behind the end, and last cells (d, b, size).

        Args:
            rows: (b, n, input size).
            lengths: (b,).
            first: the first state and the first cell, each (directions, b, size), or nothing.
        """
        batch, length, _ = rows.shape
        last = [self.directions, batch, self.size]
        kind = "bidirectional" if self.directions == 2 else "forward"
        states, _, cell = torch.onnx.ops.symbolic_multi_out(
            "LSTM",
            [rows.transpose(0, 1), self.inputs, self.states, self.biases, lengths.int(), *first],
            {"hidden_size": self.size, "direction": kind},
            dtypes=[rows.dtype] * 3,
            shapes=[[length, *last], last, last],
            version=LSTM_VERSION,
        )
        return states.permute(2, 0, 1, 3).flatten(2), cell


def reordered(weights: torch.Tensor) -> torch.Tensor:
    """Return an LSTM's weights in the order of ONNX: input, output, forget, cell.

    >>> reordered(torch.tensor([1, 2, 3, 4])).tolist()  # torch's: input, forget, cell, output
    [1, 4, 2, 3]
    """
    into, forget, cell, out = weights.detach().chunk(4)
    return torch.cat([into, out, forget, cell])


class ParserGraph(nn.Module):
    """A parser that scores all arcs and the relations of all of them."""

    def __init__(self, model: DependencyParser) -> None:
        super().__init__()
        self.model = model
        self.words, self.decoder = OnnxLSTM(model.words), OnnxLSTM(model.decoder)

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        word_first: torch.Tensor,
        word_last: torch.Tensor,
        pos: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what `every_parse` takes; the inputs are those of `DependencyParser.forward`."""
        model = self.model
        states = model.word_states(
            input_ids, attention_mask, word_first, word_last, token_type_ids, pos
        )
        lengths = word_first.ne(0).sum(-1)
        encoded, cells = self.words(states, lengths + 1)
        cell, inputs = model.decoder_inputs(encoded, cells)
        decoded, _ = self.decoder(inputs, lengths, torch.tanh(cell), cell)
        arcs = model.score_arcs(encoded, decoded, word_first)
        dependents, heads = elu(model.deprel_dependent(decoded)), elu(model.deprel_head(encoded))
        return arcs, every_pair(model.deprel, dependents, heads)


def every_pair(biaffine: Biaffine, dependents: torch.Tensor, heads: torch.Tensor) -> torch.Tensor:
    """Score (b, n, s) with (b, m, s), each with each: (b, n, m, outputs)."""
    outputs, size, _ = biaffine.bilinear.shape
    weights = biaffine.bilinear.permute(1, 0, 2).reshape(size, outputs * size)
    left = (dependents @ weights).unflatten(-1, (outputs, size)).flatten(1, 2)
    product = (left @ heads.transpose(1, 2)).unflatten(1, (-1, outputs)).transpose(2, 3)
    return product + biaffine.dependent(dependents)[:, :, None] + biaffine.head(heads)[:, None]
