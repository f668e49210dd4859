"""Our own sheets: registers handed out as workbooks, filled in by hand, and taken in again."""
