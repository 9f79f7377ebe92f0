"""A causal model in this process: what prompts share changes nothing that comes out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, BertForMaskedLM, MambaConfig

from klue_baselines.causal.model import CausalModel, ContextError, Continuations, Draft
from klue_baselines.causal.prefixes import common
from klue_baselines.tiny import make_encoder
from klue_common.errors import InputError
from tests.klue_baselines.causal.tiny_models import CONFIGS, make_causal, tiny_tokenizer

SHOTS = "제목: 주가 급등\n주제: 경제\n\n제목: 결승골\n주제: 스포츠\n\n"
HEAD = f"다음 뉴스 제목의 주제를 고르세요.\n\n{SHOTS}"
TITLES = ("비", "유튜브 2일까지 크리에이터 지원", "대통령 오늘 귀국", "비 온 뒤 맑음")
PROMPTS = [f"{HEAD}제목: {title}\n주제:" for title in TITLES]
LABELS = [" 정치", " 경제", " IT과학", " 생활문화와 세계", " 스포츠", " 스포츠 경기"]


@pytest.fixture(scope="module", params=CONFIGS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_causal(tmp_path_factory.mktemp("causal") / request.param, request.param)


@pytest.fixture
def model(folder: Path) -> CausalModel:
    return CausalModel.open(str(folder))


def plain(model: CausalModel, prompt: str, labels: list[str]) -> np.ndarray:
    """A full forward pass a label."""
    texts = [model.tokens(prompt + label) for label in labels]
    shared = common(texts)
    sums = []
    for ids in texts:
        with torch.inference_mode():
            logits = model.network.model(torch.tensor([ids]), use_cache=False).logits[0]
        values = logits.log_softmax(-1)
        sums.append(sum(float(values[at - 1, ids[at]]) for at in range(shared, len(ids))))
    return np.array(sums)


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


def test_ranks_as_full_passes_do(model: CausalModel) -> None:
    assert min(len(model.tokens(prompt)) for prompt in PROMPTS) > 3 * 16  # beyond gemma's window
    for prompt in [*PROMPTS, "제목: 다른 과제\n주제:", *PROMPTS]:
        close(model.rank(prompt, LABELS).logprobs, plain(model, prompt, LABELS))


def test_what_is_kept_is_what_prompts_share(model: CausalModel) -> None:
    for prompt in PROMPTS:
        model.rank(prompt, LABELS)
    (kept,) = model.network.prefixes.kept
    shared = model.tokens(f"{HEAD}제목:")
    assert list(kept.ids) == shared[: len(kept.ids)]
    assert len(kept.ids) >= len(shared) - 2


def test_what_prompts_share_is_read_once(
    model: CausalModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    forward = model.network.forward

    def counted(module: Any, ids: Any, *rest: Any, **inputs: Any) -> Any:
        read.append(torch.as_tensor(ids).numel())
        return forward(module, ids, *rest, **inputs)

    monkeypatch.setattr(model.network, "forward", counted)
    for prompt in PROMPTS[:3]:
        model.rank(prompt, LABELS)
    before = sum(read)
    model.rank(PROMPTS[3], LABELS)
    plainly = sum(len(model.tokens(PROMPTS[3] + label)) for label in LABELS)
    assert sum(read) - before < plainly / 5


def test_several_threads_at_once(model: CausalModel) -> None:
    with ThreadPoolExecutor(8) as pool:
        rankings = list(pool.map(lambda prompt: model.rank(prompt, LABELS), PROMPTS * 2))
        texts = list(pool.map(lambda p: model.generate(p, stop="\n", longest=9), PROMPTS))
    for prompt, ranking in zip(PROMPTS * 2, rankings, strict=True):
        close(ranking.logprobs, model.rank(prompt, LABELS).logprobs)
        assert ranking.prompt_tokens == len(model.tokens(prompt + LABELS[0]))
    assert texts == [model.generate(prompt, stop="\n", longest=9) for prompt in PROMPTS]


def test_prompts_of_many_lengths_at_once(model: CausalModel) -> None:
    """As threads do it, without their chance."""
    asked = []
    for prompt in PROMPTS:
        texts = [model.tokens(prompt + label) for label in LABELS]
        shared = common(texts)
        asked.append(Continuations(texts[0][:shared], [text[shared:] for text in texts]))
    for prompt, found in zip(PROMPTS, model.rank_all(asked), strict=True):
        close(found, plain(model, prompt, LABELS))


def test_labels_that_begin_alike(model: CausalModel) -> None:
    """What all share counts for none of them, and a label can be another's beginning."""
    labels = [" 스포츠", " 스포츠 경기", " 스포츠 경기"]
    close(model.rank(PROMPTS[0], labels).logprobs, plain(model, PROMPTS[0], labels))
    assert model.rank(PROMPTS[0], labels).logprobs[0] == 0


