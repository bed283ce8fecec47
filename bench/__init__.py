"""`make bench`: the speed of the real product beside anchors measured in the same run."""
