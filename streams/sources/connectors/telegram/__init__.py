"""A Telegram bot: its private chat, the group of a channel's comments, any group it is in."""
