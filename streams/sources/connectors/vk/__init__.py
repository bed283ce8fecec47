"""Comments under a video of a VK community."""
