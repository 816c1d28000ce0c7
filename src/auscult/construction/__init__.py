"""Cases → items: generators, checks, balance."""
