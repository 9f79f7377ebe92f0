"""How fast the baselines learn, and with how much memory, beside the original's way of working.

The same random BERT (6 layers, width 384), the same examples, batch sizes and optimiser, one
process a measurement. The original's way is written out here as KLUE-baseline has it: every text
padded to the recipe's full length; in DP a Python loop that picks the word states one by one and a
trilinear form for 38 relations; in WoS the probabilities of the whole vocabulary for 45 slots at
every step, kept for the loss. Real data where KLUE_DATA_DIR and KLUE_SHARED are set, else the
bundled sample.

    python -m speed.baselines                      # all of it
    python -m speed.baselines --tasks dp,wos --json
    python -m speed.baselines --cpu                # processor time, on a busy machine
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from datasets import disable_caching
from torch import nn
from torch.nn.functional import bilinear
from transformers import BertConfig, BertModel, BertTokenizerFast
from transformers.trainer_pt_utils import LengthGroupedSampler

from klue_baselines.encoding.collator import Collator, pad
from klue_baselines.encoding.encoder import TextEncoder, open_tokenizer, text_encoder
from klue_baselines.heads.modeling_dependency_parsing import DependencyParser
from klue_baselines.heads.modeling_dialogue_state_tracking import (
    IGNORED,
    TINY,
    DialogueStateTracker,
)
from klue_baselines.prediction import encode_rows
from klue_baselines.recipe import BASE
from klue_baselines.tasks import BASELINES
from klue_baselines.tiny import make_encoder
from klue_baselines.training.passes import passes, tokens_a_pass
from klue_common.progress import quiet_libraries
from klue_datasets import DataError, load

EXAMPLES = 1000
STEPS = {"original": 2, "ours": 14}  # ours: short batches and long ones, twice in turn
DIALOGUES = 100  # some 700 turns
QUESTIONS = 300
IN_ROWS = ("wos",)  # a dialogue has several turns, each a row of features


@dataclass(frozen=True)
class Room:
    """What a measurement works with."""

    task: Any
    model: Any
    encoder: TextEncoder
    rows: Any
    batch_size: int


# The original's heads ------------------------------------------------------------------------


class LoopingParser(DependencyParser):
    """The parser with the original's loop over words and its trilinear form."""

    def encode(self, input_ids: Any, attention_mask: Any, word_first: Any, word_last: Any,
               token_type_ids: Any, pos: Any) -> Any:  # fmt: skip
        """Word states picked one by one."""
        tokens = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]
        sentences, words = word_first.shape
        states = torch.zeros(sentences, words + 1, 2 * tokens.shape[-1])
        lengths = word_first.ne(0).sum(-1) + 1
        for sentence in range(sentences):
            for word in range(int(lengths[sentence])):
                first = word_first[sentence, word - 1] if word else 0
                last = word_last[sentence, word - 1] if word else 0
                states[sentence, word] = torch.cat(
                    [tokens[sentence, first], tokens[sentence, last]]
                )
        tags = torch.cat([pos.new_zeros(sentences, 1), pos], 1)
        if self.pos is not None:
            states = torch.cat([states, self.drop_channels(self.pos(tags))], -1)
        packed = nn.utils.rnn.pack_padded_sequence(
            states, lengths, batch_first=True, enforce_sorted=False
        )
        output, (hidden, cell) = self.words(packed)
        padded, _ = nn.utils.rnn.pad_packed_sequence(
            output, batch_first=True, total_length=words + 1
        )
        return self.drop_channels(padded), (hidden, cell)

    def score_deprels(self, encoded: Any, decoded: Any, heads: Any) -> Any:
        """One trilinear form over all relations."""
        chosen = encoded.gather(1, heads[..., None].expand(-1, -1, encoded.shape[-1]))
        left = nn.functional.elu(self.deprel_dependent(decoded)).contiguous()
        right = nn.functional.elu(self.deprel_head(chosen)).contiguous()
        product = bilinear(left, right, self.deprel.bilinear)
        return product + self.deprel.dependent(left) + self.deprel.head(right)


