"""From derived results to text: NumPy modules, LaTeX and plain formulas, the ledger of formulas."""
