"""Organisations (信用主体): the register, codes and names over time, matching and search."""
