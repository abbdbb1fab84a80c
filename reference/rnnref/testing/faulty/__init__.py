"""Every cell once more, in plain NumPy, with a switch for each way of getting it wrong."""
