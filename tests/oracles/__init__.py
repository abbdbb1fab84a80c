"""Other ways to compute what the generated code computes; each knows a definition, none the code.

An oracle takes a `Case` and gives `Results`: arrays by the names that formulas have after the
cell's own, `i`, `h_D_c_prev`, `d_weight_hh`, `c_dot`. Oracles may import `derivations.notation`
and `derivations.cells`, never `derivations.calculus`, `derivations.emit` or `rnnref`; of the
modules here, `code` alone knows how generated code is called.
"""