def greedy(model: CausalModel, ids: list[int], longest: int) -> list[int]:
    """A full forward pass a token."""
    new: list[int] = []
    while len(new) < longest and 1 not in new:
        with torch.inference_mode():
            logits = model.network.model(torch.tensor([[*ids, *new]]), use_cache=False).logits
        new.append(int(logits[0, -1].argmax()))
    return [one for one in new if one != 1]


@pytest.mark.parametrize("longest", [1, 20])
def test_writes_what_full_passes_do(model: CausalModel, longest: int) -> None:
    for prompt in PROMPTS[:1]:
        ids = model.tokens(prompt)
        new = greedy(model, ids, longest)
        draft = Draft(ids, "\0never", longest)
        model.write_all([draft])
        assert draft.ids == new
        written = model.generate(prompt, stop="\0never", longest=longest)
        assert written.text == model.tokenizer.decode(new).rstrip("\ufffd")
        assert (written.prompt_tokens, written.new_tokens) == (len(ids), len(new))
        assert written.finish == ("length" if len(new) == longest else "stop")


def test_writes_what_the_library_writes(folder: Path, model: CausalModel) -> None:
    """Not beyond gemma's window: there `generate` of transformers 5.24 leaves its own full pass."""
    theirs = AutoModelForCausalLM.from_pretrained(folder)
    for prompt in PROMPTS[:2]:
        ids = model.tokens(prompt)
        made = theirs.generate(torch.tensor([ids]), max_new_tokens=12, do_sample=False)
        draft = Draft(ids, "\0never", 12)
        model.write_all([draft])
        assert draft.ids == [one for one in made[0, len(ids) :].tolist() if one != 1]


def test_stops_before_the_stop(model: CausalModel) -> None:
    whole = model.generate(PROMPTS[0], stop="\0never", longest=40).text
    stop = whole[len(whole) // 2]
    found = model.generate(PROMPTS[0], stop=stop, longest=40)
    assert found.text == whole.partition(stop)[0]
    assert found.finish == "stop"
    assert found.new_tokens < 40


def test_too_long(model: CausalModel) -> None:
    long = "가나다라 " * 100
    with pytest.raises(ContextError, match=r"found \d+ tokens, expected at most 256"):
        model.rank(long, LABELS)
    with pytest.raises(ContextError):
        model.generate(PROMPTS[0], stop="\n", longest=250)


def test_what_results_say(folder: Path, model: CausalModel) -> None:
    assert model.about["model"] == f"{folder.parent.name}__{folder.name}"
    assert model.about["provider"] == "transformers"
    assert (model.about["dtype"], model.about["api"]) == ("float32", "in process")
    assert len(model.about["digest"]) == 64


def test_no_causal_model(tmp_path: Path) -> None:
    encoder = make_encoder(tmp_path / "bert")
    with pytest.raises(InputError, match=r"found BertModel, expected a causal language model"):
        CausalModel.open(str(encoder))
    BertForMaskedLM.from_pretrained(encoder).save_pretrained(encoder)
    with pytest.raises(InputError, match=r"found BertForMaskedLM, expected"):
        CausalModel.open(str(encoder))
    with pytest.raises(InputError, match="no such model folder"):
        CausalModel.open(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"found no config\.json"):
        CausalModel.open(str(tmp_path / "empty"))


def test_tokens_that_see_what_follows(tmp_path: Path) -> None:
    """transformers opens BERT as a causal model too, and says in a warning that it is none."""
    from transformers import BertLMHeadModel

    encoder = make_encoder(tmp_path / "bert")
    BertLMHeadModel.from_pretrained(encoder).save_pretrained(encoder)
    with pytest.raises(InputError, match="see those behind them"):
        CausalModel.open(str(encoder))


def test_what_cannot_read_on(tmp_path: Path) -> None:
    config = MambaConfig(vocab_size=800, hidden_size=32, num_hidden_layers=2, state_size=8)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path)
    tiny_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(InputError, match="found MambaForCausalLM, which cannot read on"):
        CausalModel.open(str(tmp_path))


def test_no_tokenizer(tmp_path: Path) -> None:
    folder = make_causal(tmp_path / "llama", "llama")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(InputError, match="tokenizer"):
        CausalModel.open(str(folder))
