"""Accounts (账号): people, their roles per organ, invitations, sessions."""
