"""The one class behind KLUE's tasks in lm-evaluation-harness, made of this room's records.

A document is a question: a dialogue gives one for each user turn. The shots stand in the prompt
already, the same for all documents, so that `num_fewshot` stays 0.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datasets import Dataset
from lm_eval.api.instance import Instance
from lm_eval.api.task import ConfigurableTask

from klue_lm.asking import continuations_of, most_tokens
from klue_lm.harness import (
    OPTIONS,
    gold_answers,
    planned,
    question_fields,
    score_names,
    scores_of,
    task_of,
)
from klue_lm.run import Plan
from klue_lm.task import RANK

SPLIT = "asked"
LONGEST = "max_gen_toks"

logger = logging.getLogger(__name__)


class KlueTask(ConfigurableTask):
    """A task of KLUE.

    Of the metadata that lm_eval hands over, which holds the model's arguments too, those are taken
    that `klue lm run` has as options.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Take the fields of the YAML file, with the metadata of the command line.

        Raises:
            InputError: an option that is wrong.
            DataError: a data file that is missing or broken.
        """
        metadata = dict(config.get("metadata") or {})
        options = {name: metadata[name] for name in OPTIONS if name in metadata}
        self.plan = planned(task_of(config["task"]), options)
        self.names = score_names(self.plan)
        self.scores: tuple[list[Any], dict[str, float]] = ([], {})
        settings = {"split": self.plan.run.split, **self.plan.settings}
        logger.info("%s: %s", config["task"], settings)
        about = {**metadata, "version": self.plan.task.version, "klue": settings}
        super().__init__(config=config_of(config["task"], self.plan, about))

    def download(self, *_: Any, **__: Any) -> None:
        """Make the documents, of KLUE's files or the bundled sample."""
        language = self.plan.run.language
        answers = gold_answers(self.plan)
        documents = [
            {"task": self.plan.run.task, "language": language, **question_fields(q), "answer": a}
            for q, a in zip(self.plan.questions, answers, strict=True)
        ]
        self.dataset = {SPLIT: Dataset.from_list(documents)}

    def doc_to_text(self, doc: Mapping[str, Any], doc_to_text: Any = None) -> str:
        """Return the prompt of a document, as `klue lm run` has it."""
        return self.plan.prompts.heads[-1] + str(doc["question"])

    def doc_to_target(self, doc: Mapping[str, Any], doc_to_target: Any = None) -> str:
        """Return the gold answer, which stands in the log and is not scored by."""
        return str(doc["answer"])

    def construct_requests(
        self, doc: Mapping[str, Any], ctx: str, **kwargs: Any
    ) -> Instance | list[Instance]:
        """Return a document's requests; each answer has its own greatest length."""
        requests = super().construct_requests(doc, ctx, **kwargs)
        if isinstance(requests, Instance):
            longest = most_tokens(doc["longest"], self.plan.run.thinking)
            requests.arguments[1].setdefault(LONGEST, longest)
        return requests

    def process_results(self, doc: Mapping[str, Any], results: Sequence[Any]) -> dict[str, Any]:
        """Return the reply under every score's name: all are of the corpus, none of a document."""
        reply: dict[str, Any] = {"guid": doc["guid"]}
        if self.plan.mode == RANK:
            reply["logprobs"] = [float(logprob) for logprob, _ in results]
        else:
            reply["text"] = results[0]
        return dict.fromkeys(self.names, reply)

    def aggregation(self) -> dict[str, Callable[[list[dict[str, Any]]], float]]:
        """Return how each score is made of all replies."""
        return {name: self.aggregator(name) for name in self.names}

    def aggregator(self, name: str) -> Callable[[list[dict[str, Any]]], float]:
        """Return how one score is made of all replies; they are scored once for all scores."""

        def aggregate(replies: list[dict[str, Any]]) -> float:
            if self.scores[0] != replies:
                self.scores = (replies, scores_of(self.plan, replies))
            return self.scores[1].get(name, math.nan)

        return aggregate

    def higher_is_better(self) -> dict[str, bool]:
        """Return that more is better, for every score."""
        return dict.fromkeys(self.names, True)


def config_of(name: str, plan: Plan, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of lm_eval's TaskConfig, plain data throughout."""
    config: dict[str, Any] = {
        "task": name,
        "test_split": SPLIT,
        "target_delimiter": plan.task.lead,
        "num_fewshot": 0,  # lm_eval then refuses to add examples of its own
        "metric_list": [],
        "metadata": dict(metadata),
    }
    if plan.mode == RANK:
        labels = [text.removeprefix(plan.task.lead) for text in continuations_of(plan.prompts)]
        return {**config, "output_type": "multiple_choice", "doc_to_choice": labels}
    generation = {"until": [plan.task.stop], "do_sample": False, "temperature": 0.0}
    return {**config, "output_type": "generate_until", "generation_kwargs": generation}
