"""Routes to the same derivatives that share no code with the calculus that they judge.

A proof imports the definitions, and of `derivations.calculus` only the results to be judged.
"""
