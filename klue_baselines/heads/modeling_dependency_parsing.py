"""KLUE's biaffine dependency parser over any encoder (Park et al. 2021; Dozat and Manning 2017).

Architecture as in KLUE's baseline: a word is its first and its last token's state and the
embedding of its part of speech; a BiLSTM and a left-to-right LSTM decoder over the words; biaffine
scores for heads, bilinear ones for relations. Computed in whole tensors, without a loop over
words; padded positions can never be a head.

The file stands by itself, so that it can lie beside a model's weights and be loaded with
`trust_remote_code=True`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy, elu
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel
from transformers.utils import ModelOutput

IGNORED = -100
ROOT_POS = 0  # the row of the part-of-speech table for the root and for words without a tag


class DependencyParserConfig(PretrainedConfig):
    """Sizes of the parser and its label sets around an encoder's configuration.

    pos: part-of-speech tags; tag i has row i + 1 of the table. Empty for a parser of plain text.
    """

    model_type = "klue-dependency-parser"

    def __init__(
        self,
        encoder: Any = None,
        pos: list[str] | None = None,
        pos_size: int = 256,
        lstm_size: int = 768,
        arc_size: int = 512,
        deprel_size: int = 256,
        dropout: float = 0.33,
        **kwargs: Any,
    ) -> None:
        if isinstance(encoder, dict):
            options = dict(encoder)
            encoder = AutoConfig.for_model(options.pop("model_type"), **options)
        self.encoder = encoder
        known = pos or []
        if not isinstance(known, list) or not all(isinstance(tag, str) for tag in known):
            raise ValueError("pos: found something else, expected a list of tags")
        self.pos = known
        self.pos_size = pos_size
        self.lstm_size = lstm_size
        self.arc_size = arc_size
        self.deprel_size = deprel_size
        self.dropout = dropout
        super().__init__(**kwargs)

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary, the encoder's configuration inside."""
        return {
            **super().to_dict(),
            "encoder": self.encoder.to_dict() if self.encoder is not None else None,
        }


@dataclass
class DependencyParserOutput(ModelOutput):
    """What the parser says.

    loss: scalar. arcs: (sentences, words, words + 1), column 0 is the root. deprels: (sentences,
    words, relations).
    """

    loss: torch.Tensor | None = None
    arcs: torch.Tensor | None = None
    deprels: torch.Tensor | None = None


@dataclass(frozen=True)
class Parse:
    """What a parser says before heads are chosen.

    arcs: as in `DependencyParserOutput`. deprels_of: heads (sentences, words) -> scores of the
    words' relations to them (sentences, words, relations).
    """

    arcs: torch.Tensor
    deprels_of: Callable[[torch.Tensor], torch.Tensor]


class Biaffine(nn.Module):
    """score(d, h) = d'Uh + u.d + w.h + b for each of `outputs` relations."""

    def __init__(self, size: int, outputs: int) -> None:
        super().__init__()
        self.bilinear = nn.Parameter(torch.empty(outputs, size, size))
        self.dependent = nn.Linear(size, outputs)
        self.head = nn.Linear(size, outputs, bias=False)
        nn.init.xavier_uniform_(self.bilinear)

    def all_pairs(self, dependents: torch.Tensor, heads: torch.Tensor) -> torch.Tensor:
        """Score (b, n, s) with (b, m, s): (b, n, m), of the first output."""
        product = dependents @ self.bilinear[0] @ heads.transpose(1, 2)
        return product + self.dependent(dependents)[..., :1] + self.head(heads)[..., 0][:, None]

    def pairs(self, dependents: torch.Tensor, heads: torch.Tensor) -> torch.Tensor:
        """Score (b, n, s) with (b, n, s), word by word: (b, n, outputs).

        One matrix product and one sum; as a single trilinear form it takes several times as long.
        """
        outputs, size, _ = self.bilinear.shape
        weights = self.bilinear.permute(1, 0, 2).reshape(size, outputs * size)
        left = (dependents @ weights).unflatten(-1, (outputs, size))
        product = (left @ heads.unsqueeze(-1)).squeeze(-1)
        return product + self.dependent(dependents) + self.head(heads)


