"""A fine-tuned model on a person's own text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from transformers import PreTrainedModel

from .encoding.collator import Collator
from .encoding.encoder import TextEncoder
from .prediction import decoding_of, open_fine_tuned
from .task import Answers, BaselineTask, Columns, Record
from .tasks import baseline_of

ROWS = 64  # of model inputs, a forward pass


class KluePipeline:
    """Asks a fine-tuned model about texts; the answers are records as in the prediction file.

    What a text is depends on the task: a headline (ynat), two sentences (sts, nli), a sentence
    (ner, dp), a sentence and two spans (re), a question and a passage (mrc), a dialogue's turns
    (wos; one record for each turn of the user).

    With a model that `klue train ner --output runs/ner` made,
    `KluePipeline.from_pretrained("ner", "runs/ner")("세종대왕은 왕이다.")["tags"]` is a tag for
    each character: B-PS, I-PS, I-PS, I-PS, O, ...
    """

    def __init__(self, task: BaselineTask, model: PreTrainedModel, encoder: TextEncoder) -> None:
        self.task, self.model, self.encoder = task, model.eval(), encoder
        self.collate = Collator(encoder.tokenizer.pad_token_id, task.padding)

    @classmethod
    def from_pretrained(
        cls,
        task: str,
        model: str,
        trust_remote_code: bool = False,
        use_safetensors: bool | None = None,
    ) -> KluePipeline:
        """Open a model that `klue train` made, from a folder or the Hub.

        Args:
            task: a KLUE task.
            model: a folder or a Hub id.
            trust_remote_code: whether code that lies beside the model may run; nobody is asked.
            use_safetensors: as transformers has it; True where others name the model.

        Raises:
            InputError: there is no such task or model, or the model is of another task.
        """
        opened = open_fine_tuned(task, model, trust_remote_code, use_safetensors)
        return cls(baseline_of(task), *opened)

    def __call__(self, *text: Any, **options: Any) -> Any:
        """Return the answer to one text: a record, or for a dialogue a list of them."""
        records = self.batch([self.task.row(*text, **options)])
        for record in records:
            record.pop("guid")
        return records[0] if len(records) == 1 else records

    def batch(self, rows: Iterable[Record]) -> list[Record]:
        """Return the records of examples made by the task's `row`."""
        return self.answer(rows)[0]

    @torch.inference_mode()
    def answer(self, rows: Iterable[Record]) -> tuple[list[Record], Answers]:
        """Return the records of examples, and what the model said before records were made of it.

        Args:
            rows: examples made by the task's `row`; up to `ROWS` are asked in one forward pass.
        """
        examples = list(rows)
        columns: Columns = {name: [row[name] for row in examples] for name in examples[0]}
        encoded = self.task.encode(columns, self.encoder, self.model.config, False)
        count = len(encoded["input_ids"])
        encoded.setdefault("example", list(range(count)))
        features = [{name: values[at] for name, values in encoded.items()} for at in range(count)]
        given: list[Any] = []
        for start in range(0, count, ROWS):  # a long text is many rows
            rows_of_pass = self.collate(features[start : start + ROWS])
            inputs = {name: one.to(self.model.device) for name, one in rows_of_pass.items()}
            given += self.task.predict(self.model, inputs)
        answers = Answers(examples, features, given, self.encoder, self.model.config)
        decode = self.task.decodings[decoding_of(self.task, self.model.config)]
        return decode(answers), answers
