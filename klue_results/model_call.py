"""How a fine-tuned model is loaded and asked, as its card says it."""

from __future__ import annotations

from dataclasses import dataclass

PIPELINE_CODE = "klue_pipeline"  # the module beside a model's weights that has its own pipeline


@dataclass(frozen=True)
class ModelCall:
    """How a fine-tuned model of a task is loaded and asked, for the snippets of its card.

    Attributes:
        auto_class: the class of transformers that loads it.
        call: the arguments of a `KluePipeline` as Python source.
        pipeline_tag: transformers' own pipeline that gives the same answer, None where none does:
            the Hub and `pipeline(model=...)` ask the model by it.
        asked: what the pipeline is given, as Python source, where it is not `call`.
        own_pipeline: the name of the pipeline that gives the same answer where none of
            transformers' own does; its code lies beside the weights.
        own_code: its modelling file lies beside the weights, so that loading needs
            `trust_remote_code=True`.
    """

    auto_class: str
    call: str
    pipeline_tag: str | None = None
    asked: str | None = None
    own_code: bool = False
    own_pipeline: str | None = None
