"""An instrument, put to the test on known truth → a certificate."""
