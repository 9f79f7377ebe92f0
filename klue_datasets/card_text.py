"""The card's sentences that are the same for every build, in English and Korean."""

from __future__ import annotations

SUMMARY = """\
KLUE (Korean Language Understanding Evaluation) is a benchmark of eight tasks of Korean language
understanding. Each task is a configuration, with the splits `train` and `validation` (KLUE's dev
set; the test sets were never published).
"""

USAGE = """\
```python
from datasets import load_dataset

load_dataset("klue", "ynat")    # in the folder above this one
load_dataset("./klue", "re")["train"].features["label"].names
```
"""

HUB_USAGE = """\
```python
from datasets import load_dataset

load_dataset("{repo_id}", "ynat")
load_dataset("{repo_id}", "re", split="train", streaming=True).features["label"].names
```
"""

OWN_USAGE = """\
```python
from datasets import load_dataset

load_dataset("{repo_id}", "{task}")
```
"""

KOREAN_SUMMARY = """\
KLUE(Korean Language Understanding Evaluation)는 여덟 과제로 이루어진 한국어 이해 능력 평가
벤치마크입니다. 과제마다 구성(configuration)이 하나씩 있고, 분할은 `train`과 `validation`(KLUE의
dev)입니다. 평가(test) 데이터는 공개된 적이 없습니다.
"""

DIFFERENCES = """\
## Differences from the copy on the Hub

Names, types and class orders of the default columns equal those of `klue/klue`, so that code
written for it runs unchanged. What differs:

- The data is version 1.1 of July 2021; the Hub's copy holds version 1, before corrections.
{of_tasks}- A field that the source file lacks is null; rows without a label are left out. The build
  counts both.
"""

KOREAN_DIFFERENCES = """\
## 허브에 있는 사본과 다른 점

기본 열의 이름, 자료형, 클래스 순서는 `klue/klue`와 같으므로 그것에 맞추어 쓴 코드가 그대로
돌아갑니다. 다른 점은 다음과 같습니다.

- 2021년 7월에 나온 1.1판입니다. 허브의 사본은 고쳐지기 전인 1판입니다.
{of_tasks}- 원본에 없는 필드는 null이 되고, 라벨이 없는 행은 빠집니다. 둘 다 만들 때 세어 알려
  줍니다.
"""

FULL = "`--full` also keeps the columns that the Hub's copy dropped: {columns}."
KOREAN_FULL = "`--full`은 허브의 사본이 버린 열도 담습니다: {columns}."

USES = """\
## Considerations

The texts are public writing: news, encyclopedias, reviews. The authors left out or replaced
personal data and toxic content where they found it, and dropped items on which annotators did not
agree; what remains may still be biased as its sources are. KLUE is meant for comparing models of
Korean. Its published table of results does not name the split and is probably of the hidden test
sets, so a score on `validation` is not to be put beside it.
"""

KOREAN_USES = """\
## 유의할 점

글은 뉴스, 백과사전, 후기 같은 공개된 글입니다. 저자들은 개인 정보와 유해한 내용을 찾아 빼거나
바꾸었고, 주석자들의 의견이 갈린 항목을 버렸습니다. 그래도 출처가 지닌 편향은 남아 있을 수
있습니다. KLUE는 한국어 모델을 비교하기 위한 것입니다. 발표된 점수표는 어느 분할의 점수인지 밝히지
않았고 아마 공개되지 않은 평가 데이터의 것이므로, `validation`의 점수를 그것과 나란히 놓을 수
없습니다.
"""

PROMPTS = """\
The configurations `TASK_prompts` hold the validation split as questions for a language model:
`guid`, `input` (the whole prompt, in Korean, without worked examples), `target` (the answer), and
where the answer is a label `choices` and `letter`. Scores by them are no KLUE scores, which
`klue lm` gives.
"""

KOREAN_PROMPTS = """\
`과제_prompts` 설정은 검증 데이터를 언어 모델에게 묻는 말로 담습니다. `guid`, `input`(예시가 없는
한국어 프롬프트 전체), `target`(정답)이 있고, 답이 라벨이면 `choices`와 `letter`도 있습니다.
이것으로 잰 점수는 KLUE의 점수가 아니며, KLUE의 점수는 `klue lm`이 냅니다.
"""
