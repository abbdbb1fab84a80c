"""Small applications that the NumPy reference trains by itself; PyTorch is used by their tests only.

Each is a command: ``python -m examples.language_model`` and its like. What it finds is kept in
``docs/data/examples``; the pictures are drawn from that.
"""
