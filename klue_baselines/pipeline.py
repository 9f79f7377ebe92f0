"""A fine-tuned model on a person's own texts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from functools import partial
from itertools import islice
from typing import Any

import torch
from transformers import PreTrainedModel

from klue_common.errors import InputError
from klue_common.own_files import is_whole
from klue_common.progress import meter

from .encoding.collator import Collator
from .encoding.encoder import TextEncoder
from .own_texts.asking import ask_by_length, features_of, read_ahead
from .own_texts.details import Details
from .own_texts.given import examples_of, is_many, parts_of
from .own_texts.placement import Autocast, device_of, numbers_of
from .prediction import open_fine_tuned
from .serving.opening import open_exported
from .task import Answers, BaselineTask, Record, decoding_of
from .tasks import baseline_of

ROWS = 32  # of model inputs, a forward pass: on a CPU more are no faster
WINDOW = 1024  # texts that are read ahead
RUNTIMES = ("torch", "onnx")


class KluePipeline:
    """Asks a fine-tuned model about texts; the answers are records as in the prediction file.

    What a text is depends on the task: a headline (ynat), two sentences (sts, nli), a sentence
    (ner, dp), a sentence and two spans (re), a question and a passage (mrc), a dialogue's turns
    (wos; a list of records, one for each turn of the user). It is given as a text, as a tuple of
    its parts or as an object with the fields of KLUE's own files; many are given as a list, a
    column of `datasets` or anything else that can be gone through.

    With a model that `klue train ner --output runs/ner` made,
    `KluePipeline.from_pretrained("ner", "runs/ner")("세종대왕은 왕이다.")["tags"]` is a tag for
    each character: B-PS, I-PS, I-PS, I-PS, O, ...
    """

    def __init__(
        self,
        task: BaselineTask,
        model: PreTrainedModel,
        encoder: TextEncoder,
        batch_size: int = ROWS,
        autocast: Autocast = contextlib.nullcontext,
    ) -> None:
        self.task, self.model, self.encoder = task, model.eval(), encoder
        self.batch_size, self.autocast = at_least_one("batch_size", batch_size), autocast
        self.collate = Collator(encoder.tokenizer.pad_token_id, task.padding)

    @classmethod
    def from_pretrained(
        cls,
        task: str,
        model: str,
        trust_remote_code: bool = False,
        use_safetensors: bool | None = None,
        *,
        batch_size: int = ROWS,
        device: str | int | torch.device | None = None,
        dtype: str | torch.dtype | None = None,
        compile: bool = False,
        runtime: str = "torch",
    ) -> KluePipeline:
        """Open a model that `klue train` made, from a folder or the Hub, or that `klue export` did.

        Args:
            task: a KLUE task.
            model: a folder or a Hub id.
            trust_remote_code: whether code that lies beside the model may run; nobody is asked.
            use_safetensors: as transformers has it; True where others name the model.
            batch_size: texts a forward pass; of a long text each window counts.
            device: "cpu", "cuda", "cuda:1", "mps", or the number of a GPU; None is the CPU.
            dtype: what the model computes in, "float32" (None), "bfloat16" or "float16".
            compile: whether torch compiles the encoder: minutes at first, then faster on GPUs.
            runtime: "torch", or "onnx" for what `klue export` wrote; then device is the CPU, and
                dtype "float32" (None) or "int8".

        Raises:
            InputError: there is no such task, model or device, or the model is of another task.
        """
        if runtime not in RUNTIMES:
            expected = " or ".join(RUNTIMES)
            raise InputError(f"runtime: found {runtime!r:.60}, expected {expected}")
        if runtime == "onnx":
            if compile:
                raise InputError("compile: found True, expected False with runtime='onnx'")
            made = open_exported(
                task, model, trust_remote_code=trust_remote_code, device=device, dtype=dtype
            )
            return cls(baseline_of(task), *made, batch_size)
        place = device_of(device)
        autocast = numbers_of(dtype, place)
        opened, encoder = open_fine_tuned(task, model, trust_remote_code, use_safetensors)
        opened.to(place)
        if compile:
            opened.base_model.compile(dynamic=True)
        return cls(baseline_of(task), opened, encoder, batch_size, autocast)

    def __call__(
        self,
        *text: Any,
        scores: bool = False,
        spans: bool = False,
        window: int = WINDOW,
        progress: bool = False,
        **parts: Any,
    ) -> Any:
        """Return the answer to one text or to many.

        Args:
            text: one text, or the parts of one, or many as one argument.
            scores: whether records say how sure the model is ("scores", see docs/baselines.md), and
                how many tokens of the text it had no room for ("cut").
            spans: whether records of ner have their entities ("spans"), each with "text", "type",
                "start", "end" (characters of the text as given) and "score".
            window: texts that are read ahead, so that those of like length are asked together; 1
                answers each before the next is read.
            progress: whether to show how many texts are done, on stderr.
            parts: further parts of one text by the names that the task's `row` has for them.

        Returns:
            For one text a record, for a dialogue a list of them. For many a list of these in the
            order of the texts; an iterator where the texts have no length (a generator).

        Raises:
            InputError: a text is none of the task's; of many, its place is named.
        """
        if len(text) == 1 and not parts and is_many(self.task, text[0]):
            details = Details(self.task, scores, spans)
            found = self._many(text[0], details, at_least_one("window", window), progress)
            return list(found) if isinstance(text[0], Sized) else found
        given = parts_of(self.task, text[0], "text") if len(text) == 1 and not parts else text
        answered = self.answer([self.task.row(*given, **parts)], scores=scores, spans=spans)
        [one] = self._without_guids(answered)
        return one

    def batch(self, rows: Iterable[Record]) -> list[Record]:
        """Return the records of examples made by the task's `row`."""
        return self.answer(rows)[0]

    def answer(
        self, rows: Iterable[Record], *, scores: bool = False, spans: bool = False
    ) -> tuple[list[Record], Answers]:
        """Return the records of examples, and what the model said before records were made of it.

        Args:
            rows: examples made by the task's `row`; all are in memory at once.
            scores: as in a call.
            spans: the same.
        """
        examples = list(rows)
        details = Details(self.task, scores, spans)
        return self._answer(examples, self._encode(examples), details)

    def _many(
        self, texts: Iterable[Any], details: Details, window: int, progress: bool
    ) -> Iterator[Any]:
        """Yield the answers to many texts, in their order."""
        examples = examples_of(self.task, texts)
        with contextlib.ExitStack() as stack:
            total = len(texts) if isinstance(texts, Sized) else 0
            shown = meter(self.task.name, total, "texts") if progress else None
            advance = stack.enter_context(shown) if shown else None
            for rows, features in read_ahead(examples, self._encode, window):
                yield from self._without_guids(self._answer(rows, features, details))
                if advance:
                    advance(len(rows))

    def _encode(self, examples: Sequence[Record]) -> list[Record]:
        """Return the features of examples."""
        return features_of(self.task, examples, self.encoder, self.model.config)

    def _answer(
        self, examples: Sequence[Record], features: Sequence[Record], details: Details
    ) -> tuple[list[Record], Answers]:
        """Return the records of examples whose features are known, and what the model said."""
        config, predict = self.model.config, details.scored or self.task.predict
        given = ask_by_length(features, partial(self._ask, predict), self.batch_size)
        beside: list[Any] = []
        if details.scored:
            given, beside = [one for one, _ in given], [one for _, one in given]
        answers = Answers(examples, features, given, self.encoder, config, beside)
        decoding = decoding_of(self.task, config)
        records = self.task.decodings[decoding](answers) if examples else []
        details.add(records, answers, decoding)
        return records, answers

    @torch.inference_mode()
    def _ask(self, predict: Callable[..., list[Any]], features: list[Record]) -> list[Any]:
        """Return what the model says of each feature: one forward pass."""
        inputs = {name: one.to(self.model.device) for name, one in self.collate(features).items()}
        with self.autocast():
            return predict(self.model, inputs)

    def _without_guids(self, answered: tuple[list[Record], Answers]) -> list[Any]:
        """Return what answers each text: a record, or a list of them."""
        records, answers = answered
        for record in records:
            del record["guid"]
        if not self.task.record_a_row:
            return list(records)
        counts = [0] * len(answers.examples)
        for row in answers.rows:
            counts[row["example"]] += 1
        left = iter(records)
        return [list(islice(left, count)) for count in counts]


def at_least_one(name: str, value: Any) -> int:
    """Return a number of texts that somebody gave.

    Raises:
        InputError: it is no whole number from 1 on.
    """
    if not is_whole(value) or value < 1:
        raise InputError(f"{name}: found {value!r:.60}, expected a whole number from 1 on")
    return int(value)
