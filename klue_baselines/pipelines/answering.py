"""What the project's own pipelines share: transformers' batching around a task's functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedModel
from transformers.pipelines.base import ChunkPipeline

from ..encoding.collator import Collator
from ..encoding.encoder import text_encoder
from ..own_texts.asking import features_of
from ..own_texts.given import parts_of
from ..task import Answers, AskedTask, Record, decoding_of

Settings = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One row of an example's features, and what the model said of it; transformers sees inside
    neither."""

    example: Record
    row: Record
    given: Any = None
    beside: Any = None


class AnsweringPipeline(ChunkPipeline):
    """Asks a fine-tuned model as its task says, a text of several rows as well.

    Texts are given as to `KluePipeline`: a text, a tuple of an example's parts, an object with the
    fields of KLUE's own files; many as a list, a generator or a dataset.

    asked: the task. shaped: (what the model said of one text, its records, the decoding's name, the
        settings of the call and of the pipeline) -> the answer in the form that the field knows.
    """

    _load_tokenizer = True
    _load_processor = _load_image_processor = _load_video_processor = False
    _load_feature_extractor = False
    asked: AskedTask
    shaped: Callable[..., Any]

    def __init__(
        self, model: PreTrainedModel, asked: AskedTask | None = None, **options: Any
    ) -> None:
        """Take a model, its tokenizer and its task, if the class has none."""
        self.asked = asked or self.asked
        super().__init__(model=model.eval(), **options)
        longest = getattr(model.config, "klue_max_length", self.tokenizer.model_max_length)
        self.encoder = text_encoder(model, self.tokenizer, longest)

    def __call__(self, inputs: Any, **settings: Any) -> Any:
        """Return the answer to one text or to many.

        Args:
            inputs: a text in one of its shapes, or a list, a generator or a dataset of them.
            settings: `batch_size` and `num_workers` as every pipeline has them, and the kind's own.
        """
        if isinstance(inputs, list) and not inputs:
            return []
        if isinstance(inputs, tuple) or self.asked.is_one(inputs):
            [answer] = super().__call__([inputs], **settings)
            return answer
        return super().__call__(inputs, **settings)

    def _sanitize_parameters(self, **settings: Any) -> tuple[Settings, Settings, Settings]:
        return {}, {}, settings

    def preprocess(self, inputs: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows of one text."""
        example = self.asked.row(*parts_of(self.asked, inputs, "text"))
        rows = features_of(self.asked, [example], self.encoder, self.model.config)
        for at, row in enumerate(rows, start=1):
            yield {"asked": Asked(example, row), "is_last": at == len(rows)}

    def _forward(self, batch: dict[str, Any]) -> dict[str, Any]:
        """Return what the model says of a batch, which is no list where batches are of one row."""
        many = isinstance(batch["asked"], list)
        asked: list[Asked] = batch["asked"] if many else [batch["asked"]]
        collate = Collator(self.tokenizer.pad_token_id, self.asked.padding)
        inputs = collate([one.row for one in asked])
        inputs = {name: values.to(self.device) for name, values in inputs.items()}
        if self.asked.scored:
            given = self.asked.scored(self.model, inputs)
        else:
            given = [(one, None) for one in self.asked.predict(self.model, inputs)]
        said = [
            Asked(one.example, one.row, answer, beside)
            for one, (answer, beside) in zip(asked, given, strict=True)
        ]
        return {**batch, "asked": said if many else said[0]}

    def postprocess(self, outputs: Sequence[dict[str, Any]], **settings: Any) -> Any:
        """Return the answer to one text from what the model said of its rows."""
        said = [output["asked"] for output in outputs]
        answers = Answers(
            examples=[said[0].example],
            rows=[one.row for one in said],
            given=[one.given for one in said],
            encoder=self.encoder,
            config=self.model.config,
            beside=[one.beside for one in said],
        )
        decoding = decoding_of(self.asked, self.model.config)
        records = self.asked.decodings[decoding](answers)
        return self.shaped(answers, records, decoding, **settings)