class DependencyParser(PreTrainedModel):
    """An encoder with KLUE's parsing head.

    Example:
        >>> from transformers import BertConfig
        >>> encoder = BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1,
        ...     num_attention_heads=2, intermediate_size=8)
        >>> parser = DependencyParser(DependencyParserConfig(encoder, lstm_size=8, num_labels=3))
        >>> out = parser(input_ids=torch.tensor([[2, 5, 6, 3]]), attention_mask=torch.ones(1, 4),
        ...     word_first=torch.tensor([[1, 2]]), word_last=torch.tensor([[1, 2]]))
        >>> out.arcs.shape, out.deprels.shape
        (torch.Size([1, 2, 3]), torch.Size([1, 2, 3]))
    """

    config_class = DependencyParserConfig
    base_model_prefix = "encoder"
    supports_gradient_checkpointing = True  # where the encoder does
    main_input_name = "input_ids"

    def __init__(self, config: DependencyParserConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(config.encoder, trust_remote_code=False)
        hidden, size = config.encoder.hidden_size, config.lstm_size
        pos_size = config.pos_size if config.pos else 0
        self.pos = nn.Embedding(len(config.pos) + 1, pos_size) if config.pos else None
        self.words = nn.LSTM(2 * hidden + pos_size, size, batch_first=True, bidirectional=True)
        self.to_decoder = nn.Linear(2 * size, size)
        self.to_state = nn.Linear(2 * size, size)
        self.decoder = nn.LSTM(size, size, batch_first=True)
        self.arc_dependent = nn.Linear(size, config.arc_size)
        self.arc_head = nn.Linear(2 * size, config.arc_size)
        self.deprel_dependent = nn.Linear(size, config.deprel_size)
        self.deprel_head = nn.Linear(2 * size, config.deprel_size)
        self.arc = Biaffine(config.arc_size, 1)
        self.deprel = Biaffine(config.deprel_size, config.num_labels)
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        """Return the encoder's table of tokens."""
        return self.encoder.get_input_embeddings()

    def _init_weights(self, module: nn.Module) -> None:
        """Leave torch's own initialisation, as the original's head; the encoder brings its own."""

    def drop_channels(self, states: torch.Tensor) -> torch.Tensor:
        """Dropout of whole channels over a sentence, as the original's Dropout2d."""
        mask = torch.ones_like(states[:, :1])
        return states * nn.functional.dropout(mask, self.config.dropout, self.training)

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        word_first: torch.Tensor,
        word_last: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
        pos: torch.Tensor | None = None,
        heads: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
    ) -> DependencyParserOutput:
        """Score heads and relations.

        Args:
            input_ids: (sentences, tokens).
            attention_mask: (sentences, tokens), 1 for a token and 0 for padding.
            word_first: (sentences, words), where a word's first token stands; 0 behind a
                sentence's last word.
            word_last: (sentences, words), where its last token stands.
            token_type_ids: (sentences, tokens), for encoders that tell texts of a pair apart.
            pos: (sentences, words), rows of the table of parts of speech.
            heads: (sentences, words) from 0 (root) to the number of words, `IGNORED` as padding;
                with them the relations are scored against these heads, else against the best ones.
            labels: (sentences, words), relations; with heads and labels the loss is computed.
        """
        encoded, decoded = self.words_of(
            input_ids, attention_mask, word_first, word_last, token_type_ids, pos
        )
        arcs = self.score_arcs(encoded, decoded, word_first)
        chosen = arcs.argmax(-1) if heads is None else heads.clamp(min=0)
        deprels = self.score_deprels(encoded, decoded, chosen)
        loss = None
        if heads is not None and labels is not None:
            loss = cross_entropy(arcs.flatten(0, 1), heads.flatten(), ignore_index=IGNORED)
            loss = loss + cross_entropy(
                deprels.flatten(0, 1), labels.flatten(), ignore_index=IGNORED
            )
        return DependencyParserOutput(loss=loss, arcs=arcs, deprels=deprels)

    def words_of(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        word_first: torch.Tensor,
        word_last: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
        pos: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return states of root and words as heads, and of the words as dependents."""
        encoded, memory = self.encode(
            input_ids, attention_mask, word_first, word_last, token_type_ids, pos
        )
        return encoded, self.decode(encoded, memory, word_first.ne(0).sum(-1))

    def parse(self, **inputs: torch.Tensor) -> Parse:
        """Score arcs, and relations to whatever heads are then chosen."""
        encoded, decoded = self.words_of(**inputs)
        arcs = self.score_arcs(encoded, decoded, inputs["word_first"])
        return Parse(arcs, partial(self.score_deprels, encoded, decoded))

    def encode(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        word_first: torch.Tensor,
        word_last: torch.Tensor,
        token_type_ids: torch.Tensor | None,
        pos: torch.Tensor | None,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        """Return BiLSTM states of root and words (b, words + 1, 2 lstm_size), and the last ones."""
        states = self.word_states(
            input_ids, attention_mask, word_first, word_last, token_type_ids, pos
        )
        lengths = word_first.ne(0).sum(-1) + 1
        packed = pack_padded_sequence(states, lengths.cpu(), batch_first=True, enforce_sorted=False)
        output, (hidden, cell) = run_lstm(self.words, packed)
        padded, _ = pad_packed_sequence(output, batch_first=True, total_length=states.shape[1])
        return self.drop_channels(padded), (hidden, cell)

    def word_states(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        word_first: torch.Tensor,
        word_last: torch.Tensor,
        token_type_ids: torch.Tensor | None,
        pos: torch.Tensor | None,
    ) -> torch.Tensor:
        """Return what the BiLSTM reads of root and words, (b, words + 1, 2 hidden + pos_size)."""
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        tokens = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **types)[0]
        root = torch.zeros_like(word_first[:, :1])
        first, last = (torch.cat([root, where], 1) for where in (word_first, word_last))
        states = torch.cat([gather(tokens, first), gather(tokens, last)], -1)
        if self.pos is not None:
            tags = torch.zeros_like(first)
            if pos is not None:
                tags[:, 1:] = pos
            states = torch.cat([states, self.drop_channels(self.pos(tags))], -1)
        return states

    def decode(
        self,
        encoded: torch.Tensor,
        memory: tuple[torch.Tensor, torch.Tensor],
        lengths: torch.Tensor,
    ) -> torch.Tensor:
        """Return LSTM decoder states of the words (b, words, lstm_size)."""
        cell, inputs = self.decoder_inputs(encoded, memory[1])
        packed = pack_padded_sequence(inputs, lengths.cpu(), batch_first=True, enforce_sorted=False)
        output, _ = run_lstm(self.decoder, packed, (torch.tanh(cell), cell))
        padded, _ = pad_packed_sequence(output, batch_first=True, total_length=inputs.shape[1])
        return self.drop_channels(padded)

    def decoder_inputs(
        self, encoded: torch.Tensor, cells: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the decoder's first cell (1, b, lstm_size) and inputs (b, words, lstm_size)."""
        cell = self.to_state(cells.transpose(0, 1).flatten(1)).unsqueeze(0)
        return cell, elu(self.to_decoder(encoded[:, 1:]))

    def score_arcs(
        self, encoded: torch.Tensor, decoded: torch.Tensor, word_first: torch.Tensor
    ) -> torch.Tensor:
        """Score arcs (b, words, words + 1); positions behind the sentence can not be heads."""
        scores = self.arc.all_pairs(elu(self.arc_dependent(decoded)), elu(self.arc_head(encoded)))
        real = torch.cat([torch.ones_like(word_first[:, :1]), word_first], 1).ne(0)
        return scores.masked_fill(~real[:, None], torch.finfo(scores.dtype).min)

    def score_deprels(
        self, encoded: torch.Tensor, decoded: torch.Tensor, heads: torch.Tensor
    ) -> torch.Tensor:
        """Score relations (b, words, relations) of each word with the head given for it."""
        chosen = gather(elu(self.deprel_head(encoded)), heads)
        return self.deprel.pairs(elu(self.deprel_dependent(decoded)), chosen)


def run_lstm(
    lstm: nn.LSTM, inputs: PackedSequence, state: tuple[torch.Tensor, torch.Tensor] | None = None
) -> tuple[PackedSequence, tuple[torch.Tensor, torch.Tensor]]:
    """Run an LSTM: on a CPU in float32, since many know no LSTM of bf16."""
    if inputs.data.device.type != "cpu":
        return lstm(inputs, state)
    first = None if state is None else (state[0].float(), state[1].float())
    with torch.autocast("cpu", enabled=False):
        return lstm(inputs.to(torch.float32), first)


def gather(states: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """Return states (b, n, s) at index (b, m): (b, m, s)."""
    return states.gather(1, index.unsqueeze(-1).expand(-1, -1, states.shape[-1]))


AutoConfig.register(DependencyParserConfig.model_type, DependencyParserConfig, exist_ok=True)
AutoModel.register(DependencyParserConfig, DependencyParser, exist_ok=True)
DependencyParserConfig.register_for_auto_class()
DependencyParser.register_for_auto_class("AutoModel")
