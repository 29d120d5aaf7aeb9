"""Values and their rules, free of input and output: money, times, texts, web addresses, names, and errors."""
