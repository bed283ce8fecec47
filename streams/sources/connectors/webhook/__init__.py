"""Any program that signs what it sends by the Standard Webhooks rules."""
