"""What is stored after three nights of every test portal, as text that refactorings compare."""
