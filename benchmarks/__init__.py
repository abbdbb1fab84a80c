"""How fast the generated code is, beside PyTorch and beside its bare matrix products."""
