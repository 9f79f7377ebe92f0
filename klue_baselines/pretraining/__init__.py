"""Where pretraining was; see `klue_baselines.moved`."""
