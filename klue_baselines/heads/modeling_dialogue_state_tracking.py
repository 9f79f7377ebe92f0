"""TRADE over any encoder, as KLUE's baseline has it (Park et al. 2021; Wu et al. 2019).

For each of the slots a GRU, started from the dialogue's summary and the slot's name, generates a
value token by token, from the vocabulary or copied from the dialogue; a gate says whether the
value counts, or is none, dontcare, yes or no.

Computed in whole tensors: a teacher-forced value is one GRU call; probabilities over the
vocabulary are made only for the tokens that a loss or a choice needs.

The file stands by itself, so that it can lie beside a model's weights and be loaded with
`trust_remote_code=True`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy, layer_norm
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel
from transformers.utils import ModelOutput

IGNORED = -100
GATES = ("none", "dontcare", "ptr", "yes", "no")
POINTER = GATES.index("ptr")
BLOCK = 256  # rows of vocabulary probabilities in memory at once, where values are generated
TINY = 1e-12  # under a logarithm


class DialogueStateTrackerConfig(PretrainedConfig):
    """An encoder's configuration and the slots.

    slots: their names, "domain-slot". slot_pieces: the token ids of each name. end_id: the token
    that ends a value. ontology: the values known for each slot, used to spell what was generated.
    steps: the most tokens a value may have. teacher: the share of batches that see gold values.
    normalise_queries: give the slots' queries unit variance; the sums of tokens that TRADE takes
    are so small that the slots look alike for the first thousand steps.
    """

    model_type = "klue-dialogue-state-tracker"

    def __init__(
        self,
        encoder: Any = None,
        slots: list[str] | None = None,
        slot_pieces: list[list[int]] | None = None,
        end_id: int = 3,
        ontology: dict[str, list[str]] | None = None,
        steps: int = 10,
        teacher: float = 0.5,
        dropout: float = 0.1,
        normalise_queries: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(encoder, dict):
            options = dict(encoder)
            encoder = AutoConfig.for_model(options.pop("model_type"), **options)
        self.encoder = encoder
        self.normalise_queries = normalise_queries
        self.slots = slots or []
        self.slot_pieces = slot_pieces or []
        self.end_id = end_id
        self.ontology = ontology or {}
        if not isinstance(self.slots, list) or not all(isinstance(one, str) for one in self.slots):
            raise ValueError("slots: found something else, expected a list of slots")
        values = self.ontology.values() if isinstance(self.ontology, dict) else [None]
        texts = [one for value in values for one in (value if isinstance(value, list) else [None])]
        if not all(isinstance(one, str) for one in texts):
            raise ValueError("ontology: found something else, expected a list of values a slot")
        self.steps = steps
        self.teacher = teacher
        self.dropout = dropout
        super().__init__(**kwargs)

    def to_dict(self) -> dict[str, Any]:
        """Return a dictionary, the encoder's configuration inside."""
        return {
            **super().to_dict(),
            "encoder": self.encoder.to_dict() if self.encoder is not None else None,
        }


@dataclass
class DialogueStateTrackerOutput(ModelOutput):
    """What the tracker says.

    loss: scalar. gates: (turns, slots, 5). values: (turns, slots, steps), token ids. value_scores:
    (turns, slots), the probability of a value's tokens, 1 where none was generated.
    """

    loss: torch.Tensor | None = None
    gates: torch.Tensor | None = None
    values: torch.Tensor | None = None
    value_scores: torch.Tensor | None = None


@dataclass(frozen=True)
class Memory:
    """A batch of encoded dialogues: states (b, t, h), mask and tokens (b, t), summaries (b, h)."""

    states: torch.Tensor
    mask: torch.Tensor
    tokens: torch.Tensor
    summary: torch.Tensor


