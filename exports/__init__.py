"""The shape of files handed out and taken in; given values, gives files."""
