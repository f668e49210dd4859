"""Spreadsheets handed out and taken in: values, writer, and a reader that works in a separate process."""
