"""WhatsApp: what people write to the department's number, by webhook; an answer within a day."""