class WholeVocabularyTracker(DialogueStateTracker):
    """The tracker with the probabilities of all tokens for all slots and steps."""

    def losses(self, memory: Any, queries: Any, previous: Any, gates: Any, values: Any) -> Any:
        """Loop over steps; every step's distribution is kept."""
        _, slots, length = values.shape
        table = self.get_input_embeddings()
        inputs, state, steps = queries, self.start(memory, slots), []
        copies = memory.tokens[:, None].expand(-1, slots, -1)
        gate_scores: Any = None
        for step in range(length):
            dropped = self.dropout(inputs)
            state = self.run_gru(dropped[:, :, None], state)[:, :, 0]
            weights, context = self.attend(memory, state)
            if gate_scores is None:
                gate_scores = self.gate(context)
            whole = (self.to_pieces(state) @ table.weight.T).softmax(-1)
            share = self.share(dropped, state, context)[..., None]
            copied = torch.zeros_like(whole).scatter_add(2, copies, weights)
            steps.append(share * whole + (1 - share) * copied)
            inputs = table(previous[..., step].clamp(min=0))
        final = torch.stack(steps, 2)
        wanted = values.ne(IGNORED)
        chosen = final.log().clamp(min=torch.tensor(TINY).log())[wanted]
        loss = nn.functional.nll_loss(chosen, values[wanted])
        return loss + nn.functional.cross_entropy(gate_scores.flatten(0, 1), gates.flatten()), None


# Both ways -----------------------------------------------------------------------------------

ORIGINAL_MODELS: Mapping[str, type] = {"dp": LoopingParser, "wos": WholeVocabularyTracker}
WHOLE_LENGTH = {"ynat": 128, "sts": 128, "nli": 128, "ner": 510, "re": 256, "dp": 256, "mrc": 510}


def make_bert(folder: Path) -> Path:
    """Write the random encoder, over KLUE's vocabulary where it is at hand."""
    shared = os.environ.get("KLUE_SHARED")
    if not shared:
        return make_encoder(folder)
    torch.manual_seed(0)
    vocabulary = Path(shared) / "klue_vocab" / "klue-bert-base" / "vocab.txt"
    tokenizer = BertTokenizerFast(str(vocabulary), do_lower_case=False, model_max_length=512)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=6,
        intermediate_size=1536,
    )
    tokenizer.save_pretrained(folder)
    BertModel(config).save_pretrained(folder)
    return folder


def rows_of(name: str) -> Any:
    """Examples of the task: of train, where that is at hand, else of dev, else of the sample."""
    size = {"wos": DIALOGUES, "mrc": QUESTIONS}.get(name, EXAMPLES)
    real = bool(os.environ.get("KLUE_DATA_DIR"))
    try:
        rows = load(name, "train", sample=not real, full=True)
    except DataError:
        rows = load(name, "validation", full=True)
    return rows.shuffle(seed=0).select(range(min(size, len(rows))))


def room_of(name: str, way: str, folder: Path) -> Room:
    """Return the model and the data of one measurement."""
    task = BASELINES[name]
    recipe = task.recipes[BASE]
    tokenizer = open_tokenizer(str(folder))
    context = task.context(sample=not os.environ.get("KLUE_DATA_DIR"))
    # The original's heads of NER and MRC: the tags of a token, the borders of a span.
    head = task.heads[-1] if way == "original" else task.heads[0]
    model = task.build(str(folder), head=head, labels=task.labels, tokenizer=tokenizer, **context)
    if way == "original" and name in ORIGINAL_MODELS:
        model.__class__ = ORIGINAL_MODELS[name]
    encoder = text_encoder(model, tokenizer, recipe.max_length)
    return Room(task, model, encoder, rows_of(name), recipe.batch_size)


def batches(room: Room, way: str) -> Iterator[dict[str, torch.Tensor]]:
    """Batches without end: by length and padded to the longest, or at random and to the full."""
    features = encode_rows(room.task, room.rows, room.encoder, room.model.config, labels=True)
    collate = Collator(room.encoder.tokenizer.pad_token_id, room.task.padding)
    lengths = features["length"][:]
    generator = torch.Generator().manual_seed(0)
    while True:
        if way == "original":
            order = torch.randperm(len(features), generator=generator).tolist()
        else:
            order = list(
                LengthGroupedSampler(room.batch_size, lengths=lengths, generator=generator)
            )
        for at in range(0, len(order) - room.batch_size + 1, room.batch_size):
            batch = collate(features.select(order[at : at + room.batch_size]).to_list())
            yield whole_length(batch, room) if way == "original" else batch


def whole_length(batch: dict[str, torch.Tensor], room: Room) -> dict[str, torch.Tensor]:
    """Pad a batch's tokens to the length that the original always has."""
    size = WHOLE_LENGTH.get(room.task.name)
    if size is None:
        return batch
    longest = batch["input_ids"].shape[1]
    fills = {"input_ids": room.encoder.tokenizer.pad_token_id, **room.task.padding}
    for name, tensor in batch.items():
        if tensor.dim() > 1 and tensor.shape[1] == longest:
            more = [0, 0] * (tensor.dim() - 2) + [0, size - longest]
            batch[name] = nn.functional.pad(tensor, more, value=int(fills.get(name, 0)))
    return batch


