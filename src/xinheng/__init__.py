"""Xinheng 信衡: a public credit information platform for a Chinese county."""
