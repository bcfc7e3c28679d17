"""The record-checker (公示复核): a second opinion on everything public, by code of its own."""
