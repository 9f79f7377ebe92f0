"""How a fine-tuned model of each task is loaded and asked, for the snippets of its card."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Head:
    """A task's model in the words of its card.

    auto_class: the class of transformers that loads it. call: the arguments of a `KluePipeline` as
    Python source. pipeline_tag: transformers' own pipeline that gives the same answer, None where
    none does: the Hub and `pipeline(model=...)` ask the model by it. asked: what that pipeline is
    given, as Python source, where it is not `call`. own_code: its modelling file lies beside the
    weights, so that loading needs `trust_remote_code=True`.
    """

    auto_class: str
    call: str
    pipeline_tag: str | None = None
    asked: str | None = None
    own_code: bool = False


HEADS: dict[str, Head] = {
    "ynat": Head(
        "AutoModelForSequenceClassification", '"서울 아파트값 3주째 올라"', "text-classification"
    ),
    "sts": Head(
        "AutoModelForSequenceClassification",
        '"방이 깨끗했어요.", "숙소가 청결했습니다."',
        "text-classification",
        '{"text": "방이 깨끗했어요.", "text_pair": "숙소가 청결했습니다."}',
    ),
    "nli": Head(
        "AutoModelForSequenceClassification",
        '"비가 온다.", "날이 맑다."',
        "text-classification",
        '{"text": "비가 온다.", "text_pair": "날이 맑다."}',
    ),
    # token-classification takes a piece's eight outputs for one tag each.
    "ner": Head("AutoModelForTokenClassification", '"세종대왕은 1397년에 태어났다."'),
    # text-classification marks no entities.
    "re": Head("AutoModelForSequenceClassification", '"세종대왕은 조선의 왕이다.", (0, 4), (6, 8)'),
    "dp": Head("AutoModel", '"세종대왕은 한글을 만들었다."', own_code=True),
    # question-answering would put a new head on the encoder.
    "mrc": Head(
        "AutoModelForTokenClassification",
        '"어디에서 태어났나?", "세종대왕은 한양에서 태어났다."',
    ),
    "wos": Head(
        "AutoModel",
        '["서울 중앙에 있는 호텔을 찾아요.", "네, 조식이 필요하세요?", "상관없어요."]',
        own_code=True,
    ),
}
