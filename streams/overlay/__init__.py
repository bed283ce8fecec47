"""The strip over the picture of the broadcast: the question on air, for OBS and the like."""
