"""`make demo`: the whole product on this machine, shown by a conversation."""
