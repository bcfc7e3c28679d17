"""Pure values shared by every context: errors, text, dates, money, personal numbers. No framework."""
