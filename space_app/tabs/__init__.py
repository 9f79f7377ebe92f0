"""The tabs of the page: a module each, which ends in its record `TAB`."""