def learn(room: Room, way: str, batch: dict[str, torch.Tensor], optimiser: Any) -> None:
    """One training step, ours in passes."""
    parts = passes(batch, tokens_a_pass("cpu")) if way == "ours" else [(dict(batch), 1.0)]
    for inputs, share in parts:
        if room.task.loss is None:
            loss = room.model(**inputs).loss
        else:
            labels = inputs.pop("labels")
            loss = room.task.loss(room.model(**inputs), labels)
        (share * loss).backward()
    nn.utils.clip_grad_norm_(room.model.parameters(), 1.0)
    optimiser.step()
    optimiser.zero_grad()


def measure(name: str, way: str, folder: Path, clock: Callable[[], float]) -> dict[str, float]:
    """Training examples a second, and the most memory, of one way in this process."""
    room = room_of(name, way, folder)
    room.model.train()
    # As the Trainer has it by default, against what there was in 2021.
    optimiser = torch.optim.AdamW(room.model.parameters(), lr=5e-5, fused=way == "ours")
    stream = batches(room, way)
    first = next(stream)
    learn(room, way, {key: value[:2] for key, value in first.items()}, optimiser)  # warm
    examples = 0
    began = clock()
    for batch in itertools.islice(stream, STEPS[way]):
        learn(room, way, batch, optimiser)
        examples += len(batch["input_ids"])
    seconds = clock() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"rate": examples / seconds, "peak": peak}


def measure_encoding(name: str, folder: Path, clock: Callable[[], float]) -> dict[str, float]:
    """Examples a second from texts to model inputs (turns for WoS): ours, and one by one."""
    room = room_of(name, "ours", folder)
    disable_caching()  # what was encoded before would be read and not encoded
    rows = room.rows
    began = clock()
    features = encode_rows(room.task, rows, room.encoder, room.model.config, labels=True)
    seconds = clock() - began
    count = len(features) if name in IN_ROWS else len(rows)
    one = rows.select(range(min(len(rows), 40)))
    single = [{column: [row[column]] for column in row} for row in one]
    began = clock()
    made = 0
    for row in single:
        columns = room.task.encode(row, room.encoder, room.model.config, True)
        pad([ids + [0] * (512 - len(ids)) for ids in columns["input_ids"]], 0)
        made += len(columns["input_ids"]) if name in IN_ROWS else 1
    return {"rate": count / seconds, "one_by_one": made / (clock() - began)}


def apart(arguments: list[str]) -> dict[str, float]:
    """Take a measurement in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "speed.baselines", *arguments],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def main() -> None:
    """Measure every task in both ways and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", default=",".join(BASELINES))
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--cpu", action="store_true", help="processor time instead of wall time")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    quiet_libraries()
    clock = time.process_time if args.cpu else time.perf_counter
    if args.one:
        name, way, folder = args.one
        encoding = way == "encoding"
        found = (
            measure_encoding(name, Path(folder), clock)
            if encoding
            else measure(name, way, Path(folder), clock)
        )
        print(json.dumps(found))
        return
    rows = []
    flags = ["--cpu"] if args.cpu else []
    with tempfile.TemporaryDirectory() as folder:
        make_bert(Path(folder))
        for name in args.tasks.split(","):
            original, ours, encoding = (
                apart(["--one", name, way, folder, *flags])
                for way in ("original", "ours", "encoding")
            )
            row = {"task": name, "original": original, "ours": ours, "encoding": encoding}
            row["times"] = ours["rate"] / original["rate"]
            row["share"] = ours["peak"] / original["peak"]
            rows.append(row)
            if not args.json:
                print(line(row), flush=True)
    if args.json:
        print(json.dumps(rows, indent=2))


def line(row: Mapping[str, Any]) -> str:
    """Return a row of the table for people."""
    original, ours, encoding = row["original"], row["ours"], row["encoding"]
    return (
        f"{row['task']:5} training {original['rate']:7.1f} -> {ours['rate']:7.1f} examples/s "
        f"({row['times']:5.1f} times)   peak {original['peak']:5.1f} -> {ours['peak']:5.1f} GiB "
        f"({row['share']:4.2f})   encoding {encoding['one_by_one']:7.0f} -> "
        f"{encoding['rate']:7.0f} examples/s"
    )


if __name__ == "__main__":
    main()
