"""Facebook Live: comments read every few seconds, and told by the Page's webhook where it is set up."""
