"""Every small change to the generated text must be noticed: mutants, an oracle and a judge."""
