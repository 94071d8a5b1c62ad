"""The parts of Scripts/leak-matrix: what is built, how it is run, and the report of it."""
