"""Social Stream Ninja: a bridge that reads chats in the operator's own browser. POST to us, or its relay."""
