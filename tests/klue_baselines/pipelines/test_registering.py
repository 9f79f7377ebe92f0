"""Our pipelines stand in transformers' registry, and everybody else's models keep theirs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from transformers import BertConfig, BertForTokenClassification, pipeline, pipelines
from transformers.pipelines import PIPELINE_REGISTRY

from klue_baselines.encoding.encoder import open_tokenizer
from klue_baselines.pipelines import registering
from klue_baselines.pipelines.registering import CHANGED, NEW
from klue_baselines.tasks import BASELINES
from klue_common.errors import InputError


def test_every_task_has_a_pipeline() -> None:
    registered = {made.name for made in (*NEW, *CHANGED)}
    for task in BASELINES.values():
        if task.pipeline:
            assert task.card.own_pipeline in registered
        else:
            assert task.card.pipeline_tag == "text-classification"


@pytest.mark.parametrize(
    "name", ["question-answering", "dependency-parsing", "dialogue-state-tracking"]
)
def test_a_model_of_another_task_is_refused(name: str, folders: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=f"found a model for ner, expected one .* is {name}"):
        pipeline(name, str(folders["ner"]), device="cpu")


def test_other_peoples_taggers_keep_transformers_own(tiny_encoder: Path) -> None:
    tokenizer = open_tokenizer(str(tiny_encoder))
    config = BertConfig.from_pretrained(tiny_encoder, num_labels=3)
    theirs = BertForTokenClassification(config)
    ask = pipeline("ner", model=theirs, tokenizer=tokenizer, device="cpu")
    assert type(ask) is pipelines.TokenClassificationPipeline
    assert PIPELINE_REGISTRY.supported_tasks["token-classification"]["default"]


def test_our_classifiers_of_plain_texts_are_asked_by_transformers_own(
    folders: dict[str, Path],
) -> None:
    ask = pipeline("text-classification", str(folders["nli"]), device="cpu")
    assert type(ask) is pipelines.TextClassificationPipeline


def test_code_that_is_not_ours_still_needs_trust() -> None:
    config = BertConfig()
    config.custom_pipelines = {"question-answering": {"impl": "klue_pipeline.X"}}
    registering.answer_here(config)
    assert config.custom_pipelines  # of no model of ours
    config.klue_task = "mrc"
    config.custom_pipelines |= {"odd": {"impl": "klue_pipeline.X"}}
    registering.answer_here(config)
    assert set(config.custom_pipelines) == {"odd"}


def test_questions_may_be_arguments_and_answers_many(folders: dict[str, Path]) -> None:
    ask = pipeline("question-answering", str(folders["mrc"]), device="cpu")
    one = ask(question="누가?", context="세종대왕은 한양에서 태어났다.")
    both = {"question": "누가?", "context": "세종대왕은 한양에서 태어났다."}
    best = ask(both, top_k=3)
    assert one == best[0] and len(best) == 3
    assert both["context"][one["start"] : one["end"]] == one["answer"] != ""
    assert [one["score"] for one in best] == sorted((one["score"] for one in best), reverse=True)
    assert ask([]) == []
    with pytest.raises(InputError, match="question: found None, expected a text"):
        ask(context="세종대왕은 한양에서 태어났다.")


def test_characters_can_be_had_one_by_one(folders: dict[str, Path]) -> None:
    ask = pipeline("token-classification", str(folders["ner"]), device="cpu")
    text = "세종대왕은 1397년에 태어났다."
    tagged = ask(text, aggregation_strategy="none", ignore_labels=[])
    assert "".join(one["word"] for one in tagged) == text
    entities = ask(text)
    begun = [one for one in tagged if one["entity"].startswith("B-")]
    assert [(one["start"], one["entity"][2:]) for one in begun] == [
        (one["start"], one["entity_group"]) for one in entities
    ]


IN_ORDER = """
import sys
import klue_baselines
assert "transformers" not in sys.modules
from transformers.pipelines import PIPELINE_REGISTRY
print("dependency-parsing" in PIPELINE_REGISTRY.supported_tasks)
"""


@pytest.mark.slow
def test_the_package_can_be_imported_before_transformers() -> None:
    out = subprocess.check_output([sys.executable, "-c", IN_ORDER], text=True)
    assert out == "True\n"
