"""A seeded synthetic county (演示数据): invented organisations and records with known truth."""
