"""Fine-tune an encoder on a KLUE task and score it, with transformers' Trainer and nothing hidden.

    python examples/run_klue.py --task ynat --model klue/roberta-base --output runs/ynat
    python examples/run_klue.py --task dp --sample --model PATH --output /tmp/dp

Copy it and change what you like. `klue train` does the same and more: it holds a part of train
back to choose the checkpoint, goes on after an interruption and writes a result file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from transformers import Trainer, TrainingArguments, set_seed

from klue_baselines.encoding.collator import Collator
from klue_baselines.encoding.encoder import open_tokenizer, text_encoder
from klue_baselines.prediction import Questions, ask, encode_rows
from klue_baselines.recipe import recipe_of
from klue_baselines.tasks import BASELINES
from klue_baselines.training.devices import on_one_device
from klue_datasets import load
from klue_metrics import METRICS

parser = argparse.ArgumentParser()
parser.add_argument("--task", choices=list(BASELINES), required=True)
parser.add_argument("--model", required=True, help="a folder or a Hub id")
parser.add_argument("--output", type=Path, required=True)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--sample", action="store_true", help="use the bundled sample")
parser.add_argument("--max-train-examples", type=int)
args = parser.parse_args()
set_seed(args.seed)

# 1. The data: rows with the columns of the official files.
train = load(args.task, "train", sample=args.sample, full=True)
dev = load(args.task, "validation", sample=args.sample, full=True)
if args.max_train_examples:
    train = train.shuffle(seed=0).select(range(min(args.max_train_examples, len(train))))

# 2. The model: the encoder with a new head for the task.
task = BASELINES[args.task]
tokenizer = open_tokenizer(args.model)
model = task.build(
    args.model,
    head=task.heads[0],
    labels=task.labels,
    tokenizer=tokenizer,
    **task.context(sample=args.sample),  # what else the data gives: an ontology
)

# 3. Texts to tokens, gold labels to targets.
hidden_size = getattr(model.config, "encoder", model.config).hidden_size
settings = recipe_of(task.recipes, hidden_size)
encoder = text_encoder(model, tokenizer, settings.max_length)
features = encode_rows(task, train, encoder, model.config, labels=True)

# 4. Training, with the published settings.
training = TrainingArguments(
    output_dir=str(args.output),
    num_train_epochs=settings.epochs,
    learning_rate=settings.learning_rate,
    per_device_train_batch_size=settings.batch_size,
    gradient_accumulation_steps=settings.accumulation,
    warmup_steps=settings.warmup,  # below 1: a fraction of all steps
    weight_decay=settings.weight_decay,
    train_sampling_strategy="group_by_length",
    remove_unused_columns=False,
    save_strategy="no",
    seed=args.seed,
)
trainer = Trainer(
    model=model,
    args=on_one_device(training),  # else each visible GPU takes a batch
    train_dataset=features,
    data_collator=Collator(tokenizer.pad_token_id, task.padding),
    processing_class=tokenizer,
    compute_loss_func=task.loss,
)
trainer.train()
trainer.save_model()

# 5. Predictions for dev, and their official scores.
questions = Questions.of(task, dev, encoder, model.config, settings.eval_batch_size)
*_, decode = task.decodings.values()  # the most constrained one
records = decode(ask(questions, model, encoder))
metric = METRICS[args.task]
metric.write_predictions(args.output / "predictions.jsonl", records)
scores = metric.score(metric.gold(dev), records)
for name in metric.scores:
    print(f"{args.task} {name} {scores[name]:.2f}" + (" (sample)" if args.sample else ""))
