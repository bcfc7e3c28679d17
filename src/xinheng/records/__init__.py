"""Records (信用记录): append-only versions with two times, their current state, and nothing about who may see them."""
