"""Verified reference functions for recurrent neural networks. Needs NumPy alone."""
