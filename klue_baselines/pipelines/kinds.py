"""The project's own pipelines, a class for each kind of answer that no stock pipeline gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from klue_text.normal_forms import borders

from ..task import Answers, Record
from .answering import AnsweringPipeline


class TokenClassification(AnsweringPipeline):
    """Answers with the entities of a text, in the form of transformers' pipeline of that name."""

    def shaped(
        self,
        answers: Answers,
        records: Sequence[Record],
        decoding: str,
        aggregation_strategy: str = "simple",
        ignore_labels: Sequence[str] = ("O",),
    ) -> list[Record]:
        """Return {"entity_group", "score", "word", "start", "end"} of each entity.

        Offsets are those of the text as given; a score is the mean of its characters'. With the
        strategy "none" there is {"entity", "score", "index", "word", "start", "end"} for each
        character instead, but for those with a label of `ignore_labels`.
        """
        if aggregation_strategy != "none":
            [entities] = self.asked.spans(answers, records) if self.asked.spans else [[]]
            names = {"entity_group": "type", "score": "score", "word": "text"} | {
                name: name for name in ("start", "end")
            }
            return [{new: one[name] for new, name in names.items()} for one in entities]
        [shares] = self.asked.scores(answers, records, decoding)
        units, tags = answers.examples[0]["tokens"], records[0]["tags"]
        places = pairwise(borders(units).tolist())
        return [
            {"entity": tag, "score": score, "index": at, "word": unit, "start": start, "end": end}
            for at, (unit, tag, score, (start, end)) in enumerate(
                zip(units, tags, shares, places, strict=True)
            )
            if tag not in ignore_labels
        ]


class QuestionAnswering(AnsweringPipeline):
    """Answers questions about passages, in the form that transformers had up to version 4."""

    def __call__(
        self, inputs: Any = None, question: Any = None, context: Any = None, **settings: Any
    ) -> Any:
        """Return answers to {"question", "context"} or to a list of these.

        A question and its passage may be arguments by these names.
        """
        if inputs is None:
            inputs = {"question": question, "context": context}
        return super().__call__(inputs, **settings)

    def shaped(
        self,
        answers: Answers,
        records: Sequence[Record],
        decoding: str,
        top_k: int = 1,
        handle_impossible_answer: bool = False,
    ) -> Any:
        """Return {"score", "start", "end", "answer"}, with `top_k` above 1 a list of the best.

        The best five spans are known. Scores are shares of one among them and no answer; where no
        answer may be given (`handle_impossible_answer`), it is the answer "".
        """
        [found] = self.asked.scores(answers, records, decoding)
        spans, nothing = found["spans"], {"text": "", "start": 0, "end": 0}
        said = [*spans, {**nothing, "score": found["null_score"]}]
        logits = np.array([one["score"] for one in said], dtype=np.float64)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        named = [
            {"score": float(share), **{n: one[n] for n in ("start", "end")}, "answer": one["text"]}
            for one, share in zip(said, shares, strict=True)
        ]
        # A span is the answer where no answer is exactly as good: the sort keeps their order.
        known = named if handle_impossible_answer or not spans else named[:-1]
        best = sorted(known, key=lambda one: -one["score"])[:top_k]
        return best[0] if top_k == 1 else best


class TextClassification(AnsweringPipeline):
    """Answers with the label of a text whose parts are marked, in transformers' form."""

    def preprocess(self, inputs: Any) -> Iterator[dict[str, Any]]:
        """Yield the rows of a text with markers, or of one that is given with its parts."""
        text = inputs.get("text") if isinstance(inputs, Mapping) else inputs
        if isinstance(text, str) and self.asked.unmarked:
            inputs = self.asked.unmarked(text)
        return super().preprocess(inputs)

    def shaped(
        self,
        answers: Answers,
        records: Sequence[Record],
        decoding: str,
        top_k: int | None = 1,
    ) -> Any:
        """Return {"label", "score"}, with another `top_k` a list of the best; None is all."""
        [shares] = self.asked.scores(answers, records, decoding)
        ordered = sorted(shares.items(), key=lambda item: -item[1])
        labels = [{"label": label, "score": score} for label, score in ordered[:top_k]]
        return labels[0] if top_k == 1 else labels


class DependencyParsing(AnsweringPipeline):
    """Answers with the tree of a sentence, word by word."""

    def shaped(self, answers: Answers, records: Sequence[Record], decoding: str) -> list[Record]:
        """Return for each word what CoNLL-U has of it, and how probable head and relation are.

        {"id", "form", "head", "deprel", "head_score", "deprel_score"}; the root is head 0. With
        "pos", its parts of speech, where they were given or an analyser found them.
        """
        [sure] = self.asked.scores(answers, records, decoding)
        [record] = records
        words = answers.examples[0]["word_form"]
        tags = answers.examples[0]["pos"] or record.get("pos")
        columns = (words, record["head"], record["deprel"], sure["head"], sure["deprel"])
        names = ("id", "form", "head", "deprel", "head_score", "deprel_score")
        found = [
            dict(zip(names, (at, *values), strict=True))
            for at, values in enumerate(zip(*columns, strict=True), start=1)
        ]
        return (
            [{**word, "pos": tag} for word, tag in zip(found, tags, strict=True)] if tags else found
        )


class DialogueStateTracking(AnsweringPipeline):
    """Answers with the state of a dialogue after each turn of the user."""

    def shaped(
        self, answers: Answers, records: Sequence[Record], decoding: str
    ) -> list[list[Record]]:
        """Return for each turn of the user a list of {"slot", "value", "score"}."""
        return [
            [
                {
                    "slot": one["slot"],
                    "value": one["value"],
                    "score": one["gate_score"] * one["value_score"],
                }
                for one in turn
            ]
            for turn in self.asked.scores(answers, records, decoding)
        ]
