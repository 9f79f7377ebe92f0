"""The project's pipelines under the field's names in transformers' registry.

`import klue_baselines` has `register` called when transformers' pipelines are imported, before or
after. What it registers is cheap: the tasks are imported when a pipeline is made.
"""

from __future__ import annotations

from typing import Any

from transformers import AutoModel, AutoModelForTokenClassification
from transformers.pipelines import (
    PIPELINE_REGISTRY,
    TextClassificationPipeline,
    TokenClassificationPipeline,
)

from klue_common.errors import InputError
from klue_results.model_call import PIPELINE_CODE

# Registers their configurations, which are loaded before anybody asks for a pipeline's class.
from ..heads import modeling_dependency_parsing, modeling_dialogue_state_tracking  # noqa: F401
from .internals import bring_back, change_configs, replace_implementation


class OwnPipeline:
    """Makes the pipeline of a fine-tuned model of ours; the base of those that are registered.

    name: what it is registered as.
    """

    _load_tokenizer = True
    _load_processor = _load_image_processor = _load_video_processor = False
    _load_feature_extractor = False
    name: str

    def __new__(cls, model: Any, **options: Any) -> Any:
        """Return the pipeline of a model that is loaded.

        Raises:
            InputError: the model is none of ours that this pipeline asks.
        """
        from ..tasks import BASELINES

        task = BASELINES.get(str(getattr(model.config, "klue_task", None)))
        if task is None or task.pipeline is None or task.card.own_pipeline != cls.name:
            return cls.of_others(model, **options)
        return task.pipeline(model, asked=task, **options)

    @classmethod
    def of_others(cls, model: Any, **options: Any) -> Any:
        """Return what asks a model that is none of ours.

        Raises:
            InputError: nothing does.
        """
        made_for = getattr(model.config, "klue_task", None)
        raise InputError(
            f"{model.name_or_path}: found a model for {made_for or 'no KLUE task'}, expected one "
            f"whose pipeline is {cls.name}"
        )


class QuestionAnswering(OwnPipeline):
    """transformers had a pipeline of this name up to version 4."""

    name = "question-answering"


class DependencyParsing(OwnPipeline):
    """transformers has no pipeline of this name."""

    name = "dependency-parsing"


class DialogueStateTracking(OwnPipeline):
    """transformers has no pipeline of this name."""

    name = "dialogue-state-tracking"


class TokenClassification(OwnPipeline):
    """Asks our taggers; everybody else's get transformers' pipeline, as if this were not here."""

    name = "token-classification"

    @classmethod
    def of_others(cls, model: Any, **options: Any) -> Any:
        """Return transformers' own pipeline."""
        return TokenClassificationPipeline(model=model, **options)


class TextClassification(OwnPipeline):
    """The same for our models of marked texts."""

    name = "text-classification"

    @classmethod
    def of_others(cls, model: Any, **options: Any) -> Any:
        """Return transformers' own pipeline."""
        return TextClassificationPipeline(model=model, **options)


NEW = {
    QuestionAnswering: AutoModelForTokenClassification,
    DependencyParsing: AutoModel,
    DialogueStateTracking: AutoModel,
}
CHANGED = (TokenClassification, TextClassification)


def register(_: object = None) -> None:
    """Register the pipelines, once transformers' own are there."""
    for made, model in NEW.items():
        bring_back(made.name)
        PIPELINE_REGISTRY.register_pipeline(made.name, made, pt_model=model, type="text")
    for made in CHANGED:
        replace_implementation(made.name, made)
    change_configs(answer_here)


def answer_here(config: Any) -> None:
    """Take from a configuration the code beside the weights that this package has itself.

    Who has the package need not trust that code.
    """
    ours = {made.name for made in (*NEW, *CHANGED)}
    given = getattr(config, "custom_pipelines", None) or {}
    if getattr(config, "klue_task", None) is not None and given:
        config.custom_pipelines = {
            name: one
            for name, one in given.items()
            if not (name in ours and str(one.get("impl")).startswith(f"{PIPELINE_CODE}."))
        }