class DialogueStateTracker(PreTrainedModel):
    """An encoder with KLUE's state tracking head.

    Example:
        >>> from transformers import BertConfig
        >>> encoder = BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1,
        ...     num_attention_heads=2, intermediate_size=8)
        >>> config = DialogueStateTrackerConfig(encoder, ["a-b", "a-c"], slot_pieces=[[5], [6]])
        >>> out = DialogueStateTracker(config).eval()(torch.tensor([[2, 5, 3]]), torch.ones(1, 3))
        >>> out.gates.shape
        torch.Size([1, 2, 5])
    """

    config_class = DialogueStateTrackerConfig
    base_model_prefix = "encoder"
    supports_gradient_checkpointing = True  # where the encoder does
    main_input_name = "input_ids"

    def __init__(self, config: DialogueStateTrackerConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(config.encoder, trust_remote_code=False)
        hidden = config.encoder.hidden_size
        size = self.encoder.get_input_embeddings().embedding_dim
        self.gru = nn.GRU(size, hidden, batch_first=True)
        self.generate_or_copy = nn.Linear(size + 2 * hidden, 1)
        self.gate = nn.Linear(hidden, len(GATES))
        # ELECTRA and ALBERT keep their tokens in a smaller space than their states.
        self.to_pieces = nn.Linear(hidden, size, bias=False) if size != hidden else nn.Identity()
        self.dropout = nn.Dropout(config.dropout)
        width = max((len(tokens) for tokens in config.slot_pieces), default=0)
        padded = [tokens + [-1] * (width - len(tokens)) for tokens in config.slot_pieces]
        # Saved with the weights: from_pretrained builds the model on no device, where what is
        # computed here is lost.
        self.register_buffer("slot_index", torch.tensor(padded, dtype=torch.long))
        self.post_init()

    def get_input_embeddings(self) -> nn.Module:
        """Return the encoder's table of tokens."""
        return self.encoder.get_input_embeddings()

    def _init_weights(self, module: nn.Module) -> None:
        """Leave torch's own initialisation of the head; the encoder brings its own."""

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
        gates: torch.Tensor | None = None,
        values: torch.Tensor | None = None,
    ) -> DialogueStateTrackerOutput:
        """Track the state of each turn.

        With gates and values the loss is computed; without, values are generated for the slots
        whose best gate is the pointer (other slots have the end token only).

        Args:
            input_ids: (turns, tokens).
            attention_mask: (turns, tokens), 1 for a token and 0 for padding.
            token_type_ids: (turns, tokens), for encoders that tell texts of a pair apart.
            gates: (turns, slots), gold gates.
            values: (turns, slots, length), gold tokens with the end token, `IGNORED` as padding.
        """
        memory = self.remember(input_ids, attention_mask, token_type_ids)
        queries = self.queries()[None].expand(len(input_ids), -1, -1)
        if gates is not None and values is not None:
            forced = bool(torch.rand(()) < self.config.teacher) or not self.training
            previous = values if forced else self.generate(memory, values.ne(IGNORED))
            loss, gate_scores = self.losses(memory, queries, previous, gates, values)
            return DialogueStateTrackerOutput(loss=loss, gates=gate_scores)
        gate_scores = self.first_gates(memory, queries)
        wanted = gate_scores.argmax(-1).eq(POINTER)[..., None].expand(-1, -1, self.config.steps)
        chosen, sure = self.generate_scored(memory, wanted)
        return DialogueStateTrackerOutput(gates=gate_scores, values=chosen, value_scores=sure)

    def remember(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None,
    ) -> Memory:
        """Encode the dialogues; an encoder without a pooler is summarised by its first state."""
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        output = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **types)
        states = output[0]
        pooled = getattr(output, "pooler_output", None)
        summary = states[:, 0] if pooled is None else pooled
        # The head works in float32 also where the encoder runs in bf16: its probabilities are
        # small, and its GRU takes no mixture of types.
        return Memory(states.float(), attention_mask.bool(), input_ids, summary.float())

    def queries(self) -> torch.Tensor:
        """Return each slot's query, the sum of its name's tokens: (slots, e)."""
        vectors = self.get_input_embeddings()(self.slot_index.clamp(min=0))
        sums = (vectors * self.slot_index.ge(0)[..., None]).sum(1)
        return layer_norm(sums, sums.shape[-1:]) if self.config.normalise_queries else sums

    def attend(self, memory: Memory, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return weights over the dialogue (b, m, t) and contexts (b, m, h) of states (b, m, h)."""
        scores = (hidden @ memory.states.transpose(1, 2)).float()
        scores = scores.masked_fill(~memory.mask[:, None], torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        return weights, (weights @ memory.states).float()

    def run_gru(self, inputs: torch.Tensor, state: torch.Tensor) -> torch.Tensor:
        """Run inputs (b, slots, length, e) from a state (b, slots, h): (b, slots, length, h)."""
        turns, slots = inputs.shape[:2]
        output, _ = self.gru(inputs.flatten(0, 1), state.flatten(0, 1)[None].contiguous())
        return output.unflatten(0, (turns, slots))

    def start(self, memory: Memory, slots: int) -> torch.Tensor:
        """Return the GRU's first state for each slot: the dialogue's summary, (b, slots, h)."""
        return memory.summary[:, None].expand(-1, slots, -1)

    def first_gates(self, memory: Memory, queries: torch.Tensor) -> torch.Tensor:
        """Return gate scores (b, slots, 5) from the context of the first step."""
        hidden = self.run_gru(
            self.dropout(queries)[:, :, None], self.start(memory, queries.shape[1])
        )
        return self.gate(self.attend(memory, hidden[:, :, 0])[1])

    def losses(
        self,
        memory: Memory,
        queries: torch.Tensor,
        previous: torch.Tensor,
        gates: torch.Tensor,
        values: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss of values and gates, and gate scores; `previous` tokens are fed back."""
        _, slots, length = values.shape
        fed = self.get_input_embeddings()(previous[..., :-1].clamp(min=0))
        inputs = self.dropout(torch.cat([queries[:, :, None], fed], 2))
        hidden = self.run_gru(inputs, self.start(memory, slots))
        weights, context = self.attend(memory, hidden.flatten(1, 2))
        gate_scores = self.gate(context.unflatten(1, (slots, length))[:, :, 0])
        wanted = values.ne(IGNORED).flatten(1)
        of_turn = wanted.nonzero()[:, 0]
        targets = values.flatten(1)[wanted]
        chosen, seen = hidden.flatten(1, 2)[wanted], context[wanted]
        share = self.share(inputs.flatten(1, 2)[wanted], chosen, seen)
        same = memory.tokens[of_turn].eq(targets[:, None])
        copied = (weights[wanted] * same).sum(-1)
        generated = self.target_probability(self.to_pieces(chosen), targets)
        value_loss = -(share * generated + (1 - share) * copied).clamp(min=TINY).log().mean()
        gate_loss = cross_entropy(gate_scores.flatten(0, 1), gates.flatten())
        return value_loss + gate_loss, gate_scores

    def share(
        self, inputs: torch.Tensor, hidden: torch.Tensor, context: torch.Tensor
    ) -> torch.Tensor:
        """Return the probability to generate rather than copy, (rows,)."""
        return (
            self.generate_or_copy(torch.cat([inputs, hidden, context], -1))
            .float()
            .sigmoid()
            .squeeze(-1)
        )

    def target_probability(self, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return the softmax probability of one token a row.

        One product over the vocabulary, kept for the backward pass: made again there, in blocks,
        it would save 0.1 GB on a CPU (passes of 1,024 tokens) and take a twentieth longer to train.
        """
        table: Any = self.get_input_embeddings().weight
        scores = (hidden @ table.T).float()
        return (scores.gather(1, targets[:, None])[:, 0] - scores.logsumexp(-1)).exp()

    def generate(self, memory: Memory, wanted: torch.Tensor) -> torch.Tensor:
        """Generate greedy values (b, slots, length); `wanted`, of that shape, says which."""
        return self.generate_scored(memory, wanted)[0]

    @torch.no_grad()
    def generate_scored(
        self, memory: Memory, wanted: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Generate greedy values (b, slots, length), with their probabilities (b, slots)."""
        turns, slots, length = wanted.shape
        table = self.get_input_embeddings()
        values = torch.full((turns, slots, length), self.config.end_id, device=wanted.device)
        sure = torch.ones(turns, slots, device=wanted.device)
        inputs = self.queries()[None].expand(turns, -1, -1)
        state = self.start(memory, slots)
        alive = torch.ones_like(wanted[..., 0])
        for step in range(length):
            # In training every token that has a gold one is fed back: an end stops nothing.
            needed = wanted[..., step] & (alive | self.training)
            if not needed.any():
                break
            state = self.run_gru(inputs[:, :, None], state)[:, :, 0]
            weights, context = self.attend(memory, state)
            share = self.share(inputs[needed], state[needed], context[needed])
            copies = memory.tokens[needed.nonzero()[:, 0]]
            best, scores = self.best_tokens(
                self.to_pieces(state[needed]), share, weights[needed], copies
            )
            values[..., step][needed] = best
            sure[needed] *= scores
            alive = alive & values[..., step].ne(self.config.end_id)
            inputs = table(values[..., step])
        return values, sure

    def best_tokens(
        self, hidden: torch.Tensor, share: torch.Tensor, weights: torch.Tensor, copies: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the most probable token of each row, generated or copied, and its probability."""
        table = self.get_input_embeddings().weight
        best, sure = [], []
        for rows, generate, weight, tokens in zip(
            hidden.split(BLOCK),
            share.split(BLOCK),
            weights.split(BLOCK),
            copies.split(BLOCK),
            strict=True,
        ):
            scores = (rows @ table.T).float().softmax(-1).mul_(generate[:, None])
            scores.scatter_add_(1, tokens, (1 - generate)[:, None] * weight)
            best.append(scores.argmax(-1))
            sure.append(scores.gather(1, best[-1][:, None])[:, 0])
        return torch.cat(best), torch.cat(sure)


AutoConfig.register(
    DialogueStateTrackerConfig.model_type, DialogueStateTrackerConfig, exist_ok=True
)
AutoModel.register(DialogueStateTrackerConfig, DialogueStateTracker, exist_ok=True)
DialogueStateTrackerConfig.register_for_auto_class()
DialogueStateTracker.register_for_auto_class("AutoModel")
