"""The command line: every verb of the program without a screen, one small file per family of commands."""
