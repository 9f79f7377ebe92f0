"""What there is to say about KLUE as a whole, for the builder and the card."""

from __future__ import annotations

HOMEPAGE = "https://klue-benchmark.com"
REPOSITORY = "https://github.com/KLUE-benchmark/KLUE"
PAPER = "https://arxiv.org/abs/2105.09680"
LICENSE = "cc-by-sa-4.0"
NO_LICENSE = "unknown"  # the Hub's word where nobody has named one
LICENSE_URL = "https://creativecommons.org/licenses/by-sa/4.0/"

CITATION = """@misc{park2021klue,
  title = {KLUE: Korean Language Understanding Evaluation},
  author = {Sungjoon Park and Jihyung Moon and Sungdong Kim and Won Ik Cho and Jiyoon Han and
            Jangwon Park and Chisung Song and Junseong Kim and Yongsook Song and Taehwan Oh and
            Joohong Lee and Juhyun Oh and Sungwon Lyu and Younghoon Jeong and Inkwon Lee and
            Sangwoo Seo and Dongjun Lee and Hyunwoo Kim and Myeonghwa Lee and Seongbo Jang and
            Seungwon Do and Sunkyoung Kim and Kyungtae Lim and Jongwon Lee and Kyumin Park and
            Jamin Shin and Seonghyun Kim and Lucy Park and Alice Oh and Jungwoo Ha and
            Kyunghyun Cho},
  year = {2021},
  eprint = {2105.09680},
  archivePrefix = {arXiv},
  primaryClass = {cs.CL}
}"""

SAMPLE_LICENSE = "apache-2.0"
SAMPLE_NOTICE = (
    "**This is the bundled sample, not KLUE**: some tens of examples a task, written to try code "
    "on. A score on it says nothing about a model."
)
KOREAN_SAMPLE_NOTICE = (
    "**이것은 KLUE가 아니라 코드를 시험해 보기 위해 새로 쓴 작은 표본입니다.** 여기서 나온 점수는 "
    "모델의 성능을 뜻하지 않습니다."
)
