"""Symbolic derivations of recurrent cells: one definition each, and all that follows from it."""
