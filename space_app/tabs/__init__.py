"""The page, a module a tab."""
