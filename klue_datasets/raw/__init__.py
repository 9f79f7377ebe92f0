"""The official files to Arrow tables."""
