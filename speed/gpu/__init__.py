"""How long KLUE takes on one GPU."""
