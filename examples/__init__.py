"""Small applications that the NumPy reference trains by itself; only their tests use PyTorch.

Each is a command: ``python -m examples.language_model`` and its like. What it finds is kept in
``docs/data/examples``; the pictures are drawn from that.
"""
