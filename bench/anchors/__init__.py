"""What the product is compared with. Each can be tuned: its settings are here."""
